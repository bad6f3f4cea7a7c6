import Foundation
import Testing

extension ServiceTests {
  /// `holdfast shopify setup`, with an emulated shop.
  @Suite struct ShopifySetupTests {
    /// An emulated shop in a process of its own, and a file of shops that names it.
    private struct Emulated {
      let process: ServeProcess
      let shops: String

      init(
        _ place: ScratchPlace, fields: String = "", token: String = "shpat_of_the_shop", at another: String? = nil
      ) async throws {
        process = try ServeProcess(
          ["shopify", "emulate", "--port", "0", "--token", "shpat_of_the_shop", "--variants", "3"], in: place)
        var address = ""
        while !address.hasSuffix("\n") {
          address = try process.text(of: process.out)
          guard process.isRunning else { throw ServeProcess.Failed(words: try process.text(of: process.errors)) }
          try await Task.sleep(for: .milliseconds(20))
        }
        shops = place.path + "/shops.json"
        let secret = place.path + "/token"
        try Data((token + "\n").utf8).write(to: URL(fileURLWithPath: secret))
        try Data(
          """
          [{"shop":"mugs","domain":"holdfast-test.myshopify.com","accessTokenFile":"\(secret)",
            "adminAddress":"\(another ?? address.trimmingCharacters(in: .newlines))"\(fields)}]
          """.utf8
        ).write(to: URL(fileURLWithPath: shops))
      }
    }

    private func setup(_ emulated: Emulated, _ place: ScratchPlace, _ more: String...) async throws -> Holdfast.Run {
      let process = try ServeProcess(
        ["shopify", "setup", "--shopify-shops", emulated.shops, "--shop", "mugs"] + more, in: place)
      let code = await process.end()
      return Holdfast.Run(
        code: code, out: try process.text(of: process.out), errors: try process.text(of: process.errors))
    }

    @Test func aShopIsSetUpOnce() async throws {
      let place = try ScratchPlace()
      let emulated = try await Emulated(place)
      let address = ["--address", "https://stock.example.com"]
      let dry = try await setup(emulated, place, address[0], address[1], "--dry-run")
      #expect(dry.code == 0, "\(dry.errors)")
      #expect(dry.out.hasPrefix("0 of 14 topics come already\nwould subscribe to orders/create\n"))
      #expect(
        dry.out.contains("location without a name here (1): 820982911946154508 (main); nothing is published there"))
      let done = try await setup(emulated, place, address[0], address[1])
      #expect(done.code == 0, "\(done.errors)")
      #expect(done.out.contains("done: subscribe to bulk_operations/finish\n"))
      let again = try await setup(emulated, place, address[0], address[1], "--json")
      let plan = try #require(
        try JSONSerialization.jsonObject(with: Data(again.out.utf8)) as? [String: Any], "\(again.out)")
      #expect((plan["there"] as? [String])?.count == 14)
      #expect((plan["steps"] as? [Any])?.isEmpty == true)
      let moved = try await setup(emulated, place, "--address", "https://new.example.com", "--replace")
      #expect(
        moved.out.contains("done: end the subscription to ORDERS_PAID at https://stock.example.com/webhooks/shopify"))
    }

    @Test func whatSomebodyShouldSeeToIsSaid() async throws {
      let place = try ScratchPlace()
      let emulated = try await Emulated(place, fields: #","locations":{"7":"leeds"}"#)
      let run = try await setup(emulated, place, "--address", "https://stock.example.com", "--dry-run")
      #expect(run.code == 2)
      #expect(run.out.contains("location that Shopify does not have (1): 7; nothing is published there: correct"))
    }

    @Test func aWrongTokenIsNotShown() async throws {
      let place = try ScratchPlace()
      let emulated = try await Emulated(place, token: "shpat_of_somebody")
      let run = try await setup(emulated, place, "--address", "https://stock.example.com")
      #expect(run.code == 1)
      #expect(run.errors.contains("put the app's own into its file"), "\(run.errors)")
      #expect(!(run.out + run.errors).contains("shpat_of_somebody"))
    }

    @Test func theTokenGoesNowhereInTheOpen() async throws {
      let place = try ScratchPlace()
      let emulated = try await Emulated(place, at: "http://shop.example.com")
      let run = try await setup(emulated, place, "--address", "https://a.example.com")
      #expect(run.code == 1)
      #expect(run.errors.contains("write https, or an address of this machine"), "\(run.errors)")
    }

    @Test(arguments: [
      (#","apiVersion":"latest""#, "https://a.example.com", "no version of the API: write one as 2026-04"),
      (#","accessTokenEnv":"TOKEN""#, "https://a.example.com", "leave one of the two out"),
      ("", "http://a.example.com", "Shopify sends webhooks by https alone"),
    ])
    func aMistakeIsNamed(_ fields: String, _ address: String, _ words: String) async throws {
      let place = try ScratchPlace()
      let emulated = try await Emulated(place, fields: fields)
      let run = try await setup(emulated, place, "--address", address)
      #expect(run.code == 1 || run.code == 64)
      #expect(run.errors.contains(words), "\(run.errors)")
    }
  }
}
