import NIOHTTP1
import ShopifyEmulatorCore
import Testing

@testable import ShopifyEmulator

extension ShopifyEmulatorTests {
  /// Results of bulk reads, whole and in ranges.
  @Suite struct BulkDoorTests {
    private static let read = """
      mutation { bulkOperationRunQuery(query: "{ productVariants { nodes { id sku } } }")
        { bulkOperation { id } userErrors { message } } }
      """

    /// Runs a bulk read; the path of its result.
    private func result(_ shop: OpenShop) async throws -> String {
      let begun = try await shop.ask(Self.read)
      #expect(begun["data"]?["bulkOperationRunQuery"]?["userErrors"] == [])
      while true {
        let state = try await shop.ask("{ currentBulkOperation { status url } }")["data"]?["currentBulkOperation"]
        guard state?["status"]?.text == "COMPLETED" else { continue }
        let url = try #require(state?["url"]?.text)
        #expect(url.hasPrefix(shop.address + "/bulk/"))
        return String(url.dropFirst(shop.address.count))
      }
    }

    @Test func aResultIsReadWholeAndInPieces() async throws {
      try await OpenShop.open({ $0.bulk.rootsPerSecond = 100_000 }) { shop in
        await shop.shop.turn { shop, now in
          for number in 0..<2_000 { shop.addVariant(VariantDraft(sku: "SKU-\(number)"), at: now) }
        }
        let path = try await result(shop)
        let whole = try await shop.get(path)
        #expect(whole.status == 200)
        #expect(whole.headers.first(name: "content-length") == String(whole.body.count))
        #expect(whole.lines.count == 2_001)
        #expect(whole.body.count > 2 * 65_536, "several pieces")
        var pieces: [UInt8] = []
        while pieces.count < whole.body.count {
          let part = try await shop.get(path, ["Range": "bytes=\(pieces.count)-\(pieces.count + 49_999)"])
          #expect(part.status == 206)
          let last = pieces.count + part.body.count - 1
          #expect(
            part.headers.first(name: "content-range") == "bytes \(pieces.count)-\(last)/\(whole.body.count)")
          pieces += part.body
        }
        #expect(pieces == whole.body)
        let head = try await shop.call(.HEAD, path)
        #expect(head.status == 200)
        #expect(head.headers.first(name: "content-length") == String(whole.body.count))
        #expect(head.body.isEmpty)
        let tail = try await shop.get(path, ["Range": "bytes=-10"])
        #expect(tail.body == Array(whole.body.suffix(10)))
        let beyond = try await shop.get(path, ["Range": "bytes=\(whole.body.count)-"])
        #expect(beyond.status == 416)
        #expect(beyond.headers.first(name: "content-range") == "bytes */\(whole.body.count)")
      }
    }

    @Test func aDownloadBreaksOff() async throws {
      try await OpenShop.open { shop in
        let path = try await result(shop)
        _ = try await shop.post("/emulator/faults", ["cutAfter": 1_000])
        await #expect(throws: (any Error).self) { try await shop.get(path) }
        _ = try await shop.post("/emulator/faults", ["preset": "none"])
        #expect(try await shop.get(path).lines.count == 1)
      }
    }

    @Test func aReadEndsWhileNobodyAsks() async throws {
      try await Subscriber.open { subscriber in
        try await OpenShop.open { shop in
          try await shop.subscribe(.bulkOperationsFinish, to: subscriber.address)
          _ = try await shop.ask(Self.read)
          while subscriber.told.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
          #expect(subscriber.told[0].json["status"]?.text == "completed")
        }
      }
    }

    @Test func whatIsNoResultIsNotFound() async throws {
      try await OpenShop.open { shop async throws in
        for path in ["/bulk/1.jsonl", "/bulk/x.jsonl", "/bulk/", "/bulk/1.json"] {
          #expect(try await shop.get(path).status == 404)
        }
        #expect(try await shop.call(.POST, "/bulk/1.jsonl").status == 405)
      }
    }

    @Test(arguments: [
      (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-", .part(2..<10)), ("bytes=2-4", .part(2..<5)),
      ("bytes=2-99", .part(2..<10)), ("bytes=0-9223372036854775807", .part(0..<10)), ("bytes=-3", .part(7..<10)),
      ("bytes=-99", .part(0..<10)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=-", .whole),
      ("bytes=4-2", .whole), ("bytes=0-1,3-4", .whole), ("lines=0-1", .whole), ("bytes=a-b", .whole),
      ("bytes=+1-2", .whole), ("bytes=99999999999999999999-", .whole), ("bytes=0-99999999999999999999", .whole),
    ])
    func rangesAsTheRFCReadsThem(_ header: String?, _ range: ByteRange) {
      #expect(ByteRange(header, of: 10) == range)
    }

    @Test func nothingOfNothing() { #expect(ByteRange("bytes=-1", of: 0) == .unsatisfiable) }
  }
}
