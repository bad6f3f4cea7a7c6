public import ShopifyEmulatorCore
public import StockLedger

/// An emulated shop that lives by a clock: what is done to it is done one after another, and what it has to tell is
/// known when it is due.
public actor LiveShop {
  /// How often a bulk read goes on while nobody calls, in milliseconds of the shop's clock.
  private static let bulkPace: Int64 = 100

  /// The shop's time.
  public nonisolated let clock: EmulatorClock
  private var shop: EmulatedShop
  private let bell = Bell()
  /// What the courier sleeps for; nil while it is awake and will look by itself.
  private var awaited: Timestamp?

  /// A shop that was stocked before, from now on by a clock.
  public init(_ shop: EmulatedShop, clock: EmulatorClock = EmulatorClock()) {
    self.shop = shop
    self.clock = clock
  }

  /// Does something to the shop, at the time that it is now; nothing comes between.
  public func turn<Value: Sendable, Failure: Error>(
    _ work: @Sendable (inout EmulatedShop, Timestamp) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    defer { if let awaited, let next = nextDue, next < awaited { bell.ring() } }
    return try work(&shop, clock.now)
  }

  /// When something is to be sent or read on; nil where nothing is.
  private var nextDue: Timestamp? {
    let reading = shop.isBulkReading ? clock.now + Self.bulkPace : nil
    return [shop.nextWebhookAt, reading].compactMap(\.self).min()
  }

  /// The attempts that are due, earliest first; waits for one where there is none. Empty when the task is cancelled.
  func due(limit: Int) async -> [WebhookAttempt] {
    while !Task.isCancelled {
      let now = clock.now
      shop.advanceBulk(to: now)
      let due = shop.takeWebhooks(at: now, limit: limit)
      guard due.isEmpty else { return due }
      let next = nextDue
      awaited = next ?? .distantFuture
      await bell.sleep(until: next.map { clock.instant(of: $0) })
      awaited = nil
    }
    return []
  }
}
