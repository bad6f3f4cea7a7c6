// What corrections change in a book: units on hand, and how much of a claim counts.
extension SourceBook {
  /// Units of a claim that count here now, open, allocated or pending, beside what aggregates cover: what a correction
  /// of it is compared with; 0 of one that is not known.
  public func countedUnits(of id: ClaimID) -> Int64 { claims[id]?.standing(coverage).counted ?? 0 }

  /// Units of a claim here that corrections have ended and nothing has brought back: as many can be given back.
  public func correctedUnits(of id: ClaimID) -> Int64 { claims[id]?.corrected ?? 0 }

  /// True while units on hand count a correction of theirs; false once a later count covers it, or where there is none.
  public func counts(correction document: DocumentID) -> Bool {
    records.onHand.adjustment(document)?.source == .reconciliation
  }

  /// What a correction is to those that were accepted here.
  func meet(_ correction: Correction) -> Ruling {
    if let known = records.deliveries.find(RecentDeliveries.Name(correction)) {
      return known.digest == correction.contentDigest ? .duplicate([]) : .refuse(.idReused)
    }
    if correction.document.isNone { return .refuse(.idReused) }
    guard case .onHand(let delta, _) = correction.change,
      let known = records.onHand.adjustment(correction.document)
    else { return .accept([]) }
    // Past its memory, while no count has covered it.
    return known.source == .reconciliation && known.delta == delta ? .duplicate([]) : .refuse(.idReused)
  }

  /// Why so many units of a claim cannot be ended, or given back where they are negative.
  func whyNot(ending units: Int64, of id: ClaimID) -> Refusal? {
    let corrected = correctedUnits(of: id)
    if corrected + units < 0 { return .exceedsClaim(total: corrected) }
    if corrected + units > Limits.quantityMax { return .outOfRange(.quantity) }
    return units < 0 ? sumOutOfRange(adding: -units).map { .outOfRange($0) } : nil
  }

  mutating func correctOnHand(by delta: Int64, document: DocumentID, at: Timestamp) {
    records.onHand.correct(
      OnHandBook.AdjustmentFact(document: document, source: .reconciliation, occurredAt: at, delta: delta))
    onHand = records.onHand.units
  }

  mutating func end(_ units: Int64, of id: ClaimID, at: Timestamp) {
    guard let claim = claims[id] else { return invariant(false, "claim \(id) is known when it is corrected") }
    change(id, kind: claim.kind, beganAt: claim.beganAt, at: at) { $0.correct(to: $0.corrected + units, at: at) }
  }

  /// Why the source of a line's state cannot be made to say so many units: it never spoke of it, or is forgotten.
  func whyNot(stating units: Int64, of id: ClaimID) -> Refusal? {
    if records.lineStates[id] == nil { return .exceedsClaim(total: 0) }
    return sumOutOfRange(adding: units).map { .outOfRange($0) }
  }

  /// Says for the source of a line's state how many units of the line are here now.
  mutating func state(_ units: Int64, of id: ClaimID, policy: KeyPolicy, at: Timestamp) {
    guard let known = records.lineStates[id] else { return }
    let state = LineState(
      claim: id, version: min(known.version, .max - 1) + 1, units: units, unitsInAll: units, occurredAt: at,
      changedAt: at)
    apply(state, by: known.source, policy, at: at)
  }

  mutating func remember(_ correction: Correction, at: Timestamp) {
    records.deliveries.remember(
      RecentDeliveries.Name(correction),
      RecentDeliveries.Memory(digest: correction.contentDigest, flags: [], acceptedAt: at))
  }

  /// An aggregate covers other units than before: what it took from a claim was among its corrected units first.
  mutating func yieldCorrected(since before: Coverage, at: Timestamp) {
    let coverage = coverage
    // Each claim by itself, and sums do not know an order, so the dictionary's does not show.
    var index = claims.startIndex
    while index != claims.endIndex {
      defer { claims.formIndex(after: &index) }
      guard let uncorrected = claims.values[index].uncorrected(before) else { continue }
      let standing = claims.values[index].standing(before)
      let share = ClaimUse.Share(claims.values[index], used: standing.used)
      claims.values[index].yieldCorrected(since: uncorrected, coverage)
      settleChange(claims.keys[index], index, from: standing, share: share, coverage: coverage, at: at)
    }
  }
}

extension RecentDeliveries.Name {
  fileprivate init(_ correction: Correction) {
    self.init(source: .reconciliation, delivery: correction.document)
  }
}
