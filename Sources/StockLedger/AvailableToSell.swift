/// The one formula: five components and the live reservations of a stock key, and what may be promised from them.
///
/// `net = onHand − allocated − pending − open − safetyBuffer − reserved`, `ATS = max(0, net)`,
/// `shortfall = max(0, −net)`. Units throughout. Source: docs/domain.md, "The number".
public struct StockNumbers: Hashable, Sendable {
  /// The ERP's, or the location's 3PL's, units on hand. May be negative: books run late.
  public var onHand: Int64 = 0
  /// Units the warehouse has allocated or shipped that the on-hand count does not know yet.
  public var allocated: Int64 = 0
  /// Units tills sold since the last count.
  public var pending: Int64 = 0
  /// Units of open order lines.
  public var open: Int64 = 0
  /// Units kept back by configuration.
  public var safetyBuffer: Int64 = 0
  /// Units of live reservations.
  public var reserved: Int64 = 0

  /// All zero.
  public init() {}

  /// What is left after all claims on the stock; negative where more is claimed than there is.
  @inlinable public var net: Int64 { onHand - allocated - pending - open - safetyBuffer - reserved }
  /// Available to sell: what may still be promised.
  @inlinable public var availableToSell: Int64 { max(0, net) }
  /// Units claimed beyond what there is: a fact to report, never hidden by the clamp.
  @inlinable public var shortfall: Int64 { max(0, -net) }
}
