extension StockLevel {
  /// Makes an entry's change: never refuses. Live turns, recovery, replay and simulation all come through here.
  ///
  /// The entry must be one that ``decide(_:now:)`` or ``dueEntry(at:)`` gave for this state; anything else is a
  /// violation and stops the process.
  public mutating func apply(_ entry: JournalEntry) {
    let at = entry.at
    switch entry.body {
    case .held(let held): begin(held, at: at, isCartLine: false)
    case .confirmed(let confirmed): apply(confirmed, at: at)
    case .released(let id, let quantity): end(id, units: quantity.units, as: .release, at: at)
    case .extended(let id, let expiresAt): reservations.extend(id, to: expiresAt)
    case .expired(let id): end(id, units: reservations[id]?.live ?? 0, as: .expire, at: at)
    case .reported(let report): apply(report, at: at)
    case .policySet(let policy):
      policyBox = PolicyBox(policy)
      usage = UsageTally(policy: policy, reservations: reservations)
    // Another machine's: not even memory is pruned by it, so that the ledger replays alike without it.
    case .published(let channel, let entry): return publications.apply(entry, channel: channel, at: at)
    case .claimed: return invariant(false, "a claim of a shard is no key's entry")
    case .scopeSet(let patch): scopeBox = ScopeBox(patch)
    case .fallenFreed(let component, let upTo): sources.freeFallen(component, upTo: upTo)
    case .markReset(let component, let source): sources.resetMark(component, source: source)
    case .corrected(let correction): apply(correction, at: at)
    case .linePrepared(let held, let first):
      begin(held, at: at, isCartLine: true)
      cartLines[held.id] = CartLinePlace(first: first, preparedAt: at)
    case .lineEnded(let id, let ending, let claim, let kind): endLine(id, as: ending, claim: claim, kind: kind, at: at)
    case .lineExtended(let id, let expiresAt): reservations.extend(id, to: expiresAt)
    case .cartDecided(let decision): carts.decide(decision, at: at)
    case .cartAbandoned(let id): carts.abandon(id, at: at)
    case .cartEnded(let id, let ending, let claims): carts.end(id, as: ending, claims: claims, at: at)
    case .cartExtended(let id, let expiresAt): carts.extend(id, to: expiresAt)
    case .lineAcknowledged(let id, let line):
      carts.acknowledge(id, line: line)
      // A cart whose last line was late may have been remembered long enough already.
      nothingForgottenBefore = min(nothingForgottenBefore, carts.nextForgotten)
    }
    // Memory is pruned by entry times only: a refusal leaves no trace, so replay prunes at the same points.
    if at >= nothingForgottenBefore { forget(at: at) }
  }

  private mutating func forget(at: Timestamp) {
    reservations.forget(at: at)
    carts.forget(at: at)
    sources.prune(at: at)
    // What is remembered from now on is remembered for an hour at least: the shortest of all windows.
    nothingForgottenBefore = min(
      min(reservations.nextForgotten ?? at + Limits.requestAgeMax, carts.nextForgotten),
      min(sources.nextForgotten, at + Limits.requestAgeMax))
  }

  private mutating func begin(_ held: Held, at: Timestamp, isCartLine: Bool) {
    reservations.insert(Reservation(held, at: at, isCartLine: isCartLine))
    usage.add(held.quantity.units, channel: held.channel, customer: held.customer)
  }

  private mutating func end(
    _ id: ReservationID, units: Int64, as ending: Ending, claim: ClaimID = .none, at: Timestamp
  ) {
    guard let known = reservations[id] else {
      return invariant(false, "reservation \(id) is known when \(units) units of it end")
    }
    reservations.end(id, units: units, as: ending, claim: claim, at: at)
    usage.add(-units, channel: known.channel, customer: known.customer)
    if known.isCartLine && known.live == units { cartLines.removeValue(forKey: id) }
  }

  private mutating func apply(_ confirmed: Confirmed, at: Timestamp) {
    guard let known = reservations[confirmed.id] else {
      return invariant(false, "reservation \(confirmed.id) is known when it is confirmed")
    }
    let already = sources.confirmFinding(reservation: confirmed.id, claim: confirmed.claim).alreadyConfirmed
    let adding = confirmed.cumulative.units - already
    invariant(
      adding > 0 && confirmed.fromReserved <= adding && confirmed.fromReserved <= known.live,
      "\(confirmed.fromReserved) of \(known.live) live units confirm \(adding) of reservation \(confirmed.id)")
    if confirmed.fromReserved > 0 {
      end(confirmed.id, units: confirmed.fromReserved, as: .confirm, claim: confirmed.claim, at: at)
    }
    // Units that had run out of time end as a confirm after all: no second claim may find them again.
    reservations.confirmExpired(confirmed.id, units: adding - confirmed.fromReserved, claim: confirmed.claim)
    _ = sources.confirm(
      reservation: confirmed.id, claim: confirmed.claim, kind: confirmed.kind, adding: adding,
      channel: known.channel, customer: known.customer, at: at)
  }

  /// A report, and where it is an order whose reference a live reservation carries, that reservation's confirm.
  private mutating func apply(_ report: Report, at: Timestamp) {
    _ = sources.apply(report, policy: policyBox.policy, at: at)
    guard case .demand(let demand) = report.body, let known = reservations.live(reference: demand.reference) else {
      return
    }
    let finding = sources.confirmFinding(reservation: known.id, claim: demand.claim)
    let units = min(known.live, finding.unabsorbed)
    guard units > 0, finding.kind == demand.kind else { return }
    end(known.id, units: units, as: .confirm, claim: demand.claim, at: at)
    _ = sources.confirm(
      reservation: known.id, claim: demand.claim, kind: demand.kind, adding: units, channel: known.channel,
      customer: known.customer, at: at)
  }

  private mutating func endLine(_ id: CartID, as ending: Ending, claim: ClaimID, kind: DemandKind, at: Timestamp) {
    guard let known = reservations[id], known.live > 0 else {
      return invariant(false, "cart line \(id) has live units when it ends")
    }
    end(id, units: known.live, as: ending, claim: claim, at: at)
    guard ending == .confirm else { return }
    _ = sources.confirm(
      reservation: id, claim: claim, kind: kind, adding: known.live, channel: known.channel,
      customer: known.customer, at: at)
  }
}
