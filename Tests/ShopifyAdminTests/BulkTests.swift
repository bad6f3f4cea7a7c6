import InventoryEngine
import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyAdmin

/// Bulk reads over HTTP: whole or not at all.
@Suite("Bulk reads of a shop")
struct BulkReadTests {
  /// What a channel reads of everything, by SKU and location.
  private func all(_ channel: ShopifyChannel) async throws -> [String: Int64] {
    var held: [String: Int64] = [:]
    try await channel.readAll { piece in
      for holding in piece { held["\(holding.key.sku)/\(holding.key.location)"] = holding.available }
    }
    return held
  }

  @Test func everythingIsRead() async throws {
    let stock = Dictionary(uniqueKeysWithValues: (0..<2_500).map { ("SKU-\($0)", Int64($0)) })
    try await ChannelScript.run(stock) { script in
      let held = try await all(script.channel)
      #expect(held == Dictionary(uniqueKeysWithValues: stock.map { ("\($0)/leeds", $1) }))
      let fetched = await script.door.asked.filter { $0.path.hasPrefix("/bulk/") }
      #expect(fetched.count == 2, "more than a thousand variants are a bulk read, and the levels another")
      #expect(fetched.allSatisfy { $0.fields["x-shopify-access-token"] == nil }, "a result is not the shop's own")
    }
  }

  @Test func whatIsNotOursIsPassedOver() async throws {
    try await ChannelScript.run(["MUG": 10, "CUP": 3]) { script in
      await script.door.edit { shop, now in
        _ = shop.addVariant(VariantDraft(sku: nil, stock: [.init(location: script.leeds, available: 1)]), at: now)
        _ = shop.addVariant(VariantDraft(sku: "CUP", stock: [.init(location: script.leeds, available: 1)]), at: now)
        _ = shop.addVariant(VariantDraft(sku: "TEA", stock: [.init(location: script.york, available: 1)]), at: now)
      }
      let held = try await all(script.channel)
      #expect(held == ["MUG/leeds": 10])
      #expect(script.open.log.text.contains("4 stocked items that are not ours"))
    }
  }

  @Test func anEmptyShopIsReadToo() async throws {
    try await ChannelScript.run([:]) { script in
      let held = try await all(script.channel)
      #expect(held.isEmpty)
    }
  }

  /// Why a read of everything fails when some answers are replaced.
  private func failure(_ before: @escaping @Sendable (Asked, Int) -> Said?) async throws -> String {
    let words = Words()
    try await ChannelScript.run(["MUG": 10]) { script in
      await script.door.answerFirst(before)
      do throws(ChannelFailure) {
        try await script.channel.readAll { _ in }
        Issue.record("it was read")
      } catch { words.text = error.description }
    }
    return words.text
  }

  private final class Words: @unchecked Sendable { var text = "" }

  private static func state(_ status: String, _ code: JSON = .null, url: JSON = .null, count: String = "1") -> Said {
    .json([
      "data": [
        "bulkOperation": ["status": .string(status), "errorCode": code, "objectCount": .string(count), "url": url]
      ]
    ])
  }

  @Test(arguments: [("FAILED", "ACCESS_DENIED"), ("CANCELED", nil), ("EXPIRED", nil)])
  func whatDidNotEndWellIsNoResult(_ status: String, _ code: String?) async throws {
    let words = try await failure { asked, _ in
      asked.operation == "Bulk" ? Self.state(status, JSON(code), url: "https://example.com/part") : nil
    }
    #expect(words.contains("ended without its result (\(status)"), "\(words)")
    #expect(words.contains(code ?? status))
  }

  @Test func aResultThatIsGone() async throws {
    for status in [403, 404, 410] {
      let words = try await failure { asked, _ in asked.path.hasPrefix("/bulk/") ? .error(status) : nil }
      #expect(words.contains("not there any more (\(status))"), "\(words)")
    }
  }

  @Test func anAddressThatIsNotEncryptedIsNotAsked() async throws {
    let words = try await failure { asked, _ in
      asked.operation == "Bulk" ? Self.state("COMPLETED", url: "http://example.com/result") : nil
    }
    #expect(words.contains("not encrypted"), "\(words)")
  }

  @Test func aResultOfFewerLinesThanWereCounted() async throws {
    let words = try await failure { asked, _ in
      asked.path.hasPrefix("/bulk/") ? Said(body: Array(#"{"id":"gid://shopify/InventoryItem/1"}"#.utf8)) : nil
    }
    #expect(words.contains("has 1 lines, and Shopify counted 2"), "\(words)")
  }

  @Test(arguments: [
    (#"{"id":"a"}"# + "\n{\n", "line 2 of the bulk result cannot be read"),
    ("[]\n", "line 1 of the bulk result cannot be read"),
    (#"{"id":"a","__parentId":"gid://shopify/InventoryItem/1"}"# + "\n", "line 1 of the bulk result is not a level"),
  ])
  func aLineThatCannotBeReadIsNamed(_ body: String, _ wanted: String) async throws {
    let words = try await failure { asked, _ in asked.path.hasPrefix("/bulk/") ? Said(body: Array(body.utf8)) : nil }
    #expect(words.contains(wanted), "\(words)")
  }

  @Test func aShopThatIsBusySaysSo() async throws {
    try await ChannelScript.run(["MUG": 10]) { script in
      await script.door.answerFirst { asked, _ in
        guard asked.operation == "RunBulk" else { return nil }
        let error: JSON = ["code": "LIMIT_REACHED", "field": .null, "message": "five run"]
        return .json(["data": ["bulkOperationRunQuery": ["bulkOperation": .null, "userErrors": [error]]]])
      }
      await #expect(throws: ChannelFailure("the bulk read did not begin: five run: try again when they are over")) {
        try await script.channel.readAll { _ in }
      }
    }
  }

  // MARK: Cut downloads

  @Test(arguments: [true, false])
  func aDownloadThatIsCutGoesOn(_ knowsRanges: Bool) async throws {
    let stock = Dictionary(uniqueKeysWithValues: (0..<500).map { ("SKU-\($0)", Int64($0)) })
    try await ChannelScript.run(stock) { script in
      await script.door.cutResults(every: 10_000, knowsRanges: knowsRanges)
      let held = try await all(script.channel)
      #expect(held.count == 500)
      let fetched = await script.door.asked.filter { $0.path.hasPrefix("/bulk/") }
      #expect(fetched.count > 3)
      #expect(fetched.dropFirst().allSatisfy { $0.fields["range"]?.hasPrefix("bytes=") == true })
    }
  }

  @Test func aDownloadThatBringsNothingIsGivenUp() async throws {
    let words = try await failure { asked, _ in asked.path.hasPrefix("/bulk/") ? .cut : nil }
    #expect(words.contains("broke off after 0 bytes, again and again"), "\(words)")
  }
}
