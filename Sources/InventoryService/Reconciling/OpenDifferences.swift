import Reconciliation
import StockLedger

/// The differences of one shop that somebody has to see to, and since when: over many reports, in which the same one
/// comes again and again.
struct OpenDifferences: Sendable {
  /// What makes rows of two reports the same difference.
  private struct Place: Hashable {
    let key: StockKey
    let side: DriftSide
    let component: Component?

    init(_ row: DriftRow) {
      key = row.key
      side = row.side
      component = row.component
    }
  }

  private struct Standing {
    let since: Timestamp
    var state: MendingState
  }

  private var standings: [Place: Standing] = [:]

  /// When the first report came that had the difference which is open longest; nil where none is.
  var oldest: Timestamp? { standings.values.map(\.since).min() }

  /// How many stand so.
  func count(_ state: MendingState) -> Int { standings.values.count { $0.state == state } }

  /// Takes over what a look has found. What it did not look at, or could not, stays as it was.
  ///
  /// - Returns: The rows that were not open before.
  @discardableResult
  mutating func take(_ report: DriftReport) -> [DriftRow] {
    let earlier = standings
    if report.failures.isEmpty && report.refresh == nil {
      standings = standings.filter { !report.scope.covers($0.key.key) }
    }
    return note(report, since: earlier)
  }

  /// Takes over how rows of an earlier report stand now.
  mutating func change(_ report: DriftReport) {
    let earlier = standings
    for row in report.rows where !row.state.isOpen { standings[Place(row)] = nil }
    _ = note(report, since: earlier)
  }

  private mutating func note(_ report: DriftReport, since earlier: [Place: Standing]) -> [DriftRow] {
    var new: [DriftRow] = []
    for row in report.rows where row.state.isOpen {
      let known = earlier[Place(row)]
      if known == nil { new.append(row) }
      standings[Place(row)] = Standing(since: known?.since ?? report.startedAt, state: row.state)
    }
    return new
  }
}
