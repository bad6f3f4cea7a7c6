import ArgumentParser
import InventoryService
import StockLedger

/// All that can be set for a service; `doctor` reads the same.
struct ServeOptions: ParsableArguments {
  @Option(
    help: "A YAML or JSON file of settings; HOLDFAST_… and flags go before it. docs/configuration.md lists them.")
  var config: String?

  @OptionGroup var place: PlaceOptions
  @OptionGroup var door: DoorOptions
  @OptionGroup var keys: KeyOptions
  @OptionGroup var sources: SourceOptions
  @OptionGroup var share: NodeOptions
  @OptionGroup var observing: ObservingOptions
  @OptionGroup var shopify: ShopifyOptions
  @OptionGroup var reconciling: ReconcilingOptions
  @OptionGroup var alerts: AlertOptions

  @Flag(help: "Accept that the wall clock is more than a day ahead of the journal: holds whose time is up will end.")
  var acceptClock = false

  func validate() throws {
    if keys.keys == nil && !door.address.isLoopback {
      throw ValidationError("--listen \(door.listen) lets other machines connect: name the --keys that they must show")
    }
    if door.tlsCert == nil && !door.plaintext && !door.address.isLoopback {
      throw ValidationError(
        "--listen \(door.listen) would send keys over the network for all to read: give --tls-cert and --tls-key, "
          + "or --plaintext where a proxy in front ends TLS")
    }
    if share.nodes > 1 && place.store == nil {
      throw ValidationError("--nodes are several processes on one Redis: name it with --store")
    }
    do throws(SourceMistake) { _ = try sourceSettings } catch { throw ValidationError(error.description) }
  }

  /// The sources as the service knows them.
  var sourceSettings: [SourceSettings] {
    get throws(SourceMistake) { try sources.settings(shop: keys.shop, data: place.data) }
  }
}

/// Where a service listens, and how what is said there is kept from others.
struct DoorOptions: ParsableArguments {
  @Option(help: "Where to listen; port 0 is any that is free.")
  var listen = "127.0.0.1:8080"

  @Option(help: "The certificate with its chain (PEM). It may be renewed while the service runs.")
  var tlsCert: String?

  @Option(help: "The certificate's private key (PEM).")
  var tlsKey: String?

  @Flag(help: "Let other machines connect without TLS: a proxy in front ends it, and the way to it is your own.")
  var plaintext = false

  @Option(help: "Connections at once, 1 to 100000; who comes then waits. Each needs a file descriptor and some 30 kB.")
  var connectionsMax = 10_000

  @Option(help: "Seconds that new requests are still taken after /readyz has said no, so that a balancer hears of it.")
  var drain = 0

  @Option(help: "Seconds that what was asked is waited for at a stop.")
  var stopPatience = 15

  func validate() throws {
    if ListenAddress(listen) == nil { throw ValidationError("--listen is host:port, or [address]:port") }
    if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key go together") }
    if tlsCert != nil && plaintext { throw ValidationError("--plaintext and --tls-cert exclude each other") }
    if !(1...100_000).contains(connectionsMax) { throw ValidationError("--connections-max is 1 to 100000") }
    if !(0...600).contains(drain) { throw ValidationError("--drain is 0 to 600 seconds") }
    if !(1...600).contains(stopPatience) { throw ValidationError("--stop-patience is 1 to 600 seconds") }
  }

  /// Where to listen, as it was found good.
  var address: ListenAddress { ListenAddress(listen) ?? .standard }

  var certificate: CertificateFiles? {
    guard let tlsCert, let tlsKey else { return nil }
    return CertificateFiles(certificate: tlsCert, key: tlsKey)
  }

  var settings: ServiceSettings {
    var settings = ServiceSettings()
    settings.connectionsMax = connectionsMax
    settings.drain = .seconds(drain)
    settings.stopPatience = .seconds(stopPatience)
    return settings
  }
}

/// Who may ask, and how much.
struct KeyOptions: ParsableArguments {
  @Option(help: "The file of keys; a key that is revoked in it opens nothing a second later.")
  var keys: String?

  @Option(help: "Whose stock it is, where there are no keys.")
  var shop = "main"

  @Option(name: .customLong("key-limits-rate"), help: "Requests a second, for keys that say nothing of their own.")
  var rate: Int64?

  @Option(name: .customLong("key-limits-burst"), help: "Requests at once after a rest, for such keys.")
  var burst: Int64?

  @Option(name: .customLong("key-limits-holds-max"), help: "Holds that may be live at once, for such keys.")
  var holdsMax: Int64?

  @Option(name: .customLong("key-limits-units-max"), help: "Units in live holds at once, for such keys.")
  var unitsMax: Int64?

  func validate() throws {
    do { _ = try StockKey(shop: shop, sku: "", location: "") } catch { throw ValidationError("--shop: \(error)") }
    try limits.check(prefix: "key-limits-")
  }

  var file: KeyFile? { keys.map { KeyFile(path: $0) } }

  /// What a key may that says nothing of its own.
  var limits: KeyLimits { KeyLimits(rate: rate, burst: burst, holdsMax: holdsMax, unitsMax: unitsMax) }
}

extension KeyLimits {
  /// Refuses bounds that are out of their ranges.
  func check(prefix: String) throws {
    let bounds = [
      ("rate", rate, Self.rates), ("burst", burst, Self.rates), ("holds-max", holdsMax, Self.holds),
      ("units-max", unitsMax, Self.units),
    ]
    for (name, bound, range) in bounds {
      guard let bound, !range.contains(bound) else { continue }
      throw ValidationError("--\(prefix)\(name) is \(range.lowerBound) to \(range.upperBound)")
    }
    if burst != nil && rate == nil { throw ValidationError("--\(prefix)burst goes with a --\(prefix)rate") }
  }
}

/// Which of several nodes on one Redis this is.
struct NodeOptions: ParsableArguments {
  @Option(help: "Which node this is, from 1.")
  var node = 1

  @Option(help: "How many nodes there are; the same for all.")
  var nodes = 1

  @Option(help: "What clients of other nodes are told: where this node can be asked.")
  var address = ""

  @Flag(help: "Write what may be sold to ats:<shop>:<sku>:<location>, for storefronts that read Redis.")
  var readModel = false

  @OptionGroup var times: LeaseFlags

  func validate() throws {
    if !(1...256).contains(nodes) { throw ValidationError("--nodes is 1 to 256") }
    if !(1...nodes).contains(node) { throw ValidationError("--node is 1 to --nodes") }
  }
}
