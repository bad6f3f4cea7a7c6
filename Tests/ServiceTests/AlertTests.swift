import Foundation
import InventoryService
import Testing

extension ServiceTests {
  /// Alert rules and dashboard, held against what is measured: an alarm on a misspelt name never rings.
  @Suite struct AlertTests {
    /// What docs/metrics.md says of a name.
    private struct Described {
      var kind: String
      var labels: Set<String>
    }

    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private static func text(_ file: String) throws -> String {
      try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
    }

    private static func described() throws -> [String: Described] {
      let rows = try text("docs/metrics.md").matches(of: /\| `(holdfast_\w+)` \| (\w+) \| ([^|]*)\|/)
      return Dictionary(
        uniqueKeysWithValues: rows.map { row in
          let labels = row.output.3.matches(of: /`(\w+)`/).map { String($0.output.1) }
          return (String(row.output.1), Described(kind: String(row.output.2), labels: Set(labels)))
        })
    }

    /// What is wrong with an expression: names and labels that are not measured.
    private static func faults(of expression: String, _ described: [String: Described]) -> [String] {
      var faults: [String] = []
      // What Prometheus adds, and what the buckets of a histogram have.
      var labels: Set = ["instance", "job", "le"]
      for found in expression.matches(of: /(holdfast_\w+)(?:\{([^}]*)\})?/) {
        let name = String(found.output.1)
        let base = String(name.replacing(/_(bucket|sum|count)$/, with: ""))
        let measure = described[base].flatMap { $0.kind == "histogram" && base != name ? $0 : nil }
        guard let measure = measure ?? described[name].flatMap({ $0.kind == "histogram" ? nil : $0 }) else {
          faults.append(name)
          continue
        }
        labels.formUnion(measure.labels)
        for matcher in (found.output.2 ?? "").matches(of: /(\w+)\s*(?:=~|!~|!=|=)\s*"/) {
          let label = String(matcher.output.1)
          if !measure.labels.contains(label) && label != "instance" { faults.append("\(name){\(label)}") }
        }
      }
      for grouping in expression.matches(of: /by \(([^)]*)\)/) {
        for label in grouping.output.1.split(separator: ",").map({ $0.filter { $0 != " " } })
        where !labels.contains(label) { faults.append("by (\(label))") }
      }
      return faults
    }

    private static func rules() throws -> [String: String] {
      let found = try text("Operations/prometheus/alerts.yml").matches(of: /- alert: (\w+)\n +expr: (.+)\n/)
      return Dictionary(uniqueKeysWithValues: found.map { (String($0.output.1), String($0.output.2)) })
    }

    private static func panels() throws -> [String] {
      let dashboard = HTTPCaller.Answer(body: Array(try text("Operations/grafana/holdfast.json").utf8)).json
      let panels = try #require(dashboard["panels"] as? [[String: Any]])
      return panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap { $0["expr"] as? String }
    }

    @Test func everyMeasureIsInTheTableAndTheOtherWayRound() throws {
      #expect(try Set(Self.described().keys) == Set(Measure.allCases.map(\.rawValue)))
    }

    /// Kinds and labels of the table, by what a scrape really shows.
    @Test func theTableSaysWhatIsScraped() async throws {
      let described = try Self.described()
      try await OpenService.open(publishing: PublishingRig()) { service in
        let client = service.caller()
        try await client.count("a", 3)
        _ = try await client.hold("a", 9, as: "r-1")
        _ = try await client.post(
          "/v1/ingest/erp", "sku,location,units,as_of\nb,main,1,2026-01-01T00:00:00Z\n", ["Content-Type": "text/csv"])
        let text = try await client.get("/metrics").text
        let types = text.matches(of: /# TYPE (holdfast_\w+) (\w+)\n(?:holdfast_\w+\{(.+)\})?/)
        #expect(types.count > 15)
        for type in types {
          let (_, name, kind, labels) = type.output
          let measure = try #require(described[String(name)], "\(name)")
          #expect(measure.kind == kind, "\(name)")
          let found = (labels ?? "").matches(of: /(\w+)="/).map { String($0.output.1) }
          #expect(Set(found).subtracting(["le"]) == measure.labels, "\(name)")
          #expect(text.contains("# HELP \(name) Not described") == false, "\(name)")
        }
      }
    }

    @Test func everyExpressionNamesWhatIsMeasured() throws {
      let described = try Self.described()
      let (rules, panels) = (try Self.rules(), try Self.panels())
      #expect(rules.count >= 10 && panels.count >= 30)
      for expression in rules.values + panels {
        #expect(expression.contains("holdfast_"))
        #expect(Self.faults(of: expression, described) == [], "\(expression)")
      }
      // The check itself finds what is wrong.
      for (wrong, fault) in [
        ("holdfast_hold_live", "holdfast_hold_live"), ("holdfast_holds_live_count", "holdfast_holds_live_count"),
        ("rate(holdfast_commit_entries[5m])", "holdfast_commit_entries"),
        (#"holdfast_keys{sku="a"}"#, "holdfast_keys{sku}"), ("sum by (shop) (holdfast_keys)", "by (shop)"),
      ] { #expect(Self.faults(of: wrong, described) == [fault]) }
    }

    /// docs/metrics.md has the rules in words.
    @Test func thePageHasTheSameRules() throws {
      let rows = try Self.text("docs/metrics.md").matches(of: /\| `(Holdfast\w+)` \| `(.+?)` \|/)
      let written = rows.map { ($0.output.1, $0.output.2.replacing("\\|", with: "|")) }
      #expect(Dictionary(uniqueKeysWithValues: written.map { (String($0), String($1)) }) == (try Self.rules()))
    }

    @Test func aPrometheusTakesTheExpressions() async throws {
      let place = try ScratchPlace()
      var file = try Self.text("Operations/prometheus/alerts.yml")
      file += "  - name: dashboard\n    rules:\n"
      for (index, panel) in try Self.panels().enumerated() {
        let expression = panel.replacing("$__rate_interval", with: "5m").replacing("$instance", with: ".*")
        file += "      - {record: 'panel:\(index)', expr: '\(expression)'}\n"
      }
      try file.write(toFile: place.path + "/rules.yml", atomically: true, encoding: .utf8)
      let words = try Promtool.run(["check", "rules", place.path + "/rules.yml"])
      #expect(words.map { $0.contains("SUCCESS") } != false, "\(words ?? "")")
    }
  }
}
