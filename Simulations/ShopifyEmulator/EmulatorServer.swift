import AsyncHTTPClient
import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import ShopifyEmulatorCore

/// An emulated shop over HTTP: its Admin API, the results of bulk reads, its webhooks, and what a test does to it by
/// hand under `/emulator`.
///
/// It keeps nothing: what is not asked of it before it ends is gone.
public struct EmulatorServer: Sendable {
  /// How the shell behaves; how the shop does is said by its own settings.
  public struct Settings: Sendable {
    /// The app's client secret, with which webhooks are signed.
    public var secret = "emulated-secret"
    /// Where clients reach it, for the addresses that it answers; nil for where it listens.
    public var address: String?
    /// Webhooks on their way at once.
    public var deliveriesMax = 8
    /// How long a subscriber may take to answer. Shopify gives five seconds.
    public var answerLimit = Duration.seconds(5)
    /// How long a subscriber may take to be connected to. Shopify gives one second.
    public var connectLimit = Duration.seconds(1)
    /// How long calls are waited for at a stop.
    public var stopPatience = Duration.seconds(2)
    /// Connections at once; who comes then waits.
    public var connectionsMax = 1_000

    /// As the real one, as far as it says.
    public init() {}

    var answerNanoseconds: Int64 { Int64(answerLimit / .nanoseconds(1)) }
  }

  /// After so long an unused connection is closed. Clients let go of theirs after a minute: it is theirs to end.
  private static let idleMax = TimeAmount.seconds(120)

  /// The shop.
  public let shop: LiveShop
  let settings: Settings
  let record: (@Sendable ([UInt8]) -> Void)?
  private let logger: Logger

  /// A server of a shop.
  ///
  /// - Parameter record: Gets the body of each GraphQL call, as it came and in the order in which the shop answered.
  public init(
    shop: LiveShop, settings: Settings = Settings(), record: (@Sendable ([UInt8]) -> Void)? = nil, logger: Logger
  ) {
    self.shop = shop
    self.settings = settings
    self.record = record
    self.logger = logger
  }

  /// Serves, and carries webhooks, until `stop` returns.
  ///
  /// - Parameters:
  ///   - host: The address to listen on.
  ///   - port: The port; 0 for any that is free.
  ///   - onListening: Told where it listens, as `http://127.0.0.1:4000`, once connections are taken.
  ///   - stop: Returns when the server is to stop.
  /// - Throws: What the system says where the address cannot be listened on.
  public func run(
    host: String, port: Int, onListening: @escaping @Sendable (String) async -> Void,
    until stop: @escaping @Sendable () async -> Void
  ) async throws {
    let server = Server(
      childChannelSetup: HTTP1Channel(
        responder: { request, writer, _ in try await respond(to: request, writer) },
        configuration: HTTP1Channel.Configuration(idleTimeout: Self.idleMax)),
      configuration: ServerConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: .maximum(settings.connectionsMax, logger: logger)),
      onServerRunning: { channel in
        let name = host.contains(":") ? "[\(host)]" : host
        let address = "http://\(name):\(channel.localAddress?.port ?? port)"
        await shop.turn { shop, _ in shop.isReached(at: settings.address ?? address) }
        await onListening(address)
      }, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    try await HTTPClient.withHTTPClient(configuration: clientConfiguration) { client in
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { await WebhookCourier(shop: shop, client: client, settings: settings).run() }
        tasks.addTask { try await server.run() }
        tasks.addTask { await stop() }
        try await tasks.next()
        tasks.addTask { try? await server.shutdownGracefully() }
        tasks.addTask { try? await Task.sleep(for: settings.stopPatience) }
        try await tasks.next()
        tasks.cancelAll()
      }
    }
  }

  private var clientConfiguration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout = .init(connect: .nanoseconds(Int64(settings.connectLimit / .nanoseconds(1))))
    // The shop's own retries are the ones that count.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = settings.deliveriesMax
    return configuration
  }
}
