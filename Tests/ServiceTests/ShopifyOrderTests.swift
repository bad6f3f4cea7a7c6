import ChannelIntake
import InventoryEngine
import Logging
import StockJournal
import StockLedger
import Testing

@testable import InventoryService

extension ServiceTests {
  /// The order in which webhooks come is Shopify's secret: it must not matter.
  @Suite struct ShopifyOrderTests {
    // MARK: The plan by itself, on the ledger's own books

    /// A webhook read once: what it says of each line.
    private struct Read {
      let told: ShopifyLife.Told
      let lines: [ShopifyLine]

      init(_ told: ShopifyLife.Told) throws {
        self.told = told
        let topic = try #require(ShopifyTopic(rawValue: told.topic))
        guard case .lines(_, let lines) = try ShopifyMessage(topic, body: told.body, of: ShopifyRig.shop) else {
          throw CancellationError()
        }
        self.lines = lines
      }
    }

    /// A source book for each location of a SKU.
    private struct Books {
      static let now = (Timestamp(iso8601: "2026-01-12T12:00:00Z", finer: .down) ?? .distantPast)
      let item: StockKey
      var books: [StockKey: SourceBook] = [:]

      init(_ sku: String) throws {
        item = try StockKey(shop: "shop", sku: sku, location: "")
        for location in ShopifyRig.shop.locations.values {
          books[try StockKey(shop: "shop", sku: sku, location: location)] = SourceBook()
        }
      }

      func places(of claim: ClaimID) -> [ClaimPlace] {
        books.keys.sorted().compactMap { books[$0]?.place(of: claim, at: $0) }
      }

      /// What the engine does with a command; the refusals are none of a good plan's.
      mutating func take(_ command: KeyedCommand) throws {
        guard case .report(let report) = command.command, let book = books[command.key] else {
          throw CancellationError()
        }
        switch book.rule(on: report, policy: .default, now: Self.now) {
        case .accept: books[command.key]?.apply(report, policy: .default, at: Self.now)
        case .duplicate: break
        case .refuse(let refusal): throw refusal
        }
      }

      var open: Int64 { books.values.reduce(0) { $0 + $1.open } }
      var gone: Int64 { books.values.reduce(0) { $0 + $1.allocated } }
      func open(at location: String) -> Int64 { books.first { $0.key.location == location }?.value.open ?? 0 }
    }

    private struct Least {
      /// Open and gone.
      let units: Int64
      let gone: Int64
    }

    /// What whoever has heard some webhooks must count at least, of each line: all that the newest body of the order
    /// says, less what was freed since; and as gone all that was said to have left.
    private struct Heard {
      private var newest: [Int64]?
      private var newestPlace = -1
      private var freed: [Int: [Int64]] = [:]
      private var left: [Int64: [Int64]] = [:]

      mutating func hear(_ told: ShopifyLife.Told, at place: Int) {
        if let order = told.order, place > newestPlace { (newest, newestPlace) = (order, place) }
        if told.order == nil { freed[place] = told.freed }
        left.merge(told.left) { $1 }
      }

      func least(_ line: Int) -> Least {
        let since = freed.reduce(0) { $0 + ($1.key > newestPlace ? $1.value[line] : 0) }
        return Least(units: (newest?[line] ?? 0) - since, gone: left.values.reduce(0) { $0 + $1[line] })
      }
    }

    /// Tells the books a webhook; stops before the command of this number, as a crash would.
    private func tell(
      _ read: Read, to books: inout [Books], stoppingBefore last: Int = .max, _ afterEach: ([Books]) -> Void
    ) throws {
      var commands = 0
      for line in read.lines {
        let index = try #require(ShopifyLife.skus.firstIndex { $0 == line.sku ?? skus[line.variant ?? 0] })
        var plan = ShopifyPlan(for: line, of: books[index].item, in: ShopifyRig.shop, now: Books.now)
        for step in 0... {
          #expect(step < 8, "a plan that does not end")
          guard step < 8, case .submit(let next) = plan.next(after: books[index].places(of: line.claim)) else { break }
          for command in next {
            if commands == last { return }
            commands += 1
            try books[index].take(command)
            afterEach(books)
          }
        }
      }
    }

    private let skus: [Int64: String] = [700: "mug", 701: "cup"]

    @Test(arguments: 0..<240 as Range<UInt64>)
    func anyOrderAnyRepeatAndAnyCrashEndTheSame(_ seed: UInt64) throws {
      var chance = SeededChance(seed: seed)
      let life = ShopifyLife(&chance)
      let all = try life.told.map { try Read($0) }
      for round in 0..<4 {
        // As it happened first; then as chance wills, some of it twice, and some begun and broken off before.
        var order = Array(all.indices)
        if round > 0 {
          for index in all.indices where chance.isOne(in: 3) { order.append(index) }
          order.shuffle(using: &chance)
        }
        var books = try ShopifyLife.skus.map { try Books($0) }
        var heard = Heard()
        for (step, index) in order.enumerated() {
          let before = life.lines.indices.map { heard.least($0) }
          heard.hear(all[index].told, at: index)
          let after = life.lines.indices.map { heard.least($0) }
          func check(_ books: [Books], _ least: [Least]) {
            for (books, least) in zip(books, least)
            where books.open + books.gone < least.units || books.gone < least.gone {
              Issue.record("round \(round), step \(step): \(books.open) open, \(books.gone) gone, at least \(least)")
            }
          }
          let meanwhile = zip(before, after).map { Least(units: min($0.units, $1.units), gone: $0.gone) }
          if round > 0 && chance.isOne(in: 4) {
            try tell(all[index], to: &books, stoppingBefore: Int.random(in: 0..<3, using: &chance)) {
              check($0, meanwhile)
            }
          }
          try tell(all[index], to: &books) { check($0, meanwhile) }
          check(books, after)
        }
        let topics = order.map { "\($0) \(all[$0].told.topic)" }
        for line in life.lines.indices {
          books[line].books.values.forEach { $0.checkInvariants() }
          #expect(books[line].open == life.openUnits(line), "round \(round), line \(line): \(topics)")
          #expect(books[line].gone == life.lines[line].gone, "round \(round), line \(line): \(topics)")
          guard life.lines[line].isPlaceSaid else { continue }
          for (id, name) in ShopifyRig.shop.locations {
            #expect(
              books[line].open(at: name) == life.open(line)[id] ?? 0, "round \(round), line \(line), \(name): \(topics)"
            )
          }
        }
      }
    }

    @Test func livesAreVariedEnoughToProveSomething() {
      var topics: Set<String> = []
      var (split, unsaid, twoLines) = (0, 0, 0)
      for seed in 0..<240 as Range<UInt64> {
        var chance = SeededChance(seed: seed)
        let life = ShopifyLife(&chance)
        topics.formUnion(life.told.map(\.topic))
        twoLines += life.lines.count - 1
        for line in life.lines.indices {
          if life.open(line).count > 1 { split += 1 }
          if !life.lines[line].isPlaceSaid { unsaid += 1 }
        }
      }
      #expect(topics.count == 9)
      #expect(min(split, twoLines) > 20)
      #expect(unsaid < 120)
    }

    // MARK: The same through desk and engine

    /// A desk on an engine of its own.
    private func atDesk(_ body: (ShopifyDesk, InventoryEngine) async throws -> Void) async throws {
      let clock = try SampleClock()
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let engine = try await InventoryEngine.open(
        store: MemoryJournal(), settings: EngineSettings(), clock: clock, logger: logger)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await engine.run() }
        try await body(try await ShopifyRig.desk()(engine, clock), engine)
        try await engine.stop()
        try await group.waitForAll()
      }
    }

    @Test(arguments: 1_000..<1_008 as Range<UInt64>)
    func anyOrderEndsTheSameAtTheDesk(_ seed: UInt64) async throws {
      var chance = SeededChance(seed: seed)
      let life = ShopifyLife(&chance)
      for _ in 0..<2 {
        let told = life.told.shuffled(using: &chance)
        try await atDesk { desk, engine in
          for told in told {
            let webhook = ShopifyWebhook(
              topic: told.topic, event: "e", webhook: "w", signature: ShopifyRig.signature(of: told.body),
              triggeredAt: nil, body: told.body)
            _ = try await desk.receive(webhook, from: ShopifyRig.shop)
          }
          #expect(await desk.unjoined(of: "shop").isEmpty)
          for line in life.lines.indices {
            var sums: (open: Int64, gone: Int64) = (0, 0)
            for location in ShopifyRig.shop.locations.values {
              let key = try StockKey(shop: "shop", sku: ShopifyLife.skus[line], location: location)
              guard let level = await engine.level(key) else { continue }
              level.checkInvariants()
              sums.open += level.sources.open
              sums.gone += level.sources.allocated
            }
            #expect(sums == (life.openUnits(line), life.lines[line].gone), "\(told.map(\.topic))")
          }
        }
      }
    }
  }
}
