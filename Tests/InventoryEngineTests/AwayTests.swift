import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("The store is away")
struct AwayTests {
  private let clock = ManualClock()
  private let mug = Place.mug
  private let york = Place.mugYork

  private var patient: EngineSettings {
    var settings = EngineSettings()
    settings.answerPatience = 800
    return settings
  }

  /// Ann has ten mugs in Leeds, of which two are held, when the store goes away.
  private func withStoreAway(_ body: (_ ann: OpenNode) async throws -> Void) async throws {
    let redis = OpenNode.redis(clock)
    try await OpenNode.open(
      "ann", on: redis, clock: clock, settings: patient, shards: .some([mug.shard])
    ) { ann in
      await ann.stock(mug, 10)
      await ann.hold(mug, "held", 2)
      ann.store.stall()
      try await body(ann)
    }
  }

  @Test("an answer waits 800 ms and not two looks longer, then holds are refused, and all goes on by itself")
  func patience() async throws {
    try await withStoreAway { ann in
      let asked = clock.now
      let (answer, waited) = try await ann.whileTimePasses {
        let answer = await ann.hold(mug, "h1", 1)
        return (answer, clock.now.milliseconds - asked.milliseconds)
      }
      #expect(answer == .unknown)
      #expect(waited >= 800)
      #expect(await ann.hold(mug, "h2", 1).refusal == .storeUnavailable(retryAfter: 1_000))
      #expect(await ann.hold(cart: "c1", [(mug, 1), (york, 1)]).refusal == .storeUnavailable(retryAfter: 1_000))
      #expect(await ann.hold(Place.cup, "h2", 1).refusal?.code == "elsewhere", "before the store is asked at all")
      // What frees stock is taken all the same; nobody can say yet that it is done.
      let batch = try await ann.whileTimePasses {
        await ann.engine.submit([
          KeyedCommand(key: mug, command: .release(OpenShop.id("held"), nil)), OpenShop.hold(mug, "h3", 1),
        ])
      }
      #expect(batch == [.unknown, .refused(.storeUnavailable(retryAfter: 1_000))])
      // However long it is away, nothing is admitted.
      await ann.pass(5_000)
      #expect(await ann.hold(mug, "h4", 1).refusal == .storeUnavailable(retryAfter: 1_000))
      ann.store.resume()
      #expect(await ann.eventually { await ann.hold(mug, "h5", 1).receipt != nil })
      #expect(await ann.hold(mug, "h1", 1).receipt?.isDuplicate == true)
      #expect(await ann.ats(mug) == 8)
    }
  }

  @Test("reads go on at once, say how old they are, and never show what is on its way")
  func agedReads() async throws {
    try await withStoreAway { ann in
      async let released = ann.release(mug, "held")
      #expect(await ann.settles { ann.store.stalledCount == 1 })
      await ann.pass(1_000)
      // Two commits may be on their way: the one in flight, and the one that gathers behind it.
      async let counted = ann.report(
        mug, "erp", "later", .adjustment(Adjustment(document: OpenShop.id("d"), delta: 7, occurredAt: clock.now)))
      await ann.pass(1_000)
      let view = try #require(await ann.engine.stock(mug))
      #expect(view.availableToSell == 8)
      #expect(view.numbers.reserved == 2)
      #expect(view.liveReservations == 1)
      #expect(view.entry.number == 3)
      #expect(view.age == 2_000)
      #expect(view.at == clock.now - view.age)
      #expect(await ann.engine.available(mug, to: .none) == nil)
      // A key without anything on its way is as old as the store's last word, and exact.
      #expect(await ann.engine.stock(york)?.age == view.age)
      #expect(await ann.engine.available(york, to: .none) == 0)
      ann.store.resume()
      #expect(await ann.eventually { await ann.engine.stock(mug)?.age == 0 })
      #expect(await ann.ats(mug) == 17)
      #expect(await [released, counted] == [.unknown, .unknown])
    }
  }

  @Test("a read that began before the store went away ends with what is durable")
  func readInFlight() async throws {
    try await withStoreAway { ann in
      async let hold = ann.hold(mug, "h1", 3)
      #expect(await ann.settles { ann.store.stalledCount == 1 })
      let view = try await ann.whileTimePasses { await ann.engine.stock(mug) }
      #expect(view?.availableToSell == 8)
      #expect(view?.age ?? 0 >= 800)
      #expect(await hold == .unknown)
      ann.store.resume()
      #expect(await ann.eventually { await ann.ats(mug) == 5 })
    }
  }

  @Test("a list goes on at once, says how old it is, and what is not here")
  func agedList() async throws {
    try await withStoreAway { ann in
      async let released = ann.release(mug, "held")
      #expect(await ann.settles { ann.store.stalledCount == 1 })
      await ann.pass(2_000)
      let page = await ann.engine.list(shop: mug.shop, limit: 10)
      #expect(page.views.map(\.key) == [mug])
      #expect(page.views.first?.availableToSell == 8)
      #expect(page.views.first?.age == 2_000)
      #expect(page.shardsElsewhere == 255)
      #expect(await ann.engine.account(mug) == nil, "what is on its way would be in it")
      ann.store.resume()
      #expect(await ann.eventually { await ann.engine.account(mug)?.numbers.reserved == 0 })
      #expect(await ann.engine.list(shop: mug.shop, limit: 10).views.first?.availableToSell == 10)
      #expect(await released == .unknown)
    }
  }

  @Test("a list that began before the store went away ends with what is durable")
  func listInFlight() async throws {
    try await withStoreAway { ann in
      async let hold = ann.hold(mug, "h1", 3)
      #expect(await ann.settles { ann.store.stalledCount == 1 })
      let page = try await ann.whileTimePasses { await ann.engine.list(shop: mug.shop, limit: 10) }
      #expect(page.views.first?.availableToSell == 8)
      #expect(page.views.first?.age ?? 0 >= 800)
      #expect(await hold == .unknown)
      ann.store.resume()
      #expect(await ann.eventually { await ann.ats(mug) == 5 })
    }
  }

  @Test("without a patience an answer waits as long as it takes")
  func noPatience() async throws {
    let redis = OpenNode.redis(clock)
    try await OpenNode.open("ann", on: redis, clock: clock, shards: .some([mug.shard])) { ann in
      await ann.stock(mug, 10)
      ann.store.stall()
      async let hold = ann.hold(mug, "h1", 1)
      await ann.pass(30_000)
      ann.store.resume()
      #expect(await hold.receipt?.availableToSell == 9)
    }
  }
}
