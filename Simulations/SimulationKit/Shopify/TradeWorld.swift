import ChannelIntake
import InventoryEngine
import Logging
import Reconciliation
import ShopifyEmulatorCore
import StockJournal
import StockLedger
import Synchronization

/// One life of the engine's process.
struct TradeLife: Sendable {
  let engine: InventoryEngine
  let publisher: ChannelPublisher
  let channel: SimulatedChannel
  let intake: SimulatedIntake
  let journal: MemoryJournal
  /// Two of them look at the same shop at once: what one mends, the other must not mend again.
  let reconcilers: [Reconciler]
}

/// The run's root: one life after the other, and a shop that goes on through all of them.
struct TradeWorld: Sendable {
  static let erp = SimulatedERP.source
  let plan: ShopifyTradePlan
  let front: SimulatedShopfront
  let books: TradeBooks
  let shop: ShopifyShop
  var chance: SeededGenerator
  let present: Present
  let stock = SimulatedERP()
  let warehouse = SimulatedWarehouse()
  let reports = [ReportsInMemory(), ReportsInMemory()]

  /// Who is alive now; nobody between a loss of power and the next start.
  final class Present: Sendable {
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
    shop = Self.shop(of: front)
    present = Present()
  }

  /// What an emulated shop is called here.
  static func shop(of front: SimulatedShopfront) -> ShopifyShop {
    var shop = ShopifyShop(name: SimulatedShopfront.name, domain: "holdfast-test.myshopify.com")
    for (id, name) in zip(front.locationIDs, SimulatedShopfront.locations) { shop.locations[id] = name }
    shop.defaultLocation = SimulatedShopfront.locations[0]
    shop.reference = .noteAttribute("hold")
    return shop
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
    channel.serve(publisher)
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
      let lines = SimulatedLines(
        warehouse: warehouse, clock: clock, channel: channel, chance: SharedChance(chance.split()))
      return Reconciler(
        shop: shop.name, engine: engine, channel: .init(publisher: publisher, port: channel, orders: orders),
        sources: [snapshot, lines], store: SimulatedReports(kept: kept, channel: channel), settings: settings,
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
}
