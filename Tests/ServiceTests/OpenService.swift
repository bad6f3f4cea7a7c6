import InventoryEngine
import InventoryService
import Logging
import StockJournal
import StockLedger
import Synchronization

/// A service on a free port, around an engine on a memory journal.
struct OpenService: Sendable {
  let port: Int
  /// One key for each shop and set of scopes that a test asked for.
  let tokens: [String]

  /// A client with one of the keys.
  func caller(_ key: Int = 0) -> HTTPCaller { HTTPCaller(port: port, token: tokens[key]) }

  /// Runs a service while `body` goes on.
  ///
  /// - Parameters:
  ///   - keys: Shop and scopes of every key.
  ///   - journal: What the engine keeps its entries in.
  ///   - limits: What each key may ask and hold; without bounds where there are fewer than keys.
  ///   - clock: The engine's and the service's.
  ///   - shopify: Makes the desk for Shopify's webhooks.
  ///   - publishing: The shops whose stock is written to a channel.
  ///   - alerts: Makes the desk for messages to people.
  static func open(
    keys: [(shop: String, scopes: String)] = [("shop", "read hold ingest:erp")],
    limits: [KeyLimits] = [], settings: ServiceSettings = ServiceSettings(),
    sources: [SourceSettings] = [], journal: any JournalStore = MemoryJournal(), clock: any EngineClock = SystemClock(),
    shopify: (@Sendable (InventoryEngine, any EngineClock) async throws -> ShopifyDesk)? = nil,
    publishing rig: PublishingRig? = nil,
    alerts: (@Sendable (any EngineClock) async throws -> AlertDesk)? = nil,
    _ body: @escaping @Sendable (OpenService) async throws -> Void
  ) async throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var bounds = EngineSettings()
    bounds.defaultLocations = ["shop": "main"]
    let engine = try await InventoryEngine.open(store: journal, settings: bounds, clock: clock, logger: logger)
    var random = SystemRandomNumberGenerator()
    var file: [UInt8] = []
    var tokens: [String] = []
    for (index, key) in keys.enumerated() {
      let made = AccessKey.make(
        shop: key.shop, scopes: key.scopes.split(separator: " ").compactMap { Scope($0) }, expiresAt: nil,
        limits: limits.indices.contains(index) ? limits[index] : KeyLimits(), using: &random)
      file += made.key.line + [UInt8(ascii: "\n")]
      tokens.append(made.token)
    }
    let live = LiveKeys(try KeyRing(file))
    let publishers = rig?.publishers(of: engine) ?? []
    var publishing: PublishingDesk?
    if let rig { publishing = try await PublishingDesk(publishers, store: rig.store) }
    let reconciling = rig.map { ReconciliationDesk($0.reconcilers(of: engine, publishers)) }
    let service = InventoryService(
      engine: engine, access: .keys(live), settings: settings, sources: sources, clock: clock,
      shopify: try await shopify?(engine, clock), publishing: publishing, reconciling: reconciling,
      alerts: try await alerts?(clock), logger: logger)
    let made = tokens
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await engine.run() }
      for publisher in publishers where rig?.isRunning == true { group.addTask { await publisher.run() } }
      let (ports, port) = AsyncStream.makeStream(of: Int.self)
      let (stops, stop) = AsyncStream.makeStream(of: Void.self)
      group.addTask {
        try await service.run(host: "127.0.0.1", port: 0) {
          port.yield($0)
        } until: {
          for await _ in stops {}
        }
      }
      var result = Result<Void, any Error>.success(())
      for await found in ports {
        do { try await body(OpenService(port: found, tokens: made)) } catch { result = .failure(error) }
        break
      }
      stop.finish()
      try await engine.stop()
      try await group.waitForAll()
      try result.get()
    }
  }
}

extension HTTPCaller {
  /// Counts a SKU, as an ERP would.
  @discardableResult
  func count(_ sku: String, _ units: Int, location: String = "main", asOf: String = "2026-01-01T00:00:00Z") async throws
    -> Answer
  {
    try await post(
      "/v1/counts",
      #"{"source":"erp","sku":"\#(sku)","location":"\#(location)","units":\#(units),"asOf":"\#(asOf)"}"#)
  }

  /// Holds units of a SKU.
  func hold(_ sku: String, _ units: Int = 1, as name: String, location: String = "main") async throws -> Answer {
    try await post(
      "/v1/holds", #"{"sku":"\#(sku)","location":"\#(location)","units":\#(units)}"#, ["Idempotency-Key": name])
  }
}
