import InventoryEngine
import NIOCore
import NIOHTTP1
import StockLedger

// What is no answer, and what it means.

extension ShopifyClient {
  /// What a status other than 200 says.
  func failure(_ reply: ShopifyConnections.Reply) async -> ShopifyFailure {
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
    case 400, 413, 422: .refused("\(access.address) answered \(reply.status)")
    default:
      .denied("\(access.address) answered \(reply.status): look at what stands between here and Shopify")
    }
  }

  /// What the problems of an answer come to; nil where there are none.
  func failure(
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
