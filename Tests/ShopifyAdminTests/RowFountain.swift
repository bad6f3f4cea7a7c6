import NIOCore
import NIOPosix
import Synchronization

/// A server that answers whatever it is asked with rows, and writes the next ones only when the last have left for the
/// machine: what has left is what a client took, and what the machine's own buffers hold.
final class RowFountain: Sendable {
  static let row = "{\"id\":\"gid://shopify/InventoryItem/1234567\"}\n"
  private static let rowsPerChunk = 1_000
  private static let chunk = ByteBuffer(string: String(repeating: row, count: rowsPerChunk))

  private let left = Atomic<Int>(0)

  /// Bytes of rows that have left.
  var bytesSent: Int { left.load(ordering: .relaxed) }

  /// Runs one on a free port while `body` goes on.
  static func run(
    rows: Int, _ body: @escaping @Sendable (RowFountain, Int) async throws -> Void
  ) async throws {
    let fountain = RowFountain()
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Stream(fountain, chunks: rows / rowsPerChunk))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let result: Result<Void, any Error>
    do {
      try await body(fountain, server.localAddress?.port ?? 0)
      result = .success(())
    } catch { result = .failure(error) }
    try await server.close()
    try result.get()
  }

  private final class Stream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let fountain: RowFountain
    private let length: Int
    private var chunks: Int
    private var hasBegun = false

    init(_ fountain: RowFountain, chunks: Int) {
      self.fountain = fountain
      self.chunks = chunks
      length = chunks * RowFountain.chunk.readableBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if hasBegun { return }
      hasBegun = true
      let head = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
      context.write(wrapOutboundOut(head), promise: nil)
      pour(context)
    }

    private func pour(_ context: ChannelHandlerContext) {
      guard chunks > 0 else { return }
      chunks -= 1
      context.writeAndFlush(wrapOutboundOut(RowFountain.chunk)).assumeIsolated().whenSuccess { [self] in
        fountain.left.add(RowFountain.chunk.readableBytes, ordering: .relaxed)
        // Not from within: a chunk that leaves at once would lie on the stack of the one before.
        context.eventLoop.assumeIsolated().execute { self.pour(context) }
      }
    }
  }
}
