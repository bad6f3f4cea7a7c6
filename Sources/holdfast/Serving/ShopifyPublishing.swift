import ChannelIntake
import Foundation
import InventoryEngine
import InventoryService
import Logging
import Reconciliation
import ShopifyAdmin
import StockLedger

/// The shops of a service whose stock is written to Shopify, and who tells their publishers what Shopify says.
struct ShopifyPublishing: ShopifySignals {
  private struct Shop: Sendable {
    let mapped: ShopifyShop
    let publisher: ChannelPublisher
    let catalogue: ShopifyCatalogue
    let client: ShopifyClient
  }

  private let shops: [String: Shop]
  private let engine: InventoryEngine
  private let clock: any EngineClock
  private let logger: Logger

  /// Publishers for those shops of a file that have an access token. From here on their orders are named in the turns
  /// that hear of them, so this comes before the first webhook.
  init(
    _ options: ShopifyOptions, engine: InventoryEngine, connections: ShopifyConnections, clock: any EngineClock,
    logger: Logger
  ) throws(Complaint) {
    var shops: [String: Shop] = [:]
    if let path = options.shopifyShops {
      for entry in try ShopifyShopEntry.all(of: path) where entry.isPublishedTo {
        let mapped = try entry.mapped(in: path)
        let client = ShopifyClient(try entry.access(named: path), connections, clock: clock, logger: logger)
        let catalogue = ShopifyCatalogue(shop: mapped, client: client)
        let place = PublishedShop(
          shop: mapped.name, channel: mapped.channel, source: mapped.source, decrements: mapped.shopifyDecrements)
        let publisher = ChannelPublisher(
          of: place, by: engine, to: ShopifyChannel(catalogue), rules: options.rules,
          isDryRun: options.shopifyDryRun, logger: logger)
        shops[mapped.name] = Shop(mapped: mapped, publisher: publisher, catalogue: catalogue, client: client)
      }
    }
    self.shops = shops
    self.engine = engine
    self.clock = clock
    self.logger = logger
  }

  var publishers: [ChannelPublisher] { shops.sorted { $0.key < $1.key }.map(\.value.publisher) }

  /// Who looks for drift in each shop.
  ///
  /// - Parameters:
  ///   - desk: Where orders that were found are applied, as their webhooks would have been.
  ///   - lists: What sources can say of all they know, each with its shop.
  func reconcilers(
    _ desk: ShopifyDesk, _ reports: any ReportStore, _ settings: ReconciliationSettings,
    lists: [(shop: String, list: any SnapshotSource)]
  ) -> [Reconciler] {
    shops.sorted { $0.key < $1.key }.map(\.value).map { shop in
      let orders = ShopifyOrders(shop.client)
      let finder = ShopifyOrderFinder(shop: shop.mapped, desk: desk, clock: clock) {
        (time, take) async throws(ChannelFailure) in
        try await orders.changed(since: time, take)
      }
      return Reconciler(
        shop: shop.mapped.name, engine: engine,
        channel: .init(
          publisher: shop.publisher, port: ShopifyChannel(shop.catalogue), orders: FoundOrders(finder: finder)),
        sources: lists.filter { $0.shop == shop.mapped.name }.map(\.list), store: reports, settings: settings,
        logger: logger)
    }
  }

  /// Who looks at shops that are written nowhere: at their own books, and at lists of their sources.
  func others(
    _ reports: any ReportStore, _ settings: ReconciliationSettings, lists: [(shop: String, list: any SnapshotSource)]
  ) -> ReconciliationDesk.Others {
    ReconciliationDesk.Others(shops: engine.shops) { [engine, logger] shop in
      Reconciler(
        shop: shop, engine: engine, channel: nil, sources: lists.filter { $0.shop == shop }.map(\.list),
        store: reports, settings: settings, logger: logger)
    }
  }

  /// Publishes until it is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      for (_, shop) in shops.sorted(by: { $0.key < $1.key }) {
        group.addTask {
          guard let found = await load(shop) else { return }
          await withDiscardingTaskGroup { work in
            work.addTask { await shop.catalogue.run(after: found) }
            work.addTask { await shop.publisher.run() }
          }
        }
      }
    }
  }

  /// Reads the shop's catalogue, again and again until Shopify answers; says what a person should see to. Nil where it
  /// was cancelled before that.
  private func load(_ shop: Shop) async -> [ShopifyFinding]? {
    while !Task.isCancelled {
      do throws(ChannelFailure) {
        let found = try await shop.catalogue.load()
        for finding in found where finding.needsSomebody {
          logger.warning("\(finding)", metadata: ["shop": "\(shop.publisher.place.shop)"])
        }
        return found
      } catch { logger.error("\(error)") }
      do { try await clock.sleep(until: clock.now + 10_000) } catch { return nil }
    }
    return nil
  }

  /// What a dry run would write, once what Shopify holds has been read; a line each.
  func tellDryRun() async {
    for publisher in publishers {
      while await !publisher.isAtRest(for: 0) {
        do { try await clock.sleep(until: clock.now + 200) } catch { return }
      }
      for row in await publisher.preview(max: 100_000) {
        let from = row.changeFrom.map { "from \($0) " } ?? ""
        Console.put("would write \(row.key.sku) at \(row.key.location): \(from)to \(row.quantity)")
      }
      Console.say("nothing was written to \(publisher.place.shop): this is a dry run")
    }
  }

  // MARK: What Shopify says

  func changed(_ signal: ShopifySignal) async {
    guard let shop = shops[signal.shop] else { return }
    if let restock = signal.restock { return await told(restock, signal, shop) }
    guard signal.topic == .inventoryLevelsUpdate else { return }
    let ids = signal.key.split(separator: "/").compactMap { Int64($0) }
    guard ids.count == 2, let key = await shop.catalogue.key(item: ids[0], location: ids[1]) else { return }
    // Its body is built later than what it tells of: the number is looked at, never taken.
    await shop.publisher.hint(key, available: nil)
  }

  private func told(_ restock: ShopifyRestock, _ signal: ShopifySignal, _ shop: Shop) async {
    guard let sku = restock.sku, let location = restock.location, let units = Quantity(restock.units),
      let key = shop.catalogue.key(sku: sku, location: location)
    else { return }
    if restock.isFound { return await shop.publisher.hint(key, available: nil) }
    await shop.publisher.restocked(
      key, units: units, document: Identifier(signal.key) ?? .none, madeAt: restock.madeAt)
  }
}

/// Orders of a shop at Shopify that changed, applied by their identity.
private struct FoundOrders: OrderListing {
  let finder: ShopifyOrderFinder

  func bringIn(changedSince time: Timestamp) async throws(ChannelFailure) -> BroughtIn {
    let found = try await finder.bringIn(changedSince: time)
    return BroughtIn(orders: found.orders, changed: found.changed, until: found.until)
  }
}
