import InventoryEngine
import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// SKUs and locations, here and at Shopify.
@Suite("Shopify's catalogue")
struct CatalogueTests {
  private func found(_ findings: [ShopifyFinding], _ kind: ShopifyFinding.Kind) -> [String] {
    findings.first { $0.kind == kind }?.names ?? []
  }

  @Test func aGoodShopHasNothingToSay() async throws {
    try await ChannelScript.run(["MUG": 10, "CUP": 4]) { script in
      let channel = script.channel([script.leeds: "leeds", script.york: "york"])
      let findings = try await channel.catalogue.load()
      #expect(findings == [])
      await script.door.forget()
      #expect(await channel.read([script.key("CUP"), script.key("MUG")]) == .held([4, 10]))
      #expect(await script.door.operations == ["Levels"], "what was read is not looked up")
    }
  }

  @Test func whatAPersonShouldSeeTo() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      let (second, bare, closed) = await script.door.edit { shop, now in
        let stock = [VariantDraft.Stock(location: script.leeds, available: 1)]
        let second = shop.addVariant(VariantDraft(sku: "MUG", stock: stock), at: now)
        let bare = shop.addVariant(VariantDraft(sku: nil, stock: stock), at: now)
        var untracked = VariantDraft(sku: "GIFT", stock: stock)
        untracked.isTracked = false
        _ = shop.addVariant(untracked, at: now)
        _ = shop.addVariant(VariantDraft(sku: String(repeating: "x", count: 129), stock: stock), at: now)
        let closed = shop.openLocation("Hull", at: now)
        shop.closeLocation(closed, at: now)
        return (second, bare, closed)
      }
      let channel = script.channel([script.leeds: "leeds", closed: "hull", 77: "moon"])
      let findings = try await channel.catalogue.load()
      #expect(found(findings, .duplicateSKU).first?.contains("\(second)") == true)
      #expect(found(findings, .variantWithoutSKU) == ["variant \(bare)"])
      #expect(found(findings, .untrackedSKU) == ["GIFT"])
      #expect(found(findings, .unusableSKU).count == 1)
      #expect(found(findings, .unknownLocation) == ["77"])
      #expect(found(findings, .closedLocation) == ["\(closed) (Hull)"])
      #expect(found(findings, .unnamedLocation) == ["\(script.york) (York)"])
      #expect(
        findings.filter(\.needsSomebody).map(\.kind) == [
          .duplicateSKU, .unusableSKU, .unknownLocation, .closedLocation,
        ])
    }
  }

  @Test func oneNameOfTwoLocationsIsNobodys() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      let channel = script.channel([script.leeds: "north", script.york: "north"])
      let findings = try await channel.catalogue.load()
      #expect(found(findings, .sharedLocation) == ["north"])
      #expect(
        await channel.write([script.row("MUG", 1, from: 10, at: "north")], key: script.name(1))
          == .refused([0: .rejected(.invalidLocation)]))
    }
  }

  @Test func oneOfManyIsCounted() async throws {
    try await ChannelScript.run([:]) { script in
      await script.door.edit { shop, now in
        for _ in 0..<30 { _ = shop.addVariant(VariantDraft(sku: nil, stock: []), at: now) }
      }
      let finding = try #require(try await script.channel.catalogue.load().first { $0.kind == .variantWithoutSKU })
      #expect(finding.count == 30)
      #expect(finding.names.count == 20)
      #expect(finding.description.contains("and 10 more"))
    }
  }

  @Test func lettersAreTakenAsTheyAre() async throws {
    // Two ways to write one letter: equal to Swift, two SKUs to us and to Shopify.
    let (composed, apart) = ("caf\u{E9}", "cafe\u{301}")
    try await ChannelScript.run(["mug": 1, "MUG": 2]) { script in
      await script.door.edit { shop, now in
        for (sku, units) in [(composed, Int64(3)), (apart, 4)] {
          _ = shop.addVariant(
            VariantDraft(sku: sku, stock: [.init(location: script.leeds, available: units)]), at: now)
        }
      }
      let keys = ["mug", "MUG", "Mug", composed, apart].map { script.key($0) }
      let expected = ChannelReading.held([1, 2, nil, 3, 4])
      #expect(await script.channel.read(keys) == expected, "looked up one by one")
      try await script.channel.catalogue.load()
      #expect(await script.channel.read(keys) == expected, "read as a whole")
    }
  }

  @Test func variantsWithoutASKUHaveTheOneThatTheyAreGiven() async throws {
    try await ChannelScript.run(["MUG": 1]) { script in
      let bare = await script.door.edit { shop, now in
        shop.addVariant(VariantDraft(sku: nil, stock: [.init(location: script.leeds, available: 9)]), at: now)
      }
      let channel = script.channel([script.leeds: "leeds"], variants: [bare: "BARE"])
      #expect(await channel.read([script.key("BARE"), script.key("MUG")]) == .held([9, 1]))
      let findings = try await channel.catalogue.load()
      #expect(findings.map(\.kind) == [.unnamedLocation])
      #expect(await channel.read([script.key("BARE")]) == .held([9]))
    }
  }

  @Test func aSKUThatIsAddedIsFoundByTheNextLoad() async throws {
    try await ChannelScript.run(["MUG": 1]) { script in
      #expect(await script.channel.read([script.key("CUP")]) == .held([nil]))
      await script.door.edit { shop, now in
        _ = shop.addVariant(VariantDraft(sku: "CUP", stock: [.init(location: script.leeds, available: 5)]), at: now)
      }
      try await script.channel.catalogue.load()
      #expect(await script.channel.read([script.key("CUP")]) == .held([5]))
    }
  }

  @Test func anItemThatIsAnotherSKUByNowIsNotReadAsTheOldOne() async throws {
    try await ChannelScript.run(["MUG": 10, "CUP": 4]) { script in
      try await script.channel.catalogue.load()
      await script.door.edit { shop, now in
        for variant in shop.variants(sku: "MUG") { shop.renameVariant(variant.id, sku: "POT", at: now) }
        _ = shop.addVariant(VariantDraft(sku: "MUG", stock: [.init(location: script.leeds, available: 7)]), at: now)
        for variant in shop.variants(sku: "CUP") { shop.deleteVariant(variant.id) }
      }
      let keys = [script.key("MUG"), script.key("CUP")]
      #expect(await script.channel.read(keys) == .held([nil, nil]))
      #expect(await script.channel.read(keys) == .held([7, nil]), "it was looked up meanwhile")
      #expect(await script.channel.read([script.key("POT")]) == .held([10]))
    }
  }

  @Test func whatCannotBeReadLeavesWhatIsKnown() async throws {
    try await ChannelScript.run(["MUG": 1]) { script in
      try await script.channel.catalogue.load()
      await script.door.answerFirst { asked, _ in asked.operation == "Variants" ? .error(401) : nil }
      await #expect(throws: ChannelFailure.self) { try await script.channel.catalogue.load() }
      #expect(await script.channel.read([script.key("MUG")]) == .held([1]))
    }
  }

  @Test func itLoadsByItselfAndTellsWhatChanged() async throws {
    try await ChannelScript.run(["MUG": 1]) { script in
      await script.door.answerFirst { asked, count in count == 1 ? .error(401) : nil }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await script.channel.catalogue.run() }
        while !script.open.log.text.contains("location without a name here") {
          try await Task.sleep(for: .milliseconds(50))
        }
        group.cancelAll()
      }
      let lines = script.open.log.all
      #expect(lines.contains { $0.contains("cannot be read") && $0.contains("401") })
      #expect(lines.filter { $0.contains("location without a name here") }.count == 1)
      await script.door.answerFirst(nil)
      await script.door.forget()
      #expect(await script.channel.read([script.key("MUG")]) == .held([1]))
      #expect(await script.door.operations == ["Levels"])
    }
  }

  @Test(arguments: ["*", "\"", "\\", "a\" OR sku:*", "OR", "a b", "sku:MUG", "'"])
  func aSKUIsNoSearch(_ sku: String) async throws {
    try await ChannelScript.run(["MUG": 1]) { script in
      #expect(await script.channel.read([script.key(sku)]) == .held([nil]))
    }
  }

  @Test func manySKUsAreLookedUpTogether() async throws {
    let stock = Dictionary(uniqueKeysWithValues: (0..<100).map { ("SKU \($0) 'a'", Int64($0)) })
    try await ChannelScript.run(stock) { script in
      let keys = (0..<100).map { script.key("SKU \($0) 'a'") }
      #expect(await script.channel.read(keys) == .held((0..<100).map { Int64($0) }))
      #expect(await script.door.operations == ["Variants", "Variants", "Variants", "Variants", "Levels"])
      _ = try await script.channel.catalogue.load()
    }
  }
}
