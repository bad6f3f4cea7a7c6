/// What Redis answered to one command, as RESP2 says it.
public enum RedisReply: Hashable, Sendable {
  /// Bytes, of any content.
  case string([UInt8])
  /// A short word of success, such as `OK`.
  case status(String)
  /// A refusal of Redis's: its first word says which, without the `-`.
  case error(String)
  /// A whole number.
  case integer(Int64)
  /// Replies in order; at most ``depthMax`` arrays deep.
  case array([RedisReply])
  /// Nothing there.
  case null

  /// How deep arrays may stand in each other: what hiredis 0.14 reads before it calls the reply damaged.
  public static let depthMax = 8

  /// The bytes of a string; nil for everything else.
  public var bytes: [UInt8]? {
    guard case .string(let bytes) = self else { return nil }
    return bytes
  }

  /// A string or a status as text; bytes that are not UTF-8 are replaced. Nil for everything else.
  public var text: String? {
    switch self {
    case .string(let bytes): String(decoding: bytes, as: UTF8.self)
    case .status(let text): text
    default: nil
    }
  }

  /// A whole number, also one that Redis gave as text, as a hash's fields are; nil for everything else.
  public var integer: Int64? {
    if case .integer(let value) = self { return value }
    return text.flatMap { Int64($0) }
  }

  /// The replies of an array; nil for everything else.
  public var array: [RedisReply]? {
    guard case .array(let replies) = self else { return nil }
    return replies
  }

  /// The whole line of an error; nil for everything else.
  public var error: String? {
    guard case .error(let text) = self else { return nil }
    return text
  }

  /// The first word of an error, by which errors are told apart (`LOADING`, `NOREPLICAS`); nil for everything else.
  public var errorWord: String? {
    error.map { String($0.prefix { $0 != " " }) }
  }

  /// True for the status `OK`.
  public var isOK: Bool { self == .status("OK") }
}
