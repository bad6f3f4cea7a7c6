import StockLedger

/// What accepted reports and configuration do to a key's books.
extension AuditedKey {
  mutating func apply(earliest: Timestamp) {
    switch current.question {
    case .look: break
    case .rest: endCarts()
    case .cartLine(let id, let units, let lifetime):
      applyHold(HoldRequest(id: id, quantity: units, lifetime: lifetime), earliest: earliest, isCartLine: true)
    case .command(.hold(let request)): applyHold(request, earliest: earliest)
    case .command(.confirm(let request)): applyConfirm(request)
    case .command(.release(let id, _)): applyRelease(id)
    case .command(.extend(let id, let expiresAt)): applyExtend(id, expiresAt: expiresAt)
    case .command(.setPolicy(let policy)): buffer = bounded(policy.safetyBuffer)
    case .command(.report(let report)):
      if !current.receipt.isDuplicate { applyReport(report) }
    case .command(.resetMark): break
    // How much of a claim a correction ended, and what brings it back, is the engine's to know.
    case .command(.correct):
      if !current.receipt.isDuplicate { leaveUnchecked() }
    case .command(.freeFallen), .command(.setScope), .command(.cart): leaveUnchecked()
    }
  }

  private mutating func applyReport(_ report: Report) {
    switch report.body {
    case .count(let count): applyCount(count)
    case .adjustment(let adjustment): applyAdjustment(adjustment)
    case .demand(let demand): applyDemand(demand)
    case .stage(let stage):
      let isClipped = !current.receipt.flags.isDisjoint(with: [.clipped, .pastMemory])
      change(stage.claim, from: claims[stage.claim] ?? AuditedClaim(kind: stage.kind)) {
        $0.note(stage, isClipped: isClipped)
      }
      if settlesLateReports { change(stage.claim, from: claims[stage.claim]) { $0.maySettle() } }
    case .move(let move):
      let isClipped = !current.receipt.flags.isDisjoint(with: [.clipped, .pastMemory])
      change(move.claim, from: claims[move.claim]) { $0.note(move, isClipped: isClipped) }
    // Sums without lines: what they cover is the engine's finest rule, and none that a naive model could bound. A
    // line's state takes back what its source said before.
    case .aggregate, .completeThrough, .lineState: leaveUnchecked()
    }
  }

  private mutating func leaveUnchecked() { uncheckedFrom = min(uncheckedFrom, current.answeredTick) }

  private mutating func applyCount(_ count: Count) {
    if let before = countAsOf, count.asOf < before { leaveUnchecked() }
    countAsOf = count.asOf
    adjustments = adjustments.filter { $0.value.occurredAt > count.asOf }
    onHand = bounded(count.units) + adjustments.values.reduce(0) { $0 + $1.delta }
    if count.isPhysical || !count.includes.isEmpty { settlesLateReports = true }
    // A sum over all lines: the order in which they are visited changes nothing.
    demandLeast = 0
    demandMost = 0
    for id in claims.keys {
      claims[id]?.maySettle()
      demandLeast += claims[id]?.demandLeast ?? 0
      demandMost += claims[id]?.demandMost ?? 0
    }
  }

  private mutating func applyAdjustment(_ adjustment: Adjustment) {
    guard adjustments[adjustment.document] == nil else { return }
    if let countAsOf, adjustment.occurredAt <= countAsOf { return }
    var kept = adjustment
    kept.delta = min(max(adjustment.delta, -Limits.quantityMax), Limits.quantityMax)
    adjustments[adjustment.document] = kept
    onHand += kept.delta
  }

  private mutating func applyDemand(_ demand: Demand) {
    let before = claims[demand.claim] ?? AuditedClaim(kind: demand.kind)
    // A line that shrank: what of it was gone already is the engine's to know.
    if demand.total.units < before.total { leaveUnchecked() }
    let total = max(before.total, demand.total.units)
    var absorbed: (id: ReservationID, cumulative: Int64)?
    if !demand.reference.isNone, let id = byReference[demand.reference], let known = reservations[id],
      known.standing != .past
    {
      let already = before.confirmed[id] ?? 0
      let units = min(known.left, max(0, total - before.confirmedSum))
      if units > 0 {
        _ = end(units, of: id, confirmed: true)
        absorbed = (id, already + units)
      }
    }
    let settles = settlesLateReports
    change(demand.claim, from: before) { claim in
      claim.total = total
      claim.kind = demand.kind
      if let absorbed { claim.confirm(absorbed.id, cumulative: absorbed.cumulative) }
      if settles { claim.maySettle() }
    }
  }
}
