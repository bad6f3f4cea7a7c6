import Foundation
import HTTPTypes
import StockLedger
import Testing

@testable import InventoryService

extension ServiceTests {
  /// What is written about the service, held against what it does.
  @Suite struct DocumentTests {
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    @Test func theServedDocumentIsTheFile() throws {
      let file = try String(contentsOfFile: Self.root + "/Sources/InventoryService/openapi.json", encoding: .utf8)
      #expect(openAPIDocument == file, "run Scripts/embed-openapi")
    }

    @Test func everyRouteIsInTheDocumentAndTheOtherWayRound() throws {
      let document = HTTPCaller.Answer(body: Array(openAPIDocument.utf8)).json
      let paths = try #require(document["paths"] as? [String: [String: Any]])
      let written = paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } }
      #expect(Set(written) == Set(Route.all.map { "\($0.method.rawValue) \($0.path)" }))
      #expect(written.count == Route.all.count)
      for route in Route.all {
        let operation = try #require(paths[route.path]?[route.method.rawValue.lowercased()] as? [String: Any])
        let ways: Int? =
          switch route.access {
          case .anyone: 0
          case .localOrBearer, .anySigner: 2
          case .bearer, .anyBearer: nil
          }
        #expect((operation["security"] as? [Any])?.count == ways, "\(route.path)")
        // Every key may have a rate. A webhook shows no key: its signature is what 401 is about.
        let answers = (operation["responses"] as? [String: Any] ?? [:]).keys
        for status in ["401", "429"] where route.path != "/webhooks/shopify" {
          #expect(answers.contains(status) == !route.isOpen, "\(route.path)")
        }
        let named = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        let references = (operation["parameters"] as? [[String: String]] ?? []).compactMap { $0["$ref"] }
        for name in named { #expect(references.contains("#/components/parameters/\(name)"), "\(route.path)") }
      }
    }

    @Test func everyQueryNameIsInTheDocumentAndTheOtherWayRound() throws {
      let document = HTTPCaller.Answer(body: Array(openAPIDocument.utf8)).json
      let paths = try #require(document["paths"] as? [String: [String: Any]])
      let shared = try #require((document["components"] as? [String: Any])?["parameters"] as? [String: [String: Any]])
      for route in Route.all {
        let operation = try #require(paths[route.path]?[route.method.rawValue.lowercased()] as? [String: Any])
        let written = (operation["parameters"] as? [[String: Any]] ?? []).compactMap { parameter in
          let place = (parameter["$ref"] as? String)?.split(separator: "/").last
          return place.map { shared[String($0)] ?? [:] } ?? parameter
        }
        let names = written.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
        #expect(names.sorted() == route.query.sorted(), "\(route.method) \(route.path)")
        // Every route refuses what it does not know.
        #expect((operation["responses"] as? [String: Any])?["400"] != nil, "\(route.method) \(route.path)")
      }
    }

    @Test func everyReferenceLeadsSomewhere() throws {
      let document = HTTPCaller.Answer(body: Array(openAPIDocument.utf8)).json
      let references = openAPIDocument.matches(of: /"\$ref": ?"#\/([^"]+)"/).map { $0.output.1 }
      #expect(!references.isEmpty)
      for reference in references {
        var place: Any? = document
        for part in reference.split(separator: "/") { place = (place as? [String: Any])?[String(part)] }
        #expect(place != nil, "\(reference)")
      }
    }

    /// An example of docs/api.md: a request, and how its answer begins.
    private struct Example {
      /// The heading that it stands under.
      var section = ""
      var method = ""
      var path = ""
      var fields: [String: String] = [:]
      var body = ""
      var status = 0
      var says: [String] = []
    }

    /// The blocks that begin with a method are requests; the block after each begins with the status of its answer.
    private static func examples() throws -> [Example] {
      let text = try String(contentsOfFile: root + "/docs/api.md", encoding: .utf8)
      let pieces = text.components(separatedBy: "```")
      var section = ""
      var examples: [Example] = []
      for (place, piece) in pieces.enumerated() {
        if place % 2 == 0 {
          if let heading = piece.matches(of: /(?m)^## (.+)$/).last { section = String(heading.output.1) }
          continue
        }
        let block = piece.trimmingCharacters(in: .newlines).components(separatedBy: "\n")
        // The language of the block stands on its first line.
        let lines = Array(block.dropFirst(block[0] == "http" ? 1 : 0))
        let words = lines[0].split(separator: " ").map(String.init)
        if ["GET", "POST", "PUT"].contains(words[0]) {
          var example = Example(section: section, method: words[0], path: words[1])
          let end = lines.firstIndex(of: "") ?? lines.count
          for line in lines[1..<end] {
            let parts = line.components(separatedBy: ": ")
            example.fields[parts[0]] = parts[1]
          }
          example.body = lines[end...].dropFirst().joined(separator: "\n")
          examples.append(example)
        } else if let status = Int(words[0]), !examples.isEmpty {
          examples[examples.count - 1].status = status
          examples[examples.count - 1].says = Array(lines.dropFirst())
        }
      }
      return examples
    }

    /// Values that differ from run to run are written as …
    private static func agrees(_ line: String, _ said: String) -> Bool {
      var rest = said[...]
      for (index, part) in line.components(separatedBy: "…").enumerated() where !part.isEmpty {
        guard let place = rest.range(of: part), index > 0 || place.lowerBound == rest.startIndex else { return false }
        rest = rest[place.upperBound...]
      }
      return line.hasSuffix("…") || rest.isEmpty
    }

    /// What it says that is not so; empty where all is.
    private static func faults(of example: Example, _ answer: HTTPCaller.Answer) -> [String] {
      guard answer.status == example.status else { return ["\(answer.status): \(answer.text)"] }
      let said = answer.text.split(separator: "\n").map(String.init)
      // A last line of … stands for all that come after.
      guard example.says.last == "…" || said.count == example.says.count else { return [answer.text] }
      return zip(example.says, said).filter { !agrees($0, $1) }.map { "\($0)\n\($1)" }
    }

    private static func ask(_ example: Example, _ client: HTTPCaller) async throws -> HTTPCaller.Answer {
      if example.path.hasPrefix("/v1/stream") {
        return try await EventListener(client, example.path, example.fields).firstEvent()
      }
      let body = example.method == "GET" ? nil : Array(example.body.utf8)
      return try await client.call(example.method, example.path, example.fields, body)
    }

    @Test func everyExampleIsTrue() async throws {
      let examples = try Self.examples().filter { !["Publications", "Reconciliations", "Alerts"].contains($0.section) }
      #expect(examples.count >= 12)
      try await OpenService.open(keys: [("main", "admin")]) { service in
        for example in examples {
          let answer = try await Self.ask(example, service.caller())
          #expect(Self.faults(of: example, answer) == [], "\(example.method) \(example.path)")
        }
      }
    }

    /// In a shop of its own whose stock is written to a channel: what is asked for comes to be so a moment later.
    @Test func everyExampleOfPublicationsIsTrue() async throws {
      let examples = try Self.examples().filter { $0.section == "Publications" }
      #expect(examples.count >= 6)
      let rig = PublishingRig(["main"])
      try await rig.channel.refuse("mug", .notStocked, "leeds")
      try await OpenService.open(keys: [("main", "admin")], publishing: rig) { service in
        let client = service.caller()
        try await client.count("cap", 12, location: "leeds")
        try await client.count("mug", 40, location: "leeds")
        for example in examples {
          var answer = try await Self.ask(example, client)
          for _ in 0..<1_500 where example.method == "GET" && !Self.faults(of: example, answer).isEmpty {
            try await Task.sleep(for: .milliseconds(20))
            answer = try await Self.ask(example, client)
          }
          #expect(Self.faults(of: example, answer) == [], "\(example.method) \(example.path)")
        }
      }
    }

    /// Where somebody hears what is told.
    @Test func everyExampleOfAlertsIsTrue() async throws {
      let examples = try Self.examples().filter { $0.section == "Alerts" }
      #expect(examples.count >= 3)
      let receiver = try ForeignSystem { _ in .init() }
      defer { receiver.end() }
      let settings = try AlertSettings.told(receiver)
      try await OpenService.open(keys: [("main", "admin")], alerts: { try await AlertDesk.made(settings, $0) }) {
        service in
        for example in examples {
          var answer = try await Self.ask(example, service.caller())
          for _ in 0..<1_500 where example.method == "GET" && !Self.faults(of: example, answer).isEmpty {
            try await Task.sleep(for: .milliseconds(20))
            answer = try await Self.ask(example, service.caller())
          }
          #expect(Self.faults(of: example, answer) == [], "\(example.method) \(example.path)")
        }
      }
    }

    /// In a shop in whose channel somebody has changed a number.
    @Test func everyExampleOfReconciliationsIsTrue() async throws {
      let examples = try Self.examples().filter { $0.section == "Reconciliations" }
      #expect(examples.count >= 3)
      let rig = PublishingRig(["main"])
      try await OpenService.open(keys: [("main", "admin")], publishing: rig) { service in
        let client = service.caller()
        try await client.count("cap", 12, location: "leeds")
        try await client.get("/v1/publications/keys/cap/leeds") { $0.json["state"] as? String == "published" }
        try await rig.channel.change("cap", to: 15, "leeds")
        for example in examples {
          var answer = try await Self.ask(example, client)
          for _ in 0..<1_500 where example.method == "GET" && !Self.faults(of: example, answer).isEmpty {
            try await Task.sleep(for: .milliseconds(20))
            answer = try await Self.ask(example, client)
          }
          #expect(Self.faults(of: example, answer) == [], "\(example.method) \(example.path)")
        }
      }
    }
  }
}
