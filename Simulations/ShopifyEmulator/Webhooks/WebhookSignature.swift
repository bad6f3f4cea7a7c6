import Crypto
import FoundationEssentials

/// How Shopify signs what it sends: base64 of HMAC-SHA256 over the raw bytes, with the app's client secret.
public enum WebhookSignature {
  /// The header that carries it.
  public static let header = "X-Shopify-Hmac-Sha256"

  /// The signature of a body.
  public static func text(of body: [UInt8], secret: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(secret.utf8)))
    return Data(code).base64EncodedString()
  }
}
