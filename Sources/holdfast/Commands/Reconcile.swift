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

  @Flag(help: "Mend what may be mended.")
  var apply = false

  @Option(help: "Look at one location alone.")
  var location: String?

  @Option(help: "With --location: look at one key alone.")
  var sku: String?

  @Option(help: "Look at the complete list of one source alone, as its rows name it.")
  var source: String?

  @OptionGroup var listing: ListOptions

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

  @OptionGroup var telling: ReportOptions

  func validate() throws {
    if [list ? "" : nil, show, approve, reject, undo].compactMap(\.self).count > 1 {
      throw ValidationError("name one of --list, --show, --approve, --reject and --undo")
    }
    if sku != nil && location == nil { throw ValidationError("--sku goes with --location") }
    if rows != nil && approve == nil && reject == nil {
      throw ValidationError("--rows goes with --approve or --reject")
    }
    if let rows, Self.numbers(rows) == nil { throw ValidationError("--rows \(rows) is no list of numbers as 1,4") }
    if telling.out != nil && list { throw ValidationError("--out is of one report") }
    if listing.snapshot != nil && source == nil { throw ValidationError("--snapshot goes with --source: whose it is") }
    if listing.snapshot != nil && sku != nil { throw ValidationError("--snapshot is of a shop or a location") }
  }

  func run() async throws {
    try await perform(json: telling.output.json) { _ in
      let service = try telling.service
      if list {
        let reports = try await service.ask("?limit=20")
        Console.put(telling.output.json ? reports.body : ReconciliationText.list(reports.fields))
        return .done
      }
      try await telling.tell(try await report(by: service), of: service)
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
    if let source { return try await listing.look(source, wanted, by: service) }
    return try await service.look(wanted)
  }

  private static func numbers(_ text: String) -> [Int]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    return parts.contains(nil) ? nil : parts.compactMap(\.self)
  }
}
