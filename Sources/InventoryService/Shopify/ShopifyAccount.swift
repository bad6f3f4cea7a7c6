public import ChannelIntake
import Crypto
import FoundationEssentials

/// A shop and the secrets that its webhooks are signed with: the one of now, and while it is replaced the one before.
public struct ShopifyAccount: Sendable {
  /// The shop and its mappings.
  public let shop: ShopifyShop
  /// Always two: who has no older secret has one that nobody knows, so that checking costs everybody the same.
  fileprivate let keys: [SymmetricKey]

  /// An account.
  ///
  /// - Parameters:
  ///   - secret: The app's secret.
  ///   - previousSecret: The one before: Shopify signs with it for a while after a change.
  public init(shop: ShopifyShop, secret: String, previousSecret: String? = nil) {
    self.shop = shop
    keys = [
      SymmetricKey(data: Array(secret.utf8)),
      previousSecret.map { SymmetricKey(data: Array($0.utf8)) } ?? SymmetricKey(size: .bits256),
    ]
  }
}

/// The accounts of a service, by domain.
struct ShopifyAccounts: Sendable {
  private let byDomain: [String: ShopifyAccount]
  private let byName: [String: ShopifyAccount]
  /// Whom an unknown domain is checked against: its keys are known to nobody.
  private let nobody = ShopifyAccount(
    shop: ShopifyShop(name: "", domain: ""), secret: "", previousSecret: nil
  ).unknowable

  /// The first of two that have the same domain or name is the one that counts.
  init(_ accounts: [ShopifyAccount]) {
    byDomain = Dictionary(accounts.map { ($0.shop.domain, $0) }) { first, _ in first }
    byName = Dictionary(accounts.map { ($0.shop.name, $0) }) { first, _ in first }
  }

  /// The shop that signed a body; nil where no shop of this domain did, whatever the reason.
  ///
  /// Two codes are computed over the whole body for each request, for an unknown domain too: neither the answer nor its
  /// time says whether a domain is served here.
  func account(of domain: String, signing body: [UInt8], as signature: String) -> ShopifyAccount? {
    let known = byDomain[domain.lowercased()]
    let code = Data(base64Encoded: signature) ?? Data()
    var isGood = false
    for key in (known ?? nobody).keys {
      let isThisKey = HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: key)
      isGood = isThisKey || isGood
    }
    return isGood ? known : nil
  }

  /// The account of one of our shops.
  func account(ofShop name: String) -> ShopifyAccount? { byName[name] }
}

extension ShopifyAccount {
  private init(shop: ShopifyShop, keys: [SymmetricKey]) {
    self.shop = shop
    self.keys = keys
  }

  /// The same with keys that nobody knows.
  fileprivate var unknowable: ShopifyAccount {
    ShopifyAccount(shop: shop, keys: [SymmetricKey(size: .bits256), SymmetricKey(size: .bits256)])
  }
}
