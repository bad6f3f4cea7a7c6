/// A request to the shop's Admin API.
public struct EmulatedRequest: Hashable, Sendable {
  /// The method, as `POST`.
  public var method: String
  /// The path with its query, as `/admin/api/2026-04/graphql.json`.
  public var path: String
  /// What `X-Shopify-Access-Token` says.
  public var accessToken: String?
  /// The body.
  public var body: [UInt8]

  /// A request.
  public init(method: String, path: String, accessToken: String? = nil, body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.accessToken = accessToken
    self.body = body
  }
}

/// What becomes of a request; the shell, or a simulator, acts on it.
public struct EmulatedAnswer: Hashable, Sendable {
  /// How it ends.
  public enum Ending: Hashable, Sendable {
    /// The answer is sent.
    case answered
    /// The connection is cut, and no byte of the answer with it. Whether anything happened, the caller cannot know.
    case cut
  }

  /// How it ends.
  public let ending: Ending
  /// How long it takes, in milliseconds. What it does is done at once; only the answer waits.
  public let delay: Int64
  /// The status.
  public let status: Int
  /// Headers.
  public let headers: [HeaderLine]
  /// The body.
  public let body: [UInt8]

  /// The body as JSON; null where it is none.
  public var json: JSON { JSON(bytes: body) ?? .null }
}
