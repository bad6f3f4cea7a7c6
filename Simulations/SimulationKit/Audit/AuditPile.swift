import StockLedger

/// What an audit gathers about one key before it replays it.
struct AuditPile: Sendable {
  var answers: [AuditedAnswer] = []
  var windows: [DoubtWindows.Window] = []
  var unsureIDs: Set<Identifier> = []
  /// Units of each hold that was asked for: a hold is asked for before anything else is done with it.
  var unitsAsked: [ReservationID: Int64] = [:]
  var cartEnds: [CartID: CartEnd] = [:]
  var uncheckedFrom = UInt64.max
  var restTick = UInt64.max
}

extension AuditPile {
  /// A question without an answer may have happened at any time since.
  mutating func noteUnknown(_ command: Command, from tick: UInt64) {
    switch command {
    case .hold(let request):
      unsureIDs.insert(request.id)
      windows.append(.init(start: tick, fewer: request.quantity.units))
    case .confirm(let request):
      // A confirm moves nothing by itself; but it stops the expiry, and it may find units that an order brought.
      unsureIDs.insert(request.id)
      let units = unitsAsked[request.id] ?? Limits.quantityMax
      windows.append(.init(start: tick, fewer: units, more: units))
    case .release(let id, let quantity):
      unsureIDs.insert(id)
      windows.append(.init(start: tick, more: quantity?.units ?? unitsAsked[id] ?? Limits.quantityMax))
    case .extend(let id, _):
      unsureIDs.insert(id)
      let units = unitsAsked[id] ?? Limits.quantityMax
      windows.append(.init(start: tick, fewer: units, more: units))
    case .resetMark: break
    case .report(let report): noteUnknown(report, from: tick)
    case .setPolicy, .setScope, .freeFallen, .correct, .cart: uncheckedFrom = min(uncheckedFrom, tick)
    }
  }

  private mutating func noteUnknown(_ report: Report, from tick: UInt64) {
    switch report.body {
    case .adjustment(let adjustment):
      let units = min(max(adjustment.delta, -Limits.quantityMax), Limits.quantityMax)
      windows.append(.init(start: tick, fewer: max(0, -units), more: max(0, units)))
    case .demand(let demand):
      // A late confirm may find the line's units, which nobody was told are there.
      unsureIDs.insert(demand.claim)
      windows.append(.init(start: tick, fewer: demand.total.units))
    case .stage(let stage) where stage.stage == .cancel:
      if case .document(_, let units) = stage.amount {
        windows.append(.init(start: tick, more: units.units))
      } else {
        uncheckedFrom = min(uncheckedFrom, tick)
      }
    case .count, .aggregate, .stage, .move, .lineState, .completeThrough: uncheckedFrom = min(uncheckedFrom, tick)
    }
  }
}
