import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("When the store fails")
struct FailureTests {
  private let key = OpenShop.key("mug")

  @Test("no room: the answer is unknown, the shard is reloaded, holds wait, and then all goes on")
  func full() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 5)
      await shop.hold(key, "ann", 1)
      await shop.journal.arm(.appendFull)
      #expect(await shop.hold(key, "bob", 2) == .unknown)
      #expect(shop.engine.counters.failures == 1)
      #expect(await shop.hold(key, "cat", 1).refusal == .storeUnavailable(retryAfter: 1_000))
      #expect(await shop.hold(cart: "c1", [(key, 1)]).refusal == .storeUnavailable(retryAfter: 1_000))
      // What was lost was never there; what was durable is.
      #expect(await shop.numbers(key)?.reserved == 1)
      // Ends of holds go on, and the first commit that succeeds opens the door again.
      #expect(await shop.release(key, "ann").receipt != nil)
      #expect(await shop.hold(key, "bob", 2).receipt?.isDuplicate == false)
      #expect(await shop.ats(key) == 3)
      let replayed = try await replayDigest(of: shop.journal)
      #expect(await shop.engine.digest() == replayed)
    }
  }

  @Test("without any end to write, the next hold tries after a while")
  func triesAgain() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 5)
      await shop.journal.arm(.appendFull)
      #expect(await shop.hold(key, "bob", 2) == .unknown)
      #expect(await shop.hold(key, "bob", 2).refusal == .storeUnavailable(retryAfter: 1_000))
      await shop.pass(1_200)
      #expect(await shop.hold(key, "bob", 2).receipt?.units == 2)
    }
  }

  @Test("an unknown cart is held by nobody, and held when it is asked for again")
  func unknownCart() async throws {
    try await OpenShop.open { shop in
      let other = OpenShop.key("cup")
      await shop.stock(key, 5)
      await shop.stock(other, 5)
      await shop.journal.arm(.appendFull)
      let answer = await shop.hold(cart: "c1", [(key, 2), (other, 2)])
      #expect(answer.receipt == nil && answer.refusal == nil)
      #expect(await shop.ats(key) == 5)
      #expect(await shop.ats(other) == 5)
      await shop.pass(1_200)
      let again = await shop.hold(cart: "c1", [(key, 2), (other, 2)])
      #expect(again.receipt?.isDuplicate == false, "\(again)")
    }
  }

  @Test("lines that are durable while the decision is not are free again after five seconds")
  func lostDecision() async throws {
    try await OpenShop.open { shop in
      let other = OpenShop.key("cup")
      await shop.stock(key, 5)
      await shop.stock(other, 5)
      let prepare = CartStep.prepare(
        CartLine(hold: HoldRequest(id: OpenShop.id("c1"), quantity: .one), first: other))
      #expect(await shop.engine.submit(KeyedCommand(key: key, command: .cart(prepare))).receipt != nil)
      #expect(await shop.ats(key) == 4)
      await shop.pass(5_200)
      #expect(await shop.eventually { await shop.ats(key) == 5 })
      #expect(await shop.hold(cart: "c1", [(other, 1)]).refusal == .cartAbandoned)
    }
  }

  @Test("a cart's end that a line's shard lost reaches the line all the same")
  func lostEnd() async throws {
    try await OpenShop.open { shop in
      let other = OpenShop.key("cup")
      await shop.stock(key, 5)
      await shop.stock(other, 5)
      let first = try #require(await shop.hold(cart: "c1", [(key, 2), (other, 2)]).receipt?.first)
      // The first key writes the end; nobody has told the lines yet when the store has no room.
      let end = KeyedCommand(key: first, command: .cart(.end(OpenShop.id("c1"), .release, claims: [])))
      #expect(await shop.engine.submit(end).receipt != nil)
      await shop.journal.arm(.appendFull)
      _ = await shop.engine.release(carts: [(OpenShop.id("c1"), first)])
      #expect(shop.engine.counters.failures == 1)
      await shop.pass(6_000)
      #expect(await shop.eventually { await shop.ats(key) == 5 })
      #expect(await shop.eventually { await shop.ats(other) == 5 })
    }
  }

  @Test("a failed sync ends the run; who waits is told that the outcome is unknown, and nothing is read any more")
  func failedSync() async throws {
    let journal = MemoryJournal()
    await #expect(throws: StoreFailure.self) {
      try await OpenShop.open(journal) { shop in
        await shop.stock(key, 5)
        await shop.journal.arm(.sync)
        let answers = await withTaskGroup(of: Answer.self) { group in
          for buyer in 0..<20 { group.addTask { await shop.hold(key, "h\(buyer)", 1) } }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0 == .unknown || $0.refusal == .stopping })
        #expect(answers.contains(.unknown))
        #expect(await shop.hold(key, "late", 1).refusal == .stopping)
        #expect(await shop.ats(key) == nil)
        #expect(await shop.engine.level(key) == nil)
      }
    }
  }

  @Test("a snapshot that finds no room is tried again, and the journal stays whole")
  func snapshotFull() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    try await OpenShop.open(journal, clock: clock) { shop in
      await shop.stock(key, 5)
      await journal.arm(.saveFull)
      #expect(await shop.engine.saveSnapshots() == 0)
      #expect(await shop.engine.saveSnapshots() == 1)
    }
    try await OpenShop.open(await journal.reopened(), clock: clock) { shop in
      #expect(shop.engine.recovery.snapshots == 1)
      #expect(await shop.ats(key) == 5)
    }
  }

  @Test("a store that cannot be read refuses the start, with its reason")
  func closedStore() async throws {
    let journal = MemoryJournal()
    try await OpenShop.open(journal) { shop in await shop.stock(key, 5) }
    await #expect(throws: StartFailure.self) { try await OpenShop.open(journal) { _ in } }
  }

  @Test("relaxed: answers leave at once, and a crash may lose what was not synced yet")
  func relaxed() async throws {
    var settings = EngineSettings()
    settings.durability = .relaxed(every: 50)
    let journal = MemoryJournal()
    let clock = ManualClock()
    let image = try await OpenShop.open(journal, clock: clock, settings: settings) { shop in
      await shop.stock(key, 5)
      #expect(await shop.hold(key, "ann", 1).receipt != nil)
      let image = await journal.reopened()
      #expect(await shop.eventually { shop.engine.counters.entries == 2 })
      return image
    }
    try await OpenShop.open(image, clock: clock) { shop in #expect(await shop.ats(key) == 0) }
    try await OpenShop.open(await journal.reopened(), clock: clock) { shop in #expect(await shop.ats(key) == 4) }
  }
}
