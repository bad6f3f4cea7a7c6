import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("What was answered is there after any end")
struct RecoveryTests {
  private let keys = (0..<12).map { OpenShop.key("sku\($0)", $0 % 2 == 0 ? "leeds" : "york") }

  /// Some of everything.
  private func traffic(_ shop: OpenShop, round: Int) async {
    for (place, key) in keys.enumerated() {
      if round == 0 { await shop.stock(key, 40) }
      await shop.hold(key, "h\(round)-\(place)", 2, seconds: Int64(30 + 60 * (place % 3)))
      if place % 3 == 0 { await shop.confirm(key, "h\(round)-\(place)", as: "o\(round)-\(place)") }
      if place % 4 == 1 { await shop.release(key, "h\(round)-\(place)") }
      if place % 5 == 2 { await shop.order(key, "s\(round)-\(place)", 1) }
    }
    _ = await shop.hold(cart: "c\(round)", keys.prefix(4).map { ($0, 1) }, seconds: 14_000)
  }

  @Test("snapshot and tail, replay from zero, and the live engine are the same to the byte")
  func sameState() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    let live = try await OpenShop.open(journal, clock: clock) { shop in
      await traffic(shop, round: 0)
      await shop.engine.saveSnapshots()
      await shop.pass(50_000)
      await traffic(shop, round: 1)
      await shop.engine.passivate(idleSince: clock.now)
      await shop.engine.saveSnapshots()
      await traffic(shop, round: 2)
      return await shop.engine.digest()
    }
    let image = await journal.reopened()
    #expect(try await replayDigest(of: image) == live)
    var tailed: UInt64 = 0
    for shard in 0..<256 { tailed = tailed &+ (try await ShardState.read(shard: shard, from: image).digest()) }
    #expect(tailed == live)
    try await OpenShop.open(image, clock: clock) { shop in
      #expect(shop.engine.recovery.keys == keys.count)
      #expect(shop.engine.recovery.snapshots > 0)
      for key in keys { await shop.engine.level(key)?.checkInvariants() }
    }
  }

  @Test("a crash keeps every answer and nothing half", arguments: [0, 1, 2])
  func crash(round: Int) async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    let key = keys[0]
    let image = try await OpenShop.open(journal, clock: clock) { shop in
      await traffic(shop, round: 0)
      if round > 0 { await shop.engine.saveSnapshots() }
      if round > 1 { await traffic(shop, round: 1) }
      #expect(await shop.hold(key, "last", 1, seconds: 14_000).receipt != nil)
      return await journal.reopened()
    }
    try await OpenShop.open(image, clock: clock) { shop in
      #expect(await shop.hold(key, "last", 1, seconds: 14_000).receipt?.isDuplicate == true)
      #expect(await shop.engine.level(keys[3])?.reservation(OpenShop.id("h0-3"))?.confirmed == 2)
    }
  }

  @Test("reservations that ran out while nobody was there end as entries after the start")
  func expiredMeanwhile() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    try await OpenShop.open(journal, clock: clock) { shop in
      await shop.stock(keys[0], 5)
      await shop.hold(keys[0], "ann", 2, seconds: 60)
    }
    clock.advance(3_600_000)
    try await OpenShop.open(await journal.reopened(), clock: clock) { shop in
      #expect(await shop.confirm(keys[0], "ann", as: "o1").refusal == .reservationExpired)
      #expect(await shop.ats(keys[0]) == 5)
    }
  }

  @Test("a wall clock more than a day ahead of the journal asks before it ends anything")
  func clockJump() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    try await OpenShop.open(journal, clock: clock) { shop in await shop.stock(keys[0], 5) }
    let far = ManualClock(now: clock.now + 2 * 86_400_000)
    await #expect(throws: StartFailure.self) { try await OpenShop.open(await journal.reopened(), clock: far) { _ in } }
    var accepting = EngineSettings()
    accepting.clockJumpMax = nil
    try await OpenShop.open(await journal.reopened(), clock: far, settings: accepting) { shop in
      #expect(await shop.ats(keys[0]) == 5)
    }
  }

  @Test("a clock behind the journal ends nothing early and writes no time before the last")
  func clockBehind() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    try await OpenShop.open(journal, clock: clock) { shop in
      await shop.stock(keys[0], 5)
      await shop.hold(keys[0], "ann", 2, seconds: 60)
    }
    let last = try await journal.reopened().heads().map(\.time).max()
    let behind = ManualClock(now: clock.now - 7_200_000)
    try await OpenShop.open(await journal.reopened(), clock: behind) { shop in
      let held = await shop.hold(keys[0], "bob", 1, seconds: 60)
      #expect(held.receipt?.expiresAt == last.map { $0 + 60_000 })
      #expect(await shop.ats(keys[0]) == 2)
    }
  }

  @Test("duplicates are known after a restart")
  func duplicates() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    let key = keys[0]
    try await OpenShop.open(journal, clock: clock) { shop in
      await shop.stock(key, 5)
      await shop.order(key, "o1", 2, delivery: "d1", at: ManualClock.start)
    }
    try await OpenShop.open(await journal.reopened(), clock: clock) { shop in
      #expect(await shop.order(key, "o1", 2, delivery: "d1", at: ManualClock.start).receipt?.isDuplicate == true)
      #expect(await shop.order(key, "o2", 2, delivery: "d1").refusal == .idReused)
      #expect(await shop.ats(key) == 3)
    }
  }

  @Test("a shard with new entries gets a snapshot when its last one is old enough")
  func snapshotByTime() async throws {
    var settings = EngineSettings()
    settings.snapshotAfter = 60_000
    let key = OpenShop.key("mug")
    let ends = try await OpenShop.open(settings: settings) { shop in
      var ends: [UInt64?] = []
      await shop.stock(key, 5)
      await shop.pass(40_000)
      ends.append(try await shop.journal.snapshot(shard: key.shard)?.through)
      await shop.pass(40_000)
      ends.append(try await shop.journal.snapshot(shard: key.shard)?.through)
      await shop.hold(key, "h", 1)
      await shop.pass(80_000)
      ends.append(try await shop.journal.snapshot(shard: key.shard)?.through)
      return ends
    }
    #expect(ends == [nil, 1, 2])
  }
}
