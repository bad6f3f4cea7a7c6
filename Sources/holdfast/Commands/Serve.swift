import ArgumentParser
import InventoryEngine
import InventoryService
import Logging
import ShopifyAdmin
import StockLedger

/// The engine as an HTTP service.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the engine over HTTP: docs/api.md says how to ask.",
    discussion: """
      Whoever asks shows a key that `holdfast key create` made; the key says whose stock it opens. Without --keys only
      this machine may connect, and everybody on it may do everything in the shop that --shop names.
      Every flag can also stand in a file (--config) or in the environment (HOLDFAST_LISTEN for --listen).
      On Ctrl-C or SIGTERM no more connections are taken, what was asked is answered, and the journal is closed.
      """)

  @OptionGroup var options: ServeOptions

  @Flag(help: "Print what would hold, from flags, environment and file, and who said it; then end.")
  var printConfig = false

  func run() async throws {
    try await perform(json: false, stopping: .isDone) { flag in
      let observing = try options.observing.start()
      FileLimit.raise(connections: options.door.connectionsMax)
      let access = try ServiceAccess(options.keys)
      let certificate = try options.door.certificate?.live()
      let sources = try options.sourceSettings
      try await SourceCheck(sources: sources).start()
      try await AlertCheck(options: options.alerts).start()
      let accounts = try options.shopify.accounts()
      let defaults = accounts.defaultLocations
      try await observing.keepingSpans {
        try await withServedEngine(options, observing, flag, defaultLocations: defaults) { engine, clock in
          let logger = observing.log.logger()
          try await ShopifyConnections.run { connections in
            let publishing = try ShopifyPublishing(
              options.shopify, engine: engine, connections: connections, clock: clock, logger: logger)
            let desk = try await options.shopify.desk(
              accounts, engine: engine, clock: clock, directory: options.place.data, signals: publishing,
              logger: logger)
            let service = InventoryService(
              engine: engine, access: access.access, settings: options.door.settings,
              sources: sources, clock: clock, metrics: observing.metrics,
              certificate: certificate, accessLog: observing.accessLog, tracer: observing.tracer,
              shopify: desk,
              publishing: try await options.shopify.publishing(
                publishing.publishers, directory: options.place.data),
              reconciling: options.shopify.reconciling(
                publishing, desk, settings: options.reconciling.settings, directory: options.place.data,
                sources: sources),
              alerts: try await options.alerts.desk(clock: clock, directory: options.place.data, logger: logger),
              logger: logger)
            try await serve(service, publishing, access, certificate, flag, logger)
          }
        }
      }
      return .done
    }
  }

  /// Serves, and does what goes on beside it.
  private func serve(
    _ service: InventoryService, _ publishing: ShopifyPublishing, _ access: ServiceAccess,
    _ certificate: LiveCertificate?, _ flag: StopFlag, _ logger: Logger
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await access.watch(logger: logger) }
      group.addTask { await publishing.run() }
      if options.shopify.shopifyDryRun { group.addTask { await publishing.tellDryRun() } }
      if let files = options.door.certificate, let certificate {
        group.addTask { await files.watch(certificate, logger: logger) }
      }
      try await serve(service, flag)
      group.cancelAll()
    }
  }

  private func serve(_ service: InventoryService, _ flag: StopFlag) async throws {
    let address = options.door.address
    let scheme = options.door.tlsCert == nil ? "http" : "https"
    do {
      try await service.run(host: address.host, port: address.port) { port in
        Console.say("listening on \(scheme)://\(address.written(port: port))")
      } until: {
        await flag.wait()
      }
    } catch {
      throw Complaint(
        "\(address.written(port: address.port)) cannot be listened on: \(error)",
        do: "check --listen, and who listens there")
    }
  }
}

/// Who may use a service, and the file that says so.
struct ServiceAccess: Sendable {
  let access: InventoryService.Access
  private let file: KeyFile?
  private let live: LiveKeys

  init(_ options: KeyOptions) throws(Complaint) {
    file = options.file
    live = LiveKeys(try file?.read() ?? KeyRing(), defaults: options.limits)
    access = file == nil ? .open(shop: options.shop) : .keys(live)
  }

  /// Takes over what changes in the file, until it is cancelled.
  func watch(logger: Logger) async { await file?.watch(live, logger: logger) }
}
