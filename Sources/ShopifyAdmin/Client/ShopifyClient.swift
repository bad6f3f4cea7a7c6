import AsyncHTTPClient
public import InventoryEngine
public import Logging
import NIOCore
import NIOHTTP1
import StockLedger
import FoundationEssentials

/// The Admin API of one shop, over HTTP: documents out, answers or the reason of none back.
///
/// Copies share what they know of the shop's bucket and standing. The access token goes into one header of each
/// request, to the shop's own address only.
public struct ShopifyClient: Sendable {
  let access: ShopifyAccess
  let connections: ShopifyConnections
  let clock: any EngineClock
  let logger: Logger
  let settings: ShopifyClientSettings
  private let pacer: PointPacer
  /// How the shop answers.
  public let standing: ShopifyStanding

  /// A client of a shop, on connections that outlive it.
  public init(
    _ access: ShopifyAccess, _ connections: ShopifyConnections,
    settings: ShopifyClientSettings = ShopifyClientSettings(), clock: any EngineClock, logger: Logger
  ) {
    self.access = access
    self.connections = connections
    self.settings = settings
    self.clock = clock
    self.logger = logger
    pacer = PointPacer(clock: clock, patience: settings.patience)
    standing = ShopifyStanding(domain: access.domain, version: access.version, logger: logger)
  }

  /// Sends a document when the bucket can take it, and takes its data.
  func call<Content: Decodable & Sendable>(
    _ call: AdminCall, as content: Content.Type = Content.self
  ) async throws(ShopifyFailure) -> Content {
    try await pacer.admit(call.cost, for: call.purpose)
    do throws(ShopifyFailure) {
      let reply = try await reply(to: call)
      let content: Content = try await read(reply, of: call)
      await standing.answered(version: reply.headers.first(name: "x-shopify-api-version"))
      return content
    } catch {
      await standing.failed(error)
      throw error
    }
  }

  // MARK: Sending

  private struct TimedOut: Error {}

  /// Sends a call; its points are set aside no longer where no answer came.
  private func reply(to call: AdminCall) async throws(ShopifyFailure) -> ShopifyConnections.Reply {
    do {
      return try await exchange(try request(call))
    } catch {
      await pacer.settle(call.cost, status: nil)
      let words = error is TimedOut ? "it took longer than \(settings.callMax) ms" : ShopifyConnections.words(error)
      throw .unanswered("\(access.address): \(words)")
    }
  }

  private func request(_ call: AdminCall) throws -> HTTPClientRequest {
    var request = HTTPClientRequest(url: access.graphQL)
    request.method = .POST
    request.headers = [
      "content-type": "application/json", "accept": "application/json", "user-agent": "holdfast",
      "x-shopify-access-token": access.token.text,
    ]
    request.body = .bytes(try call.body)
    return request
  }

  private func exchange(_ request: HTTPClientRequest) async throws -> ShopifyConnections.Reply {
    let deadline = clock.now + settings.callMax
    return try await withThrowingTaskGroup(of: ShopifyConnections.Reply?.self) { group in
      group.addTask { try await connections.reply(to: request, bodyMax: settings.bodyMax) }
      group.addTask {
        try await clock.sleep(until: deadline)
        return nil
      }
      defer { group.cancelAll() }
      guard let reply = try await group.next() ?? nil else { throw TimedOut() }
      return reply
    }
  }

  // MARK: Reading

  private func read<Content: Decodable>(
    _ reply: ShopifyConnections.Reply, of call: AdminCall
  ) async throws(ShopifyFailure) -> Content {
    guard reply.status == 200 else {
      await pacer.settle(call.cost, status: nil)
      throw await failure(reply)
    }
    guard let answer = try? JSONDecoder().decode(AdminAnswer<Content>.self, from: Data(reply.body)) else {
      await pacer.settle(call.cost, status: nil)
      throw .unanswered("\(access.address) answered 200 with what is no answer of version \(access.version)")
    }
    await pacer.settle(call.cost, status: answer.cost?.throttleStatus)
    if let failure = await failure(answer.problems, answer.cost, of: call, hasRun: answer.content != nil) {
      throw failure
    }
    guard let content = answer.content else {
      throw .unanswered("\(access.address) answered without data and without a reason")
    }
    return content
  }

  /// What a status other than 200 says.
  private func failure(_ reply: ShopifyConnections.Reply) async -> ShopifyFailure {
    switch reply.status {
    case 429: .throttled(until: await pacer.close(for: RetryAfter.milliseconds(in: reply.headers)))
    case 401:
      .denied("Shopify does not know the access token of \(access.domain) (401): put the app's own into its file")
    case 403: .denied("Shopify does not let the app into \(access.domain) (403): \(ShopifyFailure.scopeAdvice)")
    case 402, 423: .denied("\(access.domain) is frozen or locked (\(reply.status)): its owner has to see to it")
    case 404:
      .denied(
        "\(access.address) has no Admin API of version \(access.version) (404): check the domain and apiVersion")
    case 300..<400:
      .denied("\(access.address) redirects (\(reply.status)): set the domain to the shop's own, myshopify.com one")
    case 408, 500...: .unanswered("\(access.address) answered \(reply.status)")
    default: .refused("\(access.address) answered \(reply.status)")
    }
  }

  /// What the problems of an answer come to; nil where there are none.
  private func failure(
    _ problems: [AdminProblem], _ cost: AdminCost?, of call: AdminCall, hasRun: Bool
  ) async -> ShopifyFailure? {
    guard let first = problems.first else { return nil }
    let codes = Set(problems.compactMap(\.code))
    if codes.contains("THROTTLED") {
      let points = cost?.requestedQueryCost.map { Int64(min(max($0, 0), 1_000_000)) } ?? call.cost
      return .throttled(until: await pacer.opening(for: points, call.purpose))
    }
    if codes.contains("MAX_COST_EXCEEDED") { return .tooCostly }
    let words = "\(first.message.prefix(300)) (\(first.code ?? "no code"))"
    if codes.contains("ACCESS_DENIED") { return .denied("\(words): \(ShopifyFailure.scopeAdvice)") }
    // What was refused before it ran did nothing; of what ran, only these say so.
    let isRefused = codes.isSubset(of: Self.refusals) && !codes.isEmpty
    let isOurs = !hasRun && codes.isDisjoint(with: ["INTERNAL_SERVER_ERROR", "TIMEOUT"])
    return isRefused || isOurs ? .refused(words) : .unanswered(words)
  }

  /// Codes of problems that say that a field did not run.
  private static let refusals: Set<String> = [
    "BAD_REQUEST", "BAD_USER_INPUT", "INVALID_FIELD_ARGUMENTS", "MAX_INPUT_SIZE_EXCEEDED",
    "argumentLiteralsIncompatible",
  ]
}

/// A document to send, with what goes into it.
struct AdminCall: Sendable {
  let document: String
  let variables: any Encodable & Sendable
  /// The most points that it will cost.
  let cost: Int64
  let purpose: PointBudget.Purpose

  /// What a mutation costs.
  static let mutationCost: Int64 = 10

  init(
    _ document: String, _ variables: any Encodable & Sendable = [String: String](), cost: Int64 = mutationCost,
    for purpose: PointBudget.Purpose = .read
  ) {
    self.document = document
    self.variables = variables
    self.cost = cost
    self.purpose = purpose
  }

  private struct Body: Encodable {
    let call: AdminCall

    private enum CodingKeys: String, CodingKey { case query, variables }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(call.document, forKey: .query)
      try fields.encode(call.variables, forKey: .variables)
    }
  }

  /// The request's body: the same bytes for the same call, so that a repeat is one.
  var body: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return Array(try encoder.encode(Body(call: self)))
    }
  }
}

/// `Retry-After`: whole seconds or, as Shopify has it, with a fraction.
enum RetryAfter {
  /// Where nothing is said.
  private static let usual = 2.0
  /// More than this is a mistake: sell-outs wait behind it.
  private static let most = 60.0

  /// How long to wait, in milliseconds.
  static func milliseconds(in headers: HTTPHeaders) -> Int64 {
    let seconds = headers.first(name: "retry-after").flatMap { Double($0) } ?? usual
    return seconds.isFinite ? Int64(min(max(seconds, 0.1), most) * 1_000) : Int64(usual * 1_000)
  }
}
