import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// What every request and answer has in common: a name for the request, problem+json for whatever went wrong, and that
/// it is counted, timed and logged, whatever became of it.
struct Envelope: RouterMiddleware {
  typealias Context = ServiceContext

  let meters: ServiceMeters
  /// Nil where requests are not logged.
  let accessLog: AccessLog?

  @concurrent func handle(
    _ request: Request, context: ServiceContext, next: @concurrent (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var context = context
    context.requestID = Self.name(of: request.headers)
    var response: Response
    do { response = try await next(request, context) } catch {
      response = Self.response(to: Self.problem(error, request, context), context)
      // Whoever asks for a head reads no body: it would be taken for the next answer.
      if request.method == .head { response.body = ResponseBody() }
    }
    response.headers[.requestID] = context.requestID
    note(request, context, response, after: ContinuousClock.now - start)
    return response
  }

  private func note(_ request: Request, _ context: ServiceContext, _ response: Response, after duration: Duration) {
    let route = context.routeTemplate
    meters.note(request.method, route: route, status: response.status.code, after: duration)
    accessLog?.note(request, context, route: route, status: response.status, after: duration)
  }

  /// How many names were made, from a number that no other process begins with.
  private static let names = Atomic<UInt64>(.random(in: 1 << 60..<1 << 63))

  /// The client's name for the request where it is a printable one of up to 128 bytes, else a new one.
  static func name(of fields: HTTPFields) -> String {
    if let name = fields[.requestID], (1...128).contains(name.utf8.count),
      name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    {
      return name
    }
    return String(names.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
  }

  private static func problem(_ error: any Error, _ request: Request, _ context: ServiceContext) -> Problem {
    if let problem = Problem(of: error) { return problem }
    switch error {
    case let error as HTTPError where error.status == .notFound:
      let methods = Route.methods(of: request.uri.path)
      return methods.isEmpty ? .noSuchRoute : .wrongMethod(allowed: methods)
    default:
      context.logger.error(
        "a request failed",
        metadata: [
          "requestId": "\(context.requestID)", "error": "\(error)",
          "traceId": "\(context.traceID(of: request) ?? "none")",
        ])
      return .internalFailure
    }
  }

  private static func response(to problem: Problem, _ context: ServiceContext) -> Response {
    let reply = problem.reply(requestID: context.requestID)
    var response = reply.response
    if problem.closesConnection {
      let channel = context.channel
      response.body = ResponseBody(contentLength: reply.body.count) { writer in
        try await writer.write(ByteBuffer(bytes: reply.body))
        try await writer.finish(nil)
        channel.close(promise: nil)
      }
    }
    return response
  }
}
