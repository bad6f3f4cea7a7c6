import FoundationEssentials

/// Where Shopify is to send webhooks: `https`, or `http` on this machine, where an emulator may send them.
public struct WebhookAddress: Hashable, Sendable, CustomStringConvertible {
  /// Where the service takes them, where an address says no more than its host.
  public static let path = "/webhooks/shopify"

  /// The whole address.
  public let description: String

  /// The address of a text; ``path`` is added where it has none.
  ///
  /// - Throws: ``ShopifyAccessError`` that says what to write instead.
  public init(_ text: String) throws(ShopifyAccessError) {
    guard var parts = URLComponents(string: text, encodingInvalidCharacters: false), let host = parts.host,
      !host.isEmpty, let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme), parts.user == nil,
      parts.password == nil, parts.fragment == nil
    else { throw ShopifyAccessError("that is no address: write one as https://stock.example.com") }
    guard scheme == "https" || ShopifyAddress.isLoopback(host) else {
      throw ShopifyAccessError("Shopify sends webhooks by https alone: put the service behind a proxy that has it")
    }
    if parts.percentEncodedPath.isEmpty || parts.percentEncodedPath == "/" { parts.percentEncodedPath = Self.path }
    guard let whole = parts.string else { throw ShopifyAccessError("that is no address: leave out what is special") }
    description = whole
  }
}
