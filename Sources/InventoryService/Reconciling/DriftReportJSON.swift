public import Reconciliation
import StockLedger

/// A drift report as a JSON object.
public enum DriftReportJSON {
  /// The object of a report, on one line.
  ///
  /// - Parameter rowsMax: The most rows that are written; `rowsLeftOut` counts the others.
  public static func object(_ report: DriftReport, rowsMax: Int = .max) -> [UInt8] {
    JSONWriter.object { json in
      write(report, rowsLeftOut: report.rowsLeftOut + max(0, report.rows.count - rowsMax), to: &json)
      json.array("rows") { json in
        for row in report.rows.prefix(rowsMax) { json.object { write(row, to: &$0) } }
      }
    }
  }

  private static func write(_ report: DriftReport, rowsLeftOut: Int, to json: inout JSONWriter) {
    json.field("report", report.id)
    json.field("shop", report.shop)
    switch report.scope {
    case .shop: break
    case .location(let location): json.field("location", location)
    case .key(let key):
      json.field("sku", key.sku)
      json.field("location", key.location)
    }
    json.field("startedAt", report.startedAt)
    json.field("endedAt", report.endedAt)
    if let until = report.ordersSeenUntil { json.field("ordersSeenUntil", until) }
    json.field("dryRun", report.isDryRun)
    if let refresh = report.refresh {
      json.field("refresh") { json in
        json.field("applied", refresh.isApplied)
        json.field("shrinkAllowed", refresh.allowsShrink)
      }
    }
    json.array("lists") { json in for list in report.lists { json.object { write(list, to: &$0) } } }
    json.field("compared", Int64(report.compared))
    json.field("inStep", Int64(report.inStep))
    json.field("inFlight", Int64(report.inFlight))
    json.field("drifted", Int64(report.drifted))
    json.field("open", Int64(report.open))
    json.field("rowsLeftOut", Int64(rowsLeftOut))
    count("classes", report.rows.map(\.driftClass.name), to: &json)
    count("states", report.rows.map(\.state.name), to: &json)
    json.array("failures") { json in for failure in report.failures { json.element(failure) } }
  }

  private static func write(_ list: ReadList, to json: inout JSONWriter) {
    json.field("source", list.source)
    if let asOf = list.asOf { json.field("asOf", asOf) }
    json.field("rows", Int64(list.rows))
    json.field("believed", list.isBelieved)
  }

  /// How often each name occurs, those that do.
  private static func count(_ field: String, _ names: [String], to json: inout JSONWriter) {
    let counts = Dictionary(names.map { ($0, Int64(1)) }, uniquingKeysWith: +)
    json.field(field) { json in for (name, count) in counts.sorted(by: { $0.key < $1.key }) { json.field(name, count) }
    }
  }

  private static func write(_ row: DriftRow, to json: inout JSONWriter) {
    json.field("row", Int64(row.number))
    // A row of a whole source names no key.
    if !row.key.sku.isEmpty {
      json.field("sku", row.key.sku)
      json.field("location", row.key.location)
    }
    switch row.side {
    case .channel(let channel): json.field("channel", channel)
    case .source(let source): json.field("source", source)
    case .ourselves: break
    }
    if let component = row.component { json.field("component", "\(component)") }
    if let ours = row.ours { json.field("ours", ours) }
    if let theirs = row.theirs { json.field("theirs", theirs) }
    if row.ours != nil && row.theirs != nil { json.field("difference", row.difference) }
    json.field("class", row.driftClass.name)
    json.field("cause", row.cause)
    json.field("action", row.mending.name)
    if !row.mending.words.isEmpty { json.field("words", row.mending.words) }
    json.field("state", row.state.name)
    if !row.remark.isEmpty { json.field("remark", row.remark) }
  }
}
