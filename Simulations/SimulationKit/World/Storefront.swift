import InventoryEngine
import Logging
import StockJournal
import StockLedger

/// A whole simulated run: an engine on a journal in memory, shoppers, an ERP, troubles, and at the end the reckoning.
public enum Storefront {
  static let erp = identifier("erp")
  static let shopify = identifier("shopify")

  static func identifier(_ text: String) -> Identifier {
    guard let identifier = Identifier(text) else {
      invariant(false, "'\(text)' is an identifier")
      return .none
    }
    return identifier
  }

  /// The plan that a seed draws.
  public static func plan(drawnBy seed: UInt64) -> StorefrontPlan {
    var chance = SeededExecutor(seed: seed).makeGenerator()
    return .drawn(from: &chance)
  }

  /// Runs one seed to its end: traffic, troubles, quiet, and then every number is read and compared.
  ///
  /// - Parameters:
  ///   - seed: Decides everything.
  ///   - plan: What happens; nil = drawn by the seed.
  ///   - change: Changes the plan, drawn or given, without another draw: the same seed, smaller.
  ///   - order: How the executor picks.
  ///   - eventsKept: As of ``RunTrace/init(eventsKept:)``.
  /// - Throws: ``SimulationFailure`` for a deadlock or a livelock, and what the engine throws.
  public static func run(
    seed: UInt64, plan: StorefrontPlan? = nil, changedBy change: (inout StorefrontPlan) -> Void = { _ in },
    order: SeededExecutor.PickOrder = .uniform, eventsKept: Int = RunTrace.lastEventsMax
  ) throws -> StorefrontOutcome {
    let executor = SeededExecutor(seed: seed, order: order, eventsKept: eventsKept)
    var chance = executor.makeGenerator()
    var planned = plan ?? .drawn(from: &chance)
    change(&planned)
    let plan = planned
    let keys = try (0..<max(1, plan.keys)).map { number in
      // Some keys share an item, and so a shard.
      try StockKey(shop: "shop", sku: "sku-\(number / 2)", location: number % 2 == 0 ? "leeds" : "york")
    }
    let ledger = StorefrontLedger(executor: executor)
    let limit = executor.clock.now + 86_400_000
    let run = chance
    try executor.run(picksMax: 2_000_000, until: limit) {
      var world = World(plan: plan, keys: keys, ledger: ledger, chance: run)
      try await world.live()
    }
    return ledger.outcome()
  }
}

/// The run's root: one life of the engine after the other.
private struct World: Sendable {
  let plan: StorefrontPlan
  let keys: [StockKey]
  let ledger: StorefrontLedger
  var chance: SeededGenerator
  var clock: VirtualClock { ledger.clock }

  init(plan: StorefrontPlan, keys: [StockKey], ledger: StorefrontLedger, chance: SeededGenerator) {
    self.plan = plan
    self.keys = keys
    self.ledger = ledger
    self.chance = chance
  }

  private func open(_ journal: MemoryJournal) async throws -> InventoryEngine {
    var settings = EngineSettings()
    settings.expiryPeriod = 200
    settings.snapshotEveryEntries = nil
    settings.passivateAfter = nil
    settings.snapshotsOnStop = false
    return try await InventoryEngine.open(
      store: journal, settings: settings, clock: clock,
      logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
  }

  private mutating func makeSync() -> @Sendable () async -> Void {
    let delays = SharedChance(chance.split())
    let clock = self.clock
    let longest = plan.syncMax
    return {
      let delay = delays.number(in: 0...longest)
      do { try await clock.sleep(until: clock.now + delay) } catch { return }
    }
  }

  /// Lives one life of the engine after the other, in one group.
  ///
  /// After a loss of power the old process goes on as a ghost to the end of the run, because nothing can stop a task
  /// from outside; nobody hears its answers any more, and its disk is not the one that the next life opens.
  mutating func live() async throws {
    var journal = MemoryJournal(duringSync: makeSync())
    var lives: [(sync: @Sendable () async -> Void, isLast: Bool, chance: SeededGenerator)] = []
    for life in 0...max(0, plan.crashes) { lives.append((makeSync(), life == plan.crashes, chance.split())) }
    let world = self
    try await withThrowingTaskGroup(of: Void.self) { group in
      var engines: [InventoryEngine] = []
      for (life, way) in lives.enumerated() {
        let engine = try await world.open(journal)
        engines.append(engine)
        group.addTask { try await engine.run() }
        let connection = Connection(engine: engine, ledger: world.ledger, life: life)
        let left = try await world.live(
          through: connection, on: journal, crashWith: way.isLast ? nil : way.sync, chance: way.chance)
        if let left { journal = left } else { try await world.reckon(engine, journal) }
      }
      for engine in engines { try await engine.stop() }
      try await group.waitForAll()
    }
  }

  /// One life's traffic and troubles.
  ///
  /// - Parameter sync: How the next life's journal syncs; nil = no loss of power.
  /// - Returns: The journal that the next life finds.
  private func live(
    through connection: Connection, on journal: MemoryJournal, crashWith sync: (@Sendable () async -> Void)?,
    chance: SeededGenerator
  ) async throws -> MemoryJournal? {
    if connection.life == 0 { try await count(through: connection) } else { await askAgain(through: connection) }
    return try await withThrowingTaskGroup(of: MemoryJournal?.self) { group in
      var chance = chance
      start(&group, connection: connection, journal: journal, chance: chance.split())
      if let sync {
        let moment = chance.number(in: 1...400)
        let cut = chance.next()
        group.addTask { try await crash(journal, after: moment, cut: cut, sync: sync) }
      }
      var image: MemoryJournal?
      for try await ended in group { if let ended { image = ended } }
      return image
    }
  }

  private func start(
    _ group: inout ThrowingTaskGroup<MemoryJournal?, any Error>, connection: Connection,
    journal: MemoryJournal, chance: SeededGenerator
  ) {
    var chance = chance
    let engine = connection.engine
    for number in 0..<plan.shoppers {
      let shopper = Shopper(
        name: "\(connection.life).\(number)", plan: plan, keys: keys, connection: connection, chance: chance.split())
      group.addTask {
        var shopper = shopper
        await shopper.shop()
        return nil
      }
    }
    let troubles: [(String, Int, @Sendable (inout SeededGenerator) async -> Void)] = [
      ("adjustment", plan.adjustments, { [self] in await adjust(&$0, through: connection) }),
      (
        "passivation", plan.passivations,
        { [self] _ in
          for _ in 0..<(await engine.passivate(idleSince: clock.now)) { ledger.count("keeper left") }
        }
      ),
      (
        "snapshot", plan.snapshots,
        { [self] _ in
          for _ in 0..<(await engine.saveSnapshots()) { ledger.count("snapshot saved") }
        }
      ),
      ("pause", plan.pauses, { [self] in clock.jump(to: clock.now + $0.number(in: 1...1_500)) }),
      ("full disk", plan.fullDisks, { _ in await journal.arm(.appendFull) }),
    ]
    for (name, times, trouble) in troubles where times > 0 {
      let own = chance.split()
      group.addTask { [self] in
        var chance = own
        for _ in 0..<times {
          try await clock.sleep(until: clock.now + chance.number(in: 0...120))
          if !connection.isUp { break }
          ledger.count(name)
          await trouble(&chance)
        }
        return nil
      }
    }
  }

  private func count(through connection: Connection) async throws {
    var chance = self.chance
    let now = clock.now
    let counts = keys.enumerated().map { place, key in
      let count = Count(units: chance.number(in: 0...plan.stockMax), asOf: now)
      let report = Report(
        source: Storefront.erp, delivery: Storefront.identifier("count-\(place)"), body: .count(count))
      return KeyedCommand(key: key, command: .report(report))
    }
    _ = await connection.submit(counts)
    try await clock.sleep(until: now + 1)
  }

  private func adjust(_ chance: inout SeededGenerator, through connection: Connection) async {
    let delta = chance.number(in: 1...4) * (chance.chance(perMille: 300) ? -1 : 1)
    let name = Storefront.identifier("doc-\(connection.life)-\(chance.below(1_000_000))")
    let report = Report(
      source: Storefront.erp, delivery: name,
      body: .adjustment(Adjustment(document: name, delta: delta, occurredAt: clock.now)))
    let key = keys[chance.index(below: keys.count)]
    _ = await connection.submit([KeyedCommand(key: key, command: .report(report))])
  }

  /// The power goes: from now on no answer reaches anybody, and the disk keeps what a cut leaves of it.
  private func crash(
    _ journal: MemoryJournal, after moment: Int64, cut: UInt64, sync: @escaping @Sendable () async -> Void
  ) async throws -> MemoryJournal {
    try await clock.sleep(until: clock.now + moment)
    ledger.losePower()
    let bytes = await journal.unsyncedByteCount
    if bytes > 0 { ledger.count("crash in a write") }
    ledger.count("crash")
    ledger.executor.note("crash, \(bytes) bytes in the air")
    let leaves =
      cut % 2 == 0
      ? CrashCut.prefix(Int(cut / 2 % UInt64(bytes + 1))) : CrashCut.sectors(kept: cut, size: 64)
    return await journal.crashImage(leaves, duringSync: sync)
  }

  /// After a loss of power: every hold that was acknowledged must still be known, by the same id.
  private func askAgain(through connection: Connection) async {
    for held in ledger.acknowledged(at: clock.now) {
      let command = KeyedCommand(key: held.key, command: .hold(held.request))
      guard let answer = await connection.submit([command])?[0] else { continue }
      if answer.receipt?.isDuplicate != true { ledger.tellLost("\(held.request.id) on \(held.key): \(answer)") }
      ledger.count("asked again")
    }
  }

  /// Quiet: all holds run out, all carts end; then every number is read, and the journal is replayed beside it.
  private func reckon(_ engine: InventoryEngine, _ journal: MemoryJournal) async throws {
    try await clock.sleep(until: clock.now + 12_000)
    for key in keys {
      // The whole level first: it does not end what is due, so it shows whether the engine's own clockwork did.
      if let level = await engine.level(key), level.liveCount > 0 {
        ledger.tellDifference("\(level.liveCount) reservations of \(key) are live after all have run out")
      }
      guard let view = await engine.stock(key) else { continue }
      let now = clock.now
      ledger.write { $0.rested(key, availableToSell: view.availableToSell, at: now) }
    }
    try await checkTimes(in: journal)
    let replayed = try await open(await journal.reopened())
    let live = await engine.digest()
    let again = await digestAtRest(of: replayed)
    if live != again { ledger.tellDifference("the journal's replay differs from the live state") }
  }

  /// Within a shard the entries' times never go back.
  private func checkTimes(in journal: MemoryJournal) async throws {
    for shard in Set(keys.map(\.shard)).sorted() {
      var last = Timestamp.distantPast
      for record in try await journal.records(shard: shard, after: 0, limit: .max) {
        var sections = record.sections
        while let entry = try sections.next() {
          if entry.at < last { ledger.tellDifference("shard \(shard): an entry of \(entry.at) follows one of \(last)") }
          last = max(last, entry.at)
        }
      }
    }
  }

  private func digestAtRest(of engine: InventoryEngine) async -> UInt64 {
    do {
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await engine.run() }
        let digest = await engine.digest()
        try await engine.stop()
        try await group.waitForAll()
        return digest
      }
    } catch { return 0 }
  }
}
