import InventoryEngine
import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// The channel and an emulated shop, over HTTP.
@Suite("Shopify's channel")
struct ChannelTests {
  // MARK: Writing

  @Test func rowsAreWrittenOnce() async throws {
    try await ChannelScript.run(["MUG": 10, "CUP": 4]) { script in
      let rows = [script.row("CUP", 0, from: 4), script.row("MUG", 7, from: 10)]
      #expect(await script.channel.write(rows, key: script.name(1)) == .accepted)
      #expect(await script.sold("MUG") == 7)
      #expect(await script.sold("CUP") == 0)
      // The same key again is a repeat, not a second write.
      #expect(await script.channel.write(rows, key: script.name(1)) == .accepted)
      #expect(
        await script.channel.write([script.row("MUG", 3, from: 7)], key: script.name(1)) == .keyMismatch)
      #expect(await script.sold("MUG") == 7)
    }
  }

  @Test func oneStaleRowFailsTheCall() async throws {
    try await ChannelScript.run(["MUG": 10, "CUP": 4]) { script in
      let answer = await script.channel.write(
        [script.row("CUP", 1, from: 4), script.row("MUG", 7, from: 9)], key: script.name(1))
      #expect(answer == .refused([1: .stale]))
      #expect(await script.sold("CUP") == 4)
    }
  }

  @Test func aForcedRowIsNotCompared() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      #expect(await script.channel.write([script.row("MUG", 3, from: nil)], key: script.name(1)) == .accepted)
      #expect(await script.sold("MUG") == 3)
    }
  }

  @Test func whatIsNotMappedIsRefusedWithoutACall() async throws {
    try await ChannelScript.run(["MUG": 10, "mug": 2]) { script in
      let rows = [
        script.row("MUG", 1, from: 10), script.row("MUG", 1, from: 1, at: "york"),
        script.row("Mug", 1, from: 1),
      ]
      let answer = await script.channel.write(rows, key: script.name(1))
      #expect(answer == .refused([1: .rejected(.invalidLocation), 2: .rejected(.invalidItem)]))
      #expect(await script.door.operations == ["Variants"], "SKUs are looked up, nothing is written")
      // What is known is not looked up again, nor for a minute what is not.
      #expect(await script.channel.write(rows, key: script.name(1)) == answer)
      #expect(await script.door.operations.count == 1)
    }
  }

  @Test func ofADuplicateSKUNothingIsPublished() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      await script.door.edit { shop, now in
        _ = shop.addVariant(VariantDraft(sku: "MUG", stock: [.init(location: script.leeds, available: 1)]), at: now)
      }
      #expect(
        await script.channel.write([script.row("MUG", 1, from: 10)], key: script.name(1))
          == .refused([0: .rejected(.invalidItem)]))
      #expect(await script.channel.read([script.key("MUG")]) == .held([nil]))
    }
  }

  @Test func aCutAfterTheEffectIsRepeatedUnderItsKey() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      await script.door.cutAfter { $0.operation == "SetQuantities" }
      let rows = [script.row("MUG", 7, from: 10)]
      #expect(await script.channel.write(rows, key: script.name(1)) == .unknown)
      #expect(await script.sold("MUG") == 7)
      await script.door.cutAfter(nil)
      #expect(await script.channel.write(rows, key: script.name(1)) == .accepted)
      let bodies = await script.door.asked.filter { $0.operation == "SetQuantities" }.map(\.body)
      #expect(bodies.count == 2 && Set(bodies).count == 1, "a repeat is the same to the byte")
    }
  }

  @Test(arguments: [500, 502, 503, 504, 408])
  func aServersFailureIsUnknown(_ status: Int) async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      await script.door.answerFirst { asked, _ in asked.operation == "SetQuantities" ? .error(status) : nil }
      #expect(await script.channel.write([script.row("MUG", 7, from: 10)], key: script.name(1)) == .unknown)
      _ = await script.channel.read([script.key("MUG")])
      await script.door.answerFirst { _, _ in .error(status) }
      #expect(await script.channel.read([script.key("MUG")]) == .unanswered)
    }
  }

  @Test func aShutDoorHoldsEverythingUntilSomebodyActs() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      await script.door.answerFirst { asked, _ in asked.operation == "Variants" ? nil : .error(401) }
      let before = script.open.client.clock.now
      let rows = [script.row("MUG", 7, from: 10)]
      guard case .throttled(let until) = await script.channel.write(rows, key: script.name(1)) else {
        return #expect(Bool(false), "nothing was done, and nothing is lost")
      }
      #expect(until >= before + 30_000)
      guard case .throttled = await script.channel.read([script.key("MUG")]) else {
        return #expect(Bool(false), "nor is it a number")
      }
      #expect(await script.channel.standing.trouble?.contains("access token") == true)
      await script.door.answerFirst(nil)
      #expect(await script.channel.write(rows, key: script.name(1)) == .accepted)
      #expect(await script.channel.standing.trouble == nil)
    }
  }

  @Test func ofALocationWithoutANameNothingIsAsked() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      #expect(await script.channel.read([script.key("MUG", at: "york")]) == .held([nil]))
      #expect(
        await script.channel.write([script.row("MUG", 1, from: 1, at: "york")], key: script.name(1))
          == .refused([0: .rejected(.invalidLocation)]))
      #expect(await script.door.asked.isEmpty)
    }
  }

  @Test func anItemThatWasMadeAnewIsFound() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      #expect(await script.channel.read([script.key("MUG")]) == .held([10]))
      await script.door.edit { shop, now in
        for variant in shop.variants(sku: "MUG") { shop.deleteVariant(variant.id) }
        _ = shop.addVariant(VariantDraft(sku: "MUG", stock: [.init(location: script.leeds, available: 6)]), at: now)
      }
      #expect(
        await script.channel.write([script.row("MUG", 7, from: 10)], key: script.name(1))
          == .refused([0: .stale]), "nothing was written, and what is held is another number")
      #expect(await script.channel.read([script.key("MUG")]) == .held([6]))
      #expect(await script.channel.write([script.row("MUG", 7, from: 6)], key: script.name(2)) == .accepted)
      #expect(await script.sold("MUG") == 7)
    }
  }

  // MARK: Activating

  /// Asks for a SKU in York, where nothing is stocked.
  private func york(
    _ settings: ShopifyChannelSettings = ShopifyChannelSettings(),
    _ body: @escaping @Sendable (ChannelScript, ShopifyChannel) async throws -> Void
  ) async throws {
    try await ChannelScript.run(["MUG": 10, "CUP": 2]) { script in
      let catalogue = ShopifyCatalogue(shop: ChannelScript.shop([script.york: "york"]), client: script.open.client)
      try await body(script, ShopifyChannel(catalogue, settings: settings))
    }
  }

  @Test func whatIsReadAndNotStockedIsStocked() async throws {
    try await york { script, channel in
      #expect(
        await channel.read([script.key("MUG", at: "york"), script.key("NONE", at: "york")]) == .held([0, nil]))
      #expect(await channel.write([script.row("MUG", 5, from: 0, at: "york")], key: script.name(1)) == .accepted)
      #expect(await script.door.edit { shop, _ in shop.level(sku: "MUG", at: script.york)?.available } == 5)
    }
  }

  @Test func whatIsWrittenAndNotStockedIsStockedAndReadAgain() async throws {
    try await york { script, channel in
      let rows = [script.row("CUP", 5, from: 0, at: "york"), script.row("MUG", 5, from: 0, at: "york")]
      #expect(await channel.write(rows, key: script.name(1)) == .refused([0: .stale, 1: .stale]))
      #expect(await channel.write(rows, key: script.name(2)) == .accepted)
      #expect(await script.door.operations == ["Variants", "SetQuantities", "Activate", "SetQuantities"])
    }
  }

  @Test func asManyAsThereAreAreStocked() async throws {
    let skus = (0..<50).map { "SKU-\($0)" }
    try await ChannelScript.run(Dictionary(uniqueKeysWithValues: skus.map { ($0, 1) })) { script in
      let channel = script.channel([script.york: "york"])
      let keys = skus.map { script.key($0, at: "york") }
      #expect(await channel.read(Array(keys[..<25])) == .held(Array(repeating: 0, count: 25)))
      let rows = skus[25...].map { script.row($0, 2, from: 0, at: "york") }
      #expect(
        await channel.write(rows, key: script.name(1))
          == .refused(Dictionary(uniqueKeysWithValues: rows.indices.map { ($0, .stale) })))
      #expect(await script.door.operations.filter { $0 == "Activate" }.count == 4)
      #expect(await channel.read(Array(keys[25...])) == .held(Array(repeating: 0, count: 25)))
    }
  }

  @Test func whatShopifyDoesNotStockIsADeadLetterAndWhatIsNotKnownIsNot() async throws {
    try await york { script, channel in
      let rows = [script.row("CUP", 5, from: 0, at: "york"), script.row("MUG", 5, from: 0, at: "york")]
      await script.door.answerFirst { asked, _ in
        guard asked.operation == "Activate" else { return nil }
        let refused: JSON = ["field": ["locationId"], "message": "not there"]
        return .json([
          "data": [
            "p0": ["inventoryLevel": .null, "userErrors": [refused]],
            "p1": ["inventoryLevel": ["quantities": [["quantity": 0]]], "userErrors": []],
          ]
        ])
      }
      #expect(await channel.write(rows, key: script.name(1)) == .refused([0: .rejected(.notStocked), 1: .stale]))
      #expect(script.open.log.text.contains("could not be stocked at location \(script.york): not there"))
      await script.door.answerFirst { asked, _ in asked.operation == "Activate" ? .error(503) : nil }
      #expect(await channel.write(rows, key: script.name(2)) == .refused([0: .stale, 1: .stale]))
      #expect(await channel.read(rows.map(\.key)) == .held([nil, nil]))
    }
  }

  @Test func nothingIsStockedWhereThatIsNotAllowed() async throws {
    var settings = ShopifyChannelSettings()
    settings.activatesItems = false
    try await york(settings) { script, channel in
      #expect(await channel.read([script.key("MUG", at: "york")]) == .held([nil]))
      #expect(
        await channel.write([script.row("MUG", 5, from: 0, at: "york")], key: script.name(1))
          == .refused([0: .rejected(.notStocked)]))
      #expect(await script.door.edit { shop, _ in shop.level(sku: "MUG", at: script.york) } == nil)
    }
  }

  // MARK: Reading

  @Test func a250KeysAreOneCall() async throws {
    let stock = Dictionary(uniqueKeysWithValues: (0..<250).map { ("SKU-\($0)", Int64($0)) })
    try await ChannelScript.run(stock) { script in
      try await script.channel.catalogue.load()
      await script.door.forget()
      let keys = (0..<250).map { script.key("SKU-\($0)") }
      #expect(await script.channel.read(keys) == .held((0..<250).map { Int64($0) }))
      let rows = (0..<250).map { script.row("SKU-\($0)", 1_000, from: Int64($0)) }
      #expect(await script.channel.write(rows, key: script.name(1)) == .accepted)
      #expect(await script.door.operations == ["Levels", "SetQuantities"])
      #expect(await script.sold("SKU-249") == 1_000)
    }
  }

  @Test func aReadThatCostsTooMuchIsHalved() async throws {
    let stock = Dictionary(uniqueKeysWithValues: (0..<100).map { ("SKU-\($0)", Int64($0)) })
    try await ChannelScript.run(stock, settings: ShopifyChannelSettings()) {
      $0.queryCostMax = 202
    } _: { script in
      let keys = (0..<100).map { script.key("SKU-\($0)") }
      #expect(await script.channel.read(keys) == .held((0..<100).map { Int64($0) }))
      #expect(await script.door.operations.filter { $0 == "Levels" }.count == 3)
    }
  }
}
