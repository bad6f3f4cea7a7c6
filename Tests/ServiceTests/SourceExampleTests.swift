import Foundation
import Testing

extension ServiceTests {
  /// Every file under Examples/sources, and every example of docs/sources.md, through the built program.
  @Suite(.timeLimit(.minutes(5))) struct SourceExampleTests {
    private static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private let place: ScratchPlace

    init() throws { place = try ScratchPlace() }

    private static func example(_ path: String) -> String { root + "/Examples/sources/" + path }

    private static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    /// Serves with a configuration, of which some settings are replaced, and asks.
    private func serve(
      _ configuration: String, _ arguments: [String] = [], environment: [String: String] = [:],
      _ body: (HTTPCaller) async throws -> Void
    ) async throws {
      let process = try ServeProcess(
        ["serve", "--config", configuration, "--data", place.data, "--listen", "127.0.0.1:0"] + arguments,
        environment: environment, in: place)
      try await body(HTTPCaller(port: try await process.port()))
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }

    private func onHand(_ client: HTTPCaller, _ place: String) async throws -> Int? {
      try await client.get("/v1/stock/" + place).number("onHand")
    }

    private func wait(_ client: HTTPCaller, _ source: String, for isSo: ([String: Any]) -> Bool) async throws {
      while !isSo(try await client.get("/v1/sources/" + source).json) { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test func theFoldersAreThoseThatAreTested() throws {
      let files = FileManager.default.enumerator(atPath: Self.root + "/Examples/sources")?.compactMap { $0 as? String }
      #expect(
        (files ?? []).filter { $0.contains(".") }.sorted() == [
          "3pl/holdfast.yaml", "3pl/receipts-20101202.csv", "3pl/stock-20101202.csv", "README.md",
          "erp/answer-1.json", "erp/answer-2.json", "erp/answer-3.json", "erp/holdfast.yaml",
          "pos/holdfast.yaml", "pos/sales.csv", "wms/holdfast.yaml", "wms/movements.jsonl",
        ])
    }

    @Test func anERPIsAsked() async throws {
      let answers = try (1...3).map { try Self.text(Self.example("erp/answer-\($0).json")) }
      let system = try ForeignSystem { asked in
        guard asked.fields["authorization"] == "Bearer hush" else { return .init(status: 401) }
        return switch asked.query {
        case "company=UK01": .init(body: answers[0])
        case "company=UK01&changedSince=48213": .init(body: answers[1])
        default: .init(body: answers[2])
        }
      }
      defer { system.end() }
      let token = place.path + "/token"
      try Data("hush\n".utf8).write(to: URL(fileURLWithPath: token))
      let url = "erp.url=http://127.0.0.1:\(system.port)/api/v2/stock?company=UK01"
      let arguments = ["--sources", url, "--sources", "erp.interval=1s"]
      try await serve(Self.example("erp/holdfast.yaml"), arguments, environment: ["ERP_TOKEN_FILE": token]) { client in
        while system.asked.count < 4 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(system.asked[3].query == "company=UK01&changedSince=48214")
        #expect(try await onHand(client, "85123A/leeds") == 120)
        #expect(try await onHand(client, "71053/leeds") == 60)
        #expect(try await onHand(client, "84879/york") == 0)
        let stands = try await client.get("/v1/sources/erp")
        #expect(stands.json["state"] as? String == "ok")
        #expect(stands.number("taken") == 4)
        #expect(stands.number("expectedEveryMs") == 86_400_000)
        #expect(try await client.get("/v1/stock/71053/leeds/components").text.contains(#""source":"erp""#))
      }
    }

    @Test func aWMSCalls() async throws {
      let file = try Self.text(Self.example("wms/movements.jsonl"))
      try await serve(Self.example("wms/holdfast.yaml")) { client in
        let fields = ["Content-Type": "application/jsonl"]
        let answer = try await client.post("/v1/ingest/wms", file, fields)
        #expect(answer.number("taken") == 9, "\(answer.text)")
        #expect(try await onHand(client, "21730/leeds") == 53)
        // Shipped units are still on the books: the next count takes both away.
        #expect(try await client.get("/v1/stock/22752/leeds").number("availableToSell") == 46)
        #expect(try await client.get("/v1/stock/21730/leeds").number("availableToSell") == 47)
        #expect(try await client.post("/v1/ingest/wms", file, fields).number("taken") == 0)
        #expect(try await client.get("/v1/sources/wms").number("expectedEveryMs") == 3_600_000)
      }
    }

    @Test func tillsCall() async throws {
      let file = try Self.text(Self.example("pos/sales.csv"))
      try await serve(Self.example("pos/holdfast.yaml")) { client in
        for (sku, units) in [("22633", 12), ("22632", 12)] {
          try await client.count(sku, units, location: "leeds-shop", asOf: "2010-12-01T07:00:00Z")
        }
        let fields = ["Content-Type": "text/csv"]
        let answer = try await client.post("/v1/ingest/pos", file, fields)
        #expect(answer.number("taken") == 4, "\(answer.text)")
        #expect(try await client.get("/v1/stock/22633/leeds-shop").number("availableToSell") == 10)
        #expect(try await client.get("/v1/stock/22632/leeds-shop").number("availableToSell") == 11)
        #expect(try await client.post("/v1/ingest/pos", file, fields).number("taken") == 0)
      }
    }

    @Test func a3PLLeavesFiles() async throws {
      let folder = place.path + "/out"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for name in ["stock-20101202.csv", "receipts-20101202.csv"] {
        try FileManager.default.copyItem(atPath: Self.example("3pl/" + name), toPath: folder + "/" + name)
      }
      let arguments = ["--sources", "3pl.path=\(folder)", "--sources", "3pl.settle=1s"]
      try await serve(Self.example("3pl/holdfast.yaml"), arguments) { client in
        try await wait(client, "3pl") { $0["deliveries"] as? Int == 2 }
        let stands = try await client.get("/v1/sources/3pl")
        #expect(stands.number("taken") == 6)
        #expect(stands.number("rejected") == 1)
        #expect(try await onHand(client, "84029G/3pl-daventry") == 142)
        #expect(try await onHand(client, "22745/3pl-daventry") == 78)
        let done = FileManager.default.enumerator(atPath: folder + "/done")?.compactMap { $0 as? String } ?? []
        let faults = try #require(done.first { $0.hasSuffix("stock-20101202.csv.errors.csv") })
        #expect(try Self.text(folder + "/done/" + faults).contains("4,units,"))
      }
    }

    // MARK: docs/sources.md

    /// Its blocks, by the word behind their first backticks.
    private static func blocks(_ word: String) throws -> [String] {
      let parts = try text(root + "/docs/sources.md").components(separatedBy: "```")
      return parts.enumerated().filter { $0.offset % 2 == 1 && $0.element.hasPrefix(word + "\n") }
        .map { String($0.element.dropFirst(word.count + 1)) }
    }

    private func file(_ content: String) throws -> String {
      let path = place.path + "/" + UUID().uuidString
      try Data(content.utf8).write(to: URL(fileURLWithPath: path))
      return path
    }

    @Test func everyConfigurationOfThePageIsGood() async throws {
      let blocks = try Self.blocks("yaml")
      #expect(blocks.count == 4)
      for block in blocks {
        let process = try ServeProcess(
          ["serve", "--print-config", "--data", place.data, "--config", try file(block)], in: place)
        #expect(await process.end() == 0)
        let lines = try process.text(of: process.out).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("sources.") })
      }
    }

    @Test func theCallOfThePage() async throws {
      let csv = try #require(Self.blocks("csv").first)
      let call = try #require(Self.blocks("sh").first { $0.hasPrefix("curl") })
      let path = try #require(call.firstMatch(of: /https:\/\/stock\.example(\S+)/)).output.1
      let type = try #require(call.firstMatch(of: /Content-Type: ([^"]+)"/)).output.1
      let (process, port) = try await ServeProcess.serve(place)
      let answer = try await HTTPCaller(port: port).post(String(path), csv, ["Content-Type": String(type)])
      #expect(answer.number("taken") == 2, "\(answer.text)")
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }

    /// The mapping of the page turns the answer of the page into the rows of the page.
    @Test func theMappingOfThePage() async throws {
      let configuration = try #require(Self.blocks("yaml").first { $0.contains("kind: pull") })
      let blocks = try Self.blocks("json")
      let rows = try #require(blocks.last).split(separator: "\n")
      #expect(blocks.count == 2)
      let system = try ForeignSystem { asked in
        .init(body: asked.query.contains("after=") ? #"{"data":{"stock":[],"last":"7f3a"}}"# : blocks[0])
      }
      defer { system.end() }
      let arguments = ["--sources", "erp.url=http://127.0.0.1:\(system.port)/stock"]
      try await serve(file(configuration), arguments, environment: ["ERP_TOKEN": "t"]) { client in
        try await wait(client, "erp") { $0["deliveries"] as? Int == 1 }
        while system.asked.count < 2 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(system.asked[1].query == "after=7f3a")
        #expect(system.asked[0].fields["authorization"] == "Bearer t")
        #expect(try await client.get("/v1/sources/erp").number("taken") == rows.count)
        // What the page says the rows are was taken already: each is a duplicate.
        let answer = try await client.post(
          "/v1/ingest/erp", rows.joined(separator: "\n"), ["Content-Type": "application/jsonl"])
        #expect(answer.number("duplicates") == rows.count, "\(answer.text)")
      }
    }
  }
}
