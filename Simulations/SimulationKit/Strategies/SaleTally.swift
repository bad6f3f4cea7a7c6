/// Who got what, in units; one buyer is one unit.
struct SaleTally: Hashable, Sendable {
  /// Orders that were accepted.
  var promised = 0
  /// Orders that were sent.
  private(set) var sent = 0
  /// Orders that their buyers took back in time.
  var cancelled = 0
  /// Orders that could not be sent because the unit had been promised twice.
  private(set) var oversold = 0
  /// Orders that could not be sent because the world took the unit.
  private(set) var worldShort = 0
  /// Units sold over the counter.
  var soldAtTills = 0
  /// Buyers who were refused, and there was a unit.
  var undersold = 0
  /// Buyers who were refused, and there was none.
  var soldOut = 0
  /// Calls to ERP, warehouse and tills.
  var sourceCalls = 0
  /// Reads of Shopify's orders beside the calls that the emulator counts.
  var shopifyReads = 0
  /// Deliveries that sources made, repeats included.
  var deliveries = 0

  mutating func take(sent: Int, short: [Shelf.Shortage]) {
    self.sent += sent
    oversold += short.count { $0 == .oversold }
    worldShort += short.count { $0 == .world }
  }
}
