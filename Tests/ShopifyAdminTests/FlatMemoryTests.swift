import InventoryEngine
import StockLedger
import Testing

@testable import ShopifyAdmin

/// A result of a million rows over HTTP: nothing of it is kept, and no more is fetched than is asked for.
@Suite("Bulk results in flat memory")
struct FlatMemoryTests {
  private static let rows = 1_000_000

  private func download(
    rows: Int, _ body: @escaping @Sendable (BulkDownload, RowFountain) async throws -> Void
  ) async throws {
    try await RowFountain.run(rows: rows) { fountain, port in
      try await ShopifyConnections.run { connections in
        let access = try ShopifyAccess(
          domain: OpenShopDoor.domain, token: #require(ShopifyToken("t")), address: "http://127.0.0.1:\(port)")
        let client = ShopifyClient(access, connections, clock: SystemClock(), logger: LogLines().logger)
        let url = "http://127.0.0.1:\(port)/bulk/1.jsonl"
        try await body(try BulkDownload(url, client: client, settings: BulkReadSettings()), fountain)
      }
    }
  }

  @Test func aMillionRowsAreHeldAFewAtATime() async throws {
    try await download(rows: Self.rows) { download, _ in
      var download = download
      var count = 0
      let wanted = Array(RowFountain.row.utf8.dropLast())
      try await download.run { (bytes, range, number) throws(ChannelFailure) in
        count += 1
        guard range.count == wanted.count, number % 1_000 != 7 || Array(bytes[range]) == wanted else {
          throw ChannelFailure("line \(number) is not as it was sent")
        }
      }
      #expect(count == Self.rows)
      #expect(download.heldMax < 1_000_000, "a line and a chunk, not the result")
    }
  }

  @Test func whoIsSlowIsNotFlooded() async throws {
    // The machine's own buffers of a connection hold up to 40 MB: the result has ten times that.
    try await download(rows: 10 * Self.rows) { download, fountain in
      var download = download
      do throws(ChannelFailure) {
        try await download.run { (_, _, number) throws(ChannelFailure) in
          guard number == 1 else { return }
          // As long as the first line is not done with, what is under way is what buffers hold.
          var before = -1
          while fountain.bytesSent != before {
            before = fountain.bytesSent
            try? await Task.sleep(for: .milliseconds(500))
          }
          throw ChannelFailure("enough: \(before)")
        }
        Issue.record("it was stopped")
      } catch {
        #expect(error.description.hasPrefix("enough"))
        #expect(fountain.bytesSent < 150_000_000, "\(error): of 450 MB")
      }
    }
  }
}
