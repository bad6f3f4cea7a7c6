import Crypto
public import StockLedger

/// `t=<seconds since 1970>,v1=<hexadecimal>`: who knows a signing secret wrote this body at that time.
///
/// The digest is HMAC-SHA-256 over the time, a full stop and the body's bytes, with the secret's text as the key.
struct RequestSignature: Sendable {
  /// How far the time may lie from ours, in milliseconds: what is caught on its way is of no use later. Rows are known
  /// by their names, so that a repetition within it changes nothing either.
  static let window: Int64 = 300_000

  private let seconds: Int64
  private let digest: [UInt8]

  /// The signature of a header; nil where it is none.
  init?(_ text: String) {
    var parts: [Substring: Substring] = [:]
    for part in text.split(separator: ",") {
      let words = part.split(separator: "=", maxSplits: 1)
      guard words.count == 2, parts.updateValue(words[1], forKey: words[0].drop { $0 == " " }) == nil else {
        return nil
      }
    }
    guard let time = parts["t"], let seconds = Int64(time), (0...253_402_300_799).contains(seconds),
      let digest = parts["v1"]?.utf8.pairs, digest.count == SHA256.byteCount
    else { return nil }
    self.seconds = seconds
    self.digest = digest
  }

  /// Whether it is of this body, this secret and this time. How long it takes tells nothing about the digest.
  func isGood(for body: [UInt8], secret: String, at now: Timestamp) -> Bool {
    let key = SymmetricKey(data: Array(secret.utf8))
    let isGenuine = HMAC<SHA256>.isValidAuthenticationCode(
      digest, authenticating: Array("\(seconds).".utf8) + body, using: key)
    return isGenuine && abs(now.milliseconds - seconds * 1_000) <= Self.window
  }
}

extension AccessKey {
  /// A new signing secret: `hfs_` and 256 random bits. The key file keeps it as it is, since who checks a signature
  /// must know it.
  ///
  /// - Parameter random: Must not be predictable.
  public static func makeSigningSecret(using random: inout some RandomNumberGenerator) -> String {
    "hfs_" + (0..<4).map { _ in hexadecimal(of: random.next() as UInt64) }.joined()
  }

  /// The line that gives a key a signing secret, in the place of any before.
  public static func signing(of id: String, secret: String, at time: Timestamp) -> [UInt8] {
    JSONWriter.object { json in
      json.field("sign", id)
      json.field("secret", secret)
      json.field("at", time.description)
    }
  }
}
