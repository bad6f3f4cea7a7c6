import ChannelIntake
import FoundationEssentials
public import InventoryEngine
public import Logging
import Metrics
import StockLedger

/// Where Shopify's webhooks arrive: checked, applied, and answered when what they say is durable.
///
/// What cannot be applied yet is kept in lines that outlive the process, and tried again when another webhook of its
/// order came, at start, and each minute: Shopify must not hear of it, because it ends a subscription whose webhooks
/// fail. Only a store that is away is said to Shopify, which then asks again by itself.
public actor ShopifyDesk {
  /// Webhooks kept at once. Past it Shopify is told to come again: by then somebody should have looked.
  static let keptMax = 10_000
  /// How long a kept webhook is tried: as long as an ended order line is remembered.
  static let keptFor = Limits.claimMemory
  /// Events whose answer is remembered, so that a repeat costs nothing; without it a repeat changes nothing either.
  static let rememberedMax = 100_000
  /// Variants whose SKU is remembered per service: a large catalogue.
  static let variantsMax = 1_000_000

  let accounts: ShopifyAccounts
  private let engine: InventoryEngine
  let clock: any EngineClock
  private let store: any KeptLines
  let signals: (any ShopifySignals)?
  let logger: Logger
  private let turns = KeyedTurns()

  private var kept: [Int64: KeptDelivery] = [:]
  private var lastNumber: Int64 = 0
  private var skus: [String: String] = [:]
  private var uninstalledAt: [String: Timestamp] = [:]
  private var answered = RecentNames(max: rememberedMax)
  /// How many wait, for who measures; nil before ``run(_:)``.
  private var unjoined: Meter?
  private var seen: [String: [ShopifyTopic: TopicHealth]] = [:]

  /// What came of a topic.
  struct TopicHealth: Sendable {
    var count: Int64 = 0
    var lastAt = Timestamp.distantPast
  }

  /// A desk with what was kept before.
  ///
  /// - Parameters:
  ///   - store: Where webhooks are kept that wait.
  ///   - signals: Who wants to hear what changed at Shopify.
  /// - Throws: What the store throws, or ``KeptLineError`` for a line that cannot be read.
  public init(
    accounts: [ShopifyAccount], engine: InventoryEngine, clock: any EngineClock, store: any KeptLines,
    signals: (any ShopifySignals)? = nil, logger: Logger
  ) async throws {
    self.accounts = ShopifyAccounts(accounts)
    self.engine = engine
    self.clock = clock
    self.store = store
    self.signals = signals
    self.logger = logger
    for (index, line) in try await store.all().enumerated() {
      guard let line = try? KeptLine(line) else { throw KeptLineError(line: index + 1) }
      take(line)
    }
    try await store.replace(with: try lines())
  }

  private func take(_ line: KeptLine) {
    switch line {
    case .kept(let delivery):
      kept[delivery.number] = delivery
      lastNumber = max(lastNumber, delivery.number)
    case .over(let number): kept[number] = nil
    case .variant(let shop, let id, let sku): skus[Self.name(shop, id)] = sku
    case .uninstalled(let shop, let at): uninstalledAt[shop] = at > 0 ? Timestamp(milliseconds: at) : nil
    }
  }

  /// What has to be kept of all that was said, in an order of its own.
  private func lines() throws -> [[UInt8]] {
    let learned = skus.sorted { $0.key < $1.key }.compactMap { name, sku -> KeptLine? in
      let parts = name.split(separator: "\n")
      guard parts.count == 2, let id = Int64(parts[1]) else { return nil }
      return .variant(shop: String(parts[0]), id: id, sku: sku)
    }
    let gone = uninstalledAt.sorted { $0.key < $1.key }
      .map { KeptLine.uninstalled(shop: $0.key, at: $0.value.milliseconds) }
    let waiting = kept.values.sorted { $0.number < $1.number }.map { KeptLine.kept($0) }
    return try (learned + gone + waiting).map { try $0.bytes }
  }

  private static func name(_ shop: String, _ id: Int64) -> String { "\(shop)\n\(id)" }

  /// Tries what is kept at once and each minute, until it is cancelled.
  func run(_ meters: ServiceMeters) async {
    unjoined = meters.webhooksUnjoined
    note(waiting: kept.count)
    while !Task.isCancelled {
      for shop in Set(kept.values.map(\.shop)).sorted() { await retry(of: shop, order: nil) }
      do { try await clock.sleep(until: clock.now + 60_000) } catch { return }
    }
  }

  // MARK: What comes

  /// What was made of a webhook.
  enum Outcome: String, Sendable {
    /// The engine knows all that it says.
    case applied
    /// The same event was answered before.
    case duplicate
    /// It waits.
    case kept
    /// Its topic says nothing of stock.
    case ignored
  }

  /// Takes a webhook whose signature was good.
  ///
  /// - Throws: ``ShopifyClerk/Away`` and what the store throws: then it has to come again.
  func receive(_ webhook: ShopifyWebhook, from shop: ShopifyShop) async throws -> Outcome {
    guard let topic = ShopifyTopic(rawValue: webhook.topic) else { return .ignored }
    try await note(topic, webhook, of: shop)
    let message: ShopifyMessage
    do throws(ShopifyBodyError) { message = try ShopifyMessage(topic, body: webhook.body, of: shop) } catch {
      logger.error("a webhook's body cannot be read", metadata: ["topic": "\(webhook.topic)", "error": "\(error)"])
      return try await turns.run(shop.name) { try await keep(webhook, of: shop, order: 0, because: "malformedBody") }
    }
    switch message {
    case .uninstalled:
      try await store.append([try KeptLine.uninstalled(shop: shop.name, at: clock.now.milliseconds).bytes])
      uninstalledAt[shop.name] = clock.now
      logger.error("the app was taken out of a shop", metadata: ["shop": "\(shop.name)"])
      return .applied
    case .signal(let key, _):
      if answered.contains(webhook.name) { return .duplicate }
      await signals?.changed(ShopifySignal(shop: shop.name, topic: topic, key: key, receivedAt: clock.now))
      answered.insert(webhook.name)
      return .applied
    case .lines(let order, let lines):
      return try await inTurn(of: order, shop) {
        if answered.contains(webhook.name) { return .duplicate }
        let outcome = try await apply(lines, webhook, of: shop, order: order)
        if topic == .refundsCreate { await tell(restocks: lines, of: shop) }
        answered.insert(webhook.name)
        return outcome
      }
    }
  }

  /// Runs `body` when everybody who came before about an order is through.
  func inTurn<Value>(of order: Int64, _ shop: ShopifyShop, _ body: () async throws -> Value) async throws -> Value {
    try await turns.run(Self.name(shop.name, order)) {
      let value = try await body()
      // What waited for this order, or for a variant that it named, may go on now.
      await retry(of: shop.name, order: order)
      return value
    }
  }

  /// Says what came back at Shopify: nothing of ours moves by it, but who publishes there has to know.
  ///
  /// - Parameter isFound: True where a read found it, as ``ShopifyRestock/isFound`` says.
  func tell(restocks lines: [ShopifyLine], of shop: ShopifyShop, isFound: Bool = false) async {
    for line in lines {
      for (id, refund) in line.facts.refunds.sorted(by: { $0.key < $1.key }) where refund.restock == .comesBack {
        let restock = ShopifyRestock(
          sku: line.sku, variant: line.variant, units: refund.units, location: refund.location,
          madeAt: refund.time, isFound: isFound)
        await signals?.changed(
          ShopifySignal(
            shop: shop.name, topic: .refundsCreate, key: String(id), receivedAt: clock.now, restock: restock))
      }
    }
  }

  /// Applies lines, or keeps what brought them.
  ///
  /// - Parameter claims: Notes what the engine knew of them before, and knows then.
  func apply(
    _ lines: [ShopifyLine], _ webhook: ShopifyWebhook, of shop: ShopifyShop, order: Int64,
    noting claims: ClaimsSeen? = nil
  ) async throws -> Outcome {
    try await learn(lines, of: shop)
    let outcome = try await clerk(for: shop, noting: claims).apply(lines) { skus[Self.name(shop.name, $0)] }
    guard let reason = outcome.reasons.first else { return .applied }
    return try await keep(webhook, of: shop, order: order, because: reason)
  }

  private func clerk(for shop: ShopifyShop, noting claims: ClaimsSeen? = nil) -> ShopifyClerk {
    ShopifyClerk(ShopifyClerk.Ledger(of: engine, noting: claims), shop: shop, now: clock.now)
  }

  /// Notes the SKUs of variants: a fulfillment order names variants only.
  private func learn(_ lines: [ShopifyLine], of shop: ShopifyShop) async throws {
    var news: [[UInt8]] = []
    for line in lines {
      guard let id = line.variant, let sku = line.sku, skus[Self.name(shop.name, id)] != sku else { continue }
      guard skus.count < Self.variantsMax else { break }
      skus[Self.name(shop.name, id)] = sku
      news.append(try KeptLine.variant(shop: shop.name, id: id, sku: sku).bytes)
    }
    if !news.isEmpty { try await store.append(news) }
  }

  private func note(_ topic: ShopifyTopic, _ webhook: ShopifyWebhook, of shop: ShopifyShop) async throws {
    seen[shop.name, default: [:]][topic, default: TopicHealth()].count += 1
    seen[shop.name]?[topic]?.lastAt = clock.now
    // Who is told of what happened after the app was taken out has it again.
    guard let gone = uninstalledAt[shop.name], let time = webhook.triggeredAt, time > gone else { return }
    uninstalledAt[shop.name] = nil
    try await store.append([try KeptLine.uninstalled(shop: shop.name, at: 0).bytes])
  }

  // MARK: What waits

  func keep(
    _ webhook: ShopifyWebhook, of shop: ShopifyShop, order: Int64, because reason: String
  ) async throws -> Outcome {
    lastNumber += 1
    let delivery = KeptDelivery(
      number: lastNumber, shop: shop.name, topic: webhook.topic, event: webhook.event, webhook: webhook.webhook,
      order: order, receivedAt: clock.now.milliseconds, reason: reason, body: Data(webhook.body))
    if kept.values.contains(where: { $0.isSame(as: delivery) }) { return .kept }
    guard kept.count < Self.keptMax else { throw ShopifyClerk.Away(retryAfter: 600_000) }
    try await store.append([try KeptLine.kept(delivery).bytes])
    kept[delivery.number] = delivery
    note(waiting: kept.count)
    logger.warning(
      "a webhook waits",
      metadata: ["topic": "\(webhook.topic)", "reason": "\(reason)", "webhook": "\(webhook.webhook)"])
    return .kept
  }

  /// Tries what a shop's webhooks wait for: of one order within its turn, or of all, each in its own.
  private func retry(of shop: String, order: Int64?) async {
    guard let account = accounts.account(ofShop: shop) else { return }
    let waiting = kept.values.filter { $0.shop == shop && (order == nil || $0.order == order) }
    for delivery in waiting.sorted(by: { $0.number < $1.number }) {
      do {
        if order != nil {
          try await retry(delivery, account.shop)
        } else {
          try await turns.run(Self.name(shop, delivery.order)) { try await retry(delivery, account.shop) }
        }
      } catch {
        // The engine or the disk takes nothing now: the next minute may.
        return
      }
    }
  }

  private func retry(_ delivery: KeptDelivery, _ shop: ShopifyShop) async throws {
    guard kept[delivery.number] != nil else { return }
    if delivery.receivedAt + Self.keptFor < clock.now.milliseconds {
      logger.error("a webhook is given up", metadata: ["topic": "\(delivery.topic)", "reason": "\(delivery.reason)"])
      return try await drop(delivery)
    }
    guard let lines = delivery.lines(of: shop) else { return }
    let outcome = try await clerk(for: shop).apply(lines) { skus[Self.name(shop.name, $0)] }
    if let reason = outcome.reasons.first { kept[delivery.number]?.reason = reason } else { try await drop(delivery) }
  }

  private func drop(_ delivery: KeptDelivery) async throws {
    try await store.append([try KeptLine.over(delivery.number).bytes])
    kept[delivery.number] = nil
    note(waiting: kept.count)
  }

  private func note(waiting: Int) { unjoined?.set(Double(waiting)) }

  // MARK: What can be seen

  /// What waits of a shop, the oldest first.
  func unjoined(of shop: String) -> [KeptDelivery] {
    kept.values.filter { $0.shop == shop }.sorted { $0.number < $1.number }
  }

  /// What came of a shop, by topic, and since when its app is gone.
  func health(of shop: String) -> (topics: [(topic: ShopifyTopic, health: TopicHealth)], uninstalledAt: Timestamp?) {
    let topics = seen[shop, default: [:]].sorted { $0.key.rawValue < $1.key.rawValue }
    return (topics.map { ($0.key, $0.value) }, uninstalledAt[shop])
  }
}

/// A line that cannot be read: nothing that was kept may be passed over.
public struct KeptLineError: Error, CustomStringConvertible {
  /// The line, from 1.
  public let line: Int

  /// For people.
  public var description: String { "line \(line) of the kept webhooks cannot be read" }
}

/// A webhook as it came, its signature good.
struct ShopifyWebhook: Sendable {
  let topic: String
  let event: String
  let webhook: String
  let signature: String
  /// When it happened, where Shopify says it.
  let triggeredAt: Timestamp?
  let body: [UInt8]

  /// Under which it is remembered: the event, the topic, and by its signature the body. Two subscriptions may tell one
  /// event with different fields.
  var name: String { "\(topic)\n\(event)\n\(signature)" }
}

/// The last so many names.
struct RecentNames: Sendable {
  private let max: Int
  private var names: Set<String> = []
  private var order: [String] = []
  private var oldest = 0

  init(max: Int) { self.max = max }

  func contains(_ name: String) -> Bool { names.contains(name) }

  mutating func insert(_ name: String) {
    guard names.insert(name).inserted else { return }
    if order.count < max { return order.append(name) }
    names.remove(order[oldest])
    order[oldest] = name
    oldest = (oldest + 1) % max
  }
}

extension ShopifyClerk.Ledger {
  fileprivate init(of engine: InventoryEngine, noting claims: ClaimsSeen?) {
    self.init(
      submit: { await engine.submit($0) },
      places: {
        let places = await engine.places(of: $0, item: $1)
        await claims?.note(places ?? [], of: $0)
        return places
      },
      reserved: { await engine.location(holding: $0, item: $1) })
  }
}
