import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import StockLedger

/// Asks one system, and takes what it answers whole.
struct PullClient: Sendable {
  /// What came back.
  enum Answer: Sendable {
    /// What is known already.
    case notModified
    /// A body, what it says about itself, and when it was true.
    case body([UInt8], PullMark.Validators?, asOf: Timestamp?)
  }

  /// From one place to another of the same machine: more is a circle.
  private static let redirectsMax = 3
  /// What is told of an error that nobody foresaw.
  private static let wordsMax = 300

  let client: HTTPClient
  let settings: PullSettings

  /// Runs a client for as long as `body` goes on. It follows no redirect by itself: it would take the head along.
  static func run(_ settings: PullSettings, _ body: (PullClient) async -> Void) async throws {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    // Tries are the schedule's affair; the client's own would hide why the first one failed.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.timeout = .init(connect: .seconds(10))
    try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      await body(PullClient(client: client, settings: settings))
    }
  }

  /// Asks for what is at an address, and not for what is known of it.
  ///
  /// - Throws: ``PullFailure``.
  func get(_ address: PullAddress, known: PullMark.Validators?) async throws -> Answer {
    let head = try await head(known)
    do {
      return try await withTimeLimit(settings.patience, else: PullFailure("\(address) took longer than its timeout")) {
        try await answer(address, head)
      }
    } catch { throw failure(error, address) }
  }

  private func head(_ known: PullMark.Validators?) async throws -> HTTPHeaders {
    var head: HTTPHeaders = ["accept": "application/json", "user-agent": "holdfast"]
    for field in settings.fields {
      do throws(SecretError) {
        head.replaceOrAdd(name: field.name, value: try await field.text.value(in: settings.environment))
      } catch { throw PullFailure(error.description) }
    }
    if let tag = known?.entityTag { head.add(name: "if-none-match", value: tag) }
    if let time = known?.lastModified { head.add(name: "if-modified-since", value: time) }
    return head
  }

  private func answer(_ first: PullAddress, _ head: HTTPHeaders) async throws -> Answer {
    var address = first
    for _ in 0...Self.redirectsMax {
      var request = HTTPClientRequest(url: address.text)
      request.headers = head
      // The limit around all of it cancels this one: two clocks would tell the same in two ways.
      let response = try await client.execute(request, deadline: .distantFuture)
      switch response.status.code {
      case 200:
        let body = try await response.body.collect(upTo: settings.bodyMax)
        return .body(
          Array(buffer: body), validators(in: response.headers, of: first), asOf: Self.asOf(response.headers))
      case 304: return .notModified
      case 301, 302, 303, 307, 308: address = try target(of: response, from: address)
      default: throw refusal(response, address)
      }
    }
    throw PullFailure("\(first) redirects more than \(Self.redirectsMax) times")
  }

  /// An answer that was put together long ago says so; else it is as old as its sending.
  private static func asOf(_ fields: HTTPHeaders) -> Timestamp? {
    (fields.first(name: "last-modified") ?? fields.first(name: "date")).flatMap { Timestamp(httpDate: $0) }
  }

  private func validators(in fields: HTTPHeaders, of address: PullAddress) -> PullMark.Validators? {
    let (tag, time) = (fields.first(name: "etag"), fields.first(name: "last-modified"))
    if tag == nil && time == nil { return nil }
    return PullMark.Validators(address: address.text, entityTag: tag, lastModified: time)
  }

  private func target(of response: HTTPClientResponse, from address: PullAddress) throws -> PullAddress {
    guard let target = response.headers.first(name: "location").flatMap({ address.following($0) }) else {
      throw PullFailure(
        "\(address) redirects to another machine or port, which would be shown the headers: set url to where it leads"
      )
    }
    return target
  }

  private func refusal(_ response: HTTPClientResponse, _ address: PullAddress) -> PullFailure {
    let seconds = response.headers.first(name: "retry-after").flatMap { Int64($0) } ?? 0
    let advice =
      switch response.status.code {
      case 401, 403: ": check the headers of the source, and their secrets"
      case 404, 410: ": check the url"
      default: ""
      }
    return PullFailure(
      "\(address) answered \(response.status.code)" + advice, retryAfter: max(0, min(seconds, 86_400)) * 1_000)
  }

  /// What happened in words. What the client tells of a request could name a field's value; its short words cannot.
  private func failure(_ error: any Error, _ address: PullAddress) -> any Error {
    switch error {
    case is PullFailure, is CancellationError: error
    case is NIOTooManyBytesError:
      PullFailure("\(address) answered with more than \(settings.bodyMax) bytes: let it answer in pages")
    case let error as HTTPClientError: PullFailure("\(address) cannot be asked: \(error.shortDescription)")
    default: PullFailure("\(address) cannot be asked: \("\(error)".prefix(Self.wordsMax))")
    }
  }
}
