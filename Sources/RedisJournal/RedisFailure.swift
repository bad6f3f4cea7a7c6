/// What the world did to a connection: never a refusal of Redis's, which is a ``RedisReply/error(_:)``.
public enum RedisFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// No connection, or Redis did not let it in for now (LOADING, BUSY, too many clients): trying again may help.
  case connect(String)
  /// The user or the password is wrong or missing, or may not come in: trying again does not help.
  case auth(String)
  /// Reset, end, timeout or half a reply: whether Redis carried out what was sent is unknown.
  case noReply(String)
  /// What came is not RESP2: something else answers there. Whether anything was carried out is unknown.
  case `protocol`(String)
  /// The connection failed before or was closed: nothing was sent.
  case dead

  /// One line for people.
  public var description: String {
    switch self {
    case .connect(let text): "no connection to Redis: \(text)"
    case .auth(let text): "Redis does not let us in: \(text)"
    case .noReply(let text): "no reply from Redis: \(text)"
    case .protocol(let text): "not the Redis protocol: \(text)"
    case .dead: "the connection to Redis is closed"
    }
  }
}
