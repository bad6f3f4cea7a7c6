/// Cuts a text that comes in chunks into lines, and keeps no more of it than a line and a chunk.
struct LineBuffer: Sendable {
  private var bytes: [UInt8] = []
  private let lineMax: Int
  /// Lines that were taken so far.
  private(set) var count = 0
  /// The most bytes that were held at once.
  private(set) var heldMax = 0

  init(lineMax: Int) { self.lineMax = lineMax }

  /// Why a text cannot be cut.
  struct LineTooLong: Error, Hashable {
    let line: Int
  }

  /// Takes a chunk, and tells each line that ends in it, without its end: the bytes, the line's place in them and its
  /// number from 1.
  mutating func take<Failure: Error>(
    _ chunk: some Sequence<UInt8>, _ tell: ([UInt8], Range<Int>, Int) async throws(Failure) -> Void
  ) async throws(Failure) -> LineTooLong? {
    var searched = bytes.count
    bytes.append(contentsOf: chunk)
    heldMax = max(heldMax, bytes.count)
    var start = 0
    while let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
      if end - start > lineMax { return LineTooLong(line: count + 1) }
      try await line(start..<end, tell)
      start = end + 1
      searched = start
    }
    bytes.removeSubrange(..<start)
    return bytes.count > lineMax ? LineTooLong(line: count + 1) : nil
  }

  /// Tells the last line where it had no end.
  mutating func finish<Failure: Error>(
    _ tell: ([UInt8], Range<Int>, Int) async throws(Failure) -> Void
  ) async throws(Failure) {
    try await line(0..<bytes.count, tell)
    bytes = []
  }

  private mutating func line<Failure: Error>(
    _ range: Range<Int>, _ tell: ([UInt8], Range<Int>, Int) async throws(Failure) -> Void
  ) async throws(Failure) {
    if range.isEmpty { return }
    count += 1
    try await tell(bytes, range, count)
  }
}
