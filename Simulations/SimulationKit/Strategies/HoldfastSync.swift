import ChannelIntake
import InventoryEngine
import Logging
import Reconciliation
import ShopifyEmulatorCore
import StockJournal
import StockLedger

/// Ours: the engine with its journal, publisher, webhook rules and reconciliation, all as they run live.
///
/// Sources deliver to it by themselves, and repeat a delivery until it is answered. With ``holdsCheckouts`` each web
/// checkout holds here before it pays, and each till asks here before it sells; without, Shopify's own checkout sells
/// by the number that is published there, and tills tell afterwards.
struct HoldfastSync: StockStrategy {
  private static let erp = Storefront.identifier("erp")
  private static let tills = Storefront.identifier("pos")

  let market: StrategyMarket
  let holdsCheckouts: Bool
  let shop: ShopifyShop
  let engine: InventoryEngine
  private let publisher: ChannelPublisher
  private let intake: SimulatedIntake
  private let reconciler: Reconciler

  init(_ market: StrategyMarket, holdsCheckouts: Bool, chance: SeededGenerator) async throws {
    var chance = chance
    self.market = market
    self.holdsCheckouts = holdsCheckouts
    shop = TradeWorld.shop(of: market.front)
    let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    var settings = EngineSettings()
    settings.nonce = (chance.next(), chance.next())
    settings.snapshotsOnStop = false
    engine = try await InventoryEngine.open(
      store: MemoryJournal(), settings: settings, clock: market.clock, logger: logger)
    let channel = SimulatedChannel(
      to: market.front, travelMax: market.plan.latencyMax, chance: chance.split())
    publisher = ChannelPublisher(
      of: PublishedShop(shop: shop.name, channel: shop.channel, source: shop.source), by: engine, to: channel,
      logger: logger)
    channel.serve(publisher)
    intake = SimulatedIntake(
      front: market.front, shop: shop, engine: engine, publisher: publisher, books: TradeBooks())
    let orders = SimulatedOrders(intake: intake, channel: channel)
    reconciler = Reconciler(
      shop: shop.name, engine: engine, channel: .init(publisher: publisher, port: channel, orders: orders),
      store: SimulatedReports(kept: ReportsInMemory(), channel: channel), logger: logger)
  }

  // MARK: Its own jobs

  func run() async {
    let (market, intake) = (market, intake)
    let courier = SimulatedCourier(front: market.front, period: 100) { attempt in
      if market.link.isLost { return nil }
      let status = await intake.receive(attempt)
      return market.link.isLost ? nil : status
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await engine.run() }
      group.addTask { await publisher.run() }
      group.addTask { await reconciler.run() }
      group.addTask { await courier.run() }
    }
  }

  /// The first counts, and the first numbers at Shopify.
  func prepare() async throws {
    let now = market.clock.now
    await tell(
      (0..<market.plan.skus).map { sku in
        let count = Count(units: market.plan.stockAtFirst, asOf: now)
        return report(Self.erp, "count-0-\(sku)", .count(count), of: sku)
      })
    while await !publisher.isAtRest(for: 10_000) { try await market.clock.sleep(until: market.clock.now + 1_000) }
  }

  func stop() async { try? await engine.stop() }

  // MARK: What sources say

  func hear(_ fact: SourceFact) async {
    switch fact {
    case .sold(let customer, let at): await tell([sale(of: customer, at: at)])
    case .booked(let sku, let units, let document, let at):
      let adjustment = Adjustment(document: Storefront.identifier(document), delta: units, occurredAt: at)
      await tell([report(Self.erp, document, .adjustment(adjustment), of: sku)])
    case .batch(let batch): await tell(counts(of: batch))
    }
  }

  /// The books' numbers, with what is in them: Shopify tells parcels by the second, tills by the millisecond.
  private func counts(of batch: SourceBooks.Batch) -> [KeyedCommand] {
    let includes = [
      SourceTime(source: shop.source, time: batch.before - 1_000),
      SourceTime(source: Self.tills, time: batch.before - 1),
    ]
    return batch.onHand.enumerated().map { sku, units in
      let count = Count(units: units, asOf: batch.asOf, includes: includes)
      return report(Self.erp, "count-\(batch.asOf.milliseconds)-\(sku)", .count(count), of: sku)
    }
  }

  private func sale(of customer: TradingDay.TillCustomer, at: Timestamp) -> KeyedCommand {
    let demand = Demand(
      claim: Self.claim(of: customer), kind: .sale, total: .one, occurredAt: at)
    return report(Self.tills, "sale-\(customer.number)", .demand(demand), of: customer.sku)
  }

  private static func claim(of customer: TradingDay.TillCustomer) -> ClaimID {
    Storefront.identifier("sale-\(customer.number)")
  }

  private func report(_ source: SourceID, _ delivery: String, _ body: Report.Body, of sku: Int) -> KeyedCommand {
    let report = Report(source: source, delivery: Storefront.identifier(delivery), body: body)
    return KeyedCommand(key: market.key(sku), command: .report(report))
  }

  /// Delivers until it is answered, and not with *unknown*.
  @discardableResult
  private func tell(_ commands: [KeyedCommand]) async -> [Answer] {
    let (engine, market) = (engine, market)
    while !Task.isCancelled {
      let answers = await market.link.insist {
        market.count { $0.deliveries += 1 }
        return await engine.submit(commands)
      }
      if let answers, !answers.contains(.unknown) { return answers }
    }
    return []
  }

  // MARK: Checkouts that hold

  func admit(_ buyer: TradingDay.WebBuyer) async -> Bool {
    if !holdsCheckouts { return true }
    return await hold("hold-\(buyer.number)", buyer.sku)
  }

  func pay(_ buyer: TradingDay.WebBuyer) async -> Int64? {
    guard holdsCheckouts else { return market.placeOrder(of: buyer) }
    guard let held = await renewed(of: buyer) else { return nil }
    // Shopify's number has been lowered by the hold, so that the order takes nothing there.
    let order = market.placeOrder(of: buyer, .bypass, attributes: [OrderAttribute("hold", held)])
    guard let order, let line = market.front.with({ shop, _ in shop.order(order)?.lines[0].id }) else { return nil }
    await confirm(held, as: Storefront.identifier("\(line)"), .order, of: buyer.sku)
    return order
  }

  /// The buyer's hold with time enough to be confirmed, or a new one where its time was up; nil where there is none.
  private func renewed(of buyer: TradingDay.WebBuyer) async -> String? {
    let name = "hold-\(buyer.number)"
    let end = market.clock.now + market.plan.holdLifetime
    if await submit(.extend(Storefront.identifier(name), expiresAt: end), buyer.sku) { return name }
    return await hold("\(name)-again", buyer.sku) ? "\(name)-again" : nil
  }

  func serve(_ customer: TradingDay.TillCustomer) async {
    let name = "till-\(customer.number)"
    guard holdsCheckouts else {
      if let at = market.sellAtTill(customer) { await hear(.sold(customer, at: at)) }
      return
    }
    guard await hold(name, customer.sku) else { return market.refuse(customer.sku) }
    guard let at = market.sellAtTill(customer) else {
      await submit(.release(Storefront.identifier(name), nil), customer.sku)
      return
    }
    await confirm(name, as: Self.claim(of: customer), .sale, of: customer.sku)
    // A confirm says that it was sold; when, its own source says.
    await hear(.sold(customer, at: at))
  }

  private func hold(_ name: String, _ sku: Int) async -> Bool {
    let id = Storefront.identifier(name)
    return await submit(
      .hold(HoldRequest(id: id, quantity: .one, lifetime: market.plan.holdLifetime, reference: id)), sku)
  }

  private func confirm(_ name: String, as claim: ClaimID, _ kind: DemandKind, of sku: Int) async {
    let request = ConfirmRequest(id: Storefront.identifier(name), claim: claim, kind: kind, cumulative: .one)
    await submit(.confirm(request), sku)
  }

  @discardableResult
  private func submit(_ command: Command, _ sku: Int) async -> Bool {
    await tell([KeyedCommand(key: market.key(sku), command: command)]).first?.receipt != nil
  }
}
