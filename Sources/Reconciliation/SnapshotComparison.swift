import StockLedger

/// What a source's row says against what is known of its key: the row is tried on a copy, by the rules that would apply
/// it, so that what a count settles is not taken for a difference.
enum SnapshotComparison: Equatable {
  /// Applying it would change nothing that may be promised.
  case inStep
  /// Nor would it, but the books would say it otherwise: units that left are not counted on hand any more, or what
  /// was taken off twice is not. Delivered without a word.
  case settles(KeyedReport)
  /// What is known is newer.
  case oursIsNewer
  /// They differ.
  case differs(DriftRow)

  init(_ row: KeyedReport, with level: StockLevel, now: Timestamp) {
    let before = level.numbers.net
    switch level.decide(.report(row.report), now: now) {
    case .duplicate: self = .inStep
    case .accept(let body, _):
      var after = level
      after.apply(JournalEntry(at: now, body: body))
      let net = after.numbers.net
      if net == before {
        let isNews = after.numbers != level.numbers || row.report.renewsCount(of: level)
        self = isNews ? .settles(row) : .inStep
      } else {
        self = .differs(
          DriftRow(
            key: row.key, side: .source(row.report.source), component: row.report.component, ours: before, theirs: net,
            driftClass: .missedDelivery, cause: row.report.cause, mending: .deliver(row.report)))
      }
    case .refuse(let refusal): self = Self.refused(row, by: refusal, level)
    }
  }

  /// The same time with another number is a source that contradicts itself; everything else older than what is known.
  private static func refused(_ row: KeyedReport, by refusal: Refusal, _ level: StockLevel) -> SnapshotComparison {
    if case .count(let count) = row.report.body,
      let account = level.sources.accounts.first(where: { $0.component == .onHand }), let last = account.count,
      last.source == row.report.source, last.asOf == count.asOf
    {
      if last.units == count.units { return .inStep }
      return .differs(
        DriftRow(
          key: row.key, side: .source(row.report.source), component: .onHand, ours: last.units, theirs: count.units,
          driftClass: .unexplained, cause: "it has said another number as of the same time, \(count.asOf)",
          mending: .correct(.onHand(delta: count.units - last.units, from: account.units), .unexplained)))
    }
    if refusal.code == Refusal.stale.code { return .oursIsNewer }
    return .differs(
      DriftRow(
        key: row.key, side: .source(row.report.source), component: row.report.component, ours: level.numbers.net,
        theirs: nil, driftClass: .unexplained, cause: "its row is refused: \(refusal.code)"))
  }
}

extension Report {
  /// A count of the same number is taken too once the last is a day old: it is not stale, and what left before it has
  /// been counted. Each look's would make a journal of counts.
  private static let countRenewedAfter: Int64 = 86_400_000

  fileprivate func renewsCount(of level: StockLevel) -> Bool {
    guard case .count(let count) = body, let last = level.sources.lastCount else { return false }
    return last.asOf + Self.countRenewedAfter < count.asOf
  }

  /// The component that it is about; nil where it is about lines.
  var component: Component? {
    switch body {
    case .count, .adjustment: .onHand
    case .aggregate(let aggregate): aggregate.component
    case .completeThrough(let component, _): component
    case .demand(let demand): demand.kind == .order ? .open : .pending
    case .stage, .move, .lineState: nil
    }
  }

  fileprivate var cause: String {
    switch body {
    case .count(let count): "its count as of \(count.asOf) has not come"
    case .adjustment(let adjustment): "its adjustment \(adjustment.document) has not come"
    case .aggregate(let aggregate): "its sum as of \(aggregate.asOf) has not come"
    case .demand(let demand): "its line \(demand.claim) has not come"
    case .stage(let stage): "a step of its line \(stage.claim) has not come"
    case .move(let move): "a move of its line \(move.claim) has not come"
    case .lineState(let state): "its line \(state.claim) has not come"
    case .completeThrough: "its list's end has not come"
    }
  }
}
