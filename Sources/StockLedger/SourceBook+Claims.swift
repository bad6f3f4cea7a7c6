// The claim's half of "Confirm meets order", and the one place where a claim changes.
extension SourceBook {
  /// What a confirm finds of its claim.
  public struct ConfirmFinding: Hashable, Sendable {
    /// Whether the claim is known here.
    public var known: Bool
    /// Units that this (reservation, claim) has confirmed so far.
    public var alreadyConfirmed: Int64
    /// Units that the order brought and no confirm has found yet; 0 while the line's total is unknown.
    public var unabsorbed: Int64
    /// The line's total here, units moved here included; nil while unknown.
    public var total: Int64?
    /// Order line or sale line; nil for an unknown claim.
    public var kind: DemandKind?
    /// Units that all reservations together have confirmed; above ``total`` it would be `exceedsClaim`.
    public var confirmed: Int64

    /// What a confirm finds of its claim.
    public init(
      known: Bool, alreadyConfirmed: Int64, unabsorbed: Int64, total: Int64?, kind: DemandKind?, confirmed: Int64
    ) {
      self.known = known
      self.alreadyConfirmed = alreadyConfirmed
      self.unabsorbed = unabsorbed
      self.total = total
      self.kind = kind
      self.confirmed = confirmed
    }
  }

  /// What a confirm of a reservation as a claim would find.
  public func confirmFinding(reservation: ReservationID, claim id: ClaimID) -> ConfirmFinding {
    guard let claim = claims[id] else {
      return ConfirmFinding(known: false, alreadyConfirmed: 0, unabsorbed: 0, total: nil, kind: nil, confirmed: 0)
    }
    return ConfirmFinding(
      known: true, alreadyConfirmed: claim.confirmedUnits(by: reservation), unabsorbed: claim.unabsorbed,
      total: claim.isNamed ? claim.total() + claim.facts.units(.arrives) : nil, kind: claim.kind,
      confirmed: claim.confirmedUnits)
  }

  /// Adds units to what a (reservation, claim) has confirmed.
  ///
  /// The caller has checked the claim's kind and total. Channel and customer are noted on the claim for quotas.
  ///
  /// - Returns: How many of the units were new demand here: the others were brought by the order before, or cancelled.
  public mutating func confirm(
    reservation: ReservationID, claim id: ClaimID, kind: DemandKind, adding units: Int64, channel: ChannelID,
    customer: CustomerID, at: Timestamp
  ) -> Int64 {
    invariant(units > 0, "a confirm adds \(units) units to claim \(id)")
    if claims.index(forKey: id) == nil {
      // The hot path: nothing else knows this claim, so every unit is new demand.
      var claim = Claim(kind: kind, beganAt: at)
      claim.addConfirm(reservation, units: units)
      if !channel.isNone || !customer.isNone {
        claim.note(channel: channel, customer: customer, isConfirm: true)
        use.add(id, ClaimUse.Share(claim, used: units))
      }
      claims[id] = claim
      if kind == .order { open += units } else { pending += units }
      return units
    }
    let before = open + pending + allocated
    change(id, kind: kind, beganAt: at, at: at) { claim in
      claim.yieldCorrected(toConfirm: units)
      claim.addConfirm(reservation, units: units)
      claim.note(channel: channel, customer: customer, isConfirm: true)
    }
    return open + pending + allocated - before
  }

  /// Changes a claim, made on its first mention, and all that follows from it: sums, quota use, its end.
  mutating func change(
    _ id: ClaimID, kind: DemandKind, beganAt: Timestamp, at: Timestamp, _ body: (inout Claim) -> Void
  ) {
    let coverage = coverage
    if let index = claims.index(forKey: id) {
      let before = claims.values[index].standing(coverage)
      let share = ClaimUse.Share(claims.values[index], used: before.used)
      let uncorrected = claims.values[index].uncorrected(coverage)
      claims.values[index].began(by: beganAt)
      body(&claims.values[index])
      if let uncorrected { claims.values[index].yieldCorrected(since: uncorrected, coverage) }
      settleChange(id, index, from: before, share: share, coverage: coverage, at: at)
    } else {
      claims[id] = Claim(kind: kind, beganAt: beganAt)
      guard let index = claims.index(forKey: id) else { return }
      let share = ClaimUse.Share(claims.values[index], used: 0)
      body(&claims.values[index])
      settleChange(id, index, from: ClaimStanding(), share: share, coverage: coverage, at: at)
    }
  }

  /// Brings the sums after a claim's change.
  mutating func settleChange(
    _ id: ClaimID, _ index: Dictionary<ClaimID, Claim>.Index, from before: ClaimStanding, share: ClaimUse.Share,
    coverage: Coverage, at: Timestamp
  ) {
    let claim = claims.values[index]
    let after = claim.standing(coverage)
    open += after.open - before.open
    allocated += after.allocated - before.allocated
    pending += after.pending - before.pending
    let isShared = !share.channel.isNone || !share.customer.isNone
    if isShared || !claim.channel.isNone || !claim.customer.isNone {
      use.remove(id, share)
      use.add(id, ClaimUse.Share(claim, used: after.used))
    }
    let wasEnded = claim.endedAt != .distantFuture
    if after.isEnded != wasEnded {
      claims.values[index].endedAt = after.isEnded ? at : .distantFuture
      if after.isEnded { records.endings.append(id, at: at) }
    }
  }

  /// Nothing is forgotten before this.
  var nextForgotten: Timestamp {
    hasRecords
      ? min(records.deliveries.nextForgotten, records.endings.nextForgotten) : Timestamp(milliseconds: .max)
  }

  /// Forgets what is past its window: deliveries after seven days, ended claims after thirty. Nothing due costs
  /// nothing.
  public mutating func prune(at now: Timestamp) {
    if !hasRecords { return }
    records.deliveries.prune(at: now)
    while let due = records.endings.next(at: now) {
      guard let claim = claims[due.claim], claim.endedAt == due.endedAt else { continue }
      use.forget(due.claim, ClaimUse.Share(claim, used: claim.standing(Coverage()).used))
      claims[due.claim] = nil
      records.lineStates[due.claim] = nil
    }
  }
}
