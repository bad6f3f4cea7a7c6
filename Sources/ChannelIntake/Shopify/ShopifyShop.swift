public import StockLedger

/// How a shop's Shopify speaks of our stock: what its ids are called here.
public struct ShopifyShop: Hashable, Sendable {
  /// What an order carries that a reservation of its checkout carried too.
  public enum Reference: Hashable, Sendable {
    /// The checkout's token.
    case checkoutToken
    /// The value of a note attribute of this name.
    case noteAttribute(String)
  }

  /// Our name of the shop.
  public let name: String
  /// Its domain at Shopify, as `X-Shopify-Shop-Domain` says it: `some-shop.myshopify.com`, in lower case.
  public let domain: String
  /// Shopify's locations by id, and what they are called here.
  public var locations: [Int64: String] = [:]
  /// Where an order line waits until routing is known; nil = the engine's own default of the shop.
  public var defaultLocation: String?
  /// SKUs of variants that carry none at Shopify, by variant id.
  public var variants: [Int64: String] = [:]
  /// What joins an order to the reservation of its checkout.
  public var reference = Reference.checkoutToken
  /// The channel that its orders count for.
  public var channel = ShopifyShop.shopify
  /// The source that its reports are from.
  public var source = ShopifyShop.shopify
  /// True where Shopify takes units off its own number for orders that we have held for: said to who publishes there.
  public var shopifyDecrements = false

  private static let shopify = Identifier("shopify") ?? .none

  /// A shop and its domain, without any mapping.
  public init(name: String, domain: String) {
    self.name = name
    self.domain = domain.lowercased()
  }
}
