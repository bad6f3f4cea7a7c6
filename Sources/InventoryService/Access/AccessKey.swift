import Crypto
public import StockLedger

/// A key as the key file keeps it: everything but its secret, of which only the digest is known.
public struct AccessKey: Hashable, Sendable {
  /// Its public name: sixteen hexadecimal digits, the first part of the token.
  public let id: String
  /// SHA-256 of the secret's text.
  let digest: [UInt8]
  /// The shop whose stock it opens; never another's.
  public let shop: String
  /// What it lets its bearer do.
  public let scopes: [Scope]
  /// From when on it opens nothing; nil = never.
  public let expiresAt: Timestamp?
  /// How much its bearer may ask for and hold.
  public let limits: KeyLimits
  /// From when on it is revoked; nil where it is not. In the time ahead while a key that took its place is handed out.
  public internal(set) var revokedAt: Timestamp?
  /// What its bearer signs with, where the key file says so.
  var signingSecret: String?

  /// A new key, and the token that its bearer shows: `hf_`, the id, and 256 random bits. The token is kept nowhere.
  ///
  /// - Parameter random: Must not be predictable: the secret is made from it.
  public static func make(
    shop: String, scopes: [Scope], expiresAt: Timestamp?, limits: KeyLimits = KeyLimits(),
    using random: inout some RandomNumberGenerator
  ) -> (key: AccessKey, token: String) {
    let id = hexadecimal(of: random.next() as UInt64)
    let secret = (0..<4).map { _ in hexadecimal(of: random.next() as UInt64) }.joined()
    let key = AccessKey(
      id: id, digest: digest(of: secret), shop: shop, scopes: scopes, expiresAt: expiresAt, limits: limits)
    return (key, "hf_\(id)_\(secret)")
  }

  init(
    id: String, digest: [UInt8], shop: String, scopes: [Scope], expiresAt: Timestamp?, limits: KeyLimits = KeyLimits()
  ) {
    self.id = id
    self.digest = digest
    self.shop = shop
    self.scopes = scopes
    self.expiresAt = expiresAt
    self.limits = limits
  }

  /// Whether it opens anything at a time.
  public func isGood(at now: Timestamp) -> Bool { !isRevoked(at: now) && expiresAt.map { now < $0 } != false }

  /// Whether it is revoked at a time.
  public func isRevoked(at now: Timestamp) -> Bool { revokedAt.map { $0 <= now } == true }

  /// Whether a secret is this key's: every byte is looked at, so that the time tells nothing.
  func matches(_ secret: some StringProtocol) -> Bool {
    zip(digest, Self.digest(of: secret)).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func digest(of secret: some StringProtocol) -> [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

  static func hexadecimal(of word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
