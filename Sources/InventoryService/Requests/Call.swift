import ChannelIntake
import HTTPTypes
import Hummingbird
import HummingbirdCore
import InventoryEngine
import NIOCore
import StockLedger

/// One request on its way through a route: what is asked, by whom, and of which engine.
struct Call: Sendable {
  let engine: InventoryEngine
  let settings: ServiceSettings
  let request: Request
  /// What its query says; empty until it was held against the route's names.
  var query = QueryFields()
  let context: ServiceContext
  let caller: Caller
  /// What is known of the sources.
  let sources: SourceBoard
  /// When it came, by the engine's clock.
  let now: Timestamp
  let pass: Admission.Pass
  let standing: ServiceStanding
  let meters: ServiceMeters
  let hub: StreamHub
  /// Where Shopify's webhooks go; nil where no shop of Shopify's is served.
  let shopify: ShopifyDesk?
  /// Who writes stock to channels; nil where nobody does.
  let publishing: PublishingDesk?
  /// Who looks for drift; nil where nobody does.
  let reconciling: ReconciliationDesk?
  /// Where messages to people wait; nil where nobody is told of anything.
  let alerts: AlertDesk?
  /// False once the key that the request showed opens nothing any more: asked while an answer goes on.
  let isStillAllowed: @Sendable () -> Bool

  /// Refuses who may not.
  func need(_ scope: Scope) throws(Problem) {
    guard caller.may(scope) else { throw .forbidden(scope) }
  }

  /// Refuses a path that would be taken for another: where a client has no name to put in, `/v1/stock//leeds` and
  /// `/v1/stock/` would ask for something that it does not mean.
  func checkPath() throws(Problem) {
    let (path, slash) = (request.uri.path.utf8, UInt8(ascii: "/"))
    let hasEmptyPart = path.last == slash || zip(path, path.dropFirst()).contains { $0 == slash && $1 == slash }
    if hasEmptyPart { throw .malformedPath("a part of it is empty: is a name missing?") }
  }

  /// A part of the path.
  func part(_ name: String) throws(Problem) -> String {
    guard let part = context.parameters.get(name), let text = PathText.decoded(part) else {
      throw .malformedPath("\(name) is not percent-encoded UTF-8")
    }
    return text
  }

  /// An identifier in the path.
  func identifier(_ name: String) throws(Problem) -> Identifier {
    guard let identifier = Identifier(try part(name)) else {
      throw .malformedPath("\(name) is 1 to \(Limits.identifierBytesMax) bytes without control characters")
    }
    return identifier
  }

  /// The key that the path names, in the caller's shop; without a location in the path the item's.
  func key(hasLocation: Bool = true) throws(Problem) -> StockKey {
    let sku = try part("sku")
    let location = hasLocation ? try part("location") : ""
    do throws(StockKeyError) {
      return try StockKey(shop: caller.shop, sku: sku, location: location)
    } catch {
      throw .malformedPath(error.description)
    }
  }

  /// The key that the path names, where somebody has reported or held it: a question brings no other into memory.
  func knownKey() async throws -> StockKey { try await known(try key()) }

  /// A key, where somebody has reported or held it.
  func known(_ key: StockKey) async throws -> StockKey {
    guard let known = await engine.locations(of: key.item) else { throw absence(of: key) }
    guard known.contains(key) else { throw Problem.unknownKey }
    return key
  }

  /// The value of `Idempotency-Key`; nil where it is not given.
  func idempotencyKey() throws(Problem) -> String? {
    guard let text = request.headers[.idempotencyKey] else { return nil }
    guard Identifier(text) != nil else {
      throw .malformedField(
        "Idempotency-Key", "an identifier is 1 to \(Limits.identifierBytesMax) bytes without control characters")
    }
    return text
  }

  /// Asks the engine, and notes what it answered.
  func submit(_ commands: [KeyedCommand]) async -> [Answer] {
    let answers = await engine.submit(commands)
    meters.note(commands, answers)
    return answers
  }

  /// Asks the engine one thing, and notes what it answered.
  func submit(_ command: KeyedCommand) async -> Answer {
    let answer = await engine.submit(command)
    meters.note([command], [answer])
    return answer
  }

  /// The bytes of the body, whole or not at all.
  func body(upTo limit: Int) async throws -> [UInt8] {
    try await request.body(upTo: limit, pass)
  }

  /// The fields of the body, one JSON object; none where the body is empty and may be.
  ///
  /// - Parameter isNeeded: True where no body is not the same as `{}`.
  func fields(
    required: [String], optional: [String] = [], isNeeded: Bool = false, elementsMax: Int = JSONScanner.elementsMax
  ) async throws -> DeliveryFields {
    let bytes = try await body(upTo: settings.bodyMax)
    let isLeftOut = bytes.isEmpty && required.isEmpty && !isNeeded
    let members = isLeftOut ? [] : try JSONScanner.members(of: bytes, line: 1, elementsMax: elementsMax)
    let fields = DeliveryFields(members, line: 1)
    try fields.check(known: required + optional, required: required)
    return fields
  }

  /// A refusal as a problem, with the owner's address where the stock is another node's.
  func problem(_ refusal: Refusal, of key: StockKey) -> Problem {
    Problem(refusal, owner: engine.owner(of: key.shard))
  }

  /// What is answered where the engine keeps nothing of a key, or cannot say now.
  func absence(of key: StockKey) -> Problem {
    let isHere = engine.ownedShards.contains(key.shard)
    return problem(isHere ? .storeUnavailable(retryAfter: 1_000) : .elsewhere(shard: UInt8(key.shard)), of: key)
  }
}

extension Request {
  /// The bytes of the body, whole or not at all; the call leaves its place while it waits for them.
  func body(upTo limit: Int, _ pass: Admission.Pass) async throws -> [UInt8] {
    let length = headers[.contentLength].flatMap { Int($0) } ?? 0
    guard length <= limit else { throw Problem.bodyTooLarge(limit: limit) }
    pass.stepAside()
    defer { pass.stepBack() }
    var bytes: [UInt8] = []
    do {
      for try await chunk in self.body {
        guard bytes.count + chunk.readableBytes <= limit else { throw Problem.bodyTooLarge(limit: limit) }
        try pass.take(chunk.readableBytes)
        bytes.append(contentsOf: chunk.readableBytesView)
      }
    } catch is ConnectionWatch.BodyTooSlow {
      throw Problem.bodyTooSlow
    }
    return bytes
  }
}

extension HTTPField.Name {
  // Fixed texts of letters and hyphens: a name that could not be made would not start in any test.
  static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .contentType
  static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .contentType
  static let holdfastKey = HTTPField.Name("Holdfast-Key") ?? .contentType
  static let holdfastSignature = HTTPField.Name("Holdfast-Signature") ?? .contentType
  static let requestID = HTTPField.Name("X-Request-Id") ?? .contentType
}
