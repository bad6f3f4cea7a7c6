import Hummingbird
import HummingbirdCore

/// Counts requests and how long their answers took, whatever became of them: outside everything else.
struct Measured: RouterMiddleware {
  typealias Context = ServiceContext

  let meters: ServiceMeters

  @concurrent func handle(
    _ request: Request, context: ServiceContext, next: @concurrent (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    let response = try await next(request, context)
    // What leads nowhere has a word of the router's own for a path.
    let route = context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil }
    meters.note(request.method, route: route, status: response.status.code, after: .now - start)
    return response
  }
}
