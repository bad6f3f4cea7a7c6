import HTTPTypes
import Hummingbird
import InventoryEngine
import NIOCore
import StockLedger
import Synchronization
import Testing

@testable import ShopifyAdmin

/// A result of a million rows over HTTP: nothing of it is kept, and no more is fetched than is asked for.
@Suite("Bulk results in flat memory")
struct FlatMemoryTests {
  private static let rows = 1_000_000
  private static let rowsPerChunk = 1_000

  private static let row = "{\"id\":\"gid://shopify/InventoryItem/1234567\"}\n"
  private static let chunk = ByteBuffer(string: String(repeating: row, count: rowsPerChunk))

  /// Serves the result, counting what has left.
  private static func response(rows: Int, _ sent: Sent) -> Response {
    Response(
      status: .ok,
      body: ResponseBody { writer in
        for _ in 0..<(rows / rowsPerChunk) {
          try await writer.write(chunk)
          sent.bytes.add(chunk.readableBytes, ordering: .relaxed)
        }
        try await writer.finish(nil)
      })
  }

  private final class Sent: Sendable { let bytes = Atomic<Int>(0) }

  private func download(
    rows: Int = rows, _ body: @escaping @Sendable (BulkDownload, Sent) async throws -> Void
  ) async throws {
    let sent = Sent()
    try await OpenShopDoor.serve { _ in
      Self.response(rows: rows, sent)
    } whileRunning: { port in
      try await ShopifyConnections.run { connections in
        let access = try ShopifyAccess(
          domain: OpenShopDoor.domain, token: #require(ShopifyToken("t")), address: "http://127.0.0.1:\(port)")
        let client = ShopifyClient(access, connections, clock: SystemClock(), logger: LogLines().logger)
        let url = "http://127.0.0.1:\(port)/bulk/1.jsonl"
        try await body(try BulkDownload(url, client: client, settings: BulkReadSettings()), sent)
      }
    }
  }

  @Test func aMillionRowsAreHeldAFewAtATime() async throws {
    try await download { download, _ in
      var download = download
      var count = 0
      let wanted = Array(Self.row.utf8.dropLast())
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
    // The server and the machine hold up to 200 MB of a connection in buffers of their own: the result has a gigabyte.
    try await download(rows: 24 * Self.rows) { download, sent in
      var download = download
      do throws(ChannelFailure) {
        try await download.run { (_, _, number) throws(ChannelFailure) in
          guard number == 1 else { return }
          // As long as the first line is not done with, what is under way is what buffers hold.
          var before = -1
          while sent.bytes.load(ordering: .relaxed) != before {
            before = sent.bytes.load(ordering: .relaxed)
            try? await Task.sleep(for: .milliseconds(500))
          }
          throw ChannelFailure("enough: \(before)")
        }
        Issue.record("it was stopped")
      } catch {
        #expect(error.description.hasPrefix("enough"))
        #expect(sent.bytes.load(ordering: .relaxed) < 500_000_000, "\(error): of a gigabyte")
      }
    }
  }
}
