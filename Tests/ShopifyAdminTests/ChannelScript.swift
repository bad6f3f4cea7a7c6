import ChannelIntake
import InventoryEngine
import ShopifyEmulatorCore
import Testing

@testable import ShopifyAdmin
@testable import StockLedger

/// A channel to an emulated shop with two locations, of which one has a name here.
struct ChannelScript: Sendable {
  let open: OpenShopDoor
  let channel: ShopifyChannel
  let leeds: Int64
  let york: Int64

  var door: ShopDoor { open.door }

  /// Runs a channel to a shop with these SKUs in Leeds.
  static func run(
    _ stock: [String: Int64], settings: ShopifyChannelSettings = ShopifyChannelSettings(),
    _ change: @escaping @Sendable (inout EmulatorSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (ChannelScript) async throws -> Void
  ) async throws {
    try await OpenShopDoor.open(change) { open in
      let (leeds, york) = await open.door.edit { shop, now in
        let leeds = shop.openLocation("Leeds", at: now)
        for sku in stock.keys.sorted() {
          _ = shop.addVariant(
            VariantDraft(sku: sku, stock: [.init(location: leeds, available: stock[sku] ?? 0)]), at: now)
        }
        return (leeds, shop.openLocation("York", at: now))
      }
      let catalogue = ShopifyCatalogue(shop: shop([leeds: "leeds"]), client: open.client)
      let channel = ShopifyChannel(catalogue, settings: settings)
      try await body(ChannelScript(open: open, channel: channel, leeds: leeds, york: york))
    }
  }

  static func shop(_ locations: [Int64: String], variants: [Int64: String] = [:]) -> ShopifyShop {
    var shop = ShopifyShop(name: "shop", domain: OpenShopDoor.domain)
    shop.locations = locations
    shop.variants = variants
    return shop
  }

  /// A channel with another file of shops, which knows nothing yet.
  func channel(_ locations: [Int64: String], variants: [Int64: String] = [:]) -> ShopifyChannel {
    ShopifyChannel(ShopifyCatalogue(shop: Self.shop(locations, variants: variants), client: open.client))
  }

  func key(_ sku: String, at location: String = "leeds") -> StockKey {
    guard let key = StockKey(path: Array("shop\0\(sku)\0\(location)".utf8)) else { preconditionFailure("a key") }
    return key
  }

  func row(
    _ sku: String, _ quantity: Int64, from changeFrom: Int64?, at location: String = "leeds"
  ) -> PublicationOutbox.Row {
    PublicationOutbox.Row(key: key(sku, at: location), quantity: quantity, changeFrom: changeFrom)
  }

  func name(_ number: UInt64) -> Identifier { Identifier(high: 0x6B00_0000_0000_4000 + number, low: 0x8000 << 48 | 1) }

  /// What the shop would sell in Leeds.
  func sold(_ sku: String) async -> Int64? {
    await door.edit { shop, _ in shop.level(sku: sku, at: leeds)?.available }
  }
}
