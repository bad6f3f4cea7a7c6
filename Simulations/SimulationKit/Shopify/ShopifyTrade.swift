import ChannelIntake
import InventoryEngine
import Logging
import Reconciliation
import ShopifyEmulatorCore
import StockJournal
import StockLedger
import Synchronization

/// The engine, its publisher and an emulated Shopify, by seed: orders there, holds here, goods that come in, calls and
/// webhooks that fail, losses of power; and at the end both sides must be equal.
public enum ShopifyTrade {
  /// Runs one seed to its end.
  ///
  /// - Throws: ``SimulationFailure`` for a deadlock or a livelock, and what the engine throws.
  public static func run(seed: UInt64, plan: ShopifyTradePlan = ShopifyTradePlan()) throws -> ShopifyTradeOutcome {
    let executor = SeededExecutor(seed: seed)
    var chance = executor.makeGenerator()
    let books = TradeBooks()
    let front = try SimulatedShopfront(
      variants: plan.variants, locations: plan.locations, units: plan.units,
      settings: Self.settings(of: plan), seed: chance.next(), clock: executor.clock)
    let start = chance
    try executor.run(picksMax: 20_000_000, until: executor.clock.now + 7 * 86_400_000) {
      var world = TradeWorld(plan: plan, front: front, books: books, chance: start)
      try await world.live()
    }
    var outcome = books.outcome
    outcome.trace = executor.trace
    return outcome
  }

  private static func settings(of plan: ShopifyTradePlan) -> EmulatorSettings {
    var settings = EmulatorSettings()
    settings.webhooks.delay = 20...2_000
    settings.webhooks.retryDelays = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000]
    guard plan.isFaulty else { return settings }
    settings.webhooks.delay = 20...8_000
    settings.webhooks.lateBody = 0...3_000
    settings.webhooks.duplicatePerMille = 100
    settings.webhooks.lossPerMille = 20
    settings.faults.errorBeforePerMille = 30
    settings.faults.errorAfterPerMille = 30
    settings.faults.cutBeforePerMille = 30
    settings.faults.cutAfterPerMille = 30
    settings.faults.tooManyPerMille = 20
    settings.faults.slowPerMille = 50
    return settings
  }
}

/// What a run notes.
final class TradeBooks: Sendable {
  private let state = Mutex(ShopifyTradeOutcome())

  var outcome: ShopifyTradeOutcome { state.withLock { $0 } }
  func count(_ what: String, _ times: Int = 1) { state.withLock { $0.seen[what, default: 0] += times } }
  func fault(_ words: String) { state.withLock { $0.faults.append(words) } }
}

/// One life of the engine's process.
private struct TradeLife: Sendable {
  let engine: InventoryEngine
  let publisher: ChannelPublisher
  let channel: SimulatedChannel
  let intake: SimulatedIntake
  let journal: MemoryJournal
  /// Two of them look at the same shop at once: what one mends, the other must not mend again.
  let reconcilers: [Reconciler]
}

/// The run's root: one life after the other, and a shop that goes on through all of them.
private struct TradeWorld: Sendable {
  static let erp = SimulatedERP.source
  let plan: ShopifyTradePlan
  let front: SimulatedShopfront
  let books: TradeBooks
  let shop: ShopifyShop
  var chance: SeededGenerator
  private let present: Present
  private let stock = SimulatedERP()
  private let reports = [ReportsInMemory(), ReportsInMemory()]

  /// Who is alive now; nobody between a loss of power and the next start.
  private final class Present: Sendable {
    private let life = Mutex<TradeLife?>(nil)
    var now: TradeLife? {
      get { life.withLock { $0 } }
      set { life.withLock { $0 = newValue } }
    }
  }

  var clock: VirtualClock { front.clock }

  init(plan: ShopifyTradePlan, front: SimulatedShopfront, books: TradeBooks, chance: SeededGenerator) {
    self.plan = plan
    self.front = front
    self.books = books
    self.chance = chance
    var shop = ShopifyShop(name: SimulatedShopfront.name, domain: "holdfast-test.myshopify.com")
    for (id, name) in zip(front.locationIDs, SimulatedShopfront.locations) { shop.locations[id] = name }
    shop.defaultLocation = SimulatedShopfront.locations[0]
    shop.reference = .noteAttribute("hold")
    self.shop = shop
    present = Present()
  }

  // MARK: Lives

  mutating func live() async throws {
    var starts: [SeededGenerator] = []
    for _ in 0...plan.crashes { starts.append(chance.split()) }
    let traffic = chance.split()
    let world = self
    try await withThrowingTaskGroup(of: Void.self) { group in
      var life = try await world.start(MemoryJournal(duringSync: world.sync(starts[0])), starts[0], in: &group)
      var engines = [life.engine]
      try await world.begin(life)
      let courier = SimulatedCourier(front: world.front) { attempt in
        guard let life = world.present.now else { return nil }
        let status = await life.intake.receive(attempt)
        // A process that has lost its power meanwhile has answered nobody.
        return life.channel.isAlive ? status : nil
      }
      group.addTask { await courier.run() }
      let trading = Gate()
      group.addTask {
        await world.trade(traffic)
        trading.open()
      }
      for start in starts.dropFirst() {
        var chance = start
        try await world.clock.sleep(until: world.clock.now + chance.number(in: 5_000...80_000))
        let image = await world.losePower(life, cut: chance.next(), sync: world.sync(chance))
        try await world.clock.sleep(until: world.clock.now + chance.number(in: 100...5_000))
        life = try await world.start(image, chance, in: &group)
        engines.append(life.engine)
      }
      await trading.wait()
      try await world.reckon(life)
      group.cancelAll()
      // A process that lost its power goes on as a ghost that nobody hears: a task cannot be stopped from outside.
      for engine in engines { try? await engine.stop() }
    }
  }

  private func sync(_ chance: SeededGenerator) -> @Sendable () async -> Void {
    let delays = SharedChance(chance)
    let (clock, longest) = (clock, plan.syncMax)
    return { try? await clock.sleep(until: clock.now + delays.number(in: 0...longest)) }
  }

  private func start(
    _ journal: MemoryJournal, _ chance: SeededGenerator, in group: inout ThrowingTaskGroup<Void, any Error>
  ) async throws -> TradeLife {
    var chance = chance
    var settings = EngineSettings()
    settings.nonce = (chance.next(), chance.next())
    settings.snapshotsOnStop = false
    settings.snapshotEveryEntries = 400
    settings.snapshotPeriod = 2_000
    settings.passivateAfter = 5_000
    settings.passivationPeriod = 3_000
    let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    let engine = try await InventoryEngine.open(store: journal, settings: settings, clock: clock, logger: logger)
    let channel = SimulatedChannel(to: front, travelMax: plan.travelMax, chance: chance.split())
    let publisher = ChannelPublisher(
      of: PublishedShop(shop: shop.name, channel: shop.channel, source: shop.source), by: engine, to: channel,
      logger: logger)
    channel.serve(publisher, of: engine)
    let intake = SimulatedIntake(front: front, shop: shop, engine: engine, publisher: publisher, books: books)
    let life = TradeLife(
      engine: engine, publisher: publisher, channel: channel, intake: intake, journal: journal,
      reconcilers: reconcilers(chance.split(), engine, publisher, channel, intake))
    group.addTask { try? await engine.run() }
    group.addTask { await publisher.run() }
    if plan.reconciles { for reconciler in life.reconcilers { group.addTask { await reconciler.run() } } }
    present.now = life
    return life
  }

  private func reconcilers(
    _ chance: SeededGenerator, _ engine: InventoryEngine, _ publisher: ChannelPublisher, _ channel: SimulatedChannel,
    _ intake: SimulatedIntake
  ) -> [Reconciler] {
    var chance = chance
    return reports.map { kept in
      var settings = ReconciliationSettings()
      settings.period = chance.number(in: 5_000...40_000)
      settings.secondLookAfter = chance.number(in: 1_000...15_000)
      settings.ordersOverlap = 20_000
      settings.unnamedAfter = chance.number(in: 15_000...60_000)
      settings.mending.unitsMax = chance.number(in: 0...20)
      settings.mending.correctionsPerHour = 1_000
      settings.nonce = chance.next()
      let orders = SimulatedOrders(intake: intake, channel: channel)
      let snapshot = SimulatedSnapshot(
        erp: stock, keys: front.keys, clock: clock, channel: channel, chance: SharedChance(chance.split()), books: books
      )
      return Reconciler(
        shop: shop.name, engine: engine, channel: .init(publisher: publisher, port: channel, orders: orders),
        sources: [snapshot], store: SimulatedReports(kept: kept, channel: channel), settings: settings,
        logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
    }
  }

  /// The power goes: nobody hears the old process any more, and the disk keeps what a cut leaves of it.
  private func losePower(
    _ life: TradeLife, cut: UInt64, sync: @escaping @Sendable () async -> Void
  ) async -> MemoryJournal {
    present.now = nil
    life.channel.cut()
    books.count("crash")
    let bytes = await life.journal.unsyncedByteCount
    return await life.journal.crashImage(.prefix(Int(cut % UInt64(bytes + 1))), duringSync: sync)
  }

  /// Both sides have the same units, and every key has been read, before trade begins.
  private func begin(_ life: TradeLife) async throws {
    let now = clock.now
    for key in front.keys { stock.set(plan.units, of: key) }
    let counts = front.keys.map { key in
      KeyedCommand(
        key: key, command: .report(Report(source: Self.erp, saying: .count(Count(units: plan.units, asOf: now)))))
    }
    _ = await life.engine.submit(counts)
    var patch = PolicyPatch()
    patch.safetyBuffer = plan.safetyBuffer
    if plan.safetyBuffer > 0 {
      _ = await life.engine.submit(front.keys.map { KeyedCommand(key: $0, command: .setScope(patch)) })
    }
    try await clock.sleep(until: clock.now + 20_000)
    while await !life.publisher.isAtRest(for: 10_000) { try await clock.sleep(until: clock.now + 1_000) }
  }

  // MARK: Trade

  private func trade(_ chance: SeededGenerator) async {
    var chance = chance
    for number in 0..<plan.orders {
      try? await clock.sleep(until: clock.now + chance.number(in: 0...plan.gapMax))
      if chance.chance(perMille: plan.heldPerMille) { await sellHeld(number, &chance) } else { sell(&chance) }
      if chance.chance(perMille: plan.cancelPerMille) { takeBack(&chance) }
      if chance.chance(perMille: plan.goodsPerMille) { await count(&chance) }
      if chance.chance(perMille: plan.editPerMille) { edit(&chance) }
      if chance.chance(perMille: plan.fullDiskPerMille), let life = present.now {
        books.count("full disk")
        await life.journal.arm(.appendFull)
      }
    }
  }

  private func draft(_ chance: inout SeededGenerator) -> (OrderDraft, SimulatedShopfront.Variant) {
    let variant = front.variants[chance.index(below: front.variants.count)]
    return (OrderDraft(variantID: variant.id, quantity: chance.number(in: 1...2)), variant)
  }

  /// Shopify's own checkout sells, if its number lets it.
  private func sell(_ chance: inout SeededGenerator) {
    let (draft, _) = draft(&chance)
    let isSold = front.with { shop, now in (try? shop.placeOrder(draft, at: now)) != nil }
    books.count(isSold ? "sold there" : "sold out there")
  }

  /// A buyer holds here, and then makes the order at Shopify, which takes nothing there.
  private func sellHeld(_ number: Int, _ chance: inout SeededGenerator) async {
    var (draft, variant) = draft(&chance)
    let key = variant.keys[0]
    let reference = Storefront.identifier("hold-\(number)")
    guard let life = present.now, let quantity = Quantity(draft.lines[0].quantity) else { return }
    var request = HoldRequest(id: reference, quantity: quantity, lifetime: 600_000)
    request.reference = reference
    let answer = await life.engine.submit(KeyedCommand(key: key, command: .hold(request)))
    guard case .accepted = answer, life.channel.isAlive else { return books.count("not held") }
    draft.attributes = [OrderAttribute("hold", "hold-\(number)")]
    front.with { shop, now in
      guard let order = try? shop.placeOrder(draft, .bypass, at: now) else { return }
      shop.audit.writerKnows(of: order)
    }
    books.count("sold here")
  }

  private func takeBack(_ chance: inout SeededGenerator) {
    let pick = chance.next()
    let isCancel = chance.chance(perMille: 600)
    let restocks = chance.chance(perMille: 800)
    let isDone = front.with { shop, now in
      let orders = shop.allOrders
      guard !orders.isEmpty, let order = shop.order(orders[Int(pick % UInt64(orders.count))]) else { return false }
      if isCancel { return (try? shop.cancel(order.id, restock: restocks, at: now)) != nil }
      let units = EmulatedShop.RefundedUnits(
        line: order.lines[0].id, quantity: 1, restock: restocks ? .cancel : .noRestock)
      return (try? shop.refund(order.id, [units], at: now)) != nil
    }
    if isDone { books.count(isCancel ? "cancelled" : "refunded") }
  }

  /// The ERP books goods in, or finds some missing.
  private func count(_ chance: inout SeededGenerator) async {
    let key = front.variants[chance.index(below: front.variants.count)].keys[0]
    let delta = chance.chance(perMille: 700) ? chance.number(in: 1...10) : -chance.number(in: 1...3)
    let document = Storefront.identifier("goods-\(chance.below(1 << 40))")
    let adjustment = Adjustment(document: document, delta: delta, occurredAt: clock.now)
    let report = Report(source: Self.erp, delivery: document, body: .adjustment(adjustment))
    stock.change(key, by: delta)
    books.count("goods")
    if chance.chance(perMille: plan.goodsLostPerMille) { return books.count("goods not told") }
    if chance.chance(perMille: plan.goodsLostPerMille) { stock.breakNext() }
    _ = await present.now?.engine.submit(KeyedCommand(key: key, command: .report(report)))
  }

  private func edit(_ chance: inout SeededGenerator) {
    let key = front.variants[chance.index(below: front.variants.count)].keys[0]
    let units = chance.number(in: 1...3) * (chance.chance(perMille: 500) ? 1 : -1)
    guard let level = front.level(of: key) else { return }
    if front.with({ shop, now in shop.adjustByHand(level, by: units, at: now) }) { books.count("edited by hand") }
  }

  // MARK: Reconciliation

  /// Looks until there is nothing left to mend; a person says yes to what is held.
  private func reconcile(_ life: TradeLife) async throws {
    var quiet = 0
    var last: DriftReport?
    for _ in 0..<40 where quiet < 2 {
      try await clock.sleep(until: clock.now + 30_000)
      for reconciler in life.reconcilers {
        guard let report = try? await reconciler.reconcile() else { continue }
        if report.count(.held) > 0 {
          books.count("held", report.count(.held))
          _ = try? await reconciler.approve(report.id)
        }
        let isQuiet = report.drifted == 0 && report.open == 0 && report.failures.isEmpty
        quiet = isQuiet ? quiet + 1 : 0
        last = report
      }
    }
    for kept in reports {
      for report in try await kept.latest(.max, ofShop: shop.name) {
        books.count("look")
        for row in report.rows where row.state == .mended {
          books.count("mended: \(row.driftClass.name)")
        }
      }
    }
    if quiet < 2, let last { books.fault("drift is left: \(last.failures) \(last.rows.prefix(4))") }
  }

  /// Every side has the same: the ERP's units, and each line of Shopify's orders once.
  private func checkAgreement(_ life: TradeLife) async {
    let orders = front.with { shop, _ in shop.allOrders.compactMap { shop.order($0) } }
    for variant in front.variants {
      var levels: [StockLevel] = []
      for key in variant.keys {
        guard let level = await life.engine.level(key) else { continue }
        levels.append(level)
        if level.numbers.onHand != stock.onHand(of: key) {
          books.fault("\(key): \(level.numbers.onHand) on hand here, \(stock.onHand(of: key)) at the ERP")
        }
      }
      for line in orders.flatMap(\.lines) where line.itemID == variant.item {
        let claim = Storefront.identifier("\(line.id)")
        let counted = levels.reduce(0) { $0 + $1.sources.countedUnits(of: claim) }
        // What was written off has left the shop, and counts until the ERP's next count.
        guard !(line.unfulfilled...line.unfulfilled + line.quantity - line.currentQuantity).contains(counted) else {
          continue
        }
        books.fault("\(variant.keys[0].sku): \(counted) units of line \(line.id) here, \(line.unfulfilled) at Shopify")
      }
    }
  }

  // MARK: The reckoning

  /// Quiet: webhooks that come have come, lost ones are found, and both sides must have the same numbers.
  private func reckon(_ life: TradeLife) async throws {
    try await clock.sleep(until: clock.now + 120_000)
    if plan.reconciles {
      try await reconcile(life)
    } else {
      for order in front.with({ shop, _ in shop.allOrders }) { await life.intake.find(order) }
      // A hand edit whose only webhook was lost is found by reconciliation's look, too.
      for key in front.keys { await life.publisher.hint(key, available: front.available(key)) }
    }
    var quiet = 0
    for _ in 0..<2_000 where quiet < 5 {
      try await clock.sleep(until: clock.now + 10_000)
      let isQuiet = await life.publisher.isAtRest(for: 600_000) && front.with { shop, _ in shop.webhooksWaiting } == 0
      quiet = isQuiet ? quiet + 1 : 0
    }
    if quiet < 5 { books.fault("the publisher does not come to rest: \(await life.publisher.counters)") }
    for key in front.keys {
      let ours = await life.engine.available(key, to: shop.channel)
      if ours != front.available(key) {
        let standing = await life.publisher.standing(of: key)
        books.fault("\(key): \(ours ?? -1) here, \(front.available(key) ?? -1) there, \(String(describing: standing))")
      }
      let claims = await life.publisher.standing(of: key)?.unattributed ?? []
      if plan.editPerMille == 0 && !claims.isEmpty { books.fault("\(key): claims without a name are left: \(claims)") }
      if !claims.isEmpty { books.count("unnamed at the end") }
    }
    if plan.reconciles { await checkAgreement(life) }
    for key in front.keys {
      guard let numbers = await life.engine.level(key)?.numbers else { continue }
      let owed = numbers.allocated + numbers.pending + numbers.open + numbers.reserved
      books.count("oversold units", Int(max(0, owed - max(0, numbers.onHand))))
    }
    for write in front.writesOverOrders.failures { books.fault("wrote over an order: \(write)") }
    if front.rowsTooEarly > 0 { books.fault("\(front.rowsTooEarly) rows left before they were durable") }
    let counters = await life.publisher.counters
    for (what, times) in [
      ("write", counters.writes), ("read", counters.reads), ("stale", counters.stale), ("unknown", counters.unknown),
      ("throttled", counters.throttled), ("claim", counters.claims), ("stopped", counters.keysStopped),
    ] { books.count(what, times) }
    books.count("doubted", front.writesOverOrders.doubted.count)
    books.count("met", front.with { shop, _ in shop.audit.writesMet.count })
  }
}
