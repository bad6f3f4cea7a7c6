import InventoryEngine
import Logging
import StockJournal
import StockLedger
import Synchronization

/// A node of several on one modelled Redis.
struct OpenNode: OpenEngine {
  let engine: InventoryEngine
  let store: SharedMemoryJournal
  let clock: ManualClock

  /// Opens a node, runs it while `body` goes on, stops it.
  @discardableResult
  static func open<Result: Sendable>(
    _ name: String, on redis: SharedRedis, clock: ManualClock, settings: EngineSettings = EngineSettings(),
    shards: ShardSelection = .some([]), feed: (any AvailabilityFeed)? = nil, stops: Bool = true,
    _ body: (OpenNode) async throws -> Result
  ) async throws -> Result {
    let store = SharedMemoryJournal(node: name, address: "\(name):1", on: redis) { milliseconds in
      try? await clock.sleep(until: clock.now + milliseconds)
    }
    var settings = settings
    settings.nonce = (first: UInt64(name.utf8.first ?? 0), second: 0)
    let engine = try await InventoryEngine.open(
      store: store, settings: settings, shards: shards, clock: clock,
      logger: silent, feed: feed)
    return try await OpenNode(engine: engine, store: store, clock: clock).live(stops: stops, body)
  }

  static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// A Redis that goes by the clock.
  static func redis(_ clock: ManualClock) -> SharedRedis { SharedRedis { clock.now } }

  /// Runs something that needs time to pass.
  func whileTimePasses<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let isOver = Flag()
    return try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask {
        defer { isOver.raise() }
        return try await body()
      }
      while !isOver.isRaised {
        clock.advance(1)
        await Task.yield()
      }
      guard let value = try await group.next() else { preconditionFailure("one task gives one value") }
      return value
    }
  }
}

/// Keys of two items that live in different shards, and of a third one beside the first.
enum Place {
  static let mug = OpenShop.key("mug")
  static let mugYork = OpenShop.key("mug", "york")
  static let cup = OpenShop.key("cup")
}

/// What a feed was told, in its order.
final class RecordedFeed: AvailabilityFeed {
  private let told = Mutex<[AvailabilityChange]>([])

  func publish(_ changes: [AvailabilityChange]) async { told.withLock { $0 += changes } }

  var changes: [AvailabilityChange] { told.withLock { $0 } }
  /// What was told last of a key.
  func last(_ key: StockKey) -> Int64? { changes.last { $0.key == key }?.availableToSell }
  func count(_ key: StockKey) -> Int { changes.count { $0.key == key } }
}
