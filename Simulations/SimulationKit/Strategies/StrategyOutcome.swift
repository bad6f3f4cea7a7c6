/// What one strategy made of one day.
public struct StrategyOutcome: Hashable, Sendable {
  /// Orders that were accepted; a buyer buys one unit.
  public var promised = 0
  /// Units sold at tills.
  public var soldAtTills = 0
  /// Orders that could not be sent because their unit had been promised before.
  public var oversold = 0
  /// Orders that could not be sent because the world took their unit: a thief, a till that sells what it is brought.
  public var worldShort = 0
  /// Buyers who were refused although a unit was free.
  public var undersold = 0
  /// Buyers who were refused, rightly.
  public var soldOut = 0
  /// While the shop traded: what was free beyond what Shopify offered, in units times hours.
  public var undersoldUnitHours = 0.0
  /// While the shop traded: how far Shopify's number of a SKU was from what was free, on average, in units.
  public var driftMean = 0.0
  /// The same at its worst, of any SKU.
  public var driftMax: Int64 = 0
  /// ``driftMean`` of each twelfth of the day.
  public var driftByTwelfth: [Double] = []
  /// Calls to Shopify, those that failed included.
  public var shopifyCalls = 0
  /// Calls to ERP, warehouse and tills.
  public var sourceCalls = 0
  /// Deliveries that sources made of their own accord, repeats included.
  public var deliveries = 0
  /// Milliseconds from the last thing that happened to when Shopify's numbers were true for good; nil where they never
  /// were.
  public var convergedAfter: Int64?
  /// What the executor did: equal seeds, equal traces.
  public var trace = RunTrace()

  mutating func take(_ tally: SaleTally) {
    promised = tally.promised
    soldAtTills = tally.soldAtTills
    oversold = tally.oversold
    worldShort = tally.worldShort
    undersold = tally.undersold
    soldOut = tally.soldOut
    sourceCalls = tally.sourceCalls
    deliveries = tally.deliveries
    shopifyCalls += tally.shopifyReads
  }
}
