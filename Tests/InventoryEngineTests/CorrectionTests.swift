import StockJournal
import StockLedger
import Testing

@testable import InventoryEngine

@Suite("A correction is a command like any other")
struct CorrectionTests {
  private let key = OpenShop.key("mug")
  private let web = OpenShop.id("web")

  private func correct(
    _ document: String, _ change: Correction.Change, of key: StockKey? = nil, reason: CorrectionReason = .unexplained
  ) -> KeyedCommand {
    KeyedCommand(
      key: key ?? self.key,
      command: .correct(
        Correction(
          document: OpenShop.id(document), report: OpenShop.id("rep1"), reason: reason, change: change)))
  }

  @Test("of two that saw the same drift one mends it, at once or in one batch")
  func once() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 5)
      let engine = shop.engine
      async let ann = engine.submit(correct("ann", .onHand(delta: 2, from: 5)))
      async let bob = engine.submit(correct("bob", .onHand(delta: 2, from: 5)))
      let answers = await [ann, bob]
      #expect(answers.count { $0.receipt != nil } == 1)
      #expect(answers.count { $0.refusal == .changedMeanwhile(now: 7) } == 1)
      let batch = await engine.submit([
        correct("r1", .onHand(delta: -1, from: 7)), correct("r2", .onHand(delta: -1, from: 7)),
        correct("r1", .onHand(delta: -1, from: 7)),
      ])
      #expect(batch.map { $0.receipt?.availableToSell } == [6, nil, 6])
      #expect(batch[2].receipt?.isDuplicate == true)
      #expect(await shop.ats(key) == 6)
    }
  }

  @Test("asked again after a crash it is the same; snapshot, tail and replay agree on it")
  func restart() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    let image = try await OpenShop.open(journal, clock: clock) { shop in
      await shop.stock(key, 5)
      await shop.order(key, "o1", 3)
      #expect(await shop.engine.submit(correct("r1", .claim(OpenShop.id("o1"), units: 2, from: 3))).receipt?.units == 2)
      await shop.engine.saveSnapshots()
      #expect(await shop.engine.submit(correct("r2", .onHand(delta: -1, from: 5))).receipt?.units == -1)
      let image = await journal.reopened()
      let live = await shop.engine.digest()
      let replayed = try await replayDigest(of: image)
      #expect(replayed == live)
      return image
    }
    try await OpenShop.open(image, clock: clock) { shop in
      #expect(await shop.ats(key) == 3)
      let answers = await shop.engine.submit([
        correct("r1", .claim(OpenShop.id("o1"), units: 2, from: 3)), correct("r2", .onHand(delta: -1, from: 5)),
      ])
      #expect(answers.map { $0.receipt?.isDuplicate } == [true, true])
      #expect(await shop.ats(key) == 3)
    }
  }

  @Test("an item's own quota gets back what a correction ended, and gives it again")
  func itemQuota() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 100)
      var rules = KeyPolicy()
      rules.channels = [ChannelPolicy(channel: web, quota: 10)]
      _ = await shop.engine.submit(KeyedCommand(key: key.item, command: .setPolicy(rules)))
      let demand = Demand(
        claim: OpenShop.id("o1"), kind: .order, total: Quantity(8) ?? .one, occurredAt: shop.clock.now, channel: web)
      await shop.report(key, "shopify", "order", .demand(demand))
      func hold(_ id: String, _ units: Int64) async -> Answer {
        await shop.engine.submit(OpenShop.hold(key, id, units, channel: "web"))
      }
      #expect(await hold("h1", 3).refusal == .insufficientStock(available: 2))
      let orphaned = correct("r1", .claim(OpenShop.id("o1"), units: 8, from: 8), reason: .claimOrphaned)
      #expect(await shop.engine.submit(orphaned).receipt?.availableToSell == 100)
      #expect(await hold("h2", 3).receipt?.units == 3)
      #expect(await shop.engine.submit(orphaned).receipt?.isDuplicate == true)
      let undone = correct("u1", .claim(OpenShop.id("o1"), units: -8, from: 0), reason: .undone)
      #expect(await shop.engine.submit(undone).receipt?.units == -8)
      #expect(await hold("h3", 1).refusal == .insufficientStock(available: 0))
    }
  }

  @Test("a claim that a correction has ended since the publisher looked is not booked any more")
  func endedBeforeBooking() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 10)
      let keeper = try #require(await shop.engine.directory.keeper(for: key))
      _ = await keeper.publish([.reading, .read(available: 10), .hint(available: 8)], at: web, now: shop.clock.now)
      shop.clock.advance(10_000)
      let missing = await keeper.publish([.reading, .read(available: 8)], at: web, now: shop.clock.now)
      var outbox = PublicationOutbox()
      outbox.adopt(try #require(missing?.content.publication), of: key, at: shop.clock.now)
      let owed = try #require(outbox.owed(at: shop.clock.now).first)
      #expect([owed.number, owed.units] == [1, 2])
      #expect(await shop.engine.submit(correct("r1", .unnamed(web, number: 1, from: 2))).receipt?.units == 2)
      let turn = await keeper.hold(owed, at: web, by: OpenShop.id("shopify"), now: shop.clock.now)
      guard case .success(let standing) = turn?.content else { return #expect(Bool(false), "the keeper answers") }
      #expect(standing.publication.unattributed == [])
      #expect(await shop.ats(key) == 10)
    }
  }
}
