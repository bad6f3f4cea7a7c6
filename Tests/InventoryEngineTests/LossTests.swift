import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("A shard is lost to another node")
struct LossTests {
  private let clock = ManualClock()
  private let mug = Place.mug
  private let cup = Place.cup
  private var elsewhere: Refusal { .elsewhere(shard: UInt8(mug.shard)) }

  /// Ann owns both items and has five mugs and five cups; the body makes bob take the mugs.
  private func withLateAnn(
    settings: EngineSettings = EngineSettings(),
    _ body: (_ ann: OpenNode, _ redis: SharedRedis) async throws -> Void
  ) async throws {
    let redis = OpenNode.redis(clock)
    let shards = ShardSelection.some([mug.shard, cup.shard])
    try await OpenNode.open("ann", on: redis, clock: clock, settings: settings, shards: shards) { ann in
      await ann.stock(mug, 5)
      await ann.stock(cup, 5)
      try await body(ann, redis)
    }
  }

  /// Bob takes the mugs once ann's lease has ended, and goes on with them for as long as the body does.
  private func withBob(on redis: SharedRedis, _ body: (OpenNode) async throws -> Void) async throws {
    clock.advance(12_500)
    try await OpenNode.open("bob", on: redis, clock: clock, shards: .some([mug.shard]), body)
  }

  @Test("an append finds it: surely not written, so the caller is sent to the new owner; other shards go on")
  func surelyNotWritten() async throws {
    try await withLateAnn { ann, redis in
      try await withBob(on: redis) { bob in
        // Ann has slept through it all.
        async let single = ann.hold(mug, "h1", 1)
        async let batch = ann.engine.submit([OpenShop.hold(mug, "h2", 1), OpenShop.hold(cup, "h3", 1)])
        let answers = await [single] + batch
        #expect(answers[0].refusal == elsewhere)
        #expect(answers[1].refusal == elsewhere)
        #expect(answers[2].receipt?.availableToSell == 4)
        #expect(ann.engine.ownedShards == [cup.shard])
        #expect(await ann.ats(mug) == nil)
        #expect(await bob.ats(mug) == 5)
        #expect(await bob.hold(mug, "h1", 1).receipt?.isDuplicate == false)
      }
    }
  }

  @Test("an append that went without a reply: unknown for what it held, elsewhere for what came behind it")
  func mayBeWritten() async throws {
    try await withLateAnn { ann, redis in
      ann.store.arm(.dropReply)
      ann.store.arm(.word("BUSY"))
      // Written, but ann never hears it: she waits to ask again while her lease runs out.
      async let first = ann.hold(mug, "h1", 1)
      #expect(await ann.settles { (try? redis.withLock { try $0.records(shard: mug.shard).count }) == 3 })
      async let second = ann.hold(mug, "h2", 1)
      for _ in 0..<200 { await Task.yield() }
      try await withBob(on: redis) { bob in
        #expect(await ann.eventually { ann.engine.ownedShards == [cup.shard] })
        // It was written: whoever asks again hears so.
        #expect(await bob.hold(mug, "h1", 1).receipt?.isDuplicate == true)
        #expect(await bob.ats(mug) == 4)
      }
      let answers = await [first, second]
      #expect(answers == [.unknown, .refused(elsewhere)])
    }
  }

  @Test("a renewal finds it: an owner that slept through its lease drops what it remembers, and shows nothing")
  func zombie() async throws {
    try await withLateAnn { ann, redis in
      await ann.hold(mug, "h1", 1)
      try await withBob(on: redis) { bob in
        await bob.hold(mug, "h2", 4)
        // Between the end of the lease and the renewal what ann remembers is old, and she says so.
        #expect(await ann.engine.stock(mug)?.age ?? 0 >= 12_000)
        // She does not know what bob has taken, and refuses nobody because of it.
        #expect(await ann.confirm(mug, "h2", as: "order-2") == .unknown)
        #expect(await ann.hold(mug, "h1", 1) == .unknown)
        let batch = [OpenShop.hold(mug, "h3", 9), OpenShop.hold(cup, "h4", 9)]
        #expect(await ann.engine.submit(batch) == [.unknown, .unknown])
        try await ann.store.renew()
        #expect(await ann.settles { ann.engine.ownedShards == [cup.shard] })
        #expect(await ann.ats(mug) == nil)
        #expect(await ann.release(mug, "h1").refusal == elsewhere)
        #expect(ann.engine.keys() == [cup])
        #expect(await bob.ats(mug) == 0)
      }
      // Bob has gone, and ann may have it again.
      try await ann.engine.adopt([mug.shard])
      #expect(await ann.ats(mug) == 0)
      #expect(await ann.hold(mug, "h1", 1).receipt?.isDuplicate == true)
    }
  }

  @Test("two engines that both believe they own a shard never both acknowledge one number")
  func oneOwnerPerNumber() async throws {
    try await withLateAnn { ann, redis in
      try await withBob(on: redis) { bob in
        var numbers: [UInt64] = []
        for round in 0..<20 {
          async let late = ann.hold(mug, "a\(round)", 1)
          async let new = bob.hold(mug, "b\(round)", 1)
          for answer in await [late, new] { if let receipt = answer.receipt { numbers.append(receipt.entry.number) } }
        }
        #expect(numbers.count == 5)
        #expect(Set(numbers).count == 5)
      }
    }
  }

  @Test("a suspended owner whose shard nobody took goes on with what it remembers")
  func suspended() async throws {
    var settings = EngineSettings()
    settings.answerPatience = 800
    try await withLateAnn(settings: settings) { ann, _ in
      await ann.hold(mug, "h1", 2)
      ann.store.stall()
      await ann.pass(8_000)
      #expect(await ann.hold(mug, "h2", 1).refusal?.code == "storeUnavailable")
      let view = await ann.engine.stock(mug)
      #expect(view?.availableToSell == 3)
      #expect(view?.age ?? 0 >= 8_000)
      ann.store.resume()
      try await ann.store.renew()
      #expect(await ann.eventually { await ann.hold(mug, "h2", 1).receipt?.availableToSell == 2 })
      #expect(await ann.engine.stock(mug)?.age == 0)
    }
  }
}
