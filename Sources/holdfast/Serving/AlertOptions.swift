import ArgumentParser
import InventoryEngine
import InventoryService
import Logging

/// The flags of `serve` for alerts by webhook.
struct AlertOptions: ParsableArguments {
  @Option(help: "Who is told by webhook: an https URL, or http on this machine itself. docs/alerts.md.")
  var alertsUrl: String?

  @Option(help: "The file that holds the secret that alerts are signed with, if not HOLDFAST_ALERTS_SECRET.")
  var alertsSecretFile: String?

  @Option(help: "What is told: drift, shortfall, lowStock, sourceSilent; all of it where nothing is said.")
  var alertsKinds: [String] = []

  @Option(help: "Units that may be sold of a key at or under which its stock is low, 0 to 1000000000.")
  var alertsLowStock: Int64?

  @Option(help: "Differences that one look may mend without anybody being told, 0 to 100000.")
  var alertsDrift = 100

  @Option(help: "Where alerts are kept until they are delivered; in --data where nothing is said.")
  var alertsKept: String?

  func validate() throws {
    if let alertsUrl, address == nil {
      throw ValidationError("--alerts-url \(alertsUrl) is neither an https URL nor http on this machine itself")
    }
    for kind in alertsKinds where !AlertKind.choices.map(\.rawValue).contains(kind) {
      let known = AlertKind.choices.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--alerts-kinds \(kind) is none of \(known)")
    }
    if let alertsLowStock, !(0...1_000_000_000).contains(alertsLowStock) {
      throw ValidationError("--alerts-low-stock is 0 to 1000000000 units")
    }
    if !(0...100_000).contains(alertsDrift) { throw ValidationError("--alerts-drift is 0 to 100000") }
  }

  /// Whoever reads a message knows what is sold out where: on its way to another machine it is encrypted.
  private var address: PullAddress? {
    guard let address = alertsUrl.flatMap({ PullAddress($0) }) else { return nil }
    return address.isEncrypted || ListenAddress("\(address.host):0")?.isLoopback == true ? address : nil
  }

  /// What is told to whom; nil where nobody is.
  var settings: AlertSettings? {
    guard let address, let secret = try? SecretText("${\(Self.secret)}") else { return nil }
    var environment = [Self.secret: Console.environment(Self.secret) ?? ""]
    environment[Self.secret + "_FILE"] = alertsSecretFile
    var settings = AlertSettings(address: address, secret: secret, environment: environment)
    if !alertsKinds.isEmpty { settings.kinds = Set(alertsKinds.compactMap { AlertKind(rawValue: $0) }) }
    settings.lowAt = alertsLowStock
    settings.driftMax = alertsDrift
    return settings
  }

  private static let secret = "HOLDFAST_ALERTS_SECRET"

  /// The desk of the messages; nil where nobody is told.
  ///
  /// - Parameter directory: The journal's directory, where it has one.
  func desk(clock: any EngineClock, directory: String?, logger: Logger) async throws -> AlertDesk? {
    guard let settings else { return nil }
    guard let path = alertsKept ?? directory.map({ $0 + "/alerts.jsonl" }) else {
      throw Complaint("alerts that wait need a file", do: "name it with --alerts-kept")
    }
    do {
      return try await AlertDesk(settings, clock: clock, store: KeptLinesFile(path: path), logger: logger)
    } catch let error as KeptLineError {
      throw Complaint(
        "line \(error.line) of \(path) cannot be read",
        do: "repair the line, or move the file away: what waits in it is then not sent")
    }
  }
}
