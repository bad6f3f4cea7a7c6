import ChannelIntake
import Foundation
import StockLedger
import Synchronization
import Testing

@testable import InventoryService

extension ServiceTests {
  /// A system that is asked over HTTP.
  @Suite(.timeLimit(.minutes(5))) struct PullTests {
    private static let keys = [(shop: "shop", scopes: "read")]

    /// A source that is asked often, so that a test waits for nothing.
    private static func source(
      _ system: ForeignSystem, _ path: String = "/stock", _ change: (inout PullSettings) throws -> Void = { _ in }
    ) throws -> SourceSettings {
      let fields = [("sku", "code"), ("location", "=leeds"), ("units", "qty"), ("asOf", "changedAt")]
      var pull = PullSettings(
        address: try #require(PullAddress("http://127.0.0.1:\(system.port)" + path)),
        mapping: try RowMapping(rows: "items", fields: fields.map { (field: $0.0, rule: $0.1) }))
      pull.interval = .milliseconds(30)
      pull.retryFirst = .milliseconds(20)
      try change(&pull)
      return SourceSettings(origin: DeliveryOrigin(shop: "shop", source: "erp"), door: .pull(pull))
    }

    private static func row(_ sku: String, _ units: Int, _ day: Int = 1) -> String {
      #"{"code":"\#(sku)","qty":\#(units),"changedAt":"2026-01-0\#(day)T00:00:00Z"}"#
    }

    private static func items(_ rows: [String], _ others: String = "") -> String {
      #"{"items":[\#(rows.joined(separator: ","))]\#(others)}"#
    }

    /// Waits until the source stands as it should, and says how.
    @discardableResult
    private func wait(
      _ client: HTTPCaller, for isSo: ([String: Any]) -> Bool
    ) async throws -> HTTPCaller.Answer {
      while true {
        let answer = try await client.get("/v1/sources/erp")
        if isSo(answer.json) { return answer }
        try await Task.sleep(for: .milliseconds(10))
      }
    }

    private func reason(_ stands: [String: Any]) -> String {
      (stands["lastFailure"] as? [String: String])?["reason"] ?? ""
    }

    @Test func whatHasNotChangedIsNotSentAgain() async throws {
      let units = Mutex(5)
      let system = try ForeignSystem { asked in
        let units = units.withLock { $0 }
        let tag = "\"v\(units)\""
        if asked.fields["if-none-match"] == tag { return .init(status: 304) }
        let fields = ["ETag": tag, "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"]
        return .init(fields: fields, body: Self.items([Self.row("a", units, units - 4), Self.row("b", 1)]))
      }
      defer { system.end() }
      try await OpenService.open(keys: Self.keys, sources: [try Self.source(system)]) { service in
        let client = service.caller()
        while system.asked.count < 3 { try await Task.sleep(for: .milliseconds(10)) }
        let stands = try await client.get("/v1/sources/erp")
        #expect(stands.json["kind"] as? String == "pull")
        #expect(stands.json["state"] as? String == "ok")
        #expect(stands.number("deliveries") == 1)
        #expect(stands.number("taken") == 2)
        #expect(stands.number("rows") == 2)
        #expect(stands.json["nextPollAt"] is String)
        #expect(system.asked[0].fields["if-none-match"] == nil)
        #expect(system.asked[1].fields["if-none-match"] == "\"v5\"")
        #expect(system.asked[1].fields["if-modified-since"] == "Thu, 01 Jan 2026 00:00:00 GMT")
        units.withLock { $0 = 6 }
        try await wait(client) { $0["deliveries"] as? Int == 2 }
        #expect(try await client.get("/v1/stock/a/leeds").number("onHand") == 6)
        #expect(try await client.get("/v1/sources/erp").number("duplicates") == 1)
      }
    }

    /// Three pages of a log of changes: `after` says which was seen.
    private static func log(_ asked: ForeignSystem.Asked) -> ForeignSystem.Said {
      let seen = Int(asked.query.dropFirst("after=".count)) ?? 0
      if seen >= 3 { return .init(body: items([], #","next":3"#)) }
      return .init(body: items([row("s\(seen)", seen + 1)], #","next":\#(seen + 1)"#))
    }

    @Test func theCursorIsFollowedAndKept() async throws {
      let place = try ScratchPlace()
      let system = try ForeignSystem(Self.log)
      defer { system.end() }
      let source = try Self.source(system) { pull in
        pull.cursor = PullSettings.Cursor(path: try JSONPath("next"), parameter: "after")
        pull.stateFile = place.path + "/sources/erp.json"
      }
      try await OpenService.open(keys: Self.keys, sources: [source]) { service in
        while system.asked.count < 6 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(system.asked.prefix(5).map(\.query) == ["", "after=1", "after=2", "after=3", "after=3"])
        #expect(try await service.caller().get("/v1/stock/s2/leeds").number("onHand") == 3)
        let stands = try await service.caller().get("/v1/sources/erp")
        #expect(stands.number("taken") == 3)
        // One poll took all of them; those that told nothing new are none.
        #expect(stands.number("deliveries") == 1)
      }
      let before = system.asked.count
      // Another start goes on where the last one stood; a source of another URL does not.
      try await OpenService.open(keys: Self.keys, sources: [source]) { _ in
        while system.asked.count == before { try await Task.sleep(for: .milliseconds(10)) }
      }
      #expect(system.asked[before].query == "after=3")
      let other = try Self.source(system, "/other") { pull in
        pull.cursor = PullSettings.Cursor(path: try JSONPath("next"), parameter: "after", start: "2")
        pull.stateFile = place.path + "/sources/erp.json"
      }
      let then = system.asked.count
      try await OpenService.open(keys: Self.keys, sources: [other]) { _ in
        while system.asked.count == then { try await Task.sleep(for: .milliseconds(10)) }
      }
      #expect(system.asked[then].path == "/other?after=2")
    }

    @Test func pagesOfOneAnswerBelongTogether() async throws {
      let place = try ScratchPlace()
      let isBroken = Mutex(true)
      let system = try ForeignSystem { asked in
        switch asked.path {
        case "/stock": .init(body: Self.items([Self.row("a", 1)], #","links":{"next":"/stock?page=2"},"asOf":"t1""#))
        case "/stock?page=2" where isBroken.withLock({ $0 }): .init(status: 500)
        case "/stock?page=2": .init(body: Self.items([Self.row("b", 2)], #","links":{"next":null},"asOf":"t1""#))
        default: .init(body: Self.items([], #","asOf":"t1""#))
        }
      }
      defer { system.end() }
      let file = place.path + "/erp.json"
      let source = try Self.source(system) { pull in
        pull.pages = PullSettings.Pages(path: try JSONPath("links.next"))
        pull.cursor = PullSettings.Cursor(path: try JSONPath("asOf"), parameter: "since")
        pull.stateFile = file
      }
      try await OpenService.open(keys: Self.keys, sources: [source]) { service in
        let client = service.caller()
        try await wait(client) { $0["state"] as? String == "failing" && ($0["rows"] as? Int ?? 0) > 1 }
        // The first page was taken, again and again; the cursor did not move.
        #expect(!FileManager.default.fileExists(atPath: file))
        #expect(try await client.get("/v1/sources/erp").number("taken") == 1)
        isBroken.withLock { $0 = false }
        let stands = try await wait(client) { $0["state"] as? String == "ok" }
        #expect(stands.number("taken") == 2)
        while system.asked.last?.query != "since=t1" { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains(#""cursor":"t1""#))
      }
    }

    /// Each of these is told, with what to do about it, and asked again: the last of them is good.
    @Test func nothingThatIsAnsweredStopsTheAsking() async throws {
      let away = #"{"Location":"x"}"#
      let answers: [(said: ForeignSystem.Said, words: String)] = [
        (.init(body: "<html>maintenance</html>"), "cannot be used: line 1"),
        (.init(body: away), "a list of rows"),
        (.init(status: 503, fields: ["Retry-After": "0"]), "answered 503"),
        (.init(status: 401), "check the headers"),
        (.init(status: 404), "check the url"),
        (.init(status: 302, fields: ["Location": "http://127.0.0.2:1/stock"]), "another machine"),
        (.init(status: 302, fields: ["Location": "/stock"]), "more than 3 times"),
        (.init(body: Self.items([], String(repeating: " ", count: 2_000))), "more than 1000 bytes"),
        (.init(pause: 5), "longer than its timeout"),
        (.init(body: Self.items([], #","next":"http://127.0.0.2:1/""#)), "the next page is on another machine"),
      ]
      let turn = Mutex(0)
      let system = try ForeignSystem { _ in
        let turn = turn.withLock { $0 }
        return turn < answers.count ? answers[turn].said : .init(body: Self.items([Self.row("a", 5)]))
      }
      defer { system.end() }
      let source = try Self.source(system) { pull in
        pull.retryFirst = .milliseconds(1)
        pull.bodyMax = 1_000
        pull.patience = .seconds(2)
        pull.pages = PullSettings.Pages(path: try JSONPath("next"))
      }
      try await OpenService.open(keys: Self.keys, sources: [source]) { service in
        let client = service.caller()
        for answer in answers {
          let stands = try await wait(client) { reason($0).contains(answer.words) }
          #expect(stands.json["state"] as? String == "failing")
          turn.withLock { $0 += 1 }
        }
        let stands = try await wait(client) { $0["state"] as? String == "ok" }
        #expect(stands.number("taken") == 1)
        let samples = try PrometheusText(try await client.get("/metrics").text).samples
        #expect((samples[#"holdfast_source_failures_total{source="erp"}"#] ?? 0) >= Double(answers.count))
      }
    }

    @Test func aSystemThatIsAway() async throws {
      let system = try ForeignSystem { _ in .init() }
      let source = try Self.source(system)
      system.end()
      while (try? await HTTPCaller(port: system.port).get("/")) != nil { try await Task.sleep(for: .milliseconds(5)) }
      try await OpenService.open(keys: Self.keys, sources: [source]) { service in
        let stands = try await wait(service.caller()) { $0["state"] as? String == "failing" }
        #expect(reason(stands.json).contains("/stock cannot be asked"))
      }
    }

    @Test func aBadRowIsCountedAndAskedForAgain() async throws {
      let system = try ForeignSystem { _ in
        let rows = [Self.row("a", 5), #"{"code":"b"}"#, "7", Self.row("c", 1, 9)]
        return .init(fields: ["ETag": "\"1\""], body: Self.items(rows))
      }
      defer { system.end() }
      try await OpenService.open(keys: Self.keys, sources: [try Self.source(system)]) { service in
        let stands = try await wait(service.caller()) { ($0["deliveries"] as? Int ?? 0) > 1 }
        #expect(stands.json["state"] as? String == "ok")
        #expect(stands.number("taken") == 2)
        #expect(stands.number("rejected") ?? 0 >= 4)
        #expect(system.asked.allSatisfy { $0.fields["if-none-match"] == nil })
        let faults = stands.json["faults"] as? [[String: Any]] ?? []
        #expect(faults.first?["line"] as? Int == 2)
        #expect(faults.first?["code"] as? String == "missingField")
      }
    }

    @Test func secretsStayOnTheirMachine() async throws {
      let place = try ScratchPlace()
      let file = place.path + "/token"
      try Data("first\n".utf8).write(to: URL(fileURLWithPath: file))
      let elsewhere = try ForeignSystem { _ in .init(body: Self.items([])) }
      defer { elsewhere.end() }
      let isMoved = Mutex(false)
      let system = try ForeignSystem { asked in
        if isMoved.withLock({ $0 }) {
          return .init(status: 307, fields: ["Location": "http://127.0.0.1:\(elsewhere.port)/stock"])
        }
        // The same machine may send its guests about the house.
        if asked.path == "/stock" { return .init(status: 307, fields: ["Location": "/v2/stock"]) }
        return .init(body: Self.items([Self.row("a", 5)]))
      }
      defer { system.end() }
      let source = try Self.source(system) { pull in
        pull.fields = [
          try #require(PullField("Authorization", try SecretText("Bearer ${ERP_TOKEN}"))),
          try #require(PullField("X-Tenant", try SecretText("${TENANT}-uk"))),
        ]
        pull.environment = ["ERP_TOKEN": "never", "ERP_TOKEN_FILE": file, "TENANT": "gifts"]
      }
      try await OpenService.open(keys: Self.keys, sources: [source]) { service in
        let client = service.caller()
        try await wait(client) { $0["taken"] as? Int == 1 }
        #expect(system.asked.prefix(2).map(\.path) == ["/stock", "/v2/stock"])
        #expect(system.asked[1].fields["authorization"] == "Bearer first")
        #expect(system.asked[1].fields["x-tenant"] == "gifts-uk")
        // A secret that is renewed is taken over.
        try Data("second".utf8).write(to: URL(fileURLWithPath: file))
        while system.asked.last?.fields["authorization"] != "Bearer second" {
          try await Task.sleep(for: .milliseconds(10))
        }
        isMoved.withLock { $0 = true }
        try await wait(client) { reason($0).contains("another machine") }
        #expect(elsewhere.asked.isEmpty)
        try Data("a\nb".utf8).write(to: URL(fileURLWithPath: file))
        let stands = try await wait(client) { reason($0).contains("the secret ERP_TOKEN has a line end") }
        #expect(!stands.text.contains("second"))
      }
    }

    /// The built program, killed while it asks: what the cursor says was taken is there.
    @Test func theCursorIsNeverBeforeItsRows() async throws {
      let place = try ScratchPlace()
      let system = try ForeignSystem { asked in
        let seen = Int(asked.query.dropFirst("after=".count)) ?? 0
        return .init(body: Self.items([Self.row("s\(seen + 1)", seen + 1)], #","next":\#(seen + 1)"#))
      }
      defer { system.end() }
      let settings = [
        "kind=pull", "url=http://127.0.0.1:\(system.port)/log", "rows=items", "fields.sku=code",
        "fields.location==leeds", "fields.units=qty", "fields.asOf=changedAt", "cursor.path=next",
        "cursor.parameter=after",
      ]
      let arguments = ["serve", "--data", place.data, "--listen", "127.0.0.1:0"]
      let process = try ServeProcess(arguments + settings.flatMap { ["--sources", "erp." + $0] }, in: place)
      while system.asked.count < 40 { try await Task.sleep(for: .milliseconds(5)) }
      process.signal(SIGKILL)
      #expect(await process.end() == SIGKILL)
      // Between the end of the last content and the coming of the next, the draft is what counts.
      let file = place.data + "/sources/erp.json"
      let state = try String(
        contentsOfFile: FileManager.default.fileExists(atPath: file) ? file : file + ".next", encoding: .utf8)
      let cursor = try #require(state.firstMatch(of: /"cursor":"(\d+)"/)).output.1
      #expect(Int(cursor) ?? 0 > 30)
      let (again, port) = try await ServeProcess.serve(place)
      #expect(try await HTTPCaller(port: port).get("/v1/stock/s\(cursor)/leeds").number("onHand") == Int(cursor))
      again.signal(SIGTERM)
      #expect(await again.end() == 0)
    }

    /// A stop waits for no answer of another system.
    @Test func aStopEndsAPoll() async throws {
      let system = try ForeignSystem { _ in .init(pause: 300) }
      defer { system.end() }
      let source = try Self.source(system) { $0.patience = .seconds(600) }
      try await OpenService.open(keys: Self.keys, sources: [source]) { _ in
        while system.asked.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      }
    }
  }
}
