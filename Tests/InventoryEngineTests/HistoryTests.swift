import InventoryEngine
import StockJournal
import StockLedger
import Testing

/// A key's past, as the journal tells it beside the running engine.
@Suite struct HistoryTests {
  private static let key = OpenShop.key("a")
  private static let other = OpenShop.key("a", "york")

  /// Does this and that to two keys of one shard, snapshots between, and notes what was so after each step.
  private static func trade(
    _ shop: OpenShop, snapshots: Bool
  ) async -> [(number: UInt64, at: Timestamp, numbers: StockNumbers)] {
    var told: [(number: UInt64, at: Timestamp, numbers: StockNumbers)] = []
    func note() async {
      guard let view = await shop.engine.stock(key) else { return }
      told.append((view.entry.number, shop.clock.now, view.numbers))
      shop.clock.advance(1_000)
    }
    for round in 0..<6 {
      await shop.stock(key, 40)
      await note()
      await shop.stock(other, 40)
      await shop.hold(key, "a-\(round)", 3)
      await note()
      await shop.hold(other, "b-\(round)", 2)
      await shop.confirm(key, "a-\(round)", as: "order-\(round)")
      await note()
      await shop.hold(key, "c-\(round)", 1)
      await note()
      await shop.release(key, "c-\(round)")
      await note()
      if snapshots && round % 2 == 1 { await shop.engine.saveSnapshots() }
    }
    return told
  }

  @Test(arguments: [false, true])
  func everyMomentIsToldAsItWas(_ snapshots: Bool) async throws {
    try await OpenShop.open { shop in
      for (number, at, numbers) in await Self.trade(shop, snapshots: snapshots) {
        let byEntry = try await shop.engine.stock(Self.key, at: .entry(number))
        #expect(byEntry.numbers == numbers)
        #expect(byEntry.entry.number == number)
        let byTime = try await shop.engine.stock(Self.key, at: .time(at))
        #expect(byTime.numbers == numbers)
      }
    }
  }

  @Test(arguments: [false, true], [1, 4, 100])
  func entriesFromBothEnds(_ snapshots: Bool, _ limit: Int) async throws {
    try await OpenShop.open { shop in
      let told = await Self.trade(shop, snapshots: snapshots)
      var forwards: [TracedEntry] = []
      while true {
        let page = try await shop.engine.entries(
          of: Self.key, after: forwards.last?.place.number ?? 0, limit: limit)
        forwards += page.entries
        if !page.hasMore { break }
        #expect(page.entries.count == limit)
      }
      #expect(forwards.map(\.place.number) == told.map(\.number))
      #expect(forwards.map(\.after) == told.map(\.numbers))
      #expect(forwards.dropFirst().map(\.before) == told.dropLast().map(\.numbers))
      var backwards: [TracedEntry] = []
      while true {
        let page = try await shop.engine.entries(
          of: Self.key, before: backwards.last?.place.number ?? .max, limit: limit)
        backwards += page.entries
        if !page.hasMore { break }
        #expect(page.entries.count == limit)
      }
      #expect(backwards.map(\.place) == forwards.map(\.place).reversed())
      #expect(backwards.map(\.before) == forwards.map(\.before).reversed())
    }
  }

  @Test func whatWasDueHadEnded() async throws {
    try await OpenShop.open { shop in
      await shop.stock(Self.key, 5)
      let start = shop.clock.now
      await shop.hold(Self.key, "r", 2, seconds: 10)
      await shop.pass(60_000)
      let before = try await shop.engine.stock(Self.key, at: .time(start + 9_000))
      let after = try await shop.engine.stock(Self.key, at: .time(start + 10_000))
      #expect(before.availableToSell == 3)
      #expect(after.availableToSell == 5)
    }
  }

  @Test func momentsThatCannotBeTold() async throws {
    try await OpenShop.open { shop in
      await shop.stock(Self.other, 5)
      let before = shop.clock.now
      shop.clock.advance(5_000)
      await shop.stock(Self.key, 5)
      let last = try #require(await shop.engine.stock(Self.key)).entry.number
      func failure(_ moment: HistoryMoment) async -> HistoryFailure? {
        do throws(HistoryFailure) { _ = try await shop.engine.stock(Self.key, at: moment) } catch { return error }
        return nil
      }
      #expect(await failure(.time(before)) == .unknownThen)
      #expect(await failure(.entry(last - 1)) == .unknownThen)
      #expect(await failure(.entry(last + 1)) == .notYet)
      #expect(await failure(.time(shop.clock.now + 1)) == .notYet)
      #expect(await failure(.entry(last)) == nil)
    }
  }

  @Test func onlyWhatIsDurableIsToldAndNoMoreIsReadThanAllowed() async throws {
    let journal = MemoryJournal()
    try await OpenShop.open(journal) { shop in
      let trade = await Self.trade(shop, snapshots: false)
      let head = trade[3].number
      let past = KeyHistory(of: Self.key, in: journal, through: ShardHead(number: head))
      let told = try await past.entries(after: 0, limit: 100).entries
      #expect(told.last?.place.number == head)
      await #expect(throws: HistoryFailure.notYet) { _ = try await past.state(at: .entry(head + 1)) }
      let short = KeyHistory(of: Self.key, in: journal, through: ShardHead(number: trade[9].number), entriesMax: 5)
      await #expect(throws: HistoryFailure.tooLong) { _ = try await short.entries(before: .max, limit: 1) }
    }
  }

  @Test(arguments: [false, true])
  func trimmedHistoryIsToldWithoutNumbers(_ throwsWords: Bool) async throws {
    let journal = MemoryJournal()
    try await OpenShop.open(journal) { shop in
      let told = await Self.trade(shop, snapshots: false)
      await shop.engine.saveSnapshots()
      let snapshot = try #require(await journal.snapshot(shard: Self.key.shard))
      await shop.hold(Self.key, "late", 1)
      let head = try #require(await shop.engine.stock(Self.key)).entry.number
      let store = ReadThrough(journal, since: told[9].number) { number throws(StoreFailure) in
        guard throwsWords, number + 1 < told[9].number else { return }
        throw .historyTrimmed(shard: Self.key.shard, since: told[9].number)
      }
      let past = KeyHistory(of: Self.key, in: store, through: ShardHead(number: head))
      let all = try await past.entries(after: 0, limit: 1_000).entries
      #expect(all.map(\.place.number) == told[9...].map(\.number) + [head])
      let image = try #require(told.last)
      #expect(all.dropLast(2).allSatisfy { $0.before == nil && $0.after == nil })
      #expect(all.dropLast().last?.after == image.numbers)
      #expect(all.last?.before == image.numbers)
      let backwards = try await past.entries(before: .max, limit: 1_000).entries
      #expect(backwards.map(\.place) == all.map(\.place).reversed())
      let oldest = EntryNumber(shard: UInt8(Self.key.shard), number: snapshot.through)
      await #expect(throws: HistoryFailure.trimmed(oldest: oldest, at: snapshot.time)) {
        _ = try await past.state(at: .entry(told[12].number))
      }
      let last = try await past.state(at: .entry(head))
      #expect(last.level.liveCount == 1)
    }
  }

  @Test func tooManyQuestionsAtOnceAreRefused() async throws {
    let mayGoOn = Flag()
    let journal = MemoryJournal()
    let store = ReadThrough(journal) { _ in
      while !mayGoOn.isRaised { await Task.yield() }
    }
    try await OpenShop.open(journal, through: store) { shop in
      let foreign = OpenShop.key("a", shop: "other")
      await shop.stock(Self.key, 5)
      await shop.stock(foreign, 5)
      let engine = shop.engine
      func ask(_ key: StockKey) async -> HistoryFailure? {
        do throws(HistoryFailure) { _ = try await engine.entries(of: key, limit: 1) } catch { return error }
        return nil
      }
      let failures = await withTaskGroup(of: HistoryFailure?.self) { group in
        for _ in 0..<5 { group.addTask { await ask(Self.key) } }
        // Four wait for the store; the fifth is told at once.
        var failures = [await group.next() ?? nil]
        group.addTask { await ask(foreign) }
        mayGoOn.raise()
        for await failure in group { failures.append(failure) }
        return failures
      }
      #expect(failures == [.overloaded(retryAfter: 1_000), nil, nil, nil, nil, nil])
      #expect(await ask(Self.key) == nil)
    }
  }
}

/// A journal whose records are read through a test's word; those before an entry are not given.
struct ReadThrough: JournalStore {
  private let journal: MemoryJournal
  private let since: UInt64
  private let onRead: @Sendable (UInt64) async throws(StoreFailure) -> Void

  init(
    _ journal: MemoryJournal, since: UInt64 = 1,
    onRead: @escaping @Sendable (UInt64) async throws(StoreFailure) -> Void
  ) {
    self.journal = journal
    self.since = since
    self.onRead = onRead
  }

  func records(shard: Int, after number: UInt64, limit: Int) async throws(StoreFailure) -> [JournalRecord] {
    try await onRead(number)
    return try await journal.records(shard: shard, after: max(number, since - 1), limit: limit)
  }

  func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] {
    try await journal.append(records)
  }
  var hasRoom: Bool { get async { await journal.hasRoom } }
  func heads() async throws(StoreFailure) -> [ShardHead] { try await journal.heads() }
  func page(after numbers: [UInt64], from cursor: PageCursor) async throws(StoreFailure) -> RecordPage {
    try await journal.page(after: numbers, from: cursor)
  }
  func save(_ snapshot: ShardSnapshot) async throws(StoreFailure) { try await journal.save(snapshot) }
  func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot? { try await journal.snapshot(shard: shard) }
  func trim(shard: Int, through number: UInt64) async throws(StoreFailure) {
    try await journal.trim(shard: shard, through: number)
  }
  func close() async throws(StoreFailure) { try await journal.close() }
}
