import ArgumentParser
import ShopifyEmulator
import ShopifyEmulatorCore

extension Shopify {
  /// A Shopify shop on this machine.
  struct Emulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Be a Shopify shop: Admin API, webhooks and faults. docs/shopify-emulator.md says what it knows.",
      discussion: """
        The first line of stdout is where it listens, once it does. It keeps nothing: what it holds is gone with it.
        Under /emulator a test places orders and asks what is there; whoever may call the API may do that, too.
        """)

    @OptionGroup var door: DoorOptions
    @OptionGroup var stock: StockOptions
    @OptionGroup var behaviour: BehaviourOptions

    @Option(help: "Write the body of each GraphQL call to this file, a line each: Scripts/check-graphql reads it.")
    var record: String?

    @Option(help: "Write what /emulator/levels would say to this file at the end.")
    var stateOut: String?

    @OptionGroup var logging: LogOptions

    func run() async throws {
      try await perform(json: false, stopping: .isGone) { flag in
        let log = logging.start()
        let clock = EmulatorClock(speed: behaviour.speed)
        var shop = EmulatedShop(settings: try behaviour.settings, seed: behaviour.seed, at: clock.now)
        try stock.fill(&shop, at: clock.now)
        try behaviour.subscribe(&shop, at: clock.now)
        let live = LiveShop(shop, clock: clock)
        let recording = try record.map { path in try RecordFile(path: path) }
        let server = EmulatorServer(
          shop: live, settings: serverSettings, record: recording.map(\.adding), logger: log.logger())
        try await serve(server, flag)
        try await recording?.end()
        if let stateOut {
          let rows = await live.turn { shop, _ in shop.levelRows }
          try writeFile(stateOut, rows.map { "\($0)\n" }.joined())
        }
        return .done
      }
    }

    private var serverSettings: EmulatorServer.Settings {
      var settings = behaviour.serverSettings
      settings.address = door.address
      return settings
    }

    private func serve(_ server: EmulatorServer, _ flag: StopFlag) async throws {
      do {
        try await server.run(host: door.host, port: door.port) { address in
          Console.put(address)
          Console.say("a Shopify shop, made up: the Admin API is at \(address)/admin/api/2026-04/graphql.json")
        } until: {
          await flag.wait()
        }
      } catch {
        throw Complaint(
          "\(door.host):\(door.port) cannot be listened on: \(error)",
          do: "check --host and --port, and who listens there")
      }
    }

    /// Where it listens.
    struct DoorOptions: ParsableArguments {
      @Option(help: "The port; 0 is any that is free.")
      var port = 4010

      @Option(help: "The address.")
      var host = "127.0.0.1"

      @Flag(
        help: "Let other machines connect: the shop is made up, but its tokens go over the network for all to read.")
      var anywhere = false

      @Option(
        help: """
          Where clients reach it, for the addresses that it answers: http://shopify:4010. Without it, where it listens.
          """)
      var address: String?

      func validate() throws {
        if let address, !address.hasPrefix("http://"), !address.hasPrefix("https://") {
          throw ValidationError("--address begins with http:// or https://")
        }
        guard let address = ListenAddress("\(host.contains(":") ? "[\(host)]" : host):\(port)") else {
          throw ValidationError("--host is a name or an address, and --port 0 to 65535")
        }
        if !address.isLoopback && !anywhere {
          throw ValidationError("--host \(host) lets other machines connect: say --anywhere where that is meant")
        }
      }
    }
  }
}
