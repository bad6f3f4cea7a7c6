import ChannelIntake
import HTTPTypes
import Hummingbird
import InventoryEngine
import Logging
import NIOCore
import ServiceLifecycle
import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// A request as it came.
struct Asked: Sendable {
  var method = ""
  var path = ""
  var fields: [String: String] = [:]
  var body: [UInt8] = []

  var json: JSON { JSON(bytes: body) ?? .null }
  /// The name of the document's operation.
  var operation: String {
    let words = (json["query"]?.text ?? "").split { !$0.isLetter }
    return words.count > 1 ? String(words[1]) : ""
  }
}

/// An answer as a test wants it.
struct Said: Sendable {
  var status = 200
  var fields: [String: String] = [:]
  var body: [UInt8] = []
  /// The connection is cut after the body, which is announced to be longer.
  var isCut = false

  static func json(_ value: JSON, status: Int = 200, _ fields: [String: String] = [:]) -> Said {
    Said(status: status, fields: fields, body: value.bytes)
  }

  static func error(_ status: Int, _ fields: [String: String] = [:]) -> Said {
    Said(status: status, fields: fields, body: Array(#"{"errors":"said \#(status)"}"#.utf8))
  }

  static let cut = Said(isCut: true)
}

/// An emulated shop behind a real port, with what a test puts before it.
actor ShopDoor {
  static let token = "shpat_0123456789abcdef"

  var shop: EmulatedShop
  private(set) var asked: [Asked] = []
  /// Calls that the shop refused for want of points.
  private(set) var throttled = 0
  /// Answers in place of the shop; it is asked first, and nil lets the shop answer.
  private var before: (@Sendable (Asked, Int) -> Said?)?
  /// Cuts the connection after the shop has done what it was asked.
  private var cutsAfter: (@Sendable (Asked) -> Bool)?
  /// What somebody does to the shop just before it is asked.
  private var meanwhile: (@Sendable (Asked, inout EmulatedShop, Timestamp) -> Void)?
  /// Changes what the shop answers.
  private var rewriting: (@Sendable (String) -> String)?
  private var cutResults: (every: Int, knowsRanges: Bool)?
  private var resultsCut = 0
  private let clock = SystemClock()

  init(_ change: (inout EmulatorSettings) -> Void) {
    var settings = EmulatorSettings()
    settings.accessToken = Self.token
    settings.bulk.rootsPerSecond = 1_000_000
    change(&settings)
    shop = EmulatedShop(settings: settings, seed: 1, at: clock.now)
  }

  /// Changes the shop as a person there would.
  func edit<Result: Sendable>(_ change: @Sendable (inout EmulatedShop, Timestamp) throws -> Result) rethrows -> Result {
    try change(&shop, clock.now)
  }

  func answerFirst(_ before: (@Sendable (Asked, Int) -> Said?)?) { self.before = before }
  func cutAfter(_ cuts: (@Sendable (Asked) -> Bool)?) { cutsAfter = cuts }
  func meanwhile(_ change: (@Sendable (Asked, inout EmulatedShop, Timestamp) -> Void)?) { meanwhile = change }
  func rewrite(_ change: (@Sendable (String) -> String)?) { rewriting = change }
  func forget() { asked = [] }
  /// Cuts results after so many bytes; what is cut is asked for again, from a place or from the start.
  func cutResults(every bytes: Int, knowsRanges: Bool) { cutResults = (bytes, knowsRanges) }

  /// Operations that were asked for, in order.
  var operations: [String] { asked.filter { $0.method == "POST" }.map(\.operation) }

  func answer(_ request: Asked) -> Said {
    asked.append(request)
    if let said = before?(request, asked.count) { return said }
    if request.path.hasPrefix("/bulk/") { return result(request) }
    meanwhile?(request, &shop, clock.now)
    let answer = shop.answer(
      EmulatedRequest(
        method: request.method, path: request.path, accessToken: request.fields["x-shopify-access-token"],
        body: request.body), at: clock.now)
    if answer.json["errors"]?[0]?["extensions"]?["code"] == "THROTTLED" { throttled += 1 }
    if answer.ending == .cut || cutsAfter?(request) == true { return .cut }
    var fields: [String: String] = [:]
    for line in answer.headers { fields[line.name] = line.value }
    let body = rewriting.map { Array($0(String(decoding: answer.body, as: UTF8.self)).utf8) } ?? answer.body
    return Said(status: answer.status, fields: fields, body: body)
  }

  private func result(_ request: Asked) -> Said {
    let id = Int64(request.path.dropFirst("/bulk/".count).prefix { $0 != "." }) ?? 0
    var body: [UInt8] = []
    var index = 0
    while let chunk = shop.bulkChunk(of: id, index) {
      body += chunk
      index += 1
    }
    guard let cut = cutResults else { return Said(body: body) }
    let start = Int((request.fields["range"] ?? "").drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
    resultsCut += 1
    // Who sends all again would be cut at the same place for ever: the fourth time it is not.
    let end = cut.knowsRanges ? start + cut.every : resultsCut < 4 ? cut.every : body.count
    let from = cut.knowsRanges ? start : 0
    let said = Said(
      status: from > 0 ? 206 : 200,
      fields: from > 0 ? ["Content-Range": "bytes \(from)-\(body.count - 1)/\(body.count)"] : [:],
      body: Array(body[min(from, body.count)..<min(end, body.count)]), isCut: end < body.count)
    return said
  }
}

/// A shop that is open: its door, and a client of it.
struct OpenShopDoor: Sendable {
  static let domain = "holdfast-test.myshopify.com"

  let door: ShopDoor
  let port: Int
  let client: ShopifyClient
  let log: LogLines

  /// Runs a shop behind a port while `body` goes on.
  static func open(
    _ change: @escaping @Sendable (inout EmulatorSettings) -> Void = { _ in },
    settings: ShopifyClientSettings = .quick, token: String = ShopDoor.token,
    _ body: @escaping @Sendable (OpenShopDoor) async throws -> Void
  ) async throws {
    let door = ShopDoor(change)
    let log = LogLines()
    try await serve { asked in
      await door.answer(asked).response
    } whileRunning: { port in
      await door.edit { shop, _ in shop.isReached(at: "http://127.0.0.1:\(port)") }
      try await ShopifyConnections.run { connections in
        let access = try ShopifyAccess(
          domain: domain, token: #require(ShopifyToken(token)), address: "http://127.0.0.1:\(port)")
        let client = ShopifyClient(
          access, connections, settings: settings, clock: SystemClock(), logger: log.logger)
        try await body(OpenShopDoor(door: door, port: port, client: client, log: log))
      }
    }
  }

  /// Runs a server that answers as it is told, until `body` is done.
  static func serve(
    _ answer: @escaping @Sendable (Asked) async -> Response,
    whileRunning body: @escaping @Sendable (Int) async throws -> Void
  ) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      var asked = Asked(method: request.method.rawValue, path: request.uri.description)
      for field in request.headers { asked.fields[field.name.canonicalName] = field.value }
      asked.body = Array(buffer: try await request.body.collect(upTo: 4_000_000))
      return await answer(asked)
    }
    let application = Application(
      responder: responder, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let group = ServiceGroup(services: [application], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var result = Result<Void, any Error>.success(())
      for await found in ports {
        do { try await body(found) } catch { result = .failure(error) }
        break
      }
      // Cancelled outright, a connection that is just being taken would be dropped with its writer open.
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try result.get()
    }
  }
}

extension Said {
  private struct Cut: Error {}

  var response: Response {
    var headers = HTTPFields()
    for (name, value) in fields { if let name = HTTPField.Name(name) { headers[name] = value } }
    let (bytes, isCut) = (body, isCut)
    let length = isCut ? bytes.count + 1_000 : bytes.count
    return Response(
      status: HTTPResponse.Status(code: status), headers: headers,
      body: ResponseBody(contentLength: length) { writer in
        if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
        if isCut { throw Cut() }
        try await writer.finish(nil)
      })
  }
}

extension ShopifyClientSettings {
  /// For tests: looks often, and gives up soon.
  static var quick: ShopifyClientSettings {
    var settings = ShopifyClientSettings()
    settings.bulk.pollFirst = 20
    settings.bulk.pollMax = 100
    return settings
  }
}
