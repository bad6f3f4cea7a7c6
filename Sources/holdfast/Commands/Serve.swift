import ArgumentParser
import InventoryEngine
import InventoryService
import Logging
import StockJournal
import StockLedger

/// The engine as an HTTP service.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve the engine over HTTP: docs/api.md says how to ask.",
    discussion: """
      Whoever asks shows a key that `holdfast key create` made; the key says whose stock it opens. Without --keys only
      this machine may connect, and everybody on it may do everything in the shop that --shop names.
      On Ctrl-C or SIGTERM no more connections are taken, what was asked is answered, and the journal is closed.
      """)

  @OptionGroup var place: PlaceOptions

  @Option(help: "Where to listen; port 0 is any that is free.")
  var listen = "127.0.0.1:8080"

  @Option(help: "The file of keys; a key that is revoked in it opens nothing a second later.")
  var keys: String?

  @Option(help: "Whose stock it is, where there are no keys.")
  var shop = "main"

  @Flag(help: "Accept that the wall clock is more than a day ahead of the journal: holds whose time is up will end.")
  var acceptClock = false

  func validate() throws {
    guard let address = ListenAddress(listen) else {
      throw ValidationError("--listen is host:port, or [address]:port")
    }
    if keys == nil && !address.isLoopback {
      throw ValidationError("--listen \(listen) lets other machines connect: name the --keys that they must show")
    }
    do { _ = try StockKey(shop: shop, sku: "", location: "") } catch { throw ValidationError("--shop: \(error)") }
  }

  func run() async throws {
    try await perform(json: false) { flag in
      guard let address = ListenAddress(listen) else { throw ValidationError("--listen is host:port") }
      let file = keys.map { KeyFile(path: $0) }
      let live = LiveKeys(try file?.read() ?? KeyRing())
      let journal = try await place.place().open()
      let clock = SystemClock(lastJournaled: try await journal.lastTime()) { ahead in
        let words = ahead < 0 ? "behind" : "ahead of"
        Console.complain("the wall clock is \(grouped(ahead.magnitude / 1_000)) s \(words) the journal's; check it")
      }
      var settings = EngineSettings.ofProgram
      settings.clockJumpMax = acceptClock ? nil : EngineSettings().clockJumpMax
      let logger = Logger(label: "holdfast") { StandardErrorLog(label: $0) }
      try await withEngine(on: journal, clock: clock, settings: settings) { engine in
        let service = InventoryService(
          engine: engine, access: file == nil ? .open(shop: shop) : .keys(live), clock: clock, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
          if let file { group.addTask { await file.watch(live, logger: logger) } }
          try await Self.serve(service, at: address, flag)
          group.cancelAll()
        }
      }
      return .done
    }
  }

  private static func serve(_ service: InventoryService, at address: ListenAddress, _ flag: StopFlag) async throws {
    do {
      try await service.run(host: address.host, port: address.port) { port in
        Console.say("listening on http://\(address.host.contains(":") ? "[\(address.host)]" : address.host):\(port)")
      } until: {
        while !flag.isRaised && !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
      }
    } catch {
      throw Complaint(
        "\(address.host):\(address.port) cannot be listened on: \(error)", do: "check --listen, and who listens there")
    }
  }
}
