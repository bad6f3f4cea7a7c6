import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The connections of this process to Shopify, for all its shops.
///
/// No redirect is followed: it would take the access token along. No request is tried again by itself: whether a first
/// try took effect is what its sender must know.
public struct ShopifyConnections: Sendable {
  let client: HTTPClient

  /// Opens connections for as long as `body` goes on.
  public static func run<Result>(_ body: (ShopifyConnections) async throws -> Result) async throws -> Result {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.retryConnectionEstablishment = false
    // Nothing for so long within an answer is a cut connection that nobody told us of.
    configuration.timeout = .init(connect: .seconds(5), read: .seconds(30))
    return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      try await body(ShopifyConnections(client: client))
    }
  }

  /// An answer, whole.
  struct Reply: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]
  }

  /// Sends a request and takes its answer whole; more than `bodyMax` bytes of it are an error.
  func reply(to request: HTTPClientRequest, bodyMax: Int) async throws -> Reply {
    // Whoever asks sets the limit around all of it: the client's own would end with the answer's head.
    let response = try await client.execute(request, deadline: .distantFuture)
    let body = try await response.body.collect(upTo: bodyMax)
    return Reply(status: Int(response.status.code), headers: response.headers, body: Array(buffer: body))
  }

  /// What went wrong on the way, in words: what the client tells of a request could name a header, its short words
  /// cannot.
  static func words(_ error: any Error) -> String {
    switch error {
    case is CancellationError: "it was cancelled"
    case is NIOTooManyBytesError: "the answer is larger than any that is expected"
    case let error as HTTPClientError: error.shortDescription
    default: String("\(error)".prefix(300))
    }
  }
}
