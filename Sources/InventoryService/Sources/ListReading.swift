import ChannelIntake
import Reconciliation
import StockLedger

/// What was read of a source's list so far: its rows as reports, and those that cannot be read.
struct ListReading {
  private(set) var extent: SnapshotExtent

  init(asOf: Timestamp? = nil, complete: Set<Component>) { extent = SnapshotExtent(asOf: asOf, complete: complete) }

  /// A list whose pages were true at different times was true at the first of them.
  mutating func note(asOf: Timestamp?) {
    if let asOf { extent.asOf = min(extent.asOf ?? asOf, asOf) }
  }

  /// The reports of some rows. Rows of other shops and sources are nobody's fault: lists are not made for one shop.
  ///
  /// - Parameter place: What is told of a row that cannot be read, before its line.
  mutating func reports(_ rows: [IntakeRow], of place: String = "") -> [KeyedReport] {
    var reports: [KeyedReport] = []
    for row in rows {
      switch row.outcome {
      case .success(let keyed):
        guard case .report(let report) = keyed.command else { continue }
        reports.append(KeyedReport(key: keyed.key, report: report))
      case .failure(let error):
        if case .foreign = error.reason { continue }
        if extent.unreadRows == 0 { extent.firstFault = place + "\(error)" }
        extent.unreadRows += 1
      }
    }
    return reports
  }
}
