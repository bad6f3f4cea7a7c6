import ArgumentParser

/// A shop or a location rebuilt from what a source says of all that it knows.
struct Refresh: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a running service to rebuild a shop's or a location's stock from a source's complete list.",
    discussion: """
      The list is the one that the service asks the source for (sources.NAME.snapshot.url), or a file. What would change
      is shown and held: holdfast reconcile --approve REPORT does it, --reject REPORT does not. With --apply it is done
      at once. What is newer than the list stays: holds, claims, adjustments, counts. docs/reconciliation.md
      """)

  @Option(help: "The source, as its rows name it.")
  var source: String

  @Option(help: "Rebuild one location alone.")
  var location: String?

  @OptionGroup var list: ListOptions

  @Flag(help: "Do it at once.")
  var apply = false

  @Flag(help: "Take the list for whole even where it is more than a fifth shorter than what its source has reported.")
  var allowShrink = false

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if list.snapshot != nil && list.asOf == nil {
      throw ValidationError("--snapshot goes with --as-of: what is newer than the list stays as it is")
    }
  }

  func run() async throws {
    try await perform(json: report.output.json) { _ in
      let service = try report.service
      var wanted: [String: Any] = ["refresh": true, "apply": apply, "allowShrink": allowShrink]
      wanted["location"] = location
      let answer = try await list.look(source, wanted, by: service)
      try await report.tell(answer, of: service)
      if let id = answer.fields["report"] as? String, (answer.fields["open"] as? Int ?? 0) > 0, !apply {
        Console.say("nothing has changed yet; to do it: holdfast reconcile --approve \(id)")
      }
      return .done
    }
  }
}
