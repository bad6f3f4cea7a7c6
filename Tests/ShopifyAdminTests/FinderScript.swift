import ChannelIntake
import InventoryEngine
import Logging
import ShopifyEmulatorCore
import StockJournal
import Synchronization
import Testing

@testable import InventoryService
@testable import ShopifyAdmin
@testable import StockLedger

/// An engine with a desk for an emulated shop's webhooks, and a finder for what they did not tell.
struct FinderScript: Sendable {
  let script: ChannelScript
  let engine: InventoryEngine
  let desk: ShopifyDesk
  let finder: ShopifyOrderFinder
  let told: Signals
  let mapped: ShopifyShop
  let clock: any EngineClock

  /// What the desk tells who publishes.
  final class Signals: ShopifySignals {
    private let heard = Mutex<[ShopifySignal]>([])

    var restocks: [ShopifyRestock] { heard.withLock { $0.compactMap(\.restock) } }
    func changed(_ signal: ShopifySignal) async { heard.withLock { $0.append(signal) } }
  }

  /// Kept lines, for as long as a test lasts.
  private actor Lines: KeptLines {
    private var lines: [[UInt8]] = []

    func all() -> [[UInt8]] { lines }
    func append(_ more: [[UInt8]]) { lines += more }
    func replace(with all: [[UInt8]]) { lines = all }
  }

  /// Runs an engine for a shop at Shopify.
  ///
  /// - Parameters:
  ///   - locations: Names of its locations here; both where nothing is said.
  ///   - defaultLocation: Where an order line waits until it is routed.
  static func run(
    _ script: ChannelScript, locations: [Int64: String]? = nil, defaultLocation: String? = "leeds",
    ordersMax: Int = 100,
    _ body: @escaping @Sendable (FinderScript) async throws -> Void
  ) async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let clock = script.open.client.clock
    let engine = try await InventoryEngine.open(store: MemoryJournal(), clock: clock, logger: logger)
    var mapped = script.shopWithAttribute
    mapped.locations = locations ?? mapped.locations
    mapped.defaultLocation = defaultLocation
    let told = Signals()
    let desk = try await ShopifyDesk(
      accounts: [ShopifyAccount(shop: mapped, secret: "s")], engine: engine, clock: clock, store: Lines(),
      signals: told, logger: logger)
    let orders = ShopifyOrders(script.open.client)
    let finder = ShopifyOrderFinder(shop: mapped, desk: desk, clock: clock, ordersMax: ordersMax) {
      (time, take) async throws(ChannelFailure) in try await orders.changed(since: time, take)
    }
    let made = FinderScript(
      script: script, engine: engine, desk: desk, finder: finder, told: told, mapped: mapped, clock: clock)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await engine.run() }
      var result = Result<Void, any Error>.success(())
      do { try await body(made) } catch { result = .failure(error) }
      try await engine.stop()
      try await group.waitForAll()
      try result.get()
    }
  }

  /// Delivers some webhooks, whole and signed as far as the desk is concerned.
  func deliver(_ attempts: [WebhookAttempt]) async throws {
    for attempt in attempts {
      _ = try await desk.receive(
        ShopifyWebhook(
          topic: attempt.topic.rawValue, event: "\(attempt.id)", webhook: "\(attempt.id)",
          signature: "\(attempt.id)", triggeredAt: nil, body: attempt.body), from: mapped)
    }
  }

  /// Every webhook that the shop has to send, each taken once.
  static func webhooks(of script: ChannelScript) async -> [WebhookAttempt] {
    await script.door.edit { shop, now in
      let attempts = shop.takeWebhooks(at: now)
      for attempt in attempts { shop.noteWebhook(attempt.id, status: 200, at: now) }
      return attempts
    }
  }

  /// What the ledger has of SKUs at both locations, in their order.
  func numbers(_ skus: [String]) async -> [StockNumbers?] {
    var numbers: [StockNumbers?] = []
    for sku in skus {
      for location in ["leeds", "york"] { numbers.append(await engine.stock(script.key(sku, at: location))?.numbers) }
    }
    return numbers
  }

  /// Open and allocated units of each SKU, over both locations.
  func units(_ skus: [String]) async -> [[Int64]] {
    let numbers = await numbers(skus)
    return stride(from: 0, to: numbers.count, by: 2).map { place in
      let both = [numbers[place], numbers[place + 1]].compactMap { $0 }
      return [both.reduce(0) { $0 + $1.open }, both.reduce(0) { $0 + $1.allocated }]
    }
  }
}
