import ShopifyEmulatorCore
import StockLedger
import Testing

/// The publications and the shop that they are written for, in one value: 500 orders at Shopify while stock comes in.
@Suite("Publications meet the emulated shop")
struct PublicationMeetsShopTests {
  private func trade(_ shop: inout PublishingShop, crashes: Bool) {
    var orders = 0
    while orders < 500 {
      shop.wait(Int64(shop.chance.below(shop.chance.below(20) == 0 ? 6_000 : 120)))
      let variant = shop.variants[shop.chance.below(shop.variants.count)]
      switch shop.chance.below(10) {
      case 0...2:
        orders += 1
        shop.sell(variant, Int64(1 + shop.chance.below(2)))
      case 3: shop.receive(variant, Int64(shop.chance.below(5)))
      case 4, 5: shop.hear()
      case 6: shop.book()
      case 7, 8: _ = shop.call()
      default: if crashes && shop.chance.below(40) == 0 { shop.crash() }
      }
      shop.takeAnswers()
    }
    shop.quiet()
  }

  private func expectEqual(_ shop: PublishingShop, isEdited: Bool = false) {
    for (place, number) in shop.numbers.enumerated() {
      #expect(number.shopify == number.ledger, "variant \(place)")
      if !isEdited { #expect(number.unattributed == 0, "variant \(place)") }
    }
    #expect(shop.outbox.stoppedKeys.isEmpty)
    #expect(shop.script.shop.audit.writes > 20)
    #expect(shop.above == 0 || isEdited, "writes above what was true")
  }

  @Test("nothing goes wrong: both sides end equal, and no write was over an order", arguments: UInt64(1)...4)
  func calm(seed: UInt64) throws {
    var shop = try PublishingShop(seed: seed, variants: 12, units: 30) { _ in }
    trade(&shop, crashes: false)
    expectEqual(shop)
  }

  @Test("webhooks late, twice, mixed up and lost; calls cut, failed and throttled; crashes", arguments: UInt64(1)...8)
  func faults(seed: UInt64) throws {
    var shop = try PublishingShop(seed: seed, variants: 12, units: 30) { settings in
      settings.webhooks.delay = 0...8_000
      settings.webhooks.lateBody = 0...3_000
      settings.webhooks.lossPerMille = 50
      settings.webhooks.duplicatePerMille = 100
      settings.faults.errorBeforePerMille = 30
      settings.faults.errorAfterPerMille = 30
      settings.faults.cutBeforePerMille = 30
      settings.faults.cutAfterPerMille = 30
      settings.faults.tooManyPerMille = 30
    }
    trade(&shop, crashes: true)
    expectEqual(shop)
  }

  @Test("a person edits by hand as well: both sides end equal", arguments: UInt64(1)...4)
  func edits(seed: UInt64) throws {
    var shop = try PublishingShop(seed: seed, variants: 12, units: 30) { settings in
      settings.webhooks.delay = 0...4_000
      settings.faults.handEditPerMille = 40
      settings.faults.cutAfterPerMille = 30
    }
    trade(&shop, crashes: true)
    expectEqual(shop, isEdited: true)
  }
}
