import ArgumentParser
import Foundation

/// Drift: looks that a service is asked for, their reports, and a person's word on what is held.
struct Reconcile: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a running service for a look at a shop's drift, and show, approve, reject or undo a report.",
    discussion: """
      Without --apply nothing is mended: what would be is planned. A look reads the whole channel, and takes 15 s
      where something differs. docs/reconciliation.md says what is mended without asking.
      """)

  @Option(help: "The service, as https://stock.example.com.")
  var url = "http://127.0.0.1:8080"

  @Option(help: "The file that holds a key of the service, if not HOLDFAST_TOKEN. A look needs the scope admin.")
  var tokenFile: String?

  @Flag(help: "Mend what may be mended.")
  var apply = false

  @Option(help: "Look at one location alone.")
  var location: String?

  @Option(help: "With --location: look at one key alone.")
  var sku: String?

  @Flag(help: "List the newest reports.")
  var list = false

  @Option(help: "Show a report.")
  var show: String?

  @Option(help: "Do what a report holds.")
  var approve: String?

  @Option(help: "Leave what a report holds as it is.")
  var reject: String?

  @Option(help: "Take back what a report corrected.")
  var undo: String?

  @Option(help: "Numbers of rows to approve or reject, as 1,4; all that wait without it.")
  var rows: String?

  @Option(help: "Write the report to a file too: .html, .csv or .json.")
  var out: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if [list ? "" : nil, show, approve, reject, undo].compactMap(\.self).count > 1 {
      throw ValidationError("name one of --list, --show, --approve, --reject and --undo")
    }
    if sku != nil && location == nil { throw ValidationError("--sku goes with --location") }
    if rows != nil && approve == nil && reject == nil {
      throw ValidationError("--rows goes with --approve or --reject")
    }
    if let rows, Self.numbers(rows) == nil { throw ValidationError("--rows \(rows) is no list of numbers as 1,4") }
    if let out, Self.format(of: out) == nil { throw ValidationError("--out \(out) ends in .html, .csv or .json") }
    if out != nil && list { throw ValidationError("--out is of one report") }
    if URL(string: url)?.host == nil {
      throw ValidationError("--url \(url) is no address as https://stock.example.com")
    }
  }

  func run() async throws {
    try await perform(json: output.json) { _ in
      let service = ReconciledService(url, try ServiceToken(file: tokenFile).headers)
      if list {
        let reports = try await service.ask("?limit=20")
        Console.put(output.json ? reports.body : ReconciliationText.list(reports.fields))
        return .done
      }
      let report = try await report(by: service)
      if let out, let format = Self.format(of: out), let id = report.fields["report"] as? String {
        let file = try await service.ask("/\(id)?format=\(format)").body
        do { try file.write(toFile: out, atomically: true, encoding: .utf8) } catch {
          throw Complaint("\(out) cannot be written: \(error)", do: "name another file with --out")
        }
      }
      Console.put(output.json ? report.body : ReconciliationText.report(report.fields))
      return .done
    }
  }

  private func report(by service: ReconciledService) async throws -> ReconciledService.Answer {
    let chosen =
      rows.flatMap(Self.numbers).map { #"{"rows":[\#($0.map(String.init).joined(separator: ","))]}"# } ?? "{}"
    if let show { return try await service.ask("/\(ReconciledService.encoded(show))") }
    if let approve { return try await service.ask("/\(ReconciledService.encoded(approve))/approve", chosen) }
    if let reject { return try await service.ask("/\(ReconciledService.encoded(reject))/reject", chosen) }
    if let undo { return try await service.ask("/\(ReconciledService.encoded(undo))/undo", "{}") }
    var wanted: [String: Any] = ["dryRun": !apply]
    wanted["location"] = location
    wanted["sku"] = sku
    return try await service.look(wanted)
  }

  private static func numbers(_ text: String) -> [Int]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    return parts.contains(nil) ? nil : parts.compactMap(\.self)
  }

  private static func format(of path: String) -> String? {
    ["html", "csv", "json"].first { path.hasSuffix("." + $0) }
  }
}
