import RedisJournal
import StockJournal
import Testing

/// What goes over the wire, byte for byte.
@Suite struct RESPWriterTests {
  private func text(_ write: (inout RESPWriter) -> Void) -> String {
    var writer = RESPWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func aCommandIsCountedArguments() {
    #expect(text { $0.command("SET", "k", "") } == "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n")
    // Counted in bytes, not in characters.
    #expect(text { $0.command("é") } == "*1\r\n$2\r\né\r\n")
  }

  @Test func bytesOfAnyContent() {
    var writer = RESPWriter()
    writer.command(2)
    writer.argument([0, 13, 10, 36, 255])
    writer.argument([9, 0, 9, 8][1...2])
    #expect(writer.bytes == Array("*2\r\n$5\r\n".utf8) + [0, 13, 10, 36, 255, 13, 10, 36, 50, 13, 10, 0, 9, 13, 10])
  }

  @Test(arguments: [
    (0, "0"), (9, "9"), (10, "10"), (-10, "-10"), (99_999, "99999"), (Int.max, "9223372036854775807"),
    (Int.min, "-9223372036854775808"),
  ])
  func wholeNumbers(_ value: Int, _ digits: String) {
    let written = text {
      $0.command(1)
      $0.argument(value)
    }
    #expect(written == "*1\r\n$\(digits.utf8.count)\r\n\(digits)\r\n")
  }

  @Test func idsOfStreamEntries() {
    let written = text {
      $0.command(2)
      $0.argument(UInt64.max)
      $0.argument(epoch: 7, number: 1_234)
    }
    #expect(written == "*2\r\n$20\r\n18446744073709551615\r\n$6\r\n7-1234\r\n")
  }

  @Test func hashesAndNoncesInHexadecimal() throws {
    let (first, second): (UInt64, UInt64) = (0x0807_0605_0403_02ff, 0x0f0e_0d0c_0b0a_0900)
    let digits = "ff0203040506070800090a0b0c0d0e0f"
    let hash = text {
      $0.command(1)
      $0.argument(RecordHash(first: first, second: second))
    }
    let nonce = text {
      $0.command(1)
      $0.argument(RecordNonce(first: first, second: second))
    }
    #expect(hash == "*1\r\n$32\r\n\(digits)\r\n")
    #expect(nonce == hash)
    #expect(RecordHash(hexadecimal: Array(digits.utf8)) == RecordHash(first: first, second: second))
    #expect(RecordNonce(hexadecimal: Array(digits.utf8)) == RecordNonce(first: first, second: second))
    for wrong in ["", "ff", digits + "0", digits.replacing("f", with: "g"), digits.uppercased()] {
      #expect(RecordHash(hexadecimal: Array(wrong.utf8)) == nil)
    }
  }

  @Test func aClearedWriterStartsAgain() {
    var writer = RESPWriter()
    writer.command("GET", "a")
    writer.command("GET", "b")
    #expect(writer.commandCount == 2)
    writer.clear()
    #expect(writer.bytes.isEmpty)
    #expect(writer.commandCount == 0)
    writer.command("PING")
    #expect(writer.bytes == Array("*1\r\n$4\r\nPING\r\n".utf8))
  }

  @Test func aWrongNumberOfArgumentsEndsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      var writer = RESPWriter()
      writer.command(2)
      writer.argument("GET")
      writer.command("PING")
    }
    await #expect(processExitsWith: .failure) {
      var writer = RESPWriter()
      writer.command(1)
      writer.argument("GET")
      writer.argument("k")
    }
  }
}
