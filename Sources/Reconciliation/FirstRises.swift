import StockLedger

/// Rises that a source's last list spoke of: one is mended without asking only where the next list says the same.
///
/// A number that is read once may be half written, or of a moment in which goods stood in two books. What lowers a
/// number waits for nothing.
struct FirstRises: Sendable {
  /// What a list said: a number of a key.
  private struct Said: Hashable, Sendable {
    let key: StockKey
    let component: Component?
    let units: Int64
  }

  private var before: [SourceID: Set<Said>] = [:]

  /// Whether the last list said what a row says; true for a row that is no rise by a list.
  func knows(_ row: DriftRow) -> Bool {
    guard let (source, said) = Self.said(row) else { return true }
    return before[source]?.contains(said) ?? false
  }

  /// Remembers what the lists of a look said.
  ///
  /// - Parameter isWhole: False for a part of a shop, which says nothing of the others.
  mutating func note(_ report: DriftReport, isWhole: Bool) {
    for list in report.lists where list.isBelieved && isWhole { before[list.source] = [] }
    for row in report.rows {
      if let (source, said) = Self.said(row) { before[source, default: []].insert(said) }
    }
  }

  private static func said(_ row: DriftRow) -> (SourceID, Said)? {
    guard case .source(let source) = row.side, row.raisesBy > 0 else { return nil }
    switch row.mending {
    case .deliver(let report):
      guard let units = report.body.units else { return nil }
      return (source, Said(key: row.key, component: row.component, units: units))
    case .correct(.onHand, _): return (source, Said(key: row.key, component: row.component, units: row.theirs ?? 0))
    // Lines that lists lack have a rule of their own.
    case .none, .lookAgain, .correct: return nil
    }
  }
}

extension Report.Body {
  /// The units of what says how much there is; nil for what happened once, which raises by being told of.
  fileprivate var units: Int64? {
    switch self {
    case .count(let count): count.units
    case .aggregate(let aggregate): aggregate.units
    case .adjustment, .demand, .stage, .move, .lineState, .completeThrough: nil
    }
  }
}
