public import StockLedger

// The way back: which row of the form would say a command.
extension DeliveryKind {
  /// The kind of row that makes a report; nil for what no row says: the state of a line, which webhooks make.
  public init?(of report: Report.Body) {
    switch report {
    case .count: self = .count
    case .adjustment: self = .adjustment
    case .aggregate: self = .aggregate
    case .demand: self = .demand
    case .stage: self = .stage
    case .move: self = .move
    case .completeThrough: self = .completeThrough
    case .lineState: return nil
    }
  }

  /// The kind of row that asks for a command; nil for what no row says: the steps of carts, and operators' orders.
  public init?(of command: Command) {
    switch command {
    case .hold: self = .hold
    case .confirm: self = .confirm
    case .release: self = .release
    case .extend: self = .extend
    case .report(let report): self.init(of: report.body)
    case .setScope: self = .policy
    case .setPolicy: self = .itemRules
    case .freeFallen, .resetMark, .correct, .cart: return nil
    }
  }
}

extension Report {
  /// The time that it speaks of: when it was true, or happened.
  public var speaksOf: Timestamp {
    switch body {
    case .count(let count): count.asOf
    case .adjustment(let adjustment): adjustment.occurredAt
    case .aggregate(let aggregate): aggregate.asOf
    case .demand(let demand): demand.occurredAt
    case .stage(let stage): stage.occurredAt
    case .move(let move): move.occurredAt
    case .lineState(let state): state.changedAt
    case .completeThrough(_, let through): through
    }
  }
}
