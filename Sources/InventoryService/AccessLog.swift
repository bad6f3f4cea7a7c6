import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// One line for every request that was answered, at `info`.
///
/// The query is left out, and so are header and body: what a client may put there is not for a log.
struct AccessLog: Sendable {
  /// A path says nothing more after so many bytes, and could fill a disk.
  private static let pathMax = 256

  private let logger: Logger

  init(_ logger: Logger) { self.logger = logger }

  func note(
    _ request: Request, _ context: ServiceContext, route: String?, status: HTTPResponse.Status,
    after duration: Duration
  ) {
    let (seconds, attoseconds) = duration.components
    var metadata: Logger.Metadata = [
      "method": .string(request.method.rawValue), "path": .string(String(request.uri.path.prefix(Self.pathMax))),
      "status": .stringConvertible(status.code),
      "durationMs": .stringConvertible(Double(seconds) * 1e3 + Double(attoseconds) / 1e15),
    ]
    if let route { metadata["route"] = .string(route) }
    metadata["requestId"] = .string(context.requestID)
    if let trace = context.traceID(of: request) { metadata["traceId"] = .string(trace) }
    if let address = context.channel.remoteAddress?.ipAddress { metadata["client"] = .string(address) }
    logger.info("request", metadata: metadata)
  }
}
