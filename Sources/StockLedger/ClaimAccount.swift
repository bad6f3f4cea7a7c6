/// One claim of a key, as its books have it: what counts, what was named, and whose word it rests on.
public struct ClaimAccount: Hashable, Sendable {
  /// The line.
  public let id: ClaimID
  /// Order line or sale line.
  public let kind: DemandKind
  /// Units that were named as the line's total here, or confirmed here, whichever is larger; 0 where only later stages
  /// were told of.
  public let named: Int64
  /// Open units that count beside the aggregate.
  public let open: Int64
  /// Units in the warehouse that count beside the aggregate.
  public let allocated: Int64
  /// Units that left the building and no count has settled.
  public let shipped: Int64
  /// Units sold at a till that count beside the aggregate.
  public let pending: Int64
  /// The one source that has spoken of it; nil where several have, or a hold here was confirmed into it.
  public let soleSource: SourceID?
  /// The latest time that anybody has named for anything of it.
  public let lastSaidOf: Timestamp

  /// Units that count, at whatever stage: what a correction is compared with.
  public var counted: Int64 { open + allocated + shipped + pending }

  /// Units that count in a component, those that left the building aside.
  public func units(in component: Component) -> Int64 {
    switch component {
    case .onHand: 0
    case .allocated: allocated
    case .pending: pending
    case .open: open
    }
  }
}

extension SourceBook {
  /// Every claim that counts units here, by its id.
  public var claimAccounts: [ClaimAccount] {
    if claims.isEmpty { return [] }
    let coverage = coverage
    let live = claims.filter { $0.value.endedAt == .distantFuture }
    return live.sorted { $0.key < $1.key }.map { account(of: $0.key, $0.value, coverage) }.filter { $0.counted > 0 }
  }

  private func account(of id: ClaimID, _ claim: Claim, _ coverage: Coverage) -> ClaimAccount {
    let standing = claim.standing(coverage)
    let inWarehouse = claim.kind == .order ? min(standing.allocated, standing.unshipped - standing.openUnits) : 0
    let facts = claim.facts.facts.filter { $0.kind != .corrected }
    var sources = Set(facts.map(\.source))
    if claim.isNamed { sources.insert(claim.namedBy) }
    if let state = records.lineStates[id] { sources.insert(state.source) }
    let isSole = sources.count == 1 && claim.confirmedUnits == 0
    let times = facts.map(\.time) + (claim.isNamed ? [claim.namedAt] : [claim.beganAt])
    return ClaimAccount(
      id: id, kind: claim.kind, named: max(claim.total(), claim.confirmedUnits), open: standing.open,
      allocated: inWarehouse, shipped: standing.allocated - inWarehouse, pending: standing.pending,
      soleSource: isSole ? sources.first : nil, lastSaidOf: times.max() ?? claim.beganAt)
  }
}

extension StockLevel {
  /// The last time whose ships and sales of a source the counts of units on hand include; before every time where
  /// none has been counted.
  public func settledThrough(_ source: SourceID) -> Timestamp {
    sources.hasRecords ? sources.records.settlement.through(source, policy) : Settlement.never
  }
}
