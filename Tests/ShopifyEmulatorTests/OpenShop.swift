import AsyncHTTPClient
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ShopifyEmulator
import ShopifyEmulatorCore
import StockLedger
import Synchronization
import Testing

/// All that runs a server: one after the other, so that none takes the cores of another.
@Suite(.serialized) struct ShopifyEmulatorTests {}

/// An emulated shop on a free port, with ten mugs in Leeds and five in York.
struct OpenShop: Sendable {
  /// As `http://127.0.0.1:4000`.
  let address: String
  let shop: LiveShop

  /// What came back.
  struct Answer: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]

    var json: JSON { JSON(bytes: body) ?? .null }
    /// Each line as JSON.
    var lines: [JSON] { body.split(separator: UInt8(ascii: "\n")).compactMap { JSON(bytes: Array($0)) } }
  }

  /// Runs a shop while `body` goes on.
  static func open(
    _ change: (inout EmulatorSettings) -> Void = { _ in }, server: EmulatorServer.Settings = .init(), speed: Int64 = 1,
    record: (@Sendable ([UInt8]) -> Void)? = nil, _ body: @escaping @Sendable (OpenShop) async throws -> Void
  ) async throws {
    var settings = EmulatorSettings()
    change(&settings)
    let clock = EmulatorClock(speed: speed)
    var shop = EmulatedShop(settings: settings, seed: 1, at: clock.now)
    let places = ["Leeds", "York"].map { shop.openLocation($0, at: clock.now) }
    shop.addVariant(
      VariantDraft(
        sku: "MUG", stock: zip(places, [10, 5]).map { VariantDraft.Stock(location: $0.0, available: $0.1) }),
      at: clock.now)
    let live = LiveShop(shop, clock: clock)
    let server = EmulatorServer(shop: live, settings: server, record: record, logger: .silent)
    try await whileRunning { onListening, stop in
      try await server.run(host: "127.0.0.1", port: 0, onListening: onListening, until: stop)
    } body: {
      try await body(OpenShop(address: $0, shop: live))
    }
  }

  // MARK: Calls

  func call(
    _ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = [:], _ body: [UInt8]? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: address + path)
    request.method = method
    request.headers = headers
    request.body = body.map { .bytes(ByteBuffer(bytes: $0)) }
    let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    let bytes = try await answer.body.collect(upTo: 1 << 26)
    return Answer(status: Int(answer.status.code), headers: answer.headers, body: Array(buffer: bytes))
  }

  func get(_ path: String, _ headers: HTTPHeaders = [:]) async throws -> Answer { try await call(.GET, path, headers) }

  func post(_ path: String, _ json: JSON) async throws -> Answer { try await call(.POST, path, [:], json.bytes) }

  static let graphQL = "/admin/api/2026-04/graphql.json"

  func ask(_ query: String, _ variables: JSON = .null) async throws -> JSON {
    try await post(Self.graphQL, ["query": .string(query), "variables": variables]).json
  }

  /// What may be sold of mugs in Leeds, seen without asking the API.
  func mugs() async -> Int64? {
    await shop.turn { shop, _ in shop.allLocations.first.flatMap { shop.level(sku: "MUG", at: $0.id)?.available } }
  }

  @discardableResult
  func order(_ quantity: Int64 = 1) async throws -> Int64 {
    let answer = try await post("/emulator/orders", ["orders": [["sku": "MUG", "quantity": .integer(quantity)]]])
    return try #require(answer.json["orders"]?[0]?["order"]?.integer)
  }

  /// Subscribes an address to a topic.
  func subscribe(_ topics: WebhookTopic..., to address: String) async throws {
    for topic in topics {
      try await shop.turn { shop, now throws(ShopRefusal) in _ = try shop.subscribe(to: topic, uri: address, at: now) }
    }
  }

  /// Waits until no webhook is on its way.
  func quiet() async throws {
    while try await get("/emulator/quiet").json["quiet"]?.bool != true { try await Task.sleep(for: .milliseconds(5)) }
  }
}

/// Someone who is told: answers as a test says, and remembers what came.
struct Subscriber: Sendable {
  /// What came.
  struct Told: Sendable {
    let headers: HTTPFields
    let body: [UInt8]

    subscript(name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    var json: JSON { JSON(bytes: body) ?? .null }
  }

  let address: String
  private let heard: Shared<[Told]>
  /// What came so far, oldest first.
  var told: [Told] { heard.withLock { $0 } }

  /// Runs a subscriber while `body` goes on. `answer` gets what came and which one it is, from 1.
  static func open(
    answering answer: @escaping @Sendable (Told, Int) async throws -> HTTPResponse.Status = { _, _ in .ok },
    _ body: @escaping @Sendable (Subscriber) async throws -> Void
  ) async throws {
    let heard = Shared<[Told]>([])
    try await whileRunning { onListening, stop in
      let server = Server(
        childChannelSetup: HTTP1Channel(responder: { request, writer, _ in
          let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 20))
          let told = Told(headers: request.headers, body: bytes)
          let number = heard.withLock {
            $0.append(told)
            return $0.count
          }
          let status = try await answer(told, number)
          try await writer.writeResponse(HTTPResponse(status: status, headerFields: [.contentLength: "0"]))
        }),
        configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { await onListening("http://127.0.0.1:\($0.localAddress?.port ?? 0)") },
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: .silent)
      await withTaskGroup(of: Void.self) { group in
        group.addTask { try? await server.run() }
        await stop()
        group.cancelAll()
      }
    } body: {
      try await body(Subscriber(address: $0 + "/hook", heard: heard))
    }
  }
}

/// A value that several tasks share: a `Mutex` alone cannot be captured.
final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func withLock<Result: Sendable>(_ work: (inout sending Value) -> sending Result) -> sending Result {
    value.withLock(work)
  }
}

extension Logger {
  static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// Runs a server until `body` is over.
private func whileRunning(
  _ run:
    @escaping @Sendable (
      _ onListening: @escaping @Sendable (String) async -> Void, _ stop: @escaping @Sendable () async -> Void
    ) async throws -> Void, body: @escaping @Sendable (String) async throws -> Void
) async throws {
  let (addresses, address) = AsyncStream.makeStream(of: String.self)
  let (stops, stop) = AsyncStream.makeStream(of: Void.self)
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { address.finish() }
      try await run({ address.yield($0) }, { for await _ in stops {} })
    }
    var result = Result<Void, any Error>.success(())
    for await found in addresses {
      do { try await body(found) } catch { result = .failure(error) }
      break
    }
    stop.finish()
    try await group.waitForAll()
    try result.get()
  }
}
