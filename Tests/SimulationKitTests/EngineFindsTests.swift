import InventoryEngine
import Logging
import SimulationKit
import StockJournal
import StockLedger
import Testing

/// What the simulation has found in the engine, each with what provoked it: fixed, and kept from coming back.
@Suite("Finds of the simulation")
struct EngineFindsTests {
  /// Everything wrong that some seeds show.
  static func faults(
    _ seeds: Range<UInt64>, _ plan: StorefrontPlan, of kind: (StorefrontOutcome) -> [String]
  ) throws -> [String] {
    try seeds.flatMap { seed in try kind(Storefront.run(seed: seed, plan: plan)).map { "seed \(seed): \($0)" } }
  }

  static var failingCommits: StorefrontPlan {
    var plan = StorefrontPlan()
    plan.fullDisks = 3
    plan.shoppers = 4
    plan.visits = 7
    plan.batchesPerMille = 350
    plan.syncMax = 12
    return plan
  }

  @Test("after a failed commit, reads and duplicates never show what was lost with it")
  func readsOfLostEntries() throws {
    let faults = try Self.faults(0..<60, Self.failingCommits) { $0.report.contradictions.map(\.description) }
    #expect(faults == [])
  }

  @Test("reservations of a reloaded shard end by themselves, untouched by any command")
  func expiryAfterReload() throws {
    let faults = try Self.faults(0..<30, Self.failingCommits) { $0.differences.filter { $0.contains("are live") } }
    #expect(faults == [])
  }

  @Test("the times of a shard's entries never go back, whatever pause lies between a dispatch and its turn")
  func timesOfAShard() throws {
    var plan = StorefrontPlan()
    plan.keys = 2
    plan.pauses = 12
    plan.shoppers = 4
    let faults = try Self.faults(0..<60, plan) { $0.differences.filter { $0.contains(" follows one of ") } }
    #expect(faults == [])
  }

  @Test("a snapshot that is taken while a commit fails holds nothing that the commit lost")
  func snapshotDuringFailure() async {
    await #expect(processExitsWith: .success) {
      var plan = EngineFindsTests.failingCommits
      plan.snapshots = 30
      plan.fullDisks = 10
      plan.visits = 14
      plan.syncMax = 19
      for seed in UInt64(370)..<400 {
        let run = try Storefront.run(seed: seed, plan: plan)
        try #require(run.differences.filter { $0.contains("replay differs") } == [])
      }
    }
  }

  @Test("a snapshot is never taken of a shard that is being reloaded: it would be a hole")
  func snapshotOfHalfAShard() throws {
    for seed in [UInt64(1370), 1673, 1911] {
      var chance = SeededGenerator(seed: seed)
      let run = try Storefront.run(seed: seed, plan: StorefrontPlan.drawn(from: &chance))
      #expect(run.report.first == nil, "seed \(seed): \(run.report)")
      #expect(run.differences == [], "seed \(seed)")
    }
  }

  @Test("an engine that is stopped while a cart runs out still ends")
  func stopDuringExpiry() throws {
    let key = try StockKey(shop: "shop", sku: "22423", location: "leeds")
    var hung: [UInt64] = []
    for seed in UInt64(0)..<10 {
      let executor = SeededExecutor(seed: seed)
      let clock = executor.clock
      let start = clock.now
      do {
        try executor.run {
          let journal = MemoryJournal { try? await clock.sleep(for: .milliseconds(1)) }
          let engine = try await InventoryEngine.open(
            store: journal, clock: clock, logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
          try await withThrowingTaskGroup { group in
            group.addTask { try await engine.run() }
            let count = try AuditScript.counted(9, asOf: start)
            _ = await engine.submit(KeyedCommand(key: key, command: count))
            let line = CartItem(key: key, quantity: .one)
            _ = await engine.hold(carts: [CartRequest(id: try AuditScript.id("a"), lines: [line], lifetime: 250)])
            try await clock.sleep(until: start + 300)
            try await engine.stop()
            try await group.waitForAll()
          }
        }
      } catch let failure as SimulationFailure {
        if failure.pause == .deadlock { hung.append(seed) }
      }
    }
    #expect(hung == [])
  }
}
