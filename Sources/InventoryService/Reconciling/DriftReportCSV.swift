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
      CSVRow.guarded(report.id.description), report.startedAt.description, CSVRow.guarded(report.shop),
      String(row.number),
      CSVRow.guarded(row.key.sku), CSVRow.guarded(row.key.location), CSVRow.guarded(row.side.words),
      row.component.map { "\($0)" } ?? "",
      number(row.ours), number(row.theirs), row.ours == nil || row.theirs == nil ? "" : String(row.difference),
      row.driftClass.name, CSVRow.guarded(row.cause), CSVRow.guarded(row.mending.words), row.state.name,
      CSVRow.guarded(row.remark),
    ]
  }

  private static func number(_ number: Int64?) -> String { number.map { String($0) } ?? "" }

  private static func append(_ fields: [String], to bytes: inout [UInt8]) {
    bytes += fields.map(CSVRow.quoted).joined(separator: ",").utf8
    bytes += "\r\n".utf8
  }
}
