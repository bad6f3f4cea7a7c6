import StockLedger

/// A flash sale: one article, a crowd of buyers, and what each of them will do. The same numbers in every process.
struct SalePlan: Sendable {
  /// Units there are.
  var units: Int64 = 1_000
  /// Buyers, each asking once for one unit.
  var buyers = 200_000
  /// Tasks that ask, each awaiting one answer at a time.
  var tasks = 64
  /// How long the buyers keep coming, in milliseconds of the sale's time.
  var length: Int64 = 200_000
  /// How long a granted cart is held: what is abandoned comes back when a quarter of the buyers is still to come.
  var lifetime: Int64 = 150_000
  /// After so many confirms that were acknowledged the first process kills itself.
  var killAfter = 450
  /// When the sale begins.
  var start: Timestamp

  init(start: Timestamp) { self.start = start }

  /// The sale's time when so many buyers have come.
  func time(afterBuyers count: Int) -> Timestamp { start + Int64(count) * length / Int64(max(1, buyers)) }
  /// One buyer in ten leaves with units in the cart.
  func abandons(_ buyer: Int) -> Bool { Self.mixed(buyer) % 10 == 0 }
  /// How long a buyer takes to pay: 60 to 140 seconds of the sale's time, so half have paid when half have come.
  func checkout(_ buyer: Int) -> Int64 { 60_000 + Int64(Self.mixed(buyer) / 16 % 80_000) }
  /// The buyer's name for the hold.
  func hold(_ buyer: Int) -> HoldRequest {
    HoldRequest(
      id: RetailPlace.identifier("buyer-\(buyer)"), quantity: .one, lifetime: lifetime,
      channel: RetailPlace.identifier("web"))
  }
  /// The buyer's confirm.
  func confirm(_ buyer: Int) -> ConfirmRequest {
    ConfirmRequest(id: RetailPlace.identifier("buyer-\(buyer)"), claim: RetailPlace.identifier("order-\(buyer)/1"))
  }
  /// The article.
  var key: StockKey {
    get throws { try StockKey(shop: "demo", sku: "LIMITED-EDITION", location: "main") }
  }
  /// The opening count.
  var count: Command {
    .report(
      Report(
        source: RetailPlace.identifier("erp"), delivery: RetailPlace.identifier("opening"),
        body: .count(Count(units: units, asOf: start - 1))))
  }

  /// A number that depends on the buyer alone (splitmix64), so that every process knows what a buyer will do.
  private static func mixed(_ buyer: Int) -> UInt64 {
    var value = UInt64(truncatingIfNeeded: buyer) &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
