import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("Carts where shards go elsewhere")
struct NodeCartTests {
  private let clock = ManualClock()
  private let mug = Place.mug
  private let cup = Place.cup

  /// Ann owns both items, five of each.
  private func withAnn(_ body: (OpenNode) async throws -> Void) async throws {
    let shards = ShardSelection.some([mug.shard, cup.shard])
    try await OpenNode.open("ann", on: OpenNode.redis(clock), clock: clock, shards: shards) { ann in
      await ann.stock(mug, 5)
      await ann.stock(cup, 5)
      try await body(ann)
    }
  }

  /// Lets time pass while the lease is renewed.
  private func pass(_ ann: OpenNode, seconds: Int) async throws {
    for _ in 0..<seconds {
      await ann.pass(1_000)
      try await ann.store.renew()
    }
  }

  @Test("a cart over shards of two nodes is refused before any line is touched")
  func acrossNodes() async throws {
    try await withAnn { ann in
      try await ann.engine.handOver([cup.shard])
      let entries = ann.engine.counters.entries
      let answers = await ann.engine.hold(carts: [
        OpenShop.cart("c1", [(mug, 2), (cup, 1)]), OpenShop.cart("c2", [(mug, 1)]),
      ])
      #expect(answers[0].refusal == .elsewhere(shard: UInt8(cup.shard)))
      #expect(answers[1].receipt?.lines.map(\.availableToSell) == [4])
      #expect(ann.engine.counters.entries == entries + 2, "one line and its decision, nothing of the other cart")
      #expect(await ann.ats(mug) == 4)
    }
  }

  @Test("a line whose cart is decided elsewhere stays until that place can be asked")
  func undecidedLine() async throws {
    try await withAnn { ann in
      let line = CartLine(hold: HoldRequest(id: OpenShop.id("c1"), quantity: .one), first: cup)
      #expect(
        await ann.engine.submit(KeyedCommand(key: mug, command: .cart(.prepare(line)))).receipt?.availableToSell == 4)
      try await ann.engine.handOver([cup.shard])
      try await pass(ann, seconds: 20)
      #expect(await ann.ats(mug) == 4, "to free it, the first key has to say that the cart does not stand")
      try await ann.engine.adopt([cup.shard])
      try await pass(ann, seconds: 6)
      #expect(await ann.eventually { await ann.ats(mug) == 5 })
      #expect(await ann.hold(cart: "c1", [(cup, 1)]).refusal == .cartAbandoned)
    }
  }

  @Test("a cart that ended is kept until the lines that live elsewhere have heard it")
  func endedCart() async throws {
    try await withAnn { ann in
      let receipt = try #require(await ann.hold(cart: "c1", [(mug, 2), (cup, 1)]).receipt)
      #expect(receipt.first == cup)
      try await ann.engine.handOver([mug.shard])
      #expect(await ann.engine.release(carts: [(OpenShop.id("c1"), cup)])[0].receipt != nil)
      #expect(await ann.ats(cup) == 5)
      try await pass(ann, seconds: 20)
      try await ann.engine.adopt([mug.shard])
      #expect(await ann.ats(mug) == 3)
      try await pass(ann, seconds: 6)
      #expect(await ann.eventually { await ann.ats(mug) == 5 })
    }
  }
}
