import ChannelIntake
import StockLedger
import Testing

/// The stock count file, in and out.
struct StockCountCSVTests {
  private func rows(_ text: String, source: String = "erp") -> [IntakeRow] {
    var file = StockCountCSV(source: source)
    return file.read(Array(text.utf8)) + file.finish()
  }

  private func told(_ text: String) -> [String] {
    rows(text).map { row in
      switch row.outcome {
      case .success(let keyed): "\(row.line) \(keyed.key)"
      case .failure(let error): "\(row.line) \(error.field ?? "-") \(error.reason.code)"
      }
    }
  }

  private static let header = "shop,sku,location,units,as_of\n"

  @Test func rowsAreCounts() throws {
    let at = try #require(Timestamp(iso8601: "2010-12-01T08:00:00Z"))
    let read = rows("sku,shop,units,location,source,as_of\r\n85123a,uk,-3,leeds,3pl,2010-12-01T09:00:00+01:00\r\n")
    let report = Report(
      source: try #require(Identifier("3pl")), delivery: try #require(Identifier("c@1291190400000")),
      body: .count(Count(units: -3, asOf: at)))
    #expect(read.count == 1)
    #expect(
      try read[0].outcome.get()
        == KeyedCommand(key: StockKey(shop: "uk", sku: "85123a", location: "leeds"), command: .report(report)))
    #expect(read[0].line == 2)
  }

  @Test func everyRowErrorNamesItsLineAndColumn() {
    let rows = [
      "uk,A,leeds,5,2010-12-01T08:00:00Z", "uk,A,leeds,5", ",A,leeds,5,2010-12-01T08:00:00Z",
      "uk,\"\tA\",leeds,5,2010-12-01T08:00:00Z", "uk,A,,5,2010-12-01T08:00:00Z", "uk,A,leeds,,2010-12-01T08:00:00Z",
      "uk,A,leeds,007,2010-12-01T08:00:00Z", "uk,A,leeds,1.0,2010-12-01T08:00:00Z",
      "uk,A,leeds,1e308,2010-12-01T08:00:00Z", "uk,A,leeds,9007199254740993,2010-12-01T08:00:00Z",
      "uk,A,leeds,-9223372036854775808,2010-12-01T08:00:00Z", "uk,A,leeds,5,yesterday",
      "uk,A,leeds,5,1960-01-01T00:00:00Z", "uk,\"A\"B,leeds,5,2010-12-01T08:00:00Z",
      "uk,A,leeds,-9007199254740992,2010-12-01T08:00:00Z",
    ]
    #expect(
      told(Self.header + rows.joined(separator: "\n")) == [
        "2 uk/A/leeds", "3 - fieldCount", "4 shop badKey", "5 sku badKey", "6 location badKey",
        "7 units notExactInteger", "8 units notExactInteger", "9 units notExactInteger", "10 units notExactInteger",
        "11 units outOfRange", "12 units outOfRange", "13 as_of notTime", "14 as_of timeOutOfRange", "15 - strayQuote",
        "16 uk/A/leeds",
      ])
    let long = String(repeating: "s", count: 129)
    #expect(
      told("shop,sku,location,units,as_of,source\nuk,A,leeds,5,2010-12-01T08:00:00Z,\(long)")
        == ["2 source badIdentifier"])
  }

  @Test func aBadHeaderIsToldOnce() {
    #expect(told("") == ["1 - noHeader"])
    #expect(told("shop,sku,location,units\nuk,A,leeds,5\n") == ["1 as_of missingColumn"])
    #expect(told("shop,sku,location,units,as_of,sources\nuk,A,leeds,5\n\"x") == ["1 sources unknownColumn"])
    #expect(told("\"shop\nuk,A,leeds,5\n") == ["1 - unterminatedQuote"])
  }

  @Test func whatIsWrittenReadsBack() throws {
    let at = try #require(Timestamp(iso8601: "2010-12-01T08:26:00.250Z"))
    let names = [
      "uk", "a,b", "say \"hi\"", " x ", "85123A", "85123a", "日本", "é", "e\u{301}", "\"", "=1+1", "'", "'=1", "''-",
      "-x", "it's",
    ]
    var text = StockCountCSV.headerRow
    var written: [KeyedCommand] = []
    for (index, name) in names.enumerated() {
      let key = try StockKey(shop: name, sku: names[(index + 1) % names.count], location: "l\(index)")
      let line = StockCountLine(key: key, units: Int64(index) - 5, asOf: at, source: name)
      text += StockCountCSV.row(line)
      written.append(try #require(line.command))
    }
    #expect(try rows(text).map { try $0.outcome.get() } == written)
  }

  @Test(arguments: ["=HYPERLINK(\"http://x\")", "+1", "-x", "@SUM(A1)", "'=1"])
  func whatIsWrittenIsNoFormula(_ name: String) throws {
    let key = try StockKey(shop: name, sku: name, location: name)
    let at = try #require(Timestamp(iso8601: "2010-12-01T08:26:00Z"))
    var reader = CSVReader()
    let row = StockCountCSV.row(StockCountLine(key: key, units: -5, asOf: at, source: name))
    let fields = try #require(reader.read(Array(row.utf8)).first).get().fields
    #expect([0, 1, 2, 5].map { fields[$0] } == Array(repeating: "'" + name, count: 4))
    #expect(fields[3] == "-5", "a number stays one")
  }

  @Test func noBytesTrap() {
    var random = SeededRandom(seed: 5)
    let alphabet = Array("\",\r\n-0123456789TZ:".utf8) + [0x00, 0xEF, 0xBB, 0xBF, 0xFF]
    let valid = Array(
      (Self.header + "uk,85123A,leeds,12,2010-12-01T08:26:00Z\r\nuk,\"a\"\"b\",x,-1,2010-12-01T08:26:00Z").utf8)
    var good = 0
    var bad = 0
    for _ in 0..<10_000 {
      let bytes = random.mutated(valid, with: alphabet)
      for row in rows(String(decoding: bytes, as: UTF8.self)) {
        if case .success = row.outcome { good += 1 } else { bad += 1 }
      }
      var file = StockCountCSV()
      for chunk in random.chunks(bytes, chunkMax: 16) { _ = file.read(chunk) }
      #expect(file.finish().count <= 1)
    }
    #expect(good > 1_000)
    #expect(bad > 1_000)
  }
}
