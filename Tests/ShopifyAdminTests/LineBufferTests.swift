import Testing

@testable import ShopifyAdmin

/// A text in chunks as lines.
@Suite("Lines of a stream")
struct LineBufferTests {
  /// The lines of a text that comes in pieces of some size.
  private func lines(_ text: String, by size: Int, max: Int = 1_000) async throws -> (lines: [String], fault: Int?) {
    var buffer = LineBuffer(lineMax: max)
    var lines: [String] = []
    let tell = { (bytes: [UInt8], range: Range<Int>, number: Int) in
      lines.append("\(number):\(String(decoding: bytes[range], as: UTF8.self))")
    }
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      let fault = await buffer.take(bytes[start..<min(start + size, bytes.count)]) { tell($0, $1, $2) }
      if let fault { return (lines, fault.line) }
      #expect(buffer.heldMax <= max + size)
    }
    await buffer.finish { tell($0, $1, $2) }
    return (lines, nil)
  }

  @Test(arguments: 1...9)
  func anyChunksGiveTheSameLines(_ size: Int) async throws {
    let found = try await lines("one\ntwo two\n\nthree\nlast", by: size)
    #expect(found.lines == ["1:one", "2:two two", "3:three", "4:last"])
    #expect(found.fault == nil)
  }

  @Test func anEndIsNoLine() async throws {
    #expect(try await lines("one\n", by: 2).lines == ["1:one"])
    #expect(try await lines("", by: 2).lines == [])
    #expect(try await lines("\n\n", by: 1).lines == [])
  }

  @Test(arguments: [1, 3, 100])
  func aLineHasABound(_ size: Int) async throws {
    let found = try await lines("one\nelevenchars\n", by: size, max: 10)
    #expect(found.lines == ["1:one"])
    #expect(found.fault == 2)
    #expect(try await lines("0123456789\n", by: size, max: 10).fault == nil)
  }
}
