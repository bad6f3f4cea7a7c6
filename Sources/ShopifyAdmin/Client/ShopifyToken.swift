/// An access token. It is sent, and shown nowhere: what describes or mirrors it sees that it is there.
public struct ShopifyToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Shopify's have 38 bytes; more than this is a file named by mistake.
  private static let bytesMax = 512

  let text: String

  /// A token of printable ASCII; nil for the empty text, one with spaces or line ends, and one that is too long.
  public init?(_ text: String) {
    guard (1...Self.bytesMax).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return nil
    }
    self.text = text
  }

  /// That there is one.
  public var description: String { "(access token)" }
  /// That there is one.
  public var debugDescription: String { description }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// The token that is good now, for all calls of a client.
actor LiveToken {
  private(set) var current: ShopifyToken
  private let source: (@Sendable () async -> ShopifyToken?)?

  init(_ access: ShopifyAccess) {
    current = access.token
    source = access.renewed
  }

  /// Reads the token anew; true where it is another than the one that was refused.
  func renew(after refused: ShopifyToken) async -> Bool {
    // Another call may have done so meanwhile.
    if current.text != refused.text { return true }
    guard let new = await source?(), new.text != refused.text else { return false }
    current = new
    return true
  }
}
