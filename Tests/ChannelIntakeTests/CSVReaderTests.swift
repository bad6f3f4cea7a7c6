import ChannelIntake
import StockLedger
import Testing

/// RFC 4180 as a stream.
struct CSVReaderTests {
  private func told(_ bytes: [UInt8]) -> [String] {
    var reader = CSVReader()
    return (reader.read(bytes) + reader.finish()).map(Self.told)
  }

  private func told(_ text: String) -> [String] { told(Array(text.utf8)) }

  private static func told(_ result: Result<CSVRow, RowError>) -> String {
    switch result {
    case .success(let row): "\(row.line) " + row.fields.joined(separator: "|")
    case .failure(let error): "\(error.line) !\(error.reason.code)"
    }
  }

  @Test func rowsFieldsAndLines() {
    #expect(told("a,b\r\n1,2\n3,4") == ["1 a|b", "2 1|2", "3 3|4"])
    #expect(told("\u{FEFF}a\n\"b\"\n") == ["1 a", "2 b"])
    #expect(told("\u{FEFF}\"a\"") == ["1 a"])
    #expect(told("a,\n,\n\"\"\n") == ["1 a|", "2 |", "3 "])
    #expect(told("\"a,b\",\"say \"\"hi\"\"\",\"\"\"\"\n") == ["1 a,b|say \"hi\"|\""])
    #expect(told("\"two\nlines\r\nthree\",x\ny\n") == ["1 two\nlines\r\nthree|x", "4 y"])
    #expect(told("\n\r\na\n\n b \n") == ["3 a", "5  b "])
    #expect(told("é,日\n") == ["1 é|日"])
    #expect(told("") == [])
  }

  @Test func badRowsAreToldByTheirFirstLine() {
    #expect(told("a\n\"b\nc\n") == ["1 a", "2 !unterminatedQuote"])
    #expect(told("a\"b\nc\n") == ["1 !strayQuote", "2 c"])
    #expect(told("\"a\"b\nc\n") == ["1 !strayQuote", "2 c"])
    #expect(told("\"a\nb\"c\nd\n") == ["1 !strayQuote", "3 d"])
    #expect(told("a\rb\nc\n") == ["1 !strayCarriageReturn", "2 c"])
    #expect(told("a\r") == ["1 !strayCarriageReturn"])
    #expect(told([0x61, 0x0A, 0xFF, 0x0A, 0x62]) == ["1 a", "2 !notUTF8", "3 b"])
    #expect(told([0x61, 0x2C, 0xFF, 0x2C, 0x62, 0x0A, 0x63]) == ["1 !notUTF8", "2 c"])
    #expect(told([0xEF, 0xBB]) == ["1 !notUTF8"])
    #expect(told([0xEF, 0xBB, 0x61, 0x0A, 0x62]) == ["1 !notUTF8", "2 b"])
  }

  @Test func aRowHasALimit() {
    let full = String(repeating: "x", count: CSVReader.rowBytesMax)
    #expect(
      told("a\r\n\(full)\r\n\(full)x\r\nb").map { $0.prefix(12) } == ["1 a", "2 xxxxxxxxxx", "3 !tooLong", "4 b"])
    // A quote that is never closed takes the limit, then reading goes on behind the next line feed.
    let long = String(repeating: "y\n", count: CSVReader.rowBytesMax)
    #expect(told("\"\(long)").first == "1 !tooLong")
    #expect(told("\"\(full)\nb\n") == ["1 !tooLong", "2 b"])
  }

  @Test func anyChunkingGivesTheSameRows() {
    var random = SeededRandom(seed: 4)
    let text = "\u{FEFF}a,\"b\"\"c\"\r\n\"d\r\ne\",\n\nf\rg\n\"h\"i\n日,\"本\"\n\"open"
    let whole = told(text)
    #expect(whole.count == 6)
    for _ in 0..<300 {
      var reader = CSVReader()
      var pieces: [String] = []
      for chunk in random.chunks(Array(text.utf8), chunkMax: 5) { pieces += reader.read(chunk).map(Self.told) }
      pieces += reader.finish().map(Self.told)
      #expect(pieces == whole)
    }
  }

  @Test func headersMatchByName() throws {
    let header = try CSVHeader(CSVRow.of("b", "a"), required: ["a"], optional: ["b", "c"])
    let row = try CSVRow.of("1", "2")
    #expect(header.field("a", of: row) == "2")
    #expect(header.field("b", of: row) == "1")
    #expect(header.field("c", of: row) == nil)
    #expect(throws: RowError(line: 1, reason: .fieldCount(expected: 2, found: 1))) { try header.check(.of("1")) }
    #expect(throws: RowError(line: 1, field: "a", reason: .missingColumn)) {
      try CSVHeader(.of("b"), required: ["a"], optional: ["b"])
    }
    #expect(throws: RowError(line: 1, field: "A", reason: .unknownColumn(known: ["a"]))) {
      try CSVHeader(.of("A"), required: ["a"])
    }
    #expect(throws: RowError(line: 1, field: "a", reason: .duplicateColumn)) {
      try CSVHeader(.of("a", "a"), required: ["a"])
    }
  }
}

extension CSVRow {
  /// A row as the reader gives it: there is no other way to make one.
  static func of(_ fields: String...) throws -> CSVRow {
    var reader = CSVReader()
    return try #require(reader.read(Array((fields.joined(separator: ",") + "\n").utf8)).first).get()
  }
}
