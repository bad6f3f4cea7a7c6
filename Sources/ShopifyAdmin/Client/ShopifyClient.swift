import AsyncHTTPClient
import FoundationEssentials
public import InventoryEngine
public import Logging
import NIOCore
import NIOHTTP1
import StockLedger

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
  let pacer: PointPacer
  private let token: LiveToken
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
    var logger = logger
    logger[metadataKey: "domain"] = .string(access.domain)
    self.logger = logger
    token = LiveToken(access)
    pacer = PointPacer(clock: clock, patience: settings.patience)
    standing = ShopifyStanding(version: access.version, logger: logger)
  }

  /// Sends a document when the bucket can take it, and takes its data.
  func call<Content: Decodable & Sendable>(
    _ call: AdminCall, as content: Content.Type = Content.self
  ) async throws(ShopifyFailure) -> Content {
    let ticket = try await pacer.admit(call.cost, for: call.purpose)
    do throws(ShopifyFailure) {
      let reply = try await reply(to: call, ticket)
      let content: Content = try await read(reply, of: call, ticket)
      await standing.answered(version: reply.headers.first(name: "x-shopify-api-version"))
      return content
    } catch {
      if !Task.isCancelled { await standing.failed(error) }
      throw error
    }
  }

  // MARK: Sending

  private struct TimedOut: Error {}

  /// Sends a call; its points are set aside no longer where no answer came. Where the token is not known any more
  /// nothing was done: the call is sent once more with a new one, if there is one.
  private func reply(
    to call: AdminCall, _ ticket: PointBudget.Ticket
  ) async throws(ShopifyFailure) -> ShopifyConnections.Reply {
    do {
      let token = await self.token.current
      let reply = try await exchange(try request(call, token))
      guard reply.status == 401, await self.token.renew(after: token) else { return reply }
      return try await exchange(try request(call, await self.token.current))
    } catch {
      await pacer.settle(ticket, status: nil)
      let words = error is TimedOut ? "it took longer than \(settings.callMax) ms" : ShopifyConnections.words(error)
      throw .unanswered("\(access.address): \(words)")
    }
  }

  private func request(_ call: AdminCall, _ token: ShopifyToken) throws -> HTTPClientRequest {
    var request = HTTPClientRequest(url: access.graphQL)
    request.method = .POST
    request.headers = [
      "content-type": "application/json", "accept": "application/json", "user-agent": "holdfast",
      "x-shopify-access-token": token.text,
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
    _ reply: ShopifyConnections.Reply, of call: AdminCall, _ ticket: PointBudget.Ticket
  ) async throws(ShopifyFailure) -> Content {
    let isAnswered = reply.status == 200
    let answer = isAnswered ? try? JSONDecoder().decode(AdminAnswer<Content>.self, from: Data(reply.body)) : nil
    await pacer.settle(ticket, status: answer?.cost?.throttleStatus)
    guard isAnswered else { throw await failure(reply) }
    guard let answer else {
      throw .unanswered("\(access.address) answered 200 with what is no answer of version \(access.version)")
    }
    if let failure = await failure(answer.problems, answer.cost, of: call, hasRun: answer.content != nil) {
      throw failure
    }
    guard let content = answer.content else {
      throw .unanswered("\(access.address) answered without data and without a reason")
    }
    return content
  }
}
