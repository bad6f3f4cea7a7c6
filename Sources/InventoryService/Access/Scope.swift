import ChannelIntake
import StockLedger

/// What a key lets its bearer do, within the key's own shop.
public enum Scope: Hashable, Sendable {
  /// See stock and reservations.
  case read
  /// Hold, confirm, release, extend.
  case hold
  /// Report counts as one source.
  case ingest(source: String)
  /// Send to channels what may be sold.
  case publish
  /// All of it.
  case admin

  /// What a scope may be, for messages.
  public static let words = ["read", "hold", "ingest:SOURCE", "publish", "admin"]

  /// The scope of a word: `read`, `hold`, `publish`, `admin`, or `ingest:` and a source of 1 to 128 bytes without
  /// spaces; nil for any other.
  public init?(_ word: some StringProtocol) {
    switch word {
    case "read": self = .read
    case "hold": self = .hold
    case "publish": self = .publish
    case "admin": self = .admin
    default:
      let mark = "ingest:"
      let source = String(word.dropFirst(mark.count))
      guard word.hasPrefix(mark), !source.contains(" "), Identifier(source) != nil else { return nil }
      self = .ingest(source: source)
    }
  }

  /// Whether who has this scope may do what asks for another.
  func covers(_ other: Scope) -> Bool { self == other || self == .admin }
}

extension Scope: CustomStringConvertible {
  /// The word that ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .read: "read"
    case .hold: "hold"
    case .ingest(let source): "ingest:\(source)"
    case .publish: "publish"
    case .admin: "admin"
    }
  }
}

/// Who asks: a shop, and what may be done in its name.
struct Caller: Sendable {
  let shop: String
  let scopes: [Scope]
  /// What the key has asked and holds; nil where nobody needs one.
  var account: KeyAccount?

  func may(_ scope: Scope) -> Bool { scopes.contains { $0.covers(scope) } }
}
