@testable import StockLedger
import Testing

@Suite("A publication never writes over an order that it has not counted")
struct PublicationInterleavingTests {
  @Test("at first it reads, and writes only what differs")
  func first() {
    var shop = ShopWorld(physical: 10, available: 7)
    shop.publication.aim(at: 10)
    #expect(shop.next == .read)
    shop.read()
    #expect(shop.expected == 7)
    #expect(shop.next == .send(quantity: 10, changeFrom: 7))
    #expect(shop.write() == .accepted)
    #expect(shop.next == .rest)
    #expect(shop.publication.accepted?.units == 10)
    #expect(shop.publication.confirmed?.units == 10)
    shop.expectRest(at: 10)
  }

  @Test("webhook first: the order lowers what is expected, and nothing is written or booked")
  func webhookFirst() {
    var shop = ShopWorld.atRest(10)
    let writes = shop.writes
    shop.sells("o1", 2)
    shop.pass(300)
    shop.hears("o1")
    #expect(shop.expected == 8)
    #expect(shop.next == .rest)
    shop.expectRest(at: 8)
    #expect(shop.writes == writes)
  }

  @Test("confirm first: a hold is published, its order bypasses the channel's number, and nothing moves twice")
  func confirmFirst() {
    var shop = ShopWorld.atRest(10)
    shop.held = 1
    shop.publication.aim(at: shop.ats)
    #expect(shop.next == .send(quantity: 9, changeFrom: 10))
    #expect(shop.write() == .accepted)
    shop.sellsBypassing("o1")
    shop.pass(200)
    shop.hears("o1", .bypassing)
    #expect(shop.next == .rest)
    shop.expectRest(at: 9)
  }

  @Test("confirm first in a channel that decrements: the order moves what is expected, and the unit is given back")
  func confirmFirstDecrementing() {
    var shop = ShopWorld.atRest(10)
    shop.held = 1
    #expect(shop.write() == .accepted)
    shop.pass(5_000)
    shop.sells("o1")
    #expect(shop.available == 8)
    shop.hears("o1", .decrementing)
    #expect(shop.expected == 8)
    #expect(shop.next == .send(quantity: 9, changeFrom: 8))
    shop.expectRest(at: 9)
  }

  @Test("stale first: re-read, book what is missing, write under a new key; the late order takes the claim")
  func staleFirst() {
    var shop = ShopWorld.atRest(10)
    shop.sells("o1", 2)
    shop.pass(5_000)
    // The warehouse finds three more: the write does not know of the order.
    shop.physical = 13
    let first = shop.send()
    #expect(first?.changeFrom == 10)
    shop.arrive()
    #expect(shop.answer() == .stale)
    #expect(shop.available == 8)
    #expect(shop.next == .read)
    shop.read()
    #expect(shop.expected == 8)
    #expect(shop.next == .book(number: 1, units: 2))
    shop.book()
    #expect(shop.ats == 11)
    #expect(shop.next == .send(quantity: 11, changeFrom: 8))
    let second = shop.send()
    #expect(second?.key != first?.key)
    shop.arrive()
    #expect(shop.answer() == .accepted)
    shop.pass(60_000)
    shop.hears("o1")
    #expect(shop.expected == 11, "the read had it")
    #expect(shop.next == .join(number: 1, leaving: 0))
    shop.expectRest(at: 11)
    #expect(shop.unnamed.isEmpty)
  }

  @Test("two orders around one read: the older takes the claim, the younger lowers what is expected")
  func twoOrdersAroundOneRead() {
    var shop = ShopWorld.atRest(10)
    shop.sells("before")
    shop.pass(5_000)
    shop.physical = 20
    #expect(shop.write() == .stale)
    shop.read()
    shop.pass(5_000)
    shop.sells("after", 3)
    shop.book()
    shop.pass(1_000)
    shop.hears("after")
    #expect(shop.expected == 6)
    #expect(shop.unattributed == 1)
    shop.hears("before")
    #expect(shop.expected == 6)
    #expect(shop.unattributed == 0)
    shop.expectRest(at: 16)
  }

  @Test("an order that falls into the read itself is doubted, and a second read tells")
  func orderInsideTheRead() {
    var shop = ShopWorld.atRest(10)
    shop.sells("before")
    shop.pass(5_000)
    shop.physical = 20
    #expect(shop.write() == .stale)
    shop.ask()
    shop.pass(20)
    shop.sells("inside", 2)
    shop.look()
    shop.pass(20)
    shop.tell()
    #expect(shop.unattributed == 3)
    shop.book()
    shop.hears("inside")
    // By the clocks it may be either: the claims stay, which sells too little, until a read knows.
    #expect(shop.unattributed == 3)
    #expect(shop.expected == 5)
    shop.settle()
    #expect(shop.unattributed == 1)
    shop.hears("before")
    shop.expectRest(at: 17)
  }

  @Test("an order that falls into the read and is named before its answer is not taken for a rise")
  func namedInsideTheRead() {
    var shop = ShopWorld.atRest(10)
    shop.say(.hint(available: 4))
    shop.pass(Limits.hintPatience)
    shop.ask()
    shop.look()
    shop.sells("inside")
    shop.hears("inside")
    shop.pass(30)
    shop.tell()
    #expect(shop.expected == 9)
    #expect(shop.unattributed == 0)
    shop.expectRest(at: 9)
  }

  @Test("an order while a write is out waits for the answer")
  func orderWhileWriting() {
    var shop = ShopWorld.atRest(10)
    shop.physical = 15
    shop.send()
    shop.arrive()
    shop.pass(5_000)
    shop.sells("o1", 4)
    let madeAt = shop.now
    shop.hears("o1")
    #expect(shop.expected == 10)
    #expect(shop.next == .rest)
    shop.pass(20)
    #expect(shop.answer() == .accepted)
    #expect(shop.expected == 11)
    #expect(shop.next == .wait(until: madeAt + Limits.channelSkew), "a second look, because clocks cannot tell")
    shop.expectRest(at: 11)
  }

  @Test("a person takes units away: an open claim keeps them, and goes to reconciliation after six hours")
  func handEditDown() {
    var shop = ShopWorld.atRest(10)
    shop.edit(by: -4)
    shop.say(.hint(available: 6))
    shop.expectRest(at: 6, unattributed: 4)
    shop.pass(Limits.unnamedClaimMax + 60_000)
    shop.say(.hint(available: 6))
    #expect(shop.publication.unattributed.first?.isHandedOver == true)
    // It was shrinkage: the count knows it now, and the claim ends.
    shop.physical = 6
    shop.unnamed = [:]
    #expect(shop.say(.settled(number: 1)) == .accept(.settled(number: 1)))
    shop.expectRest(at: 6)
  }

  @Test("a person adds units: it is read twice, nothing is booked, and the target is written")
  func handEditUp() {
    var shop = ShopWorld.atRest(10)
    shop.edit(by: 5)
    shop.say(.hint(available: 15))
    shop.pass(Limits.hintPatience)
    #expect(shop.next == .read)
    shop.read()
    #expect(shop.unattributed == 0)
    #expect(shop.next == .read, "a second look")
    shop.read()
    #expect(shop.next == .send(quantity: 10, changeFrom: 15))
    shop.expectRest(at: 10)
  }

  @Test("a restock that is named late was counted by the read: its units are published once")
  func restockAfterItsRead() {
    var shop = ShopWorld.atRest(10)
    shop.sells("o1", 3)
    shop.hears("o1")
    shop.pass(10_000)
    shop.restocks("refund", of: "o1", 2)
    shop.say(.hint(available: 9))
    shop.settle()
    #expect(shop.available == 7, "nobody has said whose they are")
    shop.pass(60_000)
    shop.hears(restock: "refund")
    #expect(shop.expected == 7)
    shop.expectRest(at: 9)
  }

  @Test("a restock named first raises what is expected")
  func restockFirst() {
    var shop = ShopWorld.atRest(10)
    shop.sells("o1", 3)
    shop.hears("o1")
    shop.pass(10_000)
    shop.restocks("refund", of: "o1", 3)
    shop.hears(restock: "refund")
    #expect(shop.expected == 10)
    #expect(shop.next == .rest)
    shop.expectRest(at: 10)
  }

  @Test("a late restock hides an unseen order: the units that nobody saw come have gone too")
  func restockHidesAnOrder() {
    var shop = ShopWorld.atRest(10)
    shop.sells("o1", 3)
    shop.hears("o1")
    shop.pass(10_000)
    shop.restocks("refund", of: "o1", 1)
    shop.sells("unseen", 1)
    shop.say(.hint(available: 4))
    shop.settle()
    #expect(shop.expected == 7)
    shop.pass(10_000)
    shop.hears(restock: "refund")
    #expect(shop.unattributed == 1)
    shop.book()
    #expect(shop.next == .rest, "8 − 1: not a write above the truth")
    shop.hears("unseen")
    shop.expectRest(at: 7)
  }

  @Test("the last unit, held through us: the order bypasses the number, and nobody else gets it")
  func lastUnitBypassing() {
    var shop = ShopWorld.atRest(1)
    shop.held = 1
    #expect(shop.write() == .accepted)
    #expect(shop.available == 0)
    shop.sellsBypassing("o1")
    shop.hears("o1", .bypassing)
    shop.expectRest(at: 0)
  }

  @Test("the last unit, held in a channel that decrements: the number falls below nothing and is put right")
  func lastUnitDecrementing() {
    var shop = ShopWorld.atRest(1)
    shop.held = 1
    #expect(shop.write() == .accepted)
    shop.pass(5_000)
    shop.sells("o1")
    #expect(shop.available == -1)
    shop.hears("o1", .decrementing)
    #expect(shop.next == .send(quantity: 0, changeFrom: -1))
    shop.expectRest(at: 0)
  }

  @Test("the last unit, sold by the channel's own checkout as ours is held: one unit short, and both sides say so")
  func lastUnitTwice() {
    var shop = ShopWorld.atRest(1)
    shop.held = 1
    shop.send()
    shop.sells("o1")
    shop.arrive()
    #expect(shop.answer() == .stale, "the order is not written over")
    shop.hears("o1")
    shop.expectRest(at: 0)
    #expect(shop.physical - shop.held - 1 == -1)
  }

  @Test("our own echo is no change, in flight or after")
  func echo() {
    var shop = ShopWorld.atRest(10)
    shop.physical = 12
    shop.send()
    shop.arrive()
    #expect(shop.say(.hint(available: 12)) == .ignore)
    #expect(shop.say(.hint(available: 10)) == .ignore)
    shop.answer()
    #expect(shop.say(.hint(available: 12)) == .ignore)
    #expect(shop.next == .rest)
  }

  @Test("a hint that a name explains in time is no reason to read")
  func hintBeforeItsOrder() {
    var shop = ShopWorld.atRest(10)
    shop.sells("o1", 2)
    #expect(shop.say(.hint(available: 8)) == .accept(.hinted(available: 8)))
    #expect(shop.next == .wait(until: shop.now + Limits.hintPatience))
    shop.pass(400)
    shop.hears("o1")
    #expect(shop.next == .rest)
  }

  @Test("a hint without a number is always looked into")
  func hintWithoutNumber() {
    var shop = ShopWorld.atRest(10)
    shop.edit(by: -1)
    shop.say(.hint(available: nil))
    #expect(shop.say(.hint(available: nil)) == .ignore)
    shop.expectRest(at: 9, unattributed: 1)
  }

  @Test("ABA: an order under an opposite change is written over once, and its webhook heals the number")
  func aba() {
    var shop = ShopWorld.atRest(10)
    shop.sells("o1", 2)
    shop.edit(by: 2)
    shop.pass(5_000)
    shop.physical = 12
    #expect(shop.write() == .accepted, "the comparison cannot see it")
    #expect(shop.available == 12)
    shop.pass(5_000)
    shop.hears("o1")
    #expect(shop.expected == 12)
    #expect(shop.next == .send(quantity: 10, changeFrom: 12))
    shop.expectRest(at: 10)
  }

  @Test("orders from before the first read are in it")
  func ordersBeforeTheFirstRead() {
    var shop = ShopWorld(physical: 10, available: 10)
    shop.sells("old", 2)
    shop.pass(10_000)
    shop.read()
    #expect(shop.expected == 8)
    shop.pass(10_000)
    shop.hears("old")
    #expect(shop.expected == 8)
    shop.expectRest(at: 8)
  }
}
