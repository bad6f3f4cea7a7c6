import FoundationEssentials

/// Where a shop's Admin API is, and what opens it.
public struct ShopifyAccess: Sendable {
  /// The version whose schema our documents are held against.
  public static let versionTested = "2026-04"

  /// The shop's domain at Shopify, as `some-shop.myshopify.com`, in small letters.
  public let domain: String
  /// The version of the API, as `2026-04`.
  public let version: String
  /// Where requests go, without a slash at its end: the shop's own address, or a proxy's.
  let address: String
  let token: ShopifyToken
  let renewed: (@Sendable () async -> ShopifyToken?)?

  /// Access to a shop.
  ///
  /// - Parameters:
  ///   - domain: As ``domain``.
  ///   - token: The Admin API access token of the app.
  ///   - version: As ``version``.
  ///   - address: Where the API is reached instead, as `http://127.0.0.1:9080`: an emulator or a proxy. Without TLS it
  ///     must be this machine, since the token goes with each request.
  ///   - renewed: Reads the token anew where Shopify does not know it any more: tokens of some apps end each hour, and
  ///     who renews them writes the new one where the old one was.
  /// - Throws: ``ShopifyAccessError`` that says what to write instead, and never the token.
  public init(
    domain: String, token: ShopifyToken, version: String = versionTested, address: String? = nil,
    renewed: (@Sendable () async -> ShopifyToken?)? = nil
  ) throws(ShopifyAccessError) {
    let domain = domain.lowercased()
    guard Self.isDomain(domain) else {
      throw ShopifyAccessError("\"\(domain)\" is no domain: write the shop's own, as some-shop.myshopify.com")
    }
    guard Self.isVersion(version) else {
      throw ShopifyAccessError("\"\(version)\" is no version of the API: write one as \(Self.versionTested)")
    }
    self.domain = domain
    self.version = version
    self.token = token
    self.renewed = renewed
    self.address = try ShopifyAddress.checked(address ?? "https://\(domain)")
  }

  private static func isDomain(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    return labels.count > 1 && text.utf8.count <= 253
      && labels.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") } }
  }

  private static func isVersion(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == [4, 2] && parts.joined().allSatisfy { $0.isASCII && $0.isNumber }
  }

  /// Where documents are sent.
  var graphQL: String { "\(address)/admin/api/\(version)/graphql.json" }
}

/// Addresses to which something secret goes, or from which something trusted comes.
enum ShopifyAddress {
  /// True for the names of this machine.
  static func isLoopback(_ host: String) -> Bool {
    ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host.lowercased())
  }

  /// The address without a slash at its end, where it is one that may be asked: `https`, or `http` on this machine.
  static func checked(_ text: String) throws(ShopifyAccessError) -> String {
    guard let parts = URLComponents(string: text, encodingInvalidCharacters: false),
      let host = parts.host?.lowercased(),
      !host.isEmpty, let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme)
    else {
      throw ShopifyAccessError("\"\(shown(text))\" is no address: write one as https://some-shop.myshopify.com")
    }
    guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
      throw ShopifyAccessError("an address of Shopify has no user, query or fragment: leave them out")
    }
    guard scheme == "https" || isLoopback(host) else {
      throw ShopifyAccessError(
        "\(scheme)://\(host) would show the access token to everybody on the way: write https, or an address of this"
          + " machine")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// False where a result's address must not be asked: it is not encrypted, and not of this machine.
  static func isSafe(_ text: String) -> Bool {
    guard let parts = URLComponents(string: text, encodingInvalidCharacters: false), let host = parts.host else {
      return false
    }
    return parts.scheme?.lowercased() == "https"
      || (parts.scheme?.lowercased() == "http" && isLoopback(host))
  }

  /// What is shown of an address that was mistyped: no user and no password.
  private static func shown(_ text: String) -> Substring {
    (text.split(separator: "@", omittingEmptySubsequences: false).last ?? "").prefix(200)
  }
}

/// What is wrong with how a shop is to be reached. Says names and addresses, never a token.
public struct ShopifyAccessError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what is wrong and what to write.
  public let description: String

  init(_ description: String) { self.description = description }
}
