import Foundation
import Synchronization
import Testing

extension ServiceTests {
  /// The built program as Shopify meets it.
  @Suite struct ShopifyProgramTests {
    /// What Shopify has sent, and how often it was answered.
    private final class SenderLog: Sendable {
      private let state = Mutex((sent: Set<Int>(), answers: 0))

      func send(_ number: Int) { state.withLock { _ = $0.sent.insert(number) } }

      /// How many answers there were with this one.
      func hear() -> Int {
        state.withLock {
          $0.answers += 1
          return $0.answers
        }
      }

      var sent: Set<Int> { state.withLock { $0.sent } }
    }

    /// Writes the file of shops, with its secret in a file of its own.
    private func shops(_ place: ScratchPlace, _ more: String = "") throws -> String {
      let (secret, shops) = (place.path + "/secret", place.path + "/shops.json")
      try Data((ShopifyRig.secret + "\n").utf8).write(to: URL(fileURLWithPath: secret))
      try Data(
        """
        [{"shop":"shop","domain":"\(ShopifyRig.domain)","secretFile":"\(secret)","defaultLocation":"main",
          "locations":{"655441491":"ottawa"}\(more)}]
        """.utf8
      ).write(to: URL(fileURLWithPath: shops))
      return shops
    }

    private func body(_ number: Int, sku: String = "mug") throws -> [UInt8] {
      var line = ShopifyOrder.Line(id: Int64(10_000 + number), sku: sku, units: 1)
      if sku.isEmpty { line.variant = 5 }
      return try ShopifyOrder(id: Int64(20_000 + number), lines: [line]).body().bytes
    }

    @Test func killedBetweenJournalAndAnswerItCountsOnce() async throws {
      let place = try ScratchPlace()
      let shops = try shops(place)
      let (first, port) = try await ServeProcess.serve(place, "--shop", "shop", "--shopify-shops", shops)
      try await HTTPCaller(port: port).count("mug", 1_000)
      let kept = try await HTTPCaller(port: port).webhook("orders/create", bytes: body(9_999, sku: ""))
      #expect(kept.outcome == "kept")
      let log = SenderLog()
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<8 {
          group.addTask {
            for step in 0... {
              let number = worker * 1_000 + step
              log.send(number)
              guard let bytes = try? body(number),
                let answer = try? await HTTPCaller(port: port).webhook(
                  "orders/create", bytes: bytes, event: "\(number)"),
                answer.status == 200
              else { return }
              if log.hear() == 60 { first.signal(SIGKILL) }
            }
          }
        }
      }
      #expect(await first.end() == SIGKILL)
      let all = log.sent
      #expect(all.count >= 60)

      let (second, again) = try await ServeProcess.serve(place, "--shop", "shop", "--shopify-shops", shops)
      let shopify = HTTPCaller(port: again)
      // What was kept before the kill is kept.
      #expect(try await shopify.get("/v1/webhooks/unjoined").number("count") == 1)
      // Shopify sends again whatever it did not hear of, and some that it did.
      for number in all.sorted() {
        #expect(try await shopify.webhook("orders/create", bytes: body(number), event: "\(number)").status == 200)
      }
      #expect(try await shopify.numbers("mug")[0] == all.count)
      second.signal(SIGTERM)
      #expect(await second.end() == 0)
    }

    @Test func whatItRefusesToStartWith() async throws {
      let place = try ScratchPlace()
      func errors(_ shops: String) async throws -> String {
        let run = try await Holdfast.run("serve", "--data", place.data, "--shopify-shops", shops, in: place)
        #expect(run.code == 1)
        return run.errors
      }
      #expect(try await errors(place.path + "/none").contains("cannot be read"))
      let path = place.path + "/shops.json"
      func written(_ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
      }
      let named = #""shop":"shop","domain":"d""#
      for (text, says) in [
        ("{", "not valid JSON"), ("[{\(named),\"secret\":\"s\"}]", "secret is not known"),
        ("[{\(named)}]", "has no secret"), ("[{\(named),\"secretEnv\":\"NOT_SET\"}]", "NOT_SET is not set"),
        ("[{\(named),\"secretFile\":\"/nowhere\"}]", "/nowhere cannot be read"),
        ("[{\"shop\":\"shop\"}]", "domain is missing"),
        ("[{\(named),\"secretEnv\":\"PATH\",\"locations\":{\"007\":\"x\"}}]", "007 is no id"),
        ("[{\(named),\"secretEnv\":\"PATH\"},{\(named),\"secretEnv\":\"PATH\"}]", "names a shop twice"),
      ] {
        let said = try await errors(written(text))
        #expect(said.contains(says), "\(text): \(said)")
      }
      #expect(!FileManager.default.fileExists(atPath: place.data))
    }
  }
}
