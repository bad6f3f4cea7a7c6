import InventoryEngine
import Logging
import StockJournal
import StockLedger
import Synchronization
import Testing

/// An engine that is open, with a clock that a test moves; the words in which tests talk to it.
protocol OpenEngine: Sendable {
  var engine: InventoryEngine { get }
  var clock: ManualClock { get }
}

/// An engine on a memory journal: what most tests of the engine start from.
struct OpenShop: OpenEngine {
  let engine: InventoryEngine
  let journal: MemoryJournal
  let clock: ManualClock

  static func id(_ text: String) -> Identifier { Identifier(text) ?? .none }

  static func key(_ sku: String, _ location: String = "leeds", shop: String = "shop") -> StockKey {
    guard let key = StockKey(path: Array("\(shop)\0\(sku)\0\(location)".utf8)) else { preconditionFailure("a key") }
    return key
  }

  /// Opens a journal, runs the engine while `body` goes on, stops it, and gives what `body` gave.
  ///
  /// - Parameters:
  ///   - store: What the engine sees of the journal; nil = the journal itself.
  ///   - stops: False where the body stops the engine, or looks at what a crash leaves: how it ends is no matter then.
  @discardableResult
  static func open<Result: Sendable>(
    _ journal: MemoryJournal = MemoryJournal(), through store: (any JournalStore)? = nil,
    clock: ManualClock = ManualClock(), settings: EngineSettings = EngineSettings(), stops: Bool = true,
    _ body: (OpenShop) async throws -> Result
  ) async throws -> Result {
    let engine = try await InventoryEngine.open(
      store: store ?? journal, settings: settings, clock: clock,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return try await OpenShop(engine: engine, journal: journal, clock: clock).live(stops: stops, body)
  }

  static func hold(_ key: StockKey, _ id: String, _ units: Int64, seconds: Int64 = 600, channel: String = "")
    -> KeyedCommand
  {
    KeyedCommand(
      key: key,
      command: .hold(
        HoldRequest(
          id: Self.id(id), quantity: Quantity(units) ?? .one, lifetime: seconds * 1_000, channel: Self.id(channel))))
  }

  static func cart(_ id: String, _ lines: [(StockKey, Int64)], seconds: Int64 = 600) -> CartRequest {
    CartRequest(
      id: Self.id(id), lines: lines.map { CartItem(key: $0.0, quantity: Quantity($0.1) ?? .one) },
      lifetime: seconds * 1_000)
  }
}

extension OpenEngine {
  /// Runs the engine while `body` goes on, stops it, and gives what `body` gave.
  ///
  /// - Parameters:
  ///   - stops: False where the body stops the engine, or looks at what a crash leaves: how it ends is no matter then.
  func live<Result: Sendable>(stops: Bool = true, _ body: (Self) async throws -> Result) async throws -> Result {
    let engine = engine
    return try await withThrowingTaskGroup(of: Void.self) { group in
      let runEnded = Flag()
      group.addTask {
        defer { runEnded.raise() }
        try await engine.run()
      }
      let result: Swift.Result<Result, any Error>
      do { result = .success(try await body(self)) } catch { result = .failure(error) }
      do { try await stop() } catch  where !stops {}
      while !runEnded.isRaised {
        clock.advance(1_000)
        await Task.yield()
      }
      do { try await group.waitForAll() } catch  where !stops {}
      return try result.get()
    }
  }

  /// Stops the engine while time goes on.
  func stop() async throws {
    let engine = engine
    let isOver = Flag()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { isOver.raise() }
        try await engine.stop()
      }
      while !isOver.isRaised {
        clock.advance(1)
        await Task.yield()
      }
      try await group.waitForAll()
    }
  }

  /// Lets time pass in steps of the expiry period, each with room for the engine's own work.
  func pass(_ milliseconds: Int64) async {
    var left = milliseconds
    while left > 0 {
      let step = min(left, max(100, milliseconds / 20))
      clock.advance(step)
      left -= step
      for _ in 0..<200 { await Task.yield() }
    }
  }

  /// Lets time pass until something has happened; false where it has not after a long while.
  func eventually(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<3_000 {
      if await condition() { return true }
      clock.advance(10)
      for _ in 0..<20 { await Task.yield() }
    }
    return false
  }

  /// Lets everything that can happen without time happen, until something has; false where it has not.
  func settles(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<10_000 {
      if await condition() { return true }
      await Task.yield()
    }
    return false
  }

  // MARK: Words

  func stock(_ key: StockKey, _ units: Int64) async {
    let now = clock.now
    let report = Report(
      source: OpenShop.id("erp"), delivery: OpenShop.id("c-\(now.milliseconds)"),
      body: .count(Count(units: units, asOf: now)))
    let answer = await engine.submit(KeyedCommand(key: key, command: .report(report)))
    #expect(answer.receipt != nil)
  }

  @discardableResult
  func hold(_ key: StockKey, _ id: String, _ units: Int64, seconds: Int64 = 600) async -> Answer {
    await engine.submit(OpenShop.hold(key, id, units, seconds: seconds))
  }

  @discardableResult
  func confirm(_ key: StockKey, _ id: String, as claim: String) async -> Answer {
    await engine.submit(
      KeyedCommand(key: key, command: .confirm(ConfirmRequest(id: OpenShop.id(id), claim: OpenShop.id(claim)))))
  }

  @discardableResult
  func release(_ key: StockKey, _ id: String) async -> Answer {
    await engine.submit(KeyedCommand(key: key, command: .release(OpenShop.id(id), nil)))
  }

  @discardableResult
  func report(_ key: StockKey, _ source: String, _ delivery: String, _ body: Report.Body) async -> Answer {
    await engine.submit(
      KeyedCommand(
        key: key, command: .report(Report(source: OpenShop.id(source), delivery: OpenShop.id(delivery), body: body))))
  }

  @discardableResult
  func order(
    _ key: StockKey, _ claim: String, _ units: Int64, reference: String = "", delivery: String? = nil,
    at: Timestamp? = nil
  ) async -> Answer {
    await report(
      key, "shopify", delivery ?? "order-\(claim)",
      .demand(
        Demand(
          claim: OpenShop.id(claim), kind: .order, total: Quantity(units) ?? .one, occurredAt: at ?? clock.now,
          reference: OpenShop.id(reference))))
  }

  @discardableResult
  func stage(_ key: StockKey, _ stage: Stage, _ claim: String, _ document: String, _ units: Int64) async -> Answer {
    await report(
      key, stage == .cancel ? "shopify" : "wms", "\(document)-delivery",
      .stage(
        StageReport(
          claim: OpenShop.id(claim), stage: stage, amount: .document(OpenShop.id(document), Quantity(units) ?? .one),
          occurredAt: clock.now)))
  }

  func hold(cart id: String, _ lines: [(StockKey, Int64)], seconds: Int64 = 600) async -> CartAnswer {
    await engine.hold(carts: [OpenShop.cart(id, lines, seconds: seconds)])[0]
  }

  func ats(_ key: StockKey) async -> Int64? { await engine.stock(key)?.availableToSell }
  func numbers(_ key: StockKey) async -> StockNumbers? { await engine.stock(key)?.numbers }
}

extension CartAnswer {
  /// The reason, where it was refused.
  var refusal: Refusal? { if case .refused(let refusal, _) = self { refusal } else { nil } }
  /// The short lines.
  var short: [ShortLine] { if case .refused(_, let short) = self { short } else { [] } }
}

/// Something that happens once, seen from other tasks.
final class Flag: Sendable {
  private let raised = Atomic<Bool>(false)
  var isRaised: Bool { raised.load(ordering: .acquiring) }
  func raise() { raised.store(true, ordering: .releasing) }
}

/// What the store holds of every shard, replayed from zero: the digest that a live engine must have.
func replayDigest(of journal: MemoryJournal) async throws -> UInt64 {
  var digest: UInt64 = 0
  for shard in 0..<256 {
    digest = digest &+ (try await ShardState.read(shard: shard, from: journal, usingSnapshot: false).digest())
  }
  return digest
}
