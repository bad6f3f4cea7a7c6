import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import StockLedger

/// Sends messages to one receiver.
struct AlertClient: Sendable {
  /// What is read of an answer, so that its connection can be used again; it says nothing that anybody looks at.
  private static let answerMax = 64 << 10
  /// What is told of an error that nobody foresaw.
  private static let wordsMax = 300

  private let client: HTTPClient
  private let settings: AlertSettings

  /// Runs a client for as long as `body` goes on. It follows no redirect: the next place was not configured.
  static func run(_ settings: AlertSettings, _ body: (AlertClient) async -> Void) async throws {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.timeout = .init(connect: .seconds(10))
    try await HTTPClient.withHTTPClient(configuration: configuration) { client in
      await body(AlertClient(client: client, settings: settings))
    }
  }

  /// Sends a message once.
  ///
  /// - Returns: The receiver's status, which is of the two hundreds.
  func send(_ alert: Alert, at now: Timestamp) async throws(AlertFailure) -> Int {
    do {
      let late = AlertFailure(words: "\(settings.address) took longer than \(settings.patience)")
      return try await withTimeLimit(settings.patience, else: late) { try await answer(alert, now) }
    } catch let failure as AlertFailure {
      throw failure
    } catch let error as SecretError {
      throw AlertFailure(words: error.description)
    } catch let error as HTTPClientError {
      throw AlertFailure(words: "\(settings.address) cannot be told: \(error.shortDescription)")
    } catch {
      throw AlertFailure(words: "\(settings.address) cannot be told: \("\(error)".prefix(Self.wordsMax))")
    }
  }

  private func answer(_ alert: Alert, _ now: Timestamp) async throws -> Int {
    let body = Array(alert.body)
    let secret = try await settings.secret.value(in: settings.environment)
    var request = HTTPClientRequest(url: settings.address.text)
    request.method = .POST
    request.headers = [
      "content-type": "application/json", "user-agent": "holdfast", "holdfast-delivery": alert.id,
      "holdfast-signature": RequestSignature.header(of: body, secret: secret, at: now),
    ]
    request.body = .bytes(ByteBuffer(bytes: body))
    // The limit around all of it cancels this one: two clocks would tell the same in two ways.
    let response = try await client.execute(request, deadline: .distantFuture)
    _ = try? await response.body.collect(upTo: Self.answerMax)
    let status = Int(response.status.code)
    if (200..<300).contains(status) { return status }
    throw refusal(status, response.headers)
  }

  private func refusal(_ status: Int, _ fields: HTTPHeaders) -> AlertFailure {
    let seconds = fields.first(name: "retry-after").flatMap { Int64($0) } ?? 0
    let advice =
      switch status {
      case 300..<400: ": set alerts.url to where it leads"
      case 401, 403: ": does it check the signature with the same secret?"
      case 404: ": check alerts.url"
      default: ""
      }
    return AlertFailure(
      status: status, words: "\(settings.address) answered \(status)" + advice,
      retryAfter: max(0, min(seconds, 86_400)) * 1_000, isFinal: status == 410)
  }
}
