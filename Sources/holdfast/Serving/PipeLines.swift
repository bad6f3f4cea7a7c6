import Foundation

/// Lines of a pipe, read by a thread of their own: a blocking read must not hold a task's thread.
enum PipeLines {
  /// Whole lines without their ends, as many at once as one read brought; half a line at the end is dropped.
  static func batches(of descriptor: Int32) -> AsyncStream<[ArraySlice<UInt8>]> {
    let (stream, continuation) = AsyncStream.makeStream(of: [ArraySlice<UInt8>].self)
    let thread = Thread {
      var rest: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { break }
        rest += chunk[..<count]
        var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest = lines.popLast().map { Array($0) } ?? []
        if !lines.isEmpty { continuation.yield(lines) }
      }
      continuation.finish()
    }
    thread.start()
    return stream
  }
}
