extension StockLevel {
  /// Decides a step of a cart: lines prepare and end, the first key decides.
  func decide(cart step: CartStep, now: Timestamp) -> Decision {
    switch step {
    case .prepare(let line): decide(prepare: line, now: now)
    case .decide(let decision): decide(standing: decision)
    case .abandon(let id): decide(abandon: id)
    case .end(let id, let ending, let claims): decide(end: id, as: ending, claims: claims)
    case .extend(let id, let expiresAt): decide(extendCart: id, to: expiresAt, now: now)
    case .endLine(let id, let ending, let claim): decide(endLine: id, as: ending, claim: claim)
    case .extendLine(let id, let expiresAt): decide(extendLine: id, to: expiresAt)
    case .acknowledge(let id, let line): decide(acknowledge: id, line: line)
    }
  }

  private func decide(prepare line: CartLine, now: Timestamp) -> Decision {
    let request = line.hold
    if let known = reservations[request.id] {
      guard known.isSame(as: request), known.isCartLine else { return .refuse(.idReused) }
      // A line that was freed belongs to a cart that does not stand; one that lives is the same line again.
      if known.live == 0 { return .refuse(known.released > 0 ? .cartAbandoned : known.whyEnded) }
      return .duplicate(.init(units: request.quantity.units, expiresAt: known.expiresAt))
    }
    if let refusal = admit(request, now: now) { return .refuse(refusal) }
    let held = held(request, now: now)
    return .accept(
      .linePrepared(held, first: line.first), .init(units: request.quantity.units, expiresAt: held.expiresAt))
  }

  private func decide(standing decision: CartDecision) -> Decision {
    guard let known = carts[decision.id] else {
      guard decision.lines.count >= 1, decision.lines.count <= Limits.cartLinesMax else {
        return .refuse(.outOfRange(.lines))
      }
      return .accept(.cartDecided(decision), .init(expiresAt: decision.expiresAt))
    }
    if known.state == .abandoned { return .refuse(.cartAbandoned) }
    return known.lines == decision.lines ? .duplicate(.init(expiresAt: known.expiresAt)) : .refuse(.idReused)
  }

  private func decide(abandon id: CartID) -> Decision {
    switch carts[id]?.state {
    case nil: .accept(.cartAbandoned(id), .init())
    case .abandoned: .duplicate(.init())
    case .decided, .ended: .refuse(.cartDecided)
    }
  }

  private func decide(end id: CartID, as ending: Ending, claims: [CartClaim]) -> Decision {
    guard let known = carts[id] else { return .refuse(.unknownCart) }
    switch known.state {
    case .abandoned: return .refuse(.cartAbandoned)
    case .ended(let earlier, _):
      if earlier == ending && (ending != .confirm || known.claims == claims) {
        return .duplicate(.init(units: Int64(known.lines.count), expiresAt: known.expiresAt))
      }
      return .refuse(known.whyEnded)
    case .decided:
      if ending == .confirm {
        // An item's own line takes the claim of the item's first other line.
        let named = Set(claims.map(\.line))
        guard named.count == claims.count, named.isSubset(of: known.lines),
          known.lines.allSatisfy({ $0.isItem || named.contains($0) })
        else { return .refuse(.outOfRange(.lines)) }
      }
      return .accept(
        .cartEnded(id, ending, claims: claims), .init(units: Int64(known.lines.count), expiresAt: known.expiresAt))
    }
  }

  private func decide(extendCart id: CartID, to expiresAt: Timestamp, now: Timestamp) -> Decision {
    guard let known = carts[id] else { return .refuse(.unknownCart) }
    // Until it ends, it is remembered for a fixed time from its decision.
    let decidedAt = known.rememberedUntil - Limits.reservationMemory
    guard expiresAt > now, expiresAt <= decidedAt + Limits.holdLifetimeMax || known.state != .decided else {
      return .refuse(.outOfRange(.lifetime))
    }
    guard known.state == .decided else { return .refuse(known.whyEnded) }
    if known.expiresAt == expiresAt { return .duplicate(.init(expiresAt: expiresAt)) }
    return .accept(.cartExtended(id, expiresAt: expiresAt), .init(expiresAt: expiresAt))
  }

  private func decide(endLine id: CartID, as ending: Ending, claim: CartClaim?) -> Decision {
    guard let known = reservations[id], known.isCartLine else { return .refuse(.unknownReservation) }
    if known.live == 0 { return .duplicate(.init(expiresAt: known.expiresAt)) }
    if ending == .confirm && claim == nil { return .refuse(.outOfRange(.lines)) }
    return .accept(
      .lineEnded(id, ending, claim: claim?.claim ?? .none, kind: claim?.kind ?? .order),
      .init(units: known.live, expiresAt: known.expiresAt))
  }

  private func decide(extendLine id: CartID, to expiresAt: Timestamp) -> Decision {
    guard let known = reservations[id], known.isCartLine else { return .refuse(.unknownReservation) }
    if known.live == 0 { return .refuse(known.whyEnded) }
    if known.expiresAt == expiresAt { return .duplicate(.init(expiresAt: expiresAt)) }
    return .accept(.lineExtended(id, expiresAt: expiresAt), .init(expiresAt: expiresAt))
  }

  private func decide(acknowledge id: CartID, line: StockKey) -> Decision {
    guard let known = carts[id], known.state != .decided, known.unacknowledged.contains(line) else {
      return .duplicate(.init())
    }
    return .accept(.lineAcknowledged(id, line: line), .init())
  }
}

extension Cart {
  /// Why it does not stand any more.
  var whyEnded: Refusal {
    switch state {
    case .abandoned: .cartAbandoned
    case .decided: .cartDecided
    case .ended(.confirm, _): .alreadyConfirmed(as: claims.first?.claim ?? .none)
    case .ended(.expire, _): .reservationExpired
    case .ended: .reservationReleased
    }
  }
}
