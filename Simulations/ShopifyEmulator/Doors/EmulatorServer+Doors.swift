import HTTPTypes
import HummingbirdCore
import NIOCore
import ShopifyEmulatorCore

extension EmulatorServer {
  /// The largest body that is read. The shop takes 1 MB of GraphQL; a thousand orders for `/emulator` are some more.
  private static let bodyMax = 4_000_000

  @concurrent func respond(to request: Request, _ writer: consuming ResponseWriter) async throws {
    let reply = try await reply(to: request)
    // A body would be taken for the next answer.
    if request.method == .head { return try await writer.writeResponse(reply.head) }
    try await writer.write(response: reply.head, body: reply.body)
  }

  /// By the path: bulk results, what is done by hand, and for all else the shop itself.
  private func reply(to request: Request) async throws -> ServerReply {
    if let door = BulkDoor(path: request.uri.path, shop: shop) { return await door.reply(to: request) }
    let body: [UInt8]
    do {
      body = Array(buffer: try await request.body.collect(upTo: Self.bodyMax))
    } catch is NIOTooManyBytesError {
      return ServerReply(413, json: ["errors": .string("at most \(Self.bodyMax) bytes")])
    }
    let token = HTTPField.Name("X-Shopify-Access-Token").flatMap { request.headers[$0] }
    if request.uri.path.hasPrefix(ControlRoute.root) {
      return await control(request.method.rawValue, request.uri.path, token: token, body)
    }
    return try await answer(
      EmulatedRequest(
        method: request.method.rawValue, path: request.head.path ?? "/", accessToken: token, body: body))
  }

  private func answer(_ request: EmulatedRequest) async throws -> ServerReply {
    let record = request.path.hasSuffix("/graphql.json") ? record : nil
    let answer = await shop.turn { shop, now in
      record?(request.body)
      return shop.answer(request, at: now)
    }
    guard answer.ending == .answered else { throw ConnectionCut() }
    try await shop.clock.sleep(answer.delay)
    return ServerReply(answer)
  }
}
