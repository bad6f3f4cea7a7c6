import InventoryEngine
import StockJournal
import StockLedger
import Synchronization
import Testing

@Suite("The watch over what changes durably")
struct WatchTests {
  private let mug = OpenShop.key("mug")
  private let cup = OpenShop.key("cup")

  /// What was heard.
  private final class Heard: Sendable {
    private let calls = Mutex<[StockChanges]>([])
    func note(_ changes: StockChanges) { calls.withLock { $0.append(changes) } }
    var views: [StockView] { calls.withLock { $0.flatMap(\.views) } }
    var isWatching: Bool { calls.withLock { !$0.isEmpty } }
    var through: Timestamp { calls.withLock { $0.last?.through ?? .distantPast } }
    func units(_ key: StockKey) -> [Int64] { views.filter { $0.key == key }.map(\.availableToSell) }
  }

  /// Runs a watch beside `body`.
  private func watching(_ shop: OpenShop, _ body: (Heard) async throws -> Void) async throws {
    let heard = Heard()
    let engine = shop.engine
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await engine.watchStock { heard.note($0) } }
      #expect(await shop.settles { heard.isWatching })
      try await body(heard)
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  @Test("a key is told once a period, as it durably is then")
  func changes() async throws {
    try await OpenShop.open { shop in
      await shop.stock(mug, 5)
      try await watching(shop) { heard in
        for buyer in 0..<3 { await shop.hold(mug, "h\(buyer)", 1) }
        #expect(heard.views.isEmpty, "no time has passed, and what was before the watch is not told")
        #expect(await shop.eventually { heard.units(mug) == [2] })
        await shop.hold(cup, "h", 1)
        await shop.release(mug, "h1")
        #expect(await shop.eventually { heard.units(mug) == [2, 3] })
        #expect(heard.units(cup).isEmpty, "a refused hold changes nothing")
        #expect(heard.views.last?.entry.number == 5)
        await shop.pass(600_000)
        #expect(await shop.eventually { heard.units(mug) == [2, 3, 5] }, "what expires is told too")
      }
      let noted = shop.engine.counters.entries
      await shop.hold(mug, "later", 1)
      #expect(shop.engine.counters.entries == noted + 1)
    }
  }

  @Test("what is not durable is not told")
  func afterDurability() async throws {
    let clock = ManualClock()
    let feedless = OpenNode.redis(clock)
    var settings = EngineSettings()
    settings.answerPatience = 800
    try await OpenNode.open("ann", on: feedless, clock: clock, settings: settings, shards: .some([mug.shard])) { ann in
      await ann.stock(mug, 5)
      let heard = Heard()
      let engine = ann.engine
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await engine.watchStock { heard.note($0) } }
        #expect(await ann.settles { heard.isWatching })
        ann.store.stall()
        async let held = ann.hold(mug, "h1", 5)
        await ann.pass(2_000)
        #expect(await held == .unknown)
        #expect(heard.views.isEmpty)
        ann.store.resume()
        #expect(await ann.eventually { heard.units(mug) == [0] })
        group.cancelAll()
        try await group.waitForAll()
      }
    }
  }

  @Test("what was written since a place is found in the journal, also by the next process")
  func since() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    var place = Timestamp.distantPast
    try await OpenShop.open(journal, clock: clock) { shop in
      try await watching(shop) { heard in
        await shop.stock(cup, 3)
        for number in 0..<400 {
          clock.advance(1_000)
          await shop.stock(mug, Int64(number))
        }
        #expect(await shop.eventually { heard.units(mug).last == 399 && heard.through > .distantPast })
        place = heard.through
        clock.advance(1_000)
        await shop.hold(mug, "h", 1)
        await shop.stock(OpenShop.key("mug", shop: "other"), 1)
        let written = try await shop.engine.stockWritten(since: place, entriesMax: 200) { $0.shop == "shop" }
        #expect(written?.map(\.key) == [mug])
        #expect(written?.first?.availableToSell == 398)
        #expect(try await shop.engine.stockWritten(since: .distantPast, entriesMax: 64) { _ in true } == nil)
      }
    }
    try await OpenShop.open(await journal.reopened(), clock: clock) { shop in
      let written = try await shop.engine.stockWritten(since: place, entriesMax: 1_000) { $0.shop == "shop" }
      #expect(written?.map(\.key) == [mug])
      let all = try await shop.engine.stockWritten(since: .distantPast, entriesMax: 1_000) { $0.shop == "shop" }
      #expect(all?.map(\.key.sku).sorted() == ["cup", "mug"])
    }
  }
}
