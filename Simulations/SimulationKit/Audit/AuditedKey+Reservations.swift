import StockLedger

/// What holds, confirms, releases and extensions do to a key's books.
extension AuditedKey {
  mutating func applyHold(_ request: HoldRequest, earliest: Timestamp, isCartLine: Bool = false) {
    let receipt = current.receipt
    let id = request.id
    if receipt.units != request.quantity.units {
      tell(.wrongAnswer, "\(receipt.units) units granted, \(request.quantity.units) were asked for")
    }
    let latestExpiry = current.answeredAt + margin + request.lifetime
    if !receipt.isDuplicate && receipt.expiresAt > latestExpiry {
      tell(.wrongAnswer, "expires at \(receipt.expiresAt), at most \(latestExpiry) was asked for")
    }
    if receipt.isDuplicate {
      if let known = reservations[id] {
        if known.units != receipt.units {
          tell(.grantedTwice, "\(id) was granted \(known.units) units, its duplicate says \(receipt.units)")
        }
        return
      }
      guard unsureIDs.contains(id) else {
        tell(.notHeld, "a duplicate of \(id), which was never granted")
        return
      }
      // The grant itself was never witnessed, so how much there was at that turn is not known either.
      return bookGrant(request, isCartLine: isCartLine, standing: receipt.expiresAt > earliest ? .sure : .past)
    }
    if let known = reservations[id], current.answeredAt <= known.rememberedUntil {
      tell(.grantedTwice, "\(id) had been granted \(known.units) units already, and now \(receipt.units) more")
    }
    admit(receipt.units, "\(id) was granted \(receipt.units) units")
    report.unitsGranted += receipt.units
    bookGrant(request, isCartLine: isCartLine, standing: .sure)
  }

  private mutating func bookGrant(
    _ request: HoldRequest, isCartLine: Bool, standing: AuditedReservation.Standing
  ) {
    let requested = max(request.requestedAt ?? current.askedAt, current.askedAt)
    book(
      AuditedReservation(
        units: bounded(current.receipt.units), expiresAt: current.receipt.expiresAt, standing: standing,
        reference: request.reference, isCartLine: isCartLine,
        rememberedUntil: requested + Limits.reservationMemory),
      as: request.id)
    if !request.reference.isNone { byReference[request.reference] = request.id }
  }

  /// New demand on the stock: no more than can be left may be granted.
  private mutating func admit(_ units: Int64, _ words: String) {
    guard isChecked else { return }
    let there = max(0, netMost)
    guard units > there else { return }
    report.unitsOversold += units - there
    tell(
      .oversold,
      "\(words), but at most \(there) were there (on hand \(onHand), demand \(demandLeast), buffer \(buffer), "
        + "held \(heldSurely))")
  }

  mutating func applyConfirm(_ request: ConfirmRequest) {
    let id = request.id
    let cumulative = bounded(current.receipt.units)
    guard let known = reservation(id) else { return }
    let claim = claims[request.claim] ?? AuditedClaim(kind: request.kind)
    let newly = cumulative - (claim.confirmed[id] ?? 0)
    if current.receipt.isDuplicate && !unsureIDs.contains(id) {
      if newly > 0 { tell(.wrongAnswer, "a duplicate confirm of \(id) says \(cumulative) units, which is new") }
      return
    }
    if let asked = request.cumulative, asked.units != cumulative {
      tell(.wrongAnswer, "\(cumulative) units of \(id) confirmed, \(asked.units) were asked for")
    }
    guard newly > 0 else { return }
    if newly > known.left {
      tell(.endedTwice, "\(newly) units of \(id) confirmed, \(known.left) of \(known.units) had not ended yet")
    }
    if known.standing == .past && !unsureIDs.contains(id) && !unsureIDs.contains(request.claim) {
      let uncovered = newly - min(newly, claim.unnamed)
      if uncovered > 0 && request.whenExpired == .refuse {
        tell(.notHeld, "\(newly) units of \(id) confirmed after its expiry at \(known.expiresAt)")
      } else if uncovered > 0 {
        admit(uncovered, "\(id) was admitted anew with \(uncovered) units")
      }
    }
    _ = end(newly, of: id, confirmed: true)
    change(request.claim, from: claim) { $0.confirm(id, cumulative: cumulative) }
  }

  mutating func applyRelease(_ id: ReservationID) {
    if current.receipt.isDuplicate && !unsureIDs.contains(id) { return }
    guard let known = reservation(id) else { return }
    let told = bounded(current.receipt.units)
    // A repeat may be the first that is heard of a release, or be what it says: then nothing is left to end.
    let units = current.receipt.isDuplicate ? min(told, known.left) : told
    guard units > 0 else { return }
    if known.standing == .past && !unsureIDs.contains(id) {
      tell(.endedTwice, "\(units) units of \(id) released after its expiry at \(known.expiresAt) had ended them")
    } else if units > known.left {
      tell(.endedTwice, "\(units) units of \(id) released, \(known.left) of \(known.units) had not ended yet")
    }
    _ = end(units, of: id, confirmed: false)
  }

  mutating func applyExtend(_ id: ReservationID, expiresAt: Timestamp) {
    guard var known = reservation(id) else { return }
    if current.receipt.expiresAt != expiresAt {
      tell(.wrongAnswer, "\(id) extended to \(current.receipt.expiresAt), \(expiresAt) was asked for")
    }
    if known.standing == .past && known.left > 0 && !current.receipt.isDuplicate && !unsureIDs.contains(id) {
      tell(.notHeld, "\(id) was extended after its expiry at \(known.expiresAt)")
    }
    if current.receipt.isDuplicate && !unsureIDs.contains(id) { return }
    known.expiresAt = expiresAt
    known.standing = expiresAt > current.askedAt ? .sure : .doubtful
    book(known, as: id)
  }

  /// A reservation that an answer speaks of; one that was never granted is a lie, unless its hold had no answer.
  private mutating func reservation(_ id: ReservationID) -> AuditedReservation? {
    if let known = reservations[id] { return known }
    if !unsureIDs.contains(id) { tell(.notHeld, "\(id) was never granted here") }
    return nil
  }

  mutating func change(_ id: ClaimID, from before: AuditedClaim?, _ change: (inout AuditedClaim) -> Void) {
    var claim = before ?? AuditedClaim(kind: .order)
    if claims[id] != nil {
      demandLeast -= claim.demandLeast
      demandMost -= claim.demandMost
    }
    change(&claim)
    demandLeast += claim.demandLeast
    demandMost += claim.demandMost
    claims[id] = claim
  }

  /// Keeps a told number far from overflow: an answer under audit may say anything.
  func bounded(_ units: Int64) -> Int64 { min(max(units, -Limits.unitsMax), Limits.unitsMax) }
}
