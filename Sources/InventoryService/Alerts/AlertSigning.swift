import Crypto
import StockLedger

extension RequestSignature {
  /// The header of a message of ours, in the form in which callers sign to us: the time, and HMAC-SHA-256 over it, a
  /// full stop and the body's bytes.
  static func header(of body: [UInt8], secret: String, at now: Timestamp) -> String {
    let seconds = now.milliseconds / 1_000
    let code = HMAC<SHA256>.authenticationCode(
      for: Array("\(seconds).".utf8) + body, using: SymmetricKey(data: Array(secret.utf8)))
    let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "t=\(seconds),v1=\(digits)"
  }
}
