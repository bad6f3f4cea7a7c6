import ArgumentParser
import Foundation

/// Alerts by webhook: how they stand, a test, and another try.
struct Alerts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the alerts of a running service and how they stand, send a test, or send one again.",
    discussion: """
      A test arrives, or this says why not and ends with 1. docs/alerts.md says what is told, and how its signature is
      checked.
      """)

  @Option(help: "The service, as https://stock.example.com.")
  var url = "http://127.0.0.1:8080"

  @Option(help: "The file that holds a key of the service, if not HOLDFAST_TOKEN. To send asks for the scope admin.")
  var tokenFile: String?

  @Flag(help: "Send a message that says nothing, and wait for what comes of it.")
  var test = false

  @Option(help: "Send an alert again.")
  var retry: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if test && retry != nil { throw ValidationError("name one of --test and --retry") }
    if URL(string: url)?.host == nil {
      throw ValidationError("--url \(url) is no address as https://stock.example.com")
    }
  }

  func run() async throws {
    try await perform(json: output.json) { _ in
      let service = ReconciledService(url, try ServiceToken(file: tokenFile).headers, routes: "/v1/alerts")
      guard test || retry != nil else {
        let answer = try await service.ask("?limit=100")
        Console.put(output.json ? answer.body : AlertText.list(answer.fields["alerts"] as? [[String: Any]] ?? []))
        return .done
      }
      let path = retry.map { "/\(ReconciledService.encoded($0))/retry" } ?? "/test"
      let id = try await service.ask(path, "{}").fields["id"] as? String ?? ""
      let alert = try await tried(id, service)
      Console.put(
        output.json
          ? String(decoding: try JSONSerialization.data(withJSONObject: alert, options: .sortedKeys), as: UTF8.self)
          : AlertText.list([alert]))
      return alert["state"] as? String == "delivered" ? .done : .failed
    }
  }

  /// The alert after its next try.
  private func tried(_ id: String, _ service: ReconciledService) async throws -> [String: Any] {
    while true {
      let alerts = try await service.ask("?limit=1000").fields["alerts"] as? [[String: Any]] ?? []
      guard let alert = alerts.first(where: { $0["id"] as? String == id }) else {
        throw Complaint("the alert \(id) gave way to newer ones", do: "ask again")
      }
      if (alert["tries"] as? NSNumber)?.intValue ?? 0 > 0 { return alert }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}

/// Alerts for people.
enum AlertText {
  static func list(_ alerts: [[String: Any]]) -> String {
    if alerts.isEmpty { return "nobody was told of anything" }
    var table = Columns()
    table.add("alert", "made", "kind", "state", "tries", "status")
    for alert in alerts {
      table.add(["id", "at", "kind", "state", "tries", "lastStatus"].map { text(alert[$0]) })
    }
    let troubles = alerts.compactMap { $0["trouble"] as? String }
    return table.text + (troubles.first.map { "\nthe newest trouble: " + $0 } ?? "")
  }

  private static func text(_ value: Any?) -> String {
    switch value {
    case let text as String: text
    case let number as NSNumber: number.stringValue
    default: ""
    }
  }
}
