import Foundation
import InventoryService
import Testing

extension ServiceTests {
  /// Why a number is what it is, asked of a service and of its journal.
  @Suite struct ExplanationTests {
    /// A count, a hold that is sold, and one that is given back.
    private static func trade(_ client: HTTPCaller) async throws {
      try await client.count("a", 5)
      _ = try await client.hold("a", 2, as: "r-1")
      _ = try await client.post("/v1/holds/a/main/r-1/confirm", #"{"claim":"order-1"}"#)
      _ = try await client.hold("a", 1, as: "r-2")
      _ = try await client.post("/v1/holds/a/main/r-2/release", "")
    }

    private static func steps(_ answer: HTTPCaller.Answer) -> [[String: Any]] {
      answer.json["steps"] as? [[String: Any]] ?? []
    }

    @Test func whoDidWhatToWhichNumber() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await Self.trade(client)
        let answer = try await client.get("/v1/stock/a/main/explanation")
        #expect(answer.status == 200)
        #expect(answer.json["shop"] as? String == "shop")
        #expect(answer.number("availableToSell") == 3)
        #expect(answer.number("open") == 2)
        #expect(answer.json["earlier"] == nil)
        let steps = Self.steps(answer)
        let changes = steps.map { $0["changes"] as? [String: Int] ?? [:] }
        #expect(
          changes == [["onHand": 5], ["reserved": 2], ["open": 2, "reserved": -2], ["reserved": 1], ["reserved": -1]])
        #expect(steps.map { $0["availableToSellAfter"] as? Int } == [5, 3, 3, 2, 3])
        let words = steps.compactMap { $0["words"] as? String }
        #expect(words[0].hasPrefix("erp counted 5 as of 2026-01-01T00:00:00.000Z (delivery "))
        #expect(words[1].hasPrefix("reservation r-1 holds 2 until "))
        #expect(words[2] == "reservation r-1 became order line order-1: 2 in all, 2 of them held until now")
        #expect(words[4] == "reservation r-2 gave back 1")
      }
    }

    @Test func aPageSumsUpWhatWasBefore() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await Self.trade(client)
        let page = try await client.get("/v1/stock/a/main/explanation?limit=2")
        #expect(Self.steps(page).map { $0["availableToSellAfter"] as? Int } == [2, 3])
        let earlier = try #require(page.json["earlier"] as? [String: Any])
        #expect(earlier["changes"] as? Int == 3)
        #expect(earlier["open"] as? Int == 2)
        #expect(earlier["availableToSell"] as? Int == 3)
        let through = try #require(earlier["through"] as? String)
        let older = try await client.get("/v1/stock/a/main/explanation?limit=2&at=\(through)")
        #expect(Self.steps(older).map { $0["availableToSellAfter"] as? Int } == [3, 3])
        #expect(older.number("availableToSell") == 3)
      }
    }

    @Test func aSmallAnswerTellsLess() async throws {
      var settings = ServiceSettings()
      settings.pageBytesMax = 1
      try await OpenService.open(settings: settings) { service in
        let client = service.caller()
        try await Self.trade(client)
        let answer = try await client.get("/v1/stock/a/main/explanation")
        #expect(Self.steps(answer).map { $0["availableToSellAfter"] as? Int } == [3])
        #expect((answer.json["earlier"] as? [String: Any])?["changes"] as? Int == 4)
      }
    }

    @Test(arguments: ["", "?at=2026-01-01T00:00:00Z", "?limit=1"])
    func anotherShopsKeyIsNobodys(_ query: String) async throws {
      try await OpenService.open(keys: [("shop", "read hold ingest:erp"), ("other", "read")]) { service in
        try await service.caller().count("a", 5)
        let stranger = try await service.caller(1).get("/v1/stock/a/main/explanation\(query)")
        #expect(stranger.status == 404)
        #expect(stranger.code == "unknownKey")
      }
    }

    @Test func momentsThatCannotBeExplained() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        let path = "/v1/stock/a/main/explanation"
        #expect(try await client.get("\(path)?at=2999-01-01T00:00:00Z").code == "notYet")
        #expect(try await client.get("\(path)?at=2000-01-01T00:00:00Z").code == "unknownKey")
        #expect(try await client.get("\(path)?at=yesterday").code == "malformedQuery")
        #expect(try await client.get("\(path)?limit=0").code == "malformedQuery")
      }
    }

    /// The same of a service that runs, of its journal after its stop, and of `?at=`.
    @Test func theProgramTellsWhatTheServiceTells() async throws {
      let place = try ScratchPlace()
      let token = try await place.key("shop", "read", "hold", "ingest:erp")
      let tokens = place.path + "/token"
      try Data(token.utf8).write(to: URL(fileURLWithPath: tokens))
      let (process, port) = try await ServeProcess.serve(place, "--keys", place.keys)
      let client = HTTPCaller(port: port, token: token)
      try await Self.trade(client)
      for number in 0..<30 { _ = try await client.hold("a", 1, as: "held-\(number)") }
      let now = try await client.get("/v1/stock/a/main")
      let entry = try #require(now.json["entry"] as? String)
      func explain(_ arguments: String...) async throws -> Holdfast.Run {
        let process = try ServeProcess(["explain", "shop/a/main", "--at", entry] + arguments, in: place)
        let code = await process.end()
        return Holdfast.Run(
          code: code, out: try process.text(of: process.out), errors: try process.text(of: process.errors))
      }
      let url = "http://127.0.0.1:\(port)"
      let asked = try await explain("--url", url, "--token-file", tokens)
      #expect(asked.code == 0, "\(asked.errors)")
      #expect(asked.out.contains("erp counted 5 as of 2026-01-01T00:00:00.000Z"))
      let formula = "5 on hand − 0 allocated − 0 pending − 2 open − 0 safety buffer − 3 reserved = 0 available to sell"
      #expect(asked.out.split(separator: "\n").last.map(String.init) == formula)
      let last = try await explain("--url", url, "--token-file", tokens, "--last", "2")
      #expect(last.out.contains("6 changes, summed up; --all shows them"))
      let strange = try await explain("--url", url)
      #expect(strange.code == 1)
      #expect(strange.errors.contains("unauthorized"))
      let busy = try await explain("--data", place.data)
      #expect(busy.code == 1, "the directory is the service's")

      process.signal(SIGTERM)
      #expect(await process.end() == 0)
      let stopped = try await explain("--data", place.data)
      #expect(stopped.out == asked.out)
      let json = try await explain("--data", place.data, "--json", "--all")
      let fields = HTTPCaller.Answer(body: Array(json.out.utf8)).json
      for name in ["availableToSell", "onHand", "open", "reserved"] {
        #expect(fields[name] as? Int == now.json[name] as? Int)
      }
      #expect((fields["steps"] as? [Any])?.count == 8)
      let early = try await Holdfast.run(
        "explain", "shop/a/main", "--data", place.data, "--at", "2001-01-01", in: place)
      #expect(early.code == 1)
      #expect(early.errors.contains("had no entry"))
      let wrong = try await Holdfast.run("explain", "shop/a/main", "--data", place.data, "--at", "now", in: place)
      #expect(wrong.code == 64)
    }
  }
}
