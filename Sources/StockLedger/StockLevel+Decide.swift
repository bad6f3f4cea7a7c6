/// What a key answers to a command before anything changes.
public enum Decision: Sendable {
  /// Yes: apply this entry, journal it, answer with the outcome.
  case accept(JournalEntry.Body, Outcome)
  /// It was accepted before: the same answer, and nothing changes.
  case duplicate(Outcome)
  /// No, and nothing changes.
  case refuse(Refusal)

  /// What an answer says besides the key's numbers.
  public struct Outcome: Hashable, Sendable {
    /// Units held, confirmed so far or released.
    public var units: Int64 = 0
    /// The reservation's expiry.
    public var expiresAt: Timestamp = .distantPast
    /// What is odd about a report.
    public var flags: ReportFlags = []

    /// An outcome.
    @inlinable
    public init(units: Int64 = 0, expiresAt: Timestamp = .distantPast, flags: ReportFlags = []) {
      self.units = units
      self.expiresAt = expiresAt
      self.flags = flags
    }
  }
}

extension StockLevel {
  /// Decides a command at a time: pure. The caller has first applied every ``dueEntry(at:)``.
  public func decide(_ command: Command, now: Timestamp) -> Decision {
    switch command {
    case .hold(let request): return decide(hold: request, now: now)
    case .confirm(let request): return decide(confirm: request, now: now)
    case .release(let id, let quantity): return decide(release: id, quantity: quantity)
    case .extend(let id, let expiresAt): return decide(extend: id, to: expiresAt, now: now)
    case .report(let report): return decide(report: report, now: now)
    case .setPolicy(let policy): return decide(policy: policy)
    case .setScope(let patch):
      if let refusal = patch.problem { return .refuse(refusal) }
      return patch == scope ? .duplicate(.init()) : .accept(.scopeSet(patch), .init())
    case .freeFallen(let component, let upTo): return .accept(.fallenFreed(component, upTo: upTo), .init())
    case .resetMark(let component, let source): return .accept(.markReset(component, source), .init())
    case .correct(let correction): return decide(correction: correction)
    case .cart(let step): return decide(cart: step, now: now)
    }
  }

  /// ``decide(_:now:)`` for an owner that keeps the level in place: a call on stored state would copy it first.
  @inline(never)
  public mutating func decideInPlace(_ command: Command, now: Timestamp) -> Decision { decide(command, now: now) }

  /// ``availableToSell`` for an owner that keeps the level in place, for the same reason.
  @inline(never)
  public mutating func availableToSellInPlace() -> Int64 { availableToSell }

  /// ``numbers`` for an owner that keeps the level in place, for the same reason.
  @inline(never)
  public mutating func numbersInPlace() -> StockNumbers { numbers }

  // Idempotency first, then refusals in the order of `Refusal`.
  func decide(hold request: HoldRequest, now: Timestamp) -> Decision {
    if let known = reservations[request.id] {
      guard known.isSame(as: request), !known.isCartLine else { return .refuse(.idReused) }
      return .duplicate(.init(units: request.quantity.units, expiresAt: known.expiresAt))
    }
    if let refusal = admit(request, now: now) { return .refuse(refusal) }
    let held = held(request, now: now)
    return .accept(.held(held), .init(units: request.quantity.units, expiresAt: held.expiresAt))
  }

  func held(_ request: HoldRequest, now: Timestamp) -> Held {
    Held(
      id: request.id, quantity: request.quantity, expiresAt: now + request.lifetime,
      requestedAt: request.requestedAt ?? now, channel: request.channel, customer: request.customer,
      reference: request.reference)
  }

  /// Why a new hold is refused, if it is.
  ///
  /// - Parameter reservationsMax: Given only by tests, which cannot fill a key with four million holds.
  func admit(
    _ request: HoldRequest, now: Timestamp, reservationsMax: Int = Limits.reservationsPerKeyMax
  ) -> Refusal? {
    guard request.lifetime >= 1, request.lifetime <= Limits.holdLifetimeMax else { return .outOfRange(.lifetime) }
    if let requestedAt = request.requestedAt {
      guard requestedAt.isInRange else { return .outOfRange(.time) }
      if requestedAt > now + Limits.futureMax { return .timeInFuture }
      if requestedAt < now - Limits.requestAgeMax { return .requestTooOld }
    }
    if reservations.count >= reservationsMax {
      // What may be forgotten by now makes room when the hold is applied.
      let free = reservations.nextForgotten ?? now + Limits.reservationMemory
      if free > now { return .tooManyIds(retryAfter: free.milliseconds - now.milliseconds) }
    }
    return room(for: request.quantity.units, channel: request.channel, customer: request.customer)
  }

  /// Why units cannot be promised to a channel and customer, if they cannot.
  func room(for units: Int64, channel: ChannelID, customer: CustomerID) -> Refusal? {
    if let limit = policyBox.policy.customerLimit {
      if customer.isNone { return .customerRequired }
      let used = usage.live(customer: customer) + sources.confirmedUnits(customer: customer, since: limit.since)
      if units > limit.units - used { return .customerLimit(available: max(0, limit.units - used)) }
    }
    let available = available(to: channel)
    return units > available ? .insufficientStock(available: available) : nil
  }

  func decide(confirm request: ConfirmRequest, now: Timestamp) -> Decision {
    guard let known = reservations[request.id] else { return .refuse(.unknownReservation) }
    if known.isCartLine { return .refuse(.belongsToCart(request.id)) }
    let finding = sources.confirmFinding(reservation: request.id, claim: request.claim)
    // With no number named and nothing live, what ran out of time is meant.
    let meant = known.live > 0 ? known.live : Int64(known.expired)
    let wanted = request.cumulative?.units ?? (finding.alreadyConfirmed + meant)
    if finding.alreadyConfirmed > 0 && wanted <= finding.alreadyConfirmed {
      return .duplicate(.init(units: finding.alreadyConfirmed, expiresAt: known.expiresAt))
    }
    let live = known.live
    // Where all of it was confirmed or released, the whole reservation is asked for, and refused.
    let adding = wanted > finding.alreadyConfirmed ? wanted - finding.alreadyConfirmed : Int64(known.quantity)
    guard let cumulative = Quantity(finding.alreadyConfirmed + adding) else { return .refuse(.outOfRange(.quantity)) }
    if adding > live {
      let missing = adding - live
      if Int64(known.expired) == 0 {
        if live > 0 { return .refuse(.exceedsReservation(live: live)) }
        return .refuse(known.confirmed > 0 ? .alreadyConfirmed(as: known.claim) : .reservationReleased)
      }
      if missing > Int64(known.expired) { return .refuse(.exceedsReservation(live: live)) }
      // Units that an order brought after the expiry are demand already: the late confirm finds them.
      let unfound = missing - min(missing, finding.unabsorbed)
      if unfound > 0 {
        guard request.whenExpired == .reholdIfAvailable else { return .refuse(.reservationExpired) }
        if let refusal = room(for: unfound, channel: known.channel, customer: known.customer) {
          return .refuse(refusal)
        }
      }
    }
    if let total = finding.total, finding.confirmed + adding > total { return .refuse(.exceedsClaim(total: total)) }
    if let kind = finding.kind, kind != request.kind { return .refuse(.claimKindDiffers) }
    let confirmed = Confirmed(
      id: request.id, claim: request.claim, kind: request.kind, cumulative: cumulative,
      fromReserved: min(adding, live))
    return .accept(.confirmed(confirmed), .init(units: cumulative.units, expiresAt: known.expiresAt))
  }

  func decide(release id: ReservationID, quantity: Quantity?) -> Decision {
    guard let known = reservations[id] else { return .refuse(.unknownReservation) }
    if known.isCartLine { return .refuse(.belongsToCart(id)) }
    if known.live == 0 {
      if known.released > 0 { return .duplicate(.init(units: Int64(known.released), expiresAt: known.expiresAt)) }
      return .refuse(known.expired > 0 ? .reservationExpired : .alreadyConfirmed(as: known.claim))
    }
    let units = quantity?.units ?? known.live
    guard units <= known.live, let released = Quantity(units) else {
      return .refuse(.exceedsReservation(live: known.live))
    }
    return .accept(.released(id, released), .init(units: units, expiresAt: known.expiresAt))
  }

  func decide(extend id: ReservationID, to expiresAt: Timestamp, now: Timestamp) -> Decision {
    guard let known = reservations[id] else { return .refuse(.unknownReservation) }
    guard expiresAt > now, expiresAt <= known.heldAt + Limits.holdLifetimeMax else {
      return .refuse(.outOfRange(.lifetime))
    }
    if known.isCartLine { return .refuse(.belongsToCart(id)) }
    if known.live == 0 { return .refuse(known.whyEnded) }
    if known.expiresAt == expiresAt { return .duplicate(.init(units: known.live, expiresAt: expiresAt)) }
    return .accept(.extended(id, expiresAt: expiresAt), .init(units: known.live, expiresAt: expiresAt))
  }

  func decide(report: Report, now: Timestamp) -> Decision {
    switch sources.rule(on: report, policy: policyBox.policy, now: now) {
    case .accept(let flags): .accept(.reported(report), .init(flags: flags))
    case .duplicate(let flags): .duplicate(.init(flags: flags))
    case .refuse(let refusal): .refuse(refusal)
    }
  }

  func decide(policy: KeyPolicy) -> Decision {
    if let refusal = policy.problem { return .refuse(refusal) }
    return policy == policyBox.policy ? .duplicate(.init()) : .accept(.policySet(policy), .init())
  }
}

extension Reservation {
  /// Why nothing of it is live.
  var whyEnded: Refusal {
    if expired > 0 { return .reservationExpired }
    return confirmed > 0 ? .alreadyConfirmed(as: claim) : .reservationReleased
  }
}

extension KeyPolicy {
  /// Why this cannot be a key's policy, if it cannot.
  public var problem: Refusal? {
    guard safetyBuffer >= 0, safetyBuffer <= Limits.unitsMax else { return .outOfRange(.buffer) }
    guard skew >= 0, skew <= 86_400_000, skews.allSatisfy({ $0.milliseconds >= 0 && $0.milliseconds <= 86_400_000 })
    else { return .outOfRange(.skew) }
    guard channels.count <= Limits.channelsPerKeyMax, Set(channels.map(\.channel)).count == channels.count else {
      return .outOfRange(.lines)
    }
    for rules in channels {
      guard rules.buffer >= 0, rules.buffer <= Limits.unitsMax else { return .outOfRange(.buffer) }
      guard (rules.quota ?? 0) >= 0, (rules.quota ?? 0) <= Limits.unitsMax else { return .outOfRange(.quota) }
    }
    if let limit = customerLimit, limit.units < 0 || limit.units > Limits.unitsMax { return .outOfRange(.quota) }
    if othersFallTo == .allocated { return .outOfRange(.aggregate) }
    return nil
  }
}
