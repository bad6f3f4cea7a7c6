// Units of a claim that corrections ended: they count nowhere, but the claim's facts still name them.
//
// Tried: a cancel by a document of its own. A cancel that had been missed and came later then freed the same units a
// second time, and the units of a later order edit were hidden.
extension Claim {
  /// Units ended, never more than would count without it; one fact, so that a claim without it costs nothing.
  var corrected: Int64 { facts.units(.corrected) }

  mutating func correct(to units: Int64, at time: Timestamp) {
    _ = facts.remove(.corrected)
    guard units > 0 else { return }
    facts.add(
      StageFact(
        document: .none, source: .reconciliation, time: time, units: Int32(clamping: units), kind: .corrected,
        isCumulative: true, isSettled: false))
  }

  /// What a claim would count without its corrections, and what of it has left the building.
  struct Uncorrected {
    fileprivate var counted: Int64
    fileprivate var left: Int64
  }

  /// Nil where nothing is corrected.
  func uncorrected(_ coverage: Coverage) -> Uncorrected? {
    corrected == 0 ? nil : Uncorrected(counted: uncorrectedStanding(coverage).counted, left: left)
  }

  private var left: Int64 { facts.units(.ship) + facts.units(.writeOff) }

  /// After a change: what it took out was among the corrected units first, because nobody says that these are others;
  /// and what has left the building counts until a count settles it, whatever was thought of it.
  mutating func yieldCorrected(since before: Uncorrected, _ coverage: Coverage) {
    guard let fact = facts.facts.first(where: { $0.kind == .corrected }) else { return }
    let counted = uncorrectedStanding(coverage).counted
    let yielded = max(0, before.counted - counted) + max(0, left - before.left)
    correct(to: min(Int64(fact.units) - yielded, counted), at: fact.time)
  }

  /// A confirm finds no corrected units: those that it would have found are demand again.
  mutating func yieldCorrected(toConfirm units: Int64) {
    guard let fact = facts.facts.first(where: { $0.kind == .corrected }) else { return }
    let found = min(units, unabsorbedAndCorrected) - min(units, unabsorbed)
    correct(to: Int64(fact.units) - found, at: fact.time)
  }
}

extension ClaimStanding {
  /// Takes ended units out: of what is open first, then of what the warehouse has, then of what has left.
  mutating func end(_ units: Int64) {
    if units == 0 { return }
    let fromOpen = min(units, open)
    let fromPending = min(units, pending)
    let fromAllocated = min(units - fromOpen, allocated)
    let inWarehouse = unshipped - openUnits
    open -= fromOpen
    openUnits -= fromOpen
    pending -= fromPending
    allocated -= fromAllocated
    unshipped -= fromOpen + fromPending + min(fromAllocated, inWarehouse)
    used -= fromOpen + fromPending + fromAllocated
    uncovered -= fromOpen + fromPending + fromAllocated
  }
}
