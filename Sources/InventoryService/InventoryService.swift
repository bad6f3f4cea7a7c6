import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import InventoryEngine
public import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import StockLedger
public import Tracing

/// The engine as an HTTP service: JSON under `/v1`, as docs/api.md says.
///
/// ``run(host:port:onListening:until:)`` serves until it is told to stop, then answers what is in flight. The engine is
/// the caller's: it runs before and after.
public struct InventoryService: Sendable {
  /// Who may use the service.
  public enum Access: Sendable {
    /// Who bears a good key; its shop is the one whose stock there is.
    case keys(LiveKeys)
    /// Everybody who can connect may do everything, in this shop. For one machine.
    case open(shop: String)
  }

  private let engine: InventoryEngine
  private let access: Access
  private let settings: ServiceSettings
  private let sources: SourceBoard
  private let configured: [SourceSettings]
  private let clock: any EngineClock
  private let admission: Admission
  private let certificate: LiveCertificate?
  private let standing = ServiceStanding()
  private let logger: Logger
  private let meters: ServiceMeters
  private let hub: StreamHub
  private let accessLog: AccessLog?
  private let tracer: (any Tracer)?
  private let shopify: ShopifyDesk?
  private let publishing: PublishingDesk?
  private let reconciling: ReconciliationDesk?
  private let alerts: AlertDesk?

  /// A service around an engine that runs.
  ///
  /// - Parameters:
  ///   - sources: Those that are waited for, beside any that has a key.
  ///   - clock: The engine's own: keys end by it.
  ///   - metrics: Where it measures, and what `/metrics` shows.
  ///   - certificate: What TLS shows; nil for plain HTTP.
  ///   - accessLog: Where each request is logged; nil = nowhere.
  ///   - tracer: Where each request's spans go; nil = nowhere, and none is made.
  ///   - shopify: Where Shopify's webhooks go; nil where no shop of Shopify's is served.
  ///   - publishing: Who writes stock to channels; nil where nobody does.
  ///   - reconciling: Who looks for drift; nil where nobody does.
  ///   - alerts: Where messages to people wait; nil where nobody is told of anything.
  public init(
    engine: InventoryEngine, access: Access, settings: ServiceSettings = ServiceSettings(),
    sources: [SourceSettings] = [], clock: any EngineClock, metrics: PrometheusMetrics = PrometheusMetrics(),
    certificate: LiveCertificate? = nil, accessLog: Logger? = nil, tracer: (any Tracer)? = nil,
    shopify: ShopifyDesk? = nil, publishing: PublishingDesk? = nil, reconciling: ReconciliationDesk? = nil,
    alerts: AlertDesk? = nil, logger: Logger
  ) {
    self.certificate = certificate
    self.engine = engine
    self.access = access
    self.settings = settings
    self.sources = SourceBoard(configured: sources, at: clock.now, metrics: metrics)
    configured = sources
    self.clock = clock
    admission = Admission(settings)
    self.logger = logger
    meters = ServiceMeters(metrics)
    hub = StreamHub(engine: engine, settings: settings, meters: meters)
    self.accessLog = accessLog.map { AccessLog($0) }
    self.tracer = tracer
    self.shopify = shopify
    self.publishing = publishing
    self.reconciling = reconciling
    self.alerts = alerts
  }

  /// Serves until `stop` returns; then says so in `/readyz`, takes no more connections, answers what was asked, and
  /// returns. What is not answered when ``ServiceSettings/stopPatience`` is over is cut off.
  ///
  /// - Parameters:
  ///   - host: The address to listen on, as numbers or as a name.
  ///   - port: The port; 0 for any that is free.
  ///   - onListening: Told the port, once connections are taken.
  ///   - stop: Returns when the service is to stop.
  /// - Throws: What the system says where the address cannot be listened on.
  public func run(
    host: String, port: Int, onListening: @escaping @Sendable (Int) -> Void,
    until stop: @escaping @Sendable () async -> Void
  ) async throws {
    let application = Application(
      router: router(), server: try server(),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port), backlog: settings.backlog,
        availableConnectionsDelegate: CountedConnections(
          .maximum(settings.connectionsMax, logger: logger), meters.factory.meter(.connections))),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
      eventLoopGroupProvider: .shared(Self.loops), logger: logger)
    var configuration = ServiceGroupConfiguration(services: [application], logger: logger)
    configuration.maximumGracefulShutdownDuration = settings.stopPatience
    let group = ServiceGroup(configuration: configuration)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { await hub.run() }
      tasks.addTask {
        await stop()
        standing.stop()
        // A balancer has this long to hear of it; new requests are still taken.
        try? await Task.sleep(for: settings.drain)
        // A stream never ends by itself: the server would wait for it.
        hub.end()
        await group.triggerGracefulShutdown()
      }
      for source in configured { tasks.addTask { await run(source) } }
      if let shopify { tasks.addTask { await shopify.run(meters) } }
      if let reconciling { tasks.addTask { await reconciling.run(watching: sources, telling: alerts) } }
      if let alerts {
        tasks.addTask { await alerts.run() }
        tasks.addTask {
          await AlertWatch(alerts, engine: engine, sources: sources, clock: clock, logger: logger).run()
        }
      }
      do { try await group.run() } catch  where standing.isStopping {
        logger.warning("what was not answered in \(settings.stopPatience) was cut off")
      }
      // A server that ended by itself is not waited with.
      tasks.cancelAll()
    }
  }

  /// The threads of connections: as many as the machine has cores.
  private static let loops = MultiThreadedEventLoopGroup.singleton

  private func server() throws -> HTTPServerBuilder {
    let plain = HTTPServerBuilder { responder in
      LoopBound(HTTP1Channel(responder: responder, configuration: channelConfiguration), on: Self.loops)
    }
    return try certificate.map { try .tls(plain, tlsConfiguration: $0.configuration) } ?? plain
  }

  private var channelConfiguration: HTTP1Channel.Configuration {
    let idle = IdleConnections(max: settings.idleConnectionsMax)
    let waiting = WaitingRequests(max: settings.waitingMax)
    let fieldsBytesMax = settings.fieldsBytesMax
    return HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionWatch(idle: idle, waiting: waiting, settings: settings, meters: meters)],
      idleTimeout: .milliseconds(settings.idleMax.components.seconds * 1_000),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: fieldsBytesMax, maxHeaderListSize: fieldsBytesMax, maxHeaderFieldCount: settings.fieldsMax))
  }

  /// Fetches what a source does not bring, until it is cancelled.
  private func run(_ source: SourceSettings) async {
    switch source.door {
    case .push: return
    case .drop(let folder):
      await DropFolder(
        folder, origin: source.origin, engine: engine, board: sources, clock: clock, logger: logger
      ).run()
    case .pull(let settings):
      await PullSource(
        settings, origin: source.origin, engine: engine, board: sources, clock: clock, logger: logger
      ).run()
    }
  }

  private func router() -> Router<ServiceContext> {
    let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
    if let tracer { router.add(middleware: Traced(tracer: tracer)) }
    router.add(middleware: Envelope(meters: meters, accessLog: accessLog))
    for route in Route.all {
      router.on(RouterPath(route.path), method: route.method) { request, context in
        try await answer(route, request, context).response
      }
    }
    return router
  }

  private func answer(_ route: Route, _ request: Request, _ context: ServiceContext) async throws -> Reply {
    let now = clock.now
    // Who is not known takes nobody's place.
    let bearer = try caller(of: request, context, for: route.access, at: now)
    let pass = try admission.enter(isBounded: route.isBounded)
    defer { pass.end() }
    let asked = request
    var request = request
    let caller: Caller
    if let bearer { caller = bearer } else { caller = try await signer(of: &request, pass, at: now) }
    var call = Call(
      engine: engine, settings: settings, request: request, context: context, caller: caller, sources: sources,
      now: now, pass: pass, standing: standing, meters: meters, hub: hub, shopify: shopify, publishing: publishing,
      reconciling: reconciling, alerts: alerts,
      isStillAllowed: { (try? self.caller(of: asked, context, for: route.access, at: clock.now)) != nil })
    do {
      try call.spend(1)
      if case .bearer(let scope) = route.access { try call.need(scope) }
      try call.checkPath()
      call.query = try QueryFields(request.uri.query, known: route.query)
      var reply = try await reply(of: route, to: call)
      reply.fields.append(contentsOf: call.rateFields)
      return reply
    } catch {
      guard var problem = Problem(of: error) else { throw error }
      problem.fields.append(contentsOf: call.rateFields)
      throw problem
    }
  }

  /// What takes long, or may, is done by the pool of tasks: on a loop every connection of it would wait.
  private func reply(of route: Route, to call: Call) async throws -> Reply {
    let bytes = call.request.headers[.contentLength].flatMap { Int($0) }
    let isLong =
      route.isLong || call.request.uri.query != nil || call.request.headers[.transferEncoding] != nil
      || (bytes ?? 0) > settings.briefBodyMax
    guard isLong else { return try await route.answer(call) }
    return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await route.answer(call) }
  }

  /// Who asks; nil where the request is signed instead: who signed it is known when the body has come.
  private func caller(
    of request: Request, _ context: ServiceContext, for needed: Route.Access, at now: Timestamp
  ) throws(Problem) -> Caller? {
    switch needed {
    case .anyone: return Caller(shop: "", scopes: [])
    case .localOrBearer where context.isLocal(request): return Caller(shop: "", scopes: [])
    case .localOrBearer(let scope):
      let caller = try bearer(of: request, at: now)
      guard caller.may(scope) else { throw .forbidden(scope) }
      return caller
    case .anySigner where isSigned(request): return nil
    case .bearer, .anyBearer, .anySigner: return try bearer(of: request, at: now)
    }
  }

  private func bearer(of request: Request, at now: Timestamp) throws(Problem) -> Caller {
    switch access {
    case .open(let shop): return Caller(shop: shop, scopes: [.admin])
    case .keys(let keys):
      guard let token = request.headers[.authorization].flatMap({ Self.token(in: $0) }),
        let caller = keys.caller(bearing: token, at: now)
      else { throw .unauthorized }
      return caller
    }
  }

  /// The token of `Bearer TOKEN`; nil for any other header.
  private static func token(in header: String) -> Substring? {
    let words = header.utf8.split(separator: UInt8(ascii: " "))
    guard words.count == 2, Substring(words[0]).lowercased() == "bearer" else { return nil }
    return Substring(words[1])
  }

  private func isSigned(_ request: Request) -> Bool {
    guard case .keys = access else { return false }
    return request.headers[.holdfastSignature] != nil
  }

  /// Who signed the body, which is read whole first: nothing of it is looked at before it is known to be genuine.
  private func signer(of request: inout Request, _ pass: Admission.Pass, at now: Timestamp) async throws -> Caller {
    guard case .keys(let keys) = access, let id = request.headers[.holdfastKey], keys.maySign(id, at: now),
      let signature = RequestSignature(request.headers[.holdfastSignature] ?? "")
    else { throw Problem.unauthorized }
    let body = try await request.body(upTo: settings.signedBodyMax, pass)
    guard let caller = keys.caller(id, signing: body, signature, at: now) else { throw Problem.unauthorized }
    request.body = RequestBody(buffer: ByteBuffer(bytes: body))
    return caller
  }
}
