import HTTPTypes
import HummingbirdCore
import NIOCore
import StockLedger

/// What changes, as it changes: server-sent events.
extension Route {
  static let stream = [
    Route(.get, "/v1/stream", .bearer(.read), query: ["sku", "location", "lowAt"], listen)
  ]

  private static func listen(_ call: Call) async throws -> Reply {
    let query = call.query
    let cursor = try call.lastEventID()
    let filter = StreamFilter(
      shop: call.caller.shop, sku: query.text("sku"), location: query.text("location"),
      lowAt: try query.integer("lowAt", in: 0...Limits.unitsMax))
    let fields: HTTPFields = [
      .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
    ]
    if call.request.method == .head { return Reply(.ok, fields) }
    guard let listener = call.hub.listener(filter, of: call) else { throw Problem.tooManyStreams }
    return Reply(.ok, fields) { writer in try await send(to: &writer, listener, after: cursor, call) }
  }

  @concurrent private static func send(
    to writer: inout any ResponseBodyWriter, _ listener: StreamListener, after cursor: StreamCursor?, _ call: Call
  ) async throws {
    let hub = call.hub
    defer { hub.leave(listener) }
    let start = await hub.join(listener, after: cursor)
    let open = StreamFrame.open(lowAt: listener.filter.lowAt)
    // Who resumes has not heard yet what it missed: its place stays what it was.
    try await writer.write(ByteBuffer(bytes: cursor == nil ? start.closing(open) : open))
    while true {
      await listener.wait()
      let reached = hub.reached
      guard let delivery = listener.take() else { break }
      var bytes: [UInt8] = delivery.isKeepAlive ? StreamFrame.keepAlive : []
      if let reset = delivery.reset { bytes += StreamFrame.reset(reset) }
      for change in delivery.changes { bytes += StreamFrame.events(of: change, lowAt: listener.filter.lowAt) }
      if let end = delivery.end {
        bytes += StreamFrame.end(end)
        call.meters.noteStreamEnd(end.rawValue)
      }
      if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: reached.closing(bytes))) }
    }
    try await writer.finish(nil)
  }
}

extension Call {
  /// How far the client had come when its stream broke off; nil where it is new.
  fileprivate func lastEventID() throws(Problem) -> StreamCursor? {
    guard let text = request.headers[.lastEventID], !text.isEmpty else { return nil }
    guard let cursor = StreamCursor(text) else {
      throw .malformedField("Last-Event-ID", "it is the id of no event: leave it out, and read the list")
    }
    return cursor
  }
}

extension Problem {
  /// More streams than one shop, or the service, has room for.
  static let tooManyStreams = Problem(
    .tooManyRequests, "tooManyStreams", "Too many streams are open: close one",
    retryAfter: 5_000)
}

extension HTTPField.Name {
  // Fixed texts of letters and hyphens, like those of Call.
  /// Tells nginx to pass events on as they come.
  fileprivate static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .contentType
  fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .contentType
}
