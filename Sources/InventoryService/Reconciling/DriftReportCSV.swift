import ChannelIntake
public import Reconciliation
import StockLedger

/// A drift report as CSV (RFC 4180), one row per drift.
///
/// A text that a spreadsheet would take for a formula begins with an apostrophe: a SKU is somebody else's word, and
/// `=HYPERLINK(…)` is one, too. Numbers are ours and stay numbers, also negative ones.
public enum DriftReportCSV {
  private static let columns = [
    "report", "started_at", "shop", "row", "sku", "location", "side", "component", "ours", "theirs", "difference",
    "class", "cause", "action", "state", "remark",
  ]

  /// The file of a report, a header row first.
  public static func file(_ report: DriftReport) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 * (report.rows.count + 1))
    append(columns, to: &bytes)
    for row in report.rows { append(fields(row, of: report), to: &bytes) }
    return bytes
  }

  private static func fields(_ row: DriftRow, of report: DriftReport) -> [String] {
    [
      text(report.id.description), report.startedAt.description, text(report.shop), String(row.number),
      text(row.key.sku), text(row.key.location), text(row.side.words), row.component.map { "\($0)" } ?? "",
      number(row.ours), number(row.theirs), row.ours == nil || row.theirs == nil ? "" : String(row.difference),
      row.driftClass.name, text(row.cause), text(row.mending.words), row.state.name, text(row.remark),
    ]
  }

  private static func number(_ number: Int64?) -> String { number.map { String($0) } ?? "" }

  /// A text that no spreadsheet takes for a formula.
  static func text(_ text: String) -> String {
    guard let first = text.utf8.first, "=+-@\t\r\n".utf8.contains(first) else { return text }
    return "'" + text
  }

  private static func append(_ fields: [String], to bytes: inout [UInt8]) {
    bytes += fields.map(CSVRow.quoted).joined(separator: ",").utf8
    bytes += "\r\n".utf8
  }
}
