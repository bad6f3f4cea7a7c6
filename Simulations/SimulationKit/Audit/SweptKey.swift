import StockLedger

/// One key's counters of the sweep.
struct SweptKey: Sendable {
  struct Promise: Sendable {
    var units: Int64
    var expiresAt: Timestamp
    var version: UInt64 = 0
  }

  var counted: Int64 = 0
  var countAsOf: Timestamp?
  var countsAsked: [Int64] = []
  var adjustments: [Adjustment] = []
  var held: Int64 = 0
  var sold: Int64 = 0
  var promises: [ReservationID: Promise] = [:]
  var confirmed: [ReservationID: Int64] = [:]
  var soldByClaim: [ClaimID: Int64] = [:]
  /// Units of claims that corrections may have ended, by document.
  var endedByCorrection: [DocumentID: (claim: ClaimID, units: Int64)] = [:]
  var expiring = DueQueue<(id: ReservationID, version: UInt64)>()
  var holdsInFlight = 0
  /// Units promised above the stock by an outside fact that took stock away, not by a grant.
  var takenAway: Int64 = 0

  var promised: Int64 { held + sold }
  var there: Int64 { max(counted, countsAsked.max() ?? counted) }
}

extension SweptKey {
  mutating func letExpire(by now: Timestamp) {
    while let place = expiring.popFirst(dueBy: now) {
      guard let promise = promises[place.id], promise.version == place.version else { continue }
      held -= promise.units
      promises[place.id] = nil
    }
  }

  mutating func hold(_ id: ReservationID, units: Int64, until expiresAt: Timestamp, now: Timestamp, _ margin: Int64) {
    let units = min(max(0, units), Limits.quantityMax)
    guard promises[id] == nil, expiresAt - margin > now else { return }
    promises[id] = Promise(units: units, expiresAt: expiresAt)
    held += units
    expiring.insert((id, 0), due: expiresAt - margin)
  }

  mutating func free(_ id: ReservationID, _ units: Int64?) {
    guard var promise = promises[id] else { return }
    let freed = min(promise.units, units ?? promise.units)
    promise.units -= freed
    held -= freed
    promises[id] = promise
  }

  mutating func expire(_ id: ReservationID, at expiresAt: Timestamp, _ margin: Int64) {
    guard var promise = promises[id] else { return }
    promise.expiresAt = expiresAt
    promise.version += 1
    promises[id] = promise
    expiring.insert((id, promise.version), due: expiresAt - margin)
  }

  mutating func sell(_ request: ConfirmRequest, cumulative: Int64) {
    let newly = min(cumulative, Limits.quantityMax) - (confirmed[request.id] ?? 0)
    guard newly > 0 else { return }
    confirmed[request.id] = cumulative
    free(request.id, newly)
    sold += newly
    soldByClaim[request.claim, default: 0] += newly
  }

  /// What a report may add counts from its question.
  mutating func asked(_ report: Report) {
    switch report.body {
    case .count(let count): countsAsked.append(min(max(count.units, -Limits.unitsMax), Limits.unitsMax))
    case .adjustment(let adjustment):
      if adjustment.delta > 0 { add(adjustment) }
    case .stage(let stage):
      guard stage.stage == .cancel, let claimed = soldByClaim[stage.claim] else { return }
      let units =
        switch stage.amount {
        case .document(_, let quantity): quantity.units
        case .cumulative(let units): max(0, units)
        }
      let freed = min(claimed, units)
      soldByClaim[stage.claim] = claimed - freed
      sold -= freed
    case .aggregate, .demand, .move, .lineState, .completeThrough: break
    }
  }

  /// What a report takes away counts from its answer; promises that were made before it are nobody's fault.
  mutating func answered(_ report: Report, _ answer: Answer) {
    let before = there
    switch report.body {
    case .count(let count):
      let units = min(max(count.units, -Limits.unitsMax), Limits.unitsMax)
      guard let place = countsAsked.firstIndex(of: units) else { return }
      // Without an answer it may stand, so it stays possible.
      if case .unknown = answer { return }
      countsAsked.remove(at: place)
      guard let receipt = answer.receipt, !receipt.isDuplicate, count.asOf >= (countAsOf ?? count.asOf) else { return }
      countAsOf = count.asOf
      adjustments.removeAll { $0.occurredAt <= count.asOf }
      counted = units + adjustments.reduce(0) { $0 + $1.delta }
      // Whatever was sold before may be in the count; only new sales surely are not.
      sold = 0
      soldByClaim = [:]
    case .adjustment(let adjustment):
      guard adjustment.delta < 0, let receipt = answer.receipt, !receipt.isDuplicate else { return }
      add(adjustment)
    case .aggregate, .demand, .stage, .move, .lineState, .completeThrough: return
    }
    takenAway += max(0, before - there)
  }

  mutating func add(_ adjustment: Adjustment) {
    if let countAsOf, adjustment.occurredAt <= countAsOf { return }
    guard !adjustments.contains(where: { $0.document == adjustment.document }) else { return }
    let delta = min(max(adjustment.delta, -Limits.quantityMax), Limits.quantityMax)
    var kept = adjustment
    kept.delta = delta
    adjustments.append(kept)
    counted += delta
  }
}
