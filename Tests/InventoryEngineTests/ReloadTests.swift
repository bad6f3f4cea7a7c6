import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("A commit was refused, and its shard cannot be read again")
struct ReloadTests {
  private let clock = ManualClock()
  private let mug = Place.mug
  private let cup = Place.cup
  private let refusal = "NOREPLICAS Not enough good replicas to write."

  private var patient: EngineSettings {
    var settings = EngineSettings()
    settings.answerPatience = 800
    return settings
  }

  /// Ann has ten mugs, of which two are held, and five cups; the next commit is refused.
  private func withRefusal(_ body: (_ ann: OpenNode, _ redis: SharedRedis) async throws -> Void) async throws {
    let redis = OpenNode.redis(clock)
    let shards = ShardSelection.some([mug.shard, cup.shard])
    try await OpenNode.open("ann", on: redis, clock: clock, settings: patient, shards: shards) { ann in
      await ann.stock(cup, 5)
      await ann.stock(mug, 10)
      await ann.hold(mug, "held", 2)
      ann.store.arm(.word(refusal))
      try await body(ann, redis)
    }
  }

  @Test("the store goes away before it is: holds are refused, other shards say their age, and all goes on by itself")
  func away() async throws {
    try await withRefusal { ann, redis in
      redis.withLock { $0.takeDown(0) }
      let answer = try await ann.whileTimePasses { await ann.hold(mug, "h1", 1) }
      #expect(answer == .unknown)
      #expect(await ann.hold(mug, "h2", 1).refusal == .storeUnavailable(retryAfter: 1_000))
      #expect(await ann.hold(cup, "h3", 1).refusal == .storeUnavailable(retryAfter: 1_000))
      let cups = try #require(await ann.engine.stock(cup))
      #expect(cups.availableToSell == 5)
      #expect(cups.age >= 800)
      await ann.pass(5_000)
      #expect(await ann.hold(mug, "h2", 1).refusal == .storeUnavailable(retryAfter: 1_000))
      redis.withLock { $0.bringBack(0) }
      try await ann.store.renew()
      try #require(await ann.eventually { await ann.hold(mug, "h2", 1).receipt != nil })
      #expect(await ann.hold(mug, "h1", 1).receipt?.isDuplicate == false)
      #expect(await ann.ats(mug) == 6)
      #expect(await ann.engine.stock(cup)?.age == 0)
    }
  }

  @Test("a stop does not wait for it, and what was durable is there at the next start")
  func stopped() async throws {
    let redis = OpenNode.redis(clock)
    try await OpenNode.open(
      "ann", on: redis, clock: clock, settings: patient, shards: .some([mug.shard]), stops: false
    ) { ann in
      await ann.stock(mug, 10)
      redis.withLock { $0.takeDown(0) }
      ann.store.arm(.word(refusal))
      let answer = try await ann.whileTimePasses { await ann.hold(mug, "h1", 1) }
      #expect(answer == .unknown)
      async let read = ann.ats(mug)
      async let stopped: Void = ann.stop()
      #expect(await read == nil)
      // What is left for the store is to hear that the shard is given up.
      redis.withLock { $0.bringBack(0) }
      try await stopped
    }
    try await OpenNode.open("bob", on: redis, clock: clock, shards: .some([mug.shard])) { bob in
      #expect(await bob.ats(mug) == 10)
    }
  }

  @Test("a store that was rolled back meanwhile is not believed until its owner has written again what it lost")
  func rolledBack() async throws {
    try await withRefusal { ann, redis in
      redis.withLock { _ = $0.loseTail(shard: mug.shard, records: 1) }
      let answer = try await ann.whileTimePasses { await ann.hold(mug, "h1", 1) }
      #expect(answer == .unknown)
      await ann.pass(2_000)
      // One renewal finds the gap, the next fills it.
      try await ann.store.renew()
      try await ann.store.renew()
      try #require(await ann.eventually { await ann.hold(mug, "held", 2).receipt?.isDuplicate == true })
      #expect(await ann.ats(mug) == 8)
    }
  }
  @Test("a shard that is claimed meanwhile, and lost before it could be read, is not owned")
  func lostUnread() async throws {
    try await withRefusal { ann, redis in
      let jug = OpenShop.key("jug")
      redis.withLock { _ = $0.loseTail(shard: mug.shard, records: 1) }
      let answer = try await ann.whileTimePasses { await ann.hold(mug, "h1", 1) }
      #expect(answer == .unknown)
      async let adopted = ann.engine.adopt([jug.shard])
      #expect(await ann.settles { ann.store.unconfirmedFor(shard: jug.shard) == 0 })
      clock.advance(12_500)
      try await OpenNode.open("bob", on: redis, clock: clock, shards: .some([jug.shard])) { bob in
        await bob.stock(jug, 3)
        // Ann hears that it is bob's before she has read what was hers, and gets her mugs back.
        try await ann.store.renew()
        try await ann.store.renew()
        #expect(await ann.eventually { await ann.ats(cup) == 5 })
        #expect(await ann.eventually { ann.engine.ownedShards == [cup.shard, mug.shard].sorted() })
        #expect(await ann.hold(jug, "h2", 1).refusal == .elsewhere(shard: UInt8(jug.shard)))
        #expect(await ann.eventually { await ann.hold(mug, "h3", 1).receipt?.availableToSell == 7 })
        #expect(await bob.ats(jug) == 3)
      }
      guard case .failed(.owned) = try await adopted[0].outcome else { Issue.record("it was granted"); return }
    }
  }
}
