@testable import StockLedger
import Testing

@Suite("A publication's image is its whole state, and what it remembers is bounded")
struct PublicationImageTests {
  private static let habits = TradingShop.Habits(hasEdits: true, hasRestocks: true, crashes: true)

  @Test("an image comes back to the byte, and so does replay, at every step of trade", arguments: 1...20)
  func images(seed: Int) throws {
    var trade = TradingShop(seed: seed, Self.habits)
    for step in 0..<300 {
      trade.trade()
      let publication = trade.shop.publication
      var again = try Publication(image: publication.image)
      again.aim(at: trade.shop.ats)
      #expect(again == publication)
      if step % 25 == 0 { #expect(trade.shop.replayed == publication) }
    }
  }

  @Test("truncated images throw; flipped ones throw or give another machine that works, and never trap")
  func damage() throws {
    var trade = TradingShop(seed: 5, Self.habits)
    var image: [UInt8] = []
    // The richest state of some trade: a call out, changes that wait, claims, doubts.
    for _ in 0..<400 {
      trade.trade()
      if trade.shop.publication.image.count > image.count { image = trade.shop.publication.image }
    }
    let now = trade.shop.now
    for count in 0..<image.count {
      #expect(throws: ByteError.self) { try Publication(image: Array(image[..<count])) }
    }
    var valid = 0
    for bit in 0..<(image.count * 8) {
      var bytes = image
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      guard var publication = try? Publication(image: bytes) else { continue }
      #expect(publication.image == bytes)
      valid += 1
      publication.aim(at: 7)
      for input in [.restarted, .read(available: 3), .answered(.accepted), .retry, .hint(available: 1)]
        as [PublicationInput]
      {
        if let due = publication.due(at: now) { publication.apply(due, at: now) }
        if case .accept(let entry) = publication.decide(input, now: now) { publication.apply(entry, at: now) }
        _ = publication.action(at: now)
      }
    }
    #expect(valid > 100)
  }

  @Test("more changes than a call's wait holds are added up, and counted all the same")
  func manyWhileWriting() {
    var shop = ShopWorld.atRest(2_000)
    shop.held = 1
    shop.send()
    shop.arrive()
    for order in 0..<500 {
      shop.sells("o\(order)", 2)
      shop.hears("o\(order)")
      shop.restocks("r\(order)", of: "o\(order)", 1)
      shop.hears(restock: "r\(order)")
    }
    #expect(shop.publication.waiting.count <= Limits.changesWaitingMax + 1)
    shop.answer()
    #expect(shop.expected == 1_499)
    shop.expectRest(at: 1_499)
  }

  @Test("more claims than are kept apart are added up, and taken over all the same")
  func manyClaims() {
    var shop = ShopWorld.atRest(100)
    let orders = (0..<40).map { "o\($0)" }
    for order in orders {
      shop.sells(order)
      shop.pass(10_000)
      shop.say(.hint(available: shop.available))
      shop.settle()
    }
    #expect(shop.publication.unattributed.count == Limits.unattributedClaimsMax)
    #expect(shop.unattributed == 40)
    #expect(shop.ats == 60)
    for order in orders.reversed() { shop.hears(order) }
    shop.expectRest(at: 60)
  }

  @Test("a claim's name in the ledger tells its channel and its number")
  func claimNames() {
    let shopify = ShopWorld.id("shopify")
    #expect(Publication.claim(12, channel: shopify).description == "shopify?12")
    #expect(Publication.claim(12, channel: shopify) != Publication.claim(13, channel: shopify))
    #expect(!Publication.claim(.max, channel: ShopWorld.id(String(repeating: "x", count: 128))).isNone)
  }
}
