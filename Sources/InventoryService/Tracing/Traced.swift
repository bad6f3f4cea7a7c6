import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Tracing

/// A span for every request, in the trace that the client names or in a new one; put in only where somebody traces.
struct Traced: RouterMiddleware {
  typealias Context = ServiceContext

  let tracer: any Tracer

  @concurrent func handle(
    _ request: Request, context: ServiceContext, next: @concurrent (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    var parent = InstrumentationContext.topLevel
    tracer.extract(request.headers, into: &parent, using: TraceFields())
    let span = tracer.startAnySpan(request.method.rawValue, context: parent, ofKind: .server)
    defer { span.end() }
    var response = try await InstrumentationContext.withValue(span.context) { try await next(request, context) }
    span.attributes["http.request.method"] = request.method.rawValue
    span.attributes["url.path"] = request.uri.path
    span.attributes["http.response.status_code"] = response.status.code
    if let route = context.routeTemplate {
      span.operationName = "\(request.method.rawValue) \(route)"
      span.attributes["http.route"] = route
    }
    if response.status.kind == .serverError { span.setStatus(SpanStatus(code: .error)) }
    tracer.inject(span.context, into: &response.headers, using: TraceFields())
    return response
  }
}

/// Where a trace stands in HTTP.
private struct TraceFields: Extractor, Injector {
  func extract(key: String, from carrier: HTTPFields) -> String? { HTTPField.Name(key).flatMap { carrier[$0] } }

  func inject(_ value: String, forKey key: String, into carrier: inout HTTPFields) {
    if let name = HTTPField.Name(key) { carrier[name] = value }
  }
}

/// Where a span's name to others goes along with it.
private enum TraceParentKey: InstrumentationContextKey {
  typealias Value = TraceParent
}

extension InstrumentationContext {
  /// The span that is open, as others name it; nil where nobody traces.
  public var traceParent: TraceParent? {
    get { self[TraceParentKey.self] }
    set { self[TraceParentKey.self] = newValue }
  }
}

extension ServiceContext {
  /// The route's template; nil where the request leads nowhere: the router has a word of its own for that.
  var routeTemplate: String? { endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil } }

  /// The trace that a request is part of, for the log; nil where it is of none.
  func traceID(of request: Request) -> String? {
    if let traced = InstrumentationContext.current?.traceParent { return traced.trace }
    return request.headers[.traceParent].flatMap { TraceParent($0) }?.trace
  }
}
