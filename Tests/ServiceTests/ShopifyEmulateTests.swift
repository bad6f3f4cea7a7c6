import Foundation
import Testing

extension ServiceTests {
  /// `holdfast shopify emulate`, run as a person would.
  @Suite struct ShopifyEmulateTests {
    /// Starts it on a free port.
    private func start(_ place: ScratchPlace, _ arguments: String...) async throws -> (ServeProcess, HTTPCaller) {
      let process = try ServeProcess(["shopify", "emulate", "--port", "0"] + arguments, in: place)
      return (process, try await caller(of: process))
    }

    /// Waits for its first line, which says where it listens.
    private func caller(of process: ServeProcess) async throws -> HTTPCaller {
      while true {
        let out = try process.text(of: process.out)
        if let found = out.wholeMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\n/), let port = Int(found.output.1) {
          return HTTPCaller(port: port)
        }
        guard process.isRunning else { throw ServeProcess.Failed(words: try process.text(of: process.errors)) }
        try await Task.sleep(for: .milliseconds(20))
      }
    }

    private func written(_ text: String, in place: ScratchPlace) throws -> String {
      let path = place.path + "/" + UUID().uuidString
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return path
    }

    @Test func aCatalogueIsServedRecordedAndWrittenAtTheEnd() async throws {
      let place = try ScratchPlace()
      let (record, state) = (place.path + "/asked", place.path + "/state")
      let catalogue = try written("sku,location,available\nMUG,leeds,4\nCUP,leeds,1\nMUG,york,-2\n", in: place)
      let (process, caller) = try await start(
        place, "--catalogue", catalogue, "--locations", "york", "--token", "t", "--record", record, "--state-out", state
      )
      #expect(try await caller.get("/emulator/levels").status == 401)
      let token = ["X-Shopify-Access-Token": "t"]
      let asked = #"{"query":"{ shop { name } }"}"#
      let body = asked.replacing(":", with: ":\r\n")
      #expect(try await caller.post("/admin/api/2026-04/graphql.json", body, token).status == 200)
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
      #expect(try process.text(of: record) == asked.replacing(":", with: ":  ") + "\n")
      let rows = try process.text(of: state).split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(
        rows.map { "\($0["sku"] ?? "") \($0["location"] ?? "") \($0["available"] ?? "")" } == [
          "MUG york -2", "MUG leeds 4", "CUP leeds 1",
        ])
    }

    @Test func flagsBecomeSettings() async throws {
      let place = try ScratchPlace()
      let (process, caller) = try await start(
        place, "--plan", "standard", "--variants", "2", "--sku-prefix", "S", "--units", "7", "--locations", "a,b",
        "--faults", "none", "--fault", "webhookDelay=10..20", "--fault", "webhookLoss=5")
      let levels = try await caller.get("/emulator/levels").text.split(separator: "\n")
      #expect(levels.count == 4)
      #expect(levels[0].hasPrefix(#"{"sku":"S1","location":"a","available":7,"#))
      let faults = try await caller.get("/emulator/faults").json
      #expect(faults["webhookDelay"] as? [Int] == [10, 20])
      #expect(faults["webhookLoss"] as? Int == 5)
      let answer = try await caller.post("/admin/api/2026-04/graphql.json", #"{"query":"{ shop { name } }"}"#)
      #expect(answer.text.contains(#""maximumAvailable":2000"#))
      process.signal(SIGINT)
      #expect(await process.end() == 0)
    }

    /// The page's own example, started as it says but on a free port: it answers what stands there.
    @Test func theExampleOnThePageIsTrue() async throws {
      let place = try ScratchPlace()
      let page = try String(contentsOf: Self.page, encoding: .utf8)
      let command = try #require(page.firstMatch(of: /\$ holdfast shopify emulate --port 4010 (.+)\n/))
      let flags = command.output.1.split(separator: " ").map(String.init)
      let process = try ServeProcess(["shopify", "emulate", "--port", "0"] + flags, in: place)
      let caller = try await caller(of: process)
      let calls = page.matches(of: /\$ curl -s 127\.0\.0\.1:4010(\S+)(?: -d '(.+)')?(?: \| head -1)?\n(.+)\n/)
      #expect(calls.count == 2)
      for call in calls {
        let (_, path, body, says) = call.output
        let answer =
          if let body { try await caller.post(String(path), String(body)) } else { try await caller.get(String(path)) }
        #expect(answer.text.split(separator: "\n").first == says)
      }
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
    }

    private static let page = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/shopify-emulator.md")

    @Test func whatItRefusesToStartWith() async throws {
      let place = try ScratchPlace()
      for (arguments, says) in [
        (["--host", "0.0.0.0"], "--anywhere"), (["--port", "70000"], "--port"), (["--faults", "most"], "--faults"),
        (["--fault", "slow"], "name=rate"), (["--fault", "slow=2000"], "0 to 1000"), (["--speed", "0"], "--speed"),
        (["--fault", "odd=1"], "none of errorBefore"), (["--variants", "0"], "--variants"),
        (["--seller-token", "s"], "--token"), (["--deliveries", "0"], "--deliveries"),
        (["--variants", "1", "--catalogue", "x"], "exclude"), (["--locations", ","], "--locations"),
        (["--address", "shop"], "--address"),
      ] {
        let process = try ServeProcess(["shopify", "emulate"] + arguments, in: place)
        #expect(await process.end() == 64)
        let said = try process.text(of: process.errors)
        #expect(said.contains(says), "\(arguments): \(said)")
      }
      for (text, says) in [
        ("sku,available\n", "location"), ("sku,location,available\nA,b,x\n", "available"),
        ("sku,location,available\nA,,1\n", "location"), ("", "header"),
        ("sku,location,available\nA,b,1000000001\n", "1000000000"),
      ] {
        let run = try await Holdfast.run(
          "shopify", "emulate", "--port", "0", "--catalogue", try written(text, in: place), in: place)
        #expect(run.code == 2)
        #expect(run.out.isEmpty)
        #expect(run.errors.contains(says), "\(text): \(run.errors)")
      }
      let wrong = try await Holdfast.run(
        "shopify", "emulate", "--port", "0", "--webhooks-to", "ftp://x", in: place)
      #expect(wrong.code == 1)
      #expect(wrong.errors.contains("http://"))
    }
  }
}
