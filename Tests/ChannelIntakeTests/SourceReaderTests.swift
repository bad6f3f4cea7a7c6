import ChannelIntake
import StockLedger
import Testing

/// What one source sends, as JSON lines and as CSV.
struct SourceReaderTests {
  private static let origin = DeliveryOrigin(shop: "uk", source: "erp")

  private func rows(_ text: String, _ format: DeliveryFormat) -> [IntakeRow] {
    var reader = SourceReader(format, origin: Self.origin)
    return reader.read(Array(text.utf8)) + reader.finish()
  }

  private func told(_ text: String, _ format: DeliveryFormat) -> [String] {
    rows(text, format).map { row in
      switch row.outcome {
      case .success(let keyed): "\(row.line) \(keyed.key)"
      case .failure(let error): "\(row.line) \(error.field ?? "-") \(error.reason.code)"
      }
    }
  }

  private func report(_ text: String, _ format: DeliveryFormat) throws -> Report {
    let read = rows(text, format)
    let keyed = try #require(read.first).outcome.get()
    guard read.count == 1, case .report(let report) = keyed.command else { throw Missing() }
    return report
  }

  private struct Missing: Error {}

  private static let count = #""kind":"count","sku":"A","location":"leeds","units":5,"asOf":"2010-12-01T08:00:00Z""#

  @Test func whatIsLeftOutIsTheSendersOwn() throws {
    let bare = try report("{\(Self.count)}", .jsonLines)
    #expect(bare.source == Identifier("erp"))
    #expect(bare.delivery == Identifier("c@1291190400000"))
    #expect(told("{\(Self.count)}", .jsonLines) == ["1 uk/A/leeds"])
    #expect(try report(#"{\#(Self.count),"shop":"uk","source":"erp"}"#, .jsonLines) == bare)
    #expect(try report(#"{\#(Self.count),"delivery":7}"#, .jsonLines).delivery == Identifier("7"))
  }

  /// A list that says of when it is says so for rows that tell how much there is; what happened once, by a document,
  /// happened at a time of its own.
  @Test func aListsTimeIsThatOfRowsWithoutOne() throws {
    let asOf = Timestamp(milliseconds: 1_291_190_400_000)
    let fields = #""sku":"A","location":"leeds","claim":"o-1""#
    let text = [
      #"{"kind":"count","sku":"A","location":"leeds","units":5}"#,
      #"{"kind":"count","sku":"A","location":"leeds","units":5,"asOf":"2010-12-01T07:00:00Z"}"#,
      #"{"kind":"aggregate","sku":"A","location":"leeds","component":"open","units":5}"#,
      #"{"kind":"demand",\#(fields),"line":"order","total":5}"#,
      #"{"kind":"stage",\#(fields),"stage":"allocate","cumulative":5}"#,
      #"{"kind":"stage",\#(fields),"stage":"allocate","document":"p-1","units":5}"#,
    ].joined(separator: "\n")
    var reader = SourceReader(.jsonLines, origin: DeliveryOrigin(shop: "uk", source: "erp", asOf: asOf))
    let told = (reader.read(Array(text.utf8)) + reader.finish()).map { row -> String in
      switch row.outcome {
      case .success(let keyed):
        if case .report(let report) = keyed.command, report.speaksOf == asOf { "the list's" } else { "its own" }
      case .failure(let error): "\(error.field ?? "-") \(error.reason.code)"
      }
    }
    let list = "the list's"
    #expect(told == [list, "its own", list, list, list, "occurredAt missingField"])
    #expect(self.told(text, .jsonLines).first == "1 asOf missingField")
  }

  @Test func anotherShopOrSourceIsRefused() {
    let rows = [
      #"{\#(Self.count),"shop":"fr"}"#, #"{\#(Self.count),"source":"wms"}"#, #"{\#(Self.count),"shop":7}"#,
      #"{"kind":"hold","sku":"A","location":"leeds","reservation":"r","units":1}"#,
      #"{"kind":"policy","safetyBuffer":0}"#, #"{"sku":"A"}"#,
    ]
    #expect(
      told(rows.joined(separator: "\n"), .jsonLines)
        == [
          "1 shop foreign", "2 source foreign", "3 shop foreign", "4 kind unknownWord", "5 kind unknownWord",
          "6 kind missingField",
        ])
  }

  /// é is one letter in two ways of writing it: two shops.
  @Test func shopsAreComparedByTheByte() {
    var reader = SourceReader(.jsonLines, origin: DeliveryOrigin(shop: "caf\u{E9}", source: "erp"))
    let read = reader.read(Array("{\(Self.count),\"shop\":\"cafe\u{301}\"}\n".utf8))
    let fields = read.map { row -> String? in
      if case .failure(let error) = row.outcome { error.field } else { nil }
    }
    #expect(fields == ["shop"])
  }

  @Test func aRowWithoutADeliveryIsNamedAfterWhatItSays() throws {
    let row = #""kind":"adjustment","sku":"A","location":"leeds","document":"d1","occurredAt":"2010-12-01T08:00:00Z""#
    let first = try report(#"{\#(row),"delta":5}"#, .jsonLines)
    #expect(try report(#"{"delta":5,\#(row),"source":"erp"}"#, .jsonLines).delivery == first.delivery)
    #expect(try report(#"{\#(row),"delta":6}"#, .jsonLines).delivery != first.delivery)
    let csv = "kind,sku,location,document,occurredAt,delta\nadjustment,A,leeds,d1,2010-12-01T08:00:00Z,5\n"
    #expect(try report(csv, .csv) == first)
  }

  @Test func everyKindComesAsCSV() throws {
    let header =
      "kind,sku,location,units,as_of,component,out,claim,line,total,occurred_at,stage,document,delta,physical"
    let text = """
      \(header),includes.pos,through,direction
      count,A,leeds,12,2010-12-01T08:00:00Z,,,,,,,,,,true,2010-12-01T07:00:00Z,,
      adjustment,A,leeds,,,,,,,,2010-12-01T08:00:00Z,,d1,-2,,,,
      aggregate,A,leeds,3,2010-12-01T08:00:00Z,open,9,,,,,,,,,,,
      demand,A,,,,,,o1/1,order,2,2010-12-01T08:00:00Z,,,,,,,
      stage,A,leeds,1,,,,o1/1,,,2010-12-01T08:00:00Z,ship,f1,,,,,
      move,A,leeds,1,,,,o1/1,,,2010-12-01T08:00:00Z,,m1,,,,,leaves
      completeThrough,A,leeds,,,open,,,,,,,,,,,2010-12-01T08:00:00Z,
      """
    let reports = rows(text, .csv).compactMap { row -> Report.Body? in
      guard case .success(let keyed) = row.outcome, case .report(let report) = keyed.command else { return nil }
      return report.body
    }
    let at = try #require(Timestamp(iso8601: "2010-12-01T08:00:00Z"))
    let pos = SourceTime(source: try #require(Identifier("pos")), time: at - 3_600_000)
    #expect(reports.count == 7)
    #expect(reports.first == .count(Count(units: 12, asOf: at, isPhysical: true, includes: [pos])))
    #expect(reports.last == .completeThrough(.open, at))
  }

  @Test func whatIsWrongWithCSV() {
    let header = "sku,location,units,asOf\n"
    #expect(told("A,leeds,5\n", .csv) == ["1 A unknownColumn"])
    #expect(told("location,units\n", .csv) == ["1 sku missingColumn"])
    #expect(told("sku,as_of,asOf\n", .csv) == ["1 asOf duplicateColumn"])
    #expect(told("", .csv) == ["1 - noHeader"])
    #expect(
      told(header + "A,leeds,5.0,2010-12-01T08:00:00Z\nA,leeds,,2010-12-01T08:00:00Z\nA,leeds\nB,x,1,soon\n", .csv)
        == ["2 units notExactInteger", "3 units missingField", "4 - fieldCount", "5 asOf notTime"])
    #expect(
      told("sku,location,units,asOf,physical\nA,x,1,2010-12-01T08:00:00Z,yes\n", .csv) == ["2 physical unknownWord"])
  }

  @Test func aFileThatCannotBeReadSaysSo() {
    for (text, isUnreadable) in [("A,leeds,5\n", true), ("", true), ("sku\n", false)] {
      var reader = SourceReader(.csv, origin: Self.origin)
      _ = reader.read(Array(text.utf8)) + reader.finish()
      #expect(reader.isUnreadable == isUnreadable, "\(text)")
    }
  }

  @Test func howTheBytesAreCutChangesNothing() {
    let text =
      "sku,location,units,as_of\r\n\"A \"\"x\"\"\",leeds,5,2010-12-01T08:00:00Z\r\nB,leeds,x,2010-12-01T08:00:00Z"
    let whole = rows(text, .csv)
    #expect(whole.count == 2)
    for size in 1...9 {
      var reader = SourceReader(.csv, origin: Self.origin)
      var read: [IntakeRow] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        read += reader.read(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      #expect(read + reader.finish() == whole)
    }
  }
}
