import ChannelIntake
import HTTPTypes
import Hummingbird
import StockLedger

/// What sources send by themselves, as many rows as they like.
extension Route {
  static let ingest = [Route(.post, "/v1/ingest/{source}", .anySigner, isLong: true, ingest)]

  /// True for what takes its body piece by piece.
  static func isStream(_ path: String) -> Bool { path.hasPrefix("/v1/ingest/") }

  private static func ingest(_ call: Call) async throws -> Reply {
    _ = try call.identifier("source")
    let source = try call.part("source")
    try call.need(.ingest(source: source))
    let origin = DeliveryOrigin(shop: call.caller.shop, source: source)
    let format = try call.deliveryFormat()
    let limit = call.settings.ingestBodyMax
    if let length = call.request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw Problem.bodyTooLarge(limit: limit)
    }
    let body = PushedBody(
      body: call.request.body, limit: limit,
      patience: call.settings.ingestPatience)
    guard call.sources.beginIntake(max: call.settings.ingestsMax) else { throw Problem.overloaded }
    call.pass.stepAside()
    defer {
      call.pass.stepBack()
      call.sources.endIntake()
    }
    do {
      var intake = try await body.read(
        into: SourceIntake(format, origin: origin, engine: call.engine, board: call.sources)
      ) { intake, piece in try await intake.take(piece) }
      try await intake.finish()
      call.sources.delivered(call.context.requestID, of: origin, at: call.now)
      return reply(intake.tally, of: source)
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
  /// How the body is written, by its `Content-Type`.
  fileprivate func deliveryFormat() throws(Problem) -> DeliveryFormat {
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
