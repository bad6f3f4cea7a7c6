import ArgumentParser
import Foundation

/// Which service is asked for reports of drift, and where they go.
struct ReportOptions: ParsableArguments {
  @Option(help: "The service, as https://stock.example.com.")
  var url = "http://127.0.0.1:8080"

  @Option(help: "The file that holds a key of the service, if not HOLDFAST_TOKEN. A look needs the scope admin.")
  var tokenFile: String?

  @Option(help: "Write the report to a file too: .html, .csv or .json.")
  var out: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let out, Self.format(of: out) == nil { throw ValidationError("--out \(out) ends in .html, .csv or .json") }
    if URL(string: url)?.host == nil {
      throw ValidationError("--url \(url) is no address as https://stock.example.com")
    }
  }

  var service: ReconciledService {
    get throws(Complaint) { ReconciledService(url, try ServiceToken(file: tokenFile).headers) }
  }

  /// Prints a report, and writes it where it was asked for.
  func tell(_ report: ReconciledService.Answer, of service: ReconciledService) async throws {
    if let out, let format = Self.format(of: out), let id = report.fields["report"] as? String {
      let file = try await service.ask("/\(id)?format=\(format)").body
      do { try file.write(toFile: out, atomically: true, encoding: .utf8) } catch {
        throw Complaint("\(out) cannot be written: \(error)", do: "name another file with --out")
      }
    }
    Console.put(output.json ? report.body : ReconciliationText.report(report.fields))
  }

  private static func format(of path: String) -> String? {
    ["html", "csv", "json"].first { path.hasSuffix("." + $0) }
  }
}

/// A source's complete list: one that the service asks for, or a file.
struct ListOptions: ParsableArguments {
  @Option(help: "A file with all that the source knows: .csv, .jsonl, .ndjson or .json (a row a line).")
  var snapshot: String?

  @Option(help: "With --snapshot: when all of it was true, as 2026-01-01T08:26:00Z; also for rows without a time.")
  var asOf: String?

  @Option(help: "With --snapshot: of allocated, pending and open those of which it names every line.")
  var complete: String?

  func validate() throws {
    for (name, value) in [("--as-of", asOf), ("--complete", complete)] where value != nil && snapshot == nil {
      throw ValidationError("\(name) goes with --snapshot")
    }
    if let snapshot, Self.type(of: snapshot) == nil {
      throw ValidationError("--snapshot \(snapshot) ends in .csv, .jsonl, .ndjson or .json")
    }
  }

  /// Asks for a look at the list, and for its report until it is there.
  ///
  /// - Parameter wanted: What else the look is asked for, by the names of the API.
  func look(
    _ source: String, _ wanted: [String: Any], by service: ReconciledService
  ) async throws -> ReconciledService.Answer {
    guard let snapshot, let type = Self.type(of: snapshot) else {
      return try await service.look(wanted.merging(["source": source]) { $1 })
    }
    var query = wanted
    query["asOf"] = asOf
    query["complete"] = complete
    let list = ReconciledService.List(
      source: source, query: query, type: type, body: String(decoding: try readFile(snapshot), as: UTF8.self))
    return try await service.look(list)
  }

  private static func type(of path: String) -> String? {
    let types: KeyValuePairs = [
      ".csv": "text/csv", ".jsonl": "application/jsonl", ".ndjson": "application/jsonl", ".json": "application/jsonl",
    ]
    return types.first { path.hasSuffix($0.key) }?.value
  }
}
