import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("The feed of what may be sold")
struct FeedTests {
  private let clock = ManualClock()
  private let mug = Place.mug
  private let cup = Place.cup
  private let feed = RecordedFeed()

  private func withAnn(
    _ settings: EngineSettings = EngineSettings(), _ body: (OpenNode) async throws -> Void
  ) async throws {
    let redis = OpenNode.redis(clock)
    let shards = ShardSelection.some([mug.shard, cup.shard])
    try await OpenNode.open("ann", on: redis, clock: clock, settings: settings, shards: shards, feed: feed, body)
  }

  @Test("a change is told once it is durable, a hot key once a period")
  func changes() async throws {
    var settings = EngineSettings()
    settings.feedRefresh = 3_600_000
    try await withAnn(settings) { ann in
      await ann.stock(mug, 5)
      #expect(await ann.eventually { feed.last(mug) == 5 })
      let before = feed.count(mug)
      for buyer in 0..<4 { await ann.hold(mug, "h\(buyer)", 1) }
      #expect(feed.count(mug) == before, "no time has passed")
      #expect(await ann.eventually { feed.last(mug) == 1 })
      #expect(feed.count(mug) == before + 1)
      #expect(await ann.order(mug.item, "o1", 1).refusal == .locationUnknown)
      #expect(feed.count(mug.item) == 0)
    }
  }

  @Test("what is not durable is not told, and is once it is")
  func afterDurability() async throws {
    var settings = EngineSettings()
    settings.answerPatience = 800
    try await withAnn(settings) { ann in
      await ann.stock(mug, 5)
      await ann.hold(mug, "h1", 5)
      #expect(await ann.eventually { feed.last(mug) == 0 })
      ann.store.stall()
      async let released = ann.release(mug, "h1")
      // Long enough for a whole refresh, which tells the last durable number.
      await ann.pass(5_000)
      let told = feed.count(mug)
      await ann.pass(1_900)
      #expect(feed.last(mug) == 0)
      #expect(await released == .unknown)
      ann.store.resume()
      #expect(await ann.eventually { feed.last(mug) == 5 })
      #expect(feed.count(mug) > told)
    }
  }

  @Test("every key comes again within ten seconds, and not of a shard that has gone")
  func refresh() async throws {
    try await withAnn { ann in
      await ann.stock(mug, 5)
      await ann.stock(cup, 6)
      try await pass(ann, 1_000)
      let before = (feed.count(mug), feed.count(cup))
      try await pass(ann, 10_100)
      #expect(feed.count(mug) > before.0 && feed.last(mug) == 5)
      #expect(feed.count(cup) > before.1 && feed.last(cup) == 6)
      // Resting keys too.
      #expect(await ann.engine.passivate(idleSince: clock.now) == 2)
      try await ann.engine.handOver([cup.shard])
      let after = (feed.count(mug), feed.count(cup))
      try await pass(ann, 10_100)
      #expect(feed.count(mug) > after.0 && feed.last(mug) == 5)
      #expect(feed.count(cup) == after.1)
    }
  }

  @Test("past a bound only changes are told")
  func refreshBound() async throws {
    var settings = EngineSettings()
    settings.feedRefreshKeysMax = 1
    try await withAnn(settings) { ann in
      await ann.stock(mug, 5)
      await ann.stock(cup, 6)
      try await pass(ann, 1_000)
      let before = feed.changes.count
      try await pass(ann, 20_000)
      #expect(feed.changes.count == before)
      await ann.hold(mug, "h1", 1)
      #expect(await ann.eventually { feed.last(mug) == 4 })
    }
  }

  @Test("what nobody confirms as ours is not told until it is confirmed again")
  func unconfirmed() async throws {
    try await withAnn { ann in
      await ann.stock(mug, 5)
      #expect(await ann.eventually { feed.last(mug) == 5 })
      clock.advance(8_000)
      await ann.pass(1_000)
      let before = feed.changes.count
      await ann.pass(11_000)
      #expect(feed.changes.count == before)
      try await ann.store.renew()
      #expect(await ann.eventually { feed.changes.count > before })
    }
  }

  /// Lets time pass while the lease is renewed.
  private func pass(_ ann: OpenNode, _ milliseconds: Int64) async throws {
    var left = milliseconds
    while left > 0 {
      await ann.pass(min(left, 1_000))
      try await ann.store.renew()
      left -= 1_000
    }
  }
}
