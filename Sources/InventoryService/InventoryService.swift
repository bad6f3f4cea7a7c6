import HTTPTypes
import Hummingbird
import HummingbirdCore
public import InventoryEngine
public import Logging
import NIOCore
import ServiceLifecycle
import StockLedger

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
  private let clock: any EngineClock
  private let admission: Admission
  private let logger: Logger

  /// A service around an engine that runs.
  ///
  /// - Parameter clock: The engine's own: keys end by it.
  public init(
    engine: InventoryEngine, access: Access, settings: ServiceSettings = ServiceSettings(), clock: any EngineClock,
    logger: Logger
  ) {
    self.engine = engine
    self.access = access
    self.settings = settings
    self.clock = clock
    admission = Admission(settings)
    self.logger = logger
  }

  /// Serves until `stop` returns; then takes no more connections, answers what was asked, and returns.
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
      router: router(), server: .http1(configuration: channelConfiguration),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: .maximum(settings.connectionsMax, logger: logger)),
      onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) }, logger: logger)
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [application], logger: logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        await stop()
        await group.triggerGracefulShutdown()
      }
      try await group.run()
      // A server that ended by itself is not waited with.
      tasks.cancelAll()
    }
  }

  private var channelConfiguration: HTTP1Channel.Configuration {
    let idle = IdleConnections(max: settings.idleConnectionsMax)
    let fieldsBytesMax = settings.fieldsBytesMax
    return HTTP1Channel.Configuration(
      additionalChannelHandlers: [ConnectionWatch(idle: idle, settings: settings)],
      idleTimeout: .milliseconds(settings.idleMax.components.seconds * 1_000),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: fieldsBytesMax, maxHeaderListSize: fieldsBytesMax, maxHeaderFieldCount: settings.fieldsMax))
  }

  private func router() -> Router<ServiceContext> {
    let router = Router(context: ServiceContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: Envelope())
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
    let caller = try caller(of: request, for: route.access, at: now)
    let pass = try admission.enter(isBounded: !route.isOpen)
    defer { pass.end() }
    let call = Call(
      engine: engine, settings: settings, request: request, context: context, caller: caller, now: now, pass: pass)
    do {
      try call.spend(1)
      if case .bearer(let scope) = route.access { try call.need(scope) }
      var reply = try await route.answer(call)
      reply.fields.append(contentsOf: call.rateFields)
      return reply
    } catch {
      guard var problem = Problem(of: error) else { throw error }
      problem.fields.append(contentsOf: call.rateFields)
      throw problem
    }
  }

  private func caller(of request: Request, for needed: Route.Access, at now: Timestamp) throws(Problem) -> Caller {
    if case .anyone = needed { return Caller(shop: "", scopes: []) }
    switch access {
    case .open(let shop): return Caller(shop: shop, scopes: [.admin])
    case .keys(let keys):
      let words = (request.headers[.authorization] ?? "").split(separator: " ")
      guard words.count == 2, words[0].lowercased() == "bearer",
        let caller = keys.caller(bearing: words[1], at: now)
      else { throw .unauthorized }
      return caller
    }
  }
}
