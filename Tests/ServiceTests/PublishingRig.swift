import InventoryEngine
import InventoryService
import Logging
import Reconciliation
import StockLedger

/// Shops whose stock is written to channels in memory, for a service that a test opens.
struct PublishingRig: Sendable {
  /// By shop.
  let channels: [String: MemoryChannel]
  /// Which shops are paused is kept here, from one service to the next.
  let store = MemoryLines()
  /// False where the publishers are there and do nothing.
  let isRunning: Bool
  /// Lists of sources that are read when drift is looked for.
  let lists: [any SnapshotSource]
  private let rules: PublicationOutboxRules

  /// Shops, each with a channel of its own that holds nothing.
  init(_ shops: [String] = ["shop"], isRunning: Bool = true, lists: [any SnapshotSource] = []) {
    channels = Dictionary(uniqueKeysWithValues: shops.map { ($0, MemoryChannel(shop: $0)) })
    self.isRunning = isRunning
    self.lists = lists
    var rules = PublicationOutboxRules()
    // A channel that is down is tried again while a test waits.
    (rules.backoffMin, rules.backoffMax) = (10, 50)
    self.rules = rules
  }

  /// The channel of the first shop, where there is one only.
  var channel: MemoryChannel { channels.count == 1 ? channels.values.first ?? MemoryChannel() : MemoryChannel() }

  /// The publishers of an engine, by shop.
  func publishers(of engine: InventoryEngine) -> [ChannelPublisher] {
    channels.sorted { $0.key < $1.key }.map { shop, channel in
      let name = Identifier("shopify") ?? .none
      return ChannelPublisher(
        of: PublishedShop(shop: shop, channel: name, source: name), by: engine, to: channel, rules: rules,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
  }
}

extension PublishingRig {
  /// Who looks for drift in the shops of publishers; only when asked.
  func reconcilers(of engine: InventoryEngine, _ publishers: [ChannelPublisher]) -> [Reconciler] {
    publishers.compactMap { publisher in
      guard let channel = channels[publisher.place.shop] else { return nil }
      var settings = ReconciliationSettings()
      settings.secondLookAfter = 20
      // Tests count as of any day.
      settings.countAgeMax = nil
      return Reconciler(
        shop: publisher.place.shop, engine: engine,
        channel: .init(publisher: publisher, port: channel, orders: nil), sources: lists, store: ReportsInMemory(),
        settings: settings,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
  }
}

/// A channel that keeps its numbers in memory, and answers as a test wants.
actor MemoryChannel: ChannelPort {
  /// How it answers.
  enum Mood {
    /// It compares, and writes.
    case well
    /// No call has an answer.
    case down
    /// No call ends.
    case hanging
    /// It turns every call away.
    case throttling
  }

  nonisolated let shop: String
  var mood = Mood.well
  private var held: [StockKey: Int64] = [:]
  private var refusals: [StockKey: PublicationEntry.Rejection] = [:]
  private var accepted: Set<Identifier> = []
  /// Rows that took effect, in their order.
  private(set) var writes: [PublicationOutbox.Row] = []

  init(shop: String = "shop") { self.shop = shop }

  /// What it holds of a SKU.
  func held(_ sku: String, _ location: String = "main") throws -> Int64 { held[try key(sku, location)] ?? 0 }

  /// Somebody there changes a number without a word.
  func change(_ sku: String, to units: Int64, _ location: String = "main") throws {
    held[try key(sku, location)] = units
  }

  /// Refuses a SKU's rows from now on, or takes them again.
  func refuse(_ sku: String, _ rejection: PublicationEntry.Rejection?, _ location: String = "main") throws {
    refusals[try key(sku, location)] = rejection
  }

  func become(_ mood: Mood) { self.mood = mood }

  private func key(_ sku: String, _ location: String) throws -> StockKey {
    try StockKey(shop: shop, sku: sku, location: location)
  }

  // MARK: The port

  func write(_ rows: [PublicationOutbox.Row], key: Identifier) async -> PublicationOutbox.WriteAnswer {
    switch mood {
    case .well: break
    case .down: return .unknown
    case .hanging: return await hang { .unknown }
    case .throttling: return .throttled(until: SystemClock().now + 20)
    }
    if accepted.contains(key) { return .accepted }
    var faults: [Int: PublicationOutbox.RowFault] = [:]
    for (place, row) in rows.enumerated() {
      if let rejection = refusals[row.key] {
        faults[place] = .rejected(rejection)
      } else if let from = row.changeFrom, from != held[row.key] ?? 0 {
        faults[place] = .stale
      }
    }
    guard faults.isEmpty else { return .refused(faults) }
    for row in rows { held[row.key] = row.quantity }
    writes += rows
    accepted.insert(key)
    return .accepted
  }

  func read(_ keys: [StockKey]) async -> ChannelReading {
    switch mood {
    case .well: .held(keys.map { held[$0] ?? 0 })
    case .down: .unanswered
    case .hanging: await hang { .unanswered }
    case .throttling: .throttled(until: SystemClock().now + 20)
    }
  }

  nonisolated func readAll(_ deliver: ([ChannelHolding]) async -> Void) async throws(ChannelFailure) {
    await deliver(await holdings)
  }

  private var holdings: [ChannelHolding] {
    held.sorted { $0.key < $1.key }.map { ChannelHolding(key: $0.key, available: $0.value) }
  }

  /// Until the mood changes, or the publisher ends.
  private func hang<Answer>(_ answer: () -> Answer) async -> Answer {
    while case .hanging = mood, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
    return answer()
  }
}

extension HTTPCaller {
  /// Asks until the answer is as it should be: what is published comes a moment later. The last answer, where it never
  /// is.
  @discardableResult
  func get(_ path: String, until isSo: (Answer) -> Bool) async throws -> Answer {
    var answer = try await get(path)
    for _ in 0..<1_500 where !isSo(answer) {
      try await Task.sleep(for: .milliseconds(20))
      answer = try await get(path)
    }
    return answer
  }

  /// Asks for a key of the publications until it stands so.
  @discardableResult
  func publication(_ sku: String, _ state: String, target: Int? = nil) async throws -> Answer {
    let answer = try await get("/v1/publications/keys/\(sku)/main") {
      $0.json["state"] as? String == state && (target == nil || $0.number("target") == target)
    }
    return answer
  }
}
