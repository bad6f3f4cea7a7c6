import Hummingbird
import HummingbirdCore

/// Counts and logs requests, and how long their answers took, whatever became of them: outside everything else.
struct Measured: RouterMiddleware {
  typealias Context = ServiceContext

  let meters: ServiceMeters
  /// Nil where requests are not logged.
  let accessLog: AccessLog?

  @concurrent func handle(
    _ request: Request, context: ServiceContext, next: @concurrent (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    let response = try await next(request, context)
    let (duration, route) = (ContinuousClock.now - start, context.routeTemplate)
    meters.note(request.method, route: route, status: response.status.code, after: duration)
    accessLog?.note(
      request, context, route: route, status: response.status, requestID: response.headers[.requestID],
      after: duration)
    return response
  }
}
