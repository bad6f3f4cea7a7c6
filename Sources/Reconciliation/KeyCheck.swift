import StockLedger

/// What one key's own books say that somebody should look at, without any other side.
struct KeyCheck: Sendable {
  /// A count older than this is told as stale, in milliseconds; nil where counts may be of any age.
  let countAgeMax: Int64?
  let now: Timestamp

  /// A hold that its expiry has not ended by now, although every turn of its key does.
  private static let overdueAfter: Int64 = 60_000
  /// Units that fell out of a sum and nobody took over: docs/domain.md.
  private static let fallenMax: Int64 = 48 * 3_600_000

  func rows(of key: StockKey, _ level: StockLevel) -> [DriftRow] {
    var rows: [DriftRow] = []
    var level = level
    if let due = level.nextDue(), due + Self.overdueAfter < now {
      rows.append(
        DriftRow(
          key: key, side: .ourselves, ours: level.numbers.reserved, theirs: nil, driftClass: .holdOverdue,
          cause: "a reservation has been due since \(due)"))
    }
    for id in level.sources.unnamedOverdue(now: now) { rows.append(unnamed(id, of: key, level)) }
    for account in level.sources.accounts {
      if let count = account.count, let countAgeMax, count.asOf + countAgeMax < now {
        rows.append(
          DriftRow(
            key: key, side: .source(count.source), component: .onHand, ours: count.units, theirs: nil,
            driftClass: .staleCount, cause: "the last count is as of \(count.asOf)"))
      }
      for fallen in account.fallen where fallen.fellAt + Self.fallenMax < now {
        rows.append(
          DriftRow(
            key: key, side: .source(fallen.source), component: account.component, ours: fallen.units, theirs: nil,
            driftClass: .unexplained,
            cause: "units fell out of the sum as of \(fallen.asOf), and nobody has taken them over"))
      }
    }
    return rows
  }

  /// A confirm that no order ever named: the checkout died between the two, or the order is somewhere else.
  private func unnamed(_ id: ClaimID, of key: StockKey, _ level: StockLevel) -> DriftRow {
    let units = level.sources.place(of: id, at: key)?.counted ?? 0
    return DriftRow(
      key: key, side: .ourselves, component: .open, ours: units, theirs: 0, driftClass: .claimOrphaned,
      cause: "confirmed here, and no order has named \(id) within six hours",
      mending: units > 0 ? .correct(.claim(id, units: units, from: units), .claimOrphaned) : .none)
  }
}
