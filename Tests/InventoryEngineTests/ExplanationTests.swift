import InventoryEngine
import StockJournal
import StockLedger
import Testing

/// Why a number is what it is: the steps of an explanation add up to what the same moment tells.
@Suite struct ExplanationTests {
  private static let key = OpenShop.key("a")

  /// Trade by seed: counts, sums, holds and what becomes of them, orders and their stages, an empty shelf, time that
  /// passes. Gives the times and entries to ask about.
  private static func trade(_ shop: OpenShop, seed: UInt64, snapshots: Bool) async -> [HistoryMoment] {
    var chance = SeededChance(seed: seed)
    var moments: [HistoryMoment] = []
    await shop.stock(key, 30)
    for round in 0..<40 {
      let units = Int64.random(in: 1...4, using: &chance)
      switch Int.random(in: 0..<10, using: &chance) {
      case 0:
        let count = Count(units: Int64.random(in: -5...40, using: &chance), asOf: shop.clock.now)
        await shop.report(key, "erp", "count-\(round)", .count(count))
      case 1...3: await shop.hold(key, "r-\(round)", units, seconds: 20)
      case 4: await shop.confirm(key, "r-\(round - 1)", as: "order-\(round)")
      case 5: await shop.release(key, "r-\(round - 1)")
      case 6: await shop.order(key, "line-\(round)", units)
      case 7: await shop.stage(key, .ship, "line-\(round - 1)", "parcel-\(round)", 1)
      case 8:
        await shop.report(
          key, "pos", "sum-\(round)",
          .aggregate(Aggregate(component: .pending, units: units, asOf: shop.clock.now)))
      default: await shop.hold(OpenShop.key("b"), "other-\(round)", 1)
      }
      shop.clock.advance(Int64.random(in: 1...8_000, using: &chance))
      guard let view = await shop.engine.stock(key) else { continue }
      moments += [.entry(view.entry.number), .time(shop.clock.now)]
      if snapshots && round % 15 == 14 { await shop.engine.saveSnapshots() }
    }
    return moments
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>, [false, true])
  func stepsAddUpToTheMoment(_ seed: UInt64, _ snapshots: Bool) async throws {
    try await OpenShop.open { shop in
      for moment in await Self.trade(shop, seed: seed, snapshots: snapshots) {
        let told = try await shop.engine.stock(Self.key, at: moment)
        for count in [1, 5, 1_000] {
          let account = try await shop.engine.explanation(of: Self.key, at: moment, last: count)
          #expect(account.stock.numbers == told.numbers)
          #expect(account.stock.entry == told.entry)
          #expect(account.steps.count <= count)
          #expect(account.steps.allSatisfy { $0.before != $0.after })
          let numbers = [account.earlier.numbers] + account.steps.map(\.after)
          #expect(account.steps.map(\.before) + [told.numbers] == numbers)
          if count == 1_000 { #expect(account.earlier.isNothing && account.earlier.numbers == StockNumbers()) }
        }
      }
    }
  }

  @Test(arguments: [false, true])
  func pagesAreTheWhole(_ snapshots: Bool) async throws {
    try await OpenShop.open { shop in
      let moments = await Self.trade(shop, seed: 7, snapshots: snapshots)
      let whole = try await shop.engine.explanation(of: Self.key, at: moments.last, last: 1_000)
      var pages: [StockExplanation.Step] = []
      var moment = moments.last
      while let asked = moment {
        let page = try await shop.engine.explanation(of: Self.key, at: asked, last: 3)
        pages = page.steps + pages
        if page.earlier.isNothing || page.steps.isEmpty { break }
        if let changes = page.earlier.changes { #expect(changes + pages.count == whole.steps.count) }
        moment = .entry(page.earlier.through.number)
      }
      #expect(pages.map(\.place) == whole.steps.map(\.place))
      #expect(pages.map(\.after) == whole.steps.map(\.after))
    }
  }

  @Test func whatWasDueIsAStepWithoutAnEntry() async throws {
    try await OpenShop.open { shop in
      await shop.stock(Self.key, 5)
      await shop.hold(Self.key, "r", 2, seconds: 10)
      let due = shop.clock.now + 10_000
      await shop.pass(60_000)
      let account = try await shop.engine.explanation(of: Self.key, at: .time(due), last: 10)
      #expect(account.steps.map { $0.after.availableToSell } == [5, 3, 5])
      #expect(account.steps.map { $0.place == nil } == [false, false, true])
      #expect(account.time == due)
      let now = try await shop.engine.explanation(of: Self.key, last: 10)
      #expect(now.steps.map { $0.place == nil } == [false, false, false])
    }
  }

  @Test func ofWhatIsNotKeptTheSnapshotTellsTheSums() async throws {
    let journal = MemoryJournal()
    try await OpenShop.open(journal) { shop in
      await shop.stock(Self.key, 9)
      await shop.hold(Self.key, "r-1", 2)
      await shop.engine.saveSnapshots()
      let image = try #require(await journal.snapshot(shard: Self.key.shard))
      await shop.hold(Self.key, "r-2", 1)
      await shop.hold(Self.key, "r-3", 1)
      let head = try #require(await shop.engine.stock(Self.key)).entry
      let store = ReadThrough(journal, since: image.through + 1) { number throws(StoreFailure) in
        guard number < image.through else { return }
        throw .historyTrimmed(shard: Self.key.shard, since: image.through + 1)
      }
      let past = KeyHistory(of: Self.key, in: store, through: ShardHead(number: head.number))
      let account = try await past.explanation(at: .entry(head.number), last: 100)
      #expect(account.earlier.isTrimmed)
      #expect(account.earlier.changes == nil)
      #expect(account.earlier.numbers.availableToSell == 7)
      #expect(account.steps.map { $0.after.availableToSell } == [6, 5])
      let oldest = EntryNumber(shard: head.shard, number: image.through)
      await #expect(throws: HistoryFailure.trimmed(oldest: oldest, at: image.time)) {
        _ = try await past.explanation(at: .entry(image.through - 1), last: 100)
      }
      // What is too long to be read whole is told from the snapshot on.
      let short = KeyHistory(of: Self.key, in: journal, through: ShardHead(number: head.number), entriesMax: 2)
      let summed = try await short.explanation(at: .entry(head.number), last: 100)
      #expect(!summed.earlier.isTrimmed)
      #expect(summed.earlier.numbers.availableToSell == 7)
      #expect(summed.steps.count == 2)
    }
  }

  @Test func momentsThatCannotBeExplained() async throws {
    try await OpenShop.open { shop in
      await shop.stock(OpenShop.key("a", "york"), 5)
      let before = shop.clock.now
      shop.clock.advance(5_000)
      await shop.stock(Self.key, 5)
      await #expect(throws: HistoryFailure.unknownThen) {
        _ = try await shop.engine.explanation(of: Self.key, at: .time(before), last: 10)
      }
      await #expect(throws: HistoryFailure.notYet) {
        _ = try await shop.engine.explanation(of: Self.key, at: .time(shop.clock.now + 1), last: 10)
      }
    }
  }
}
