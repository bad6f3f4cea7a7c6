import ChannelIntake
import HTTPTypes
import Hummingbird
import StockLedger

/// What sources send by themselves, as many rows as they like.
extension Route {
  static let ingest = [Route(.post, "/v1/ingest/{source}", .anySigner, isLong: true, ingest)]

  /// True for what takes its body piece by piece.
  static func isStream(_ path: String) -> Bool { path.hasPrefix("/v1/ingest/") || path.hasPrefix("/v1/snapshots/") }

  private static func ingest(_ call: Call) async throws -> Reply {
    _ = try call.identifier("source")
    let source = try call.part("source")
    try call.need(.ingest(source: source))
    let origin = DeliveryOrigin(shop: call.caller.shop, source: source)
    let format = try call.deliveryFormat()
    do {
      let tally = try await call.longBody { body in
        var intake = try await body.read(
          into: SourceIntake(format, origin: origin, engine: call.engine, board: call.sources)
        ) { intake, piece in try await intake.take(piece) }
        try await intake.finish()
        return intake.tally
      }
      call.sources.delivered(call.context.requestID, of: origin, at: call.now)
      return reply(tally, of: source)
    } catch let failure as IntakeFailure {
      throw failure.refusal.map { call.problem($0, of: failure.key) } ?? .unknown
    }
  }

  private static func reply(_ tally: IntakeTally, of source: String) -> Reply {
    Reply(
      json: JSONWriter.object { json in
        json.field("source", source)
        tally.write(to: &json)
        tally.writeFaults(to: &json)
      })
  }
}

extension Call {
  /// Takes a body of up to ``ServiceSettings/ingestBodyMax`` as it comes; the call leaves its place meanwhile, and has
  /// one among those that send much.
  func longBody<Taken>(_ take: (PushedBody) async throws -> Taken) async throws -> Taken {
    let limit = settings.ingestBodyMax
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw Problem.bodyTooLarge(limit: limit)
    }
    guard sources.beginIntake(max: settings.ingestsMax) else { throw Problem.overloaded }
    pass.stepAside()
    defer {
      pass.stepBack()
      sources.endIntake()
    }
    return try await take(PushedBody(body: request.body, limit: limit, patience: settings.ingestPatience))
  }

  /// How the body is written, by its `Content-Type`.
  func deliveryFormat() throws(Problem) -> DeliveryFormat {
    let types: KeyValuePairs<String, DeliveryFormat> = [
      "application/jsonl": .jsonLines, "application/x-ndjson": .jsonLines, "text/csv": .csv,
    ]
    let parts = (request.headers[.contentType] ?? "").lowercased().split(separator: ";").map { $0.filter { $0 != " " } }
    let isUTF8 = parts.dropFirst().allSatisfy {
      !$0.hasPrefix("charset=") || $0.hasSuffix("utf-8") || $0.hasSuffix("\"utf-8\"")
    }
    guard let format = types.first(where: { $0.key == parts.first })?.value, isUTF8,
      request.headers[.contentEncoding] == nil
    else { throw .unsupportedType(known: types.map(\.key)) }
    return format
  }
}
