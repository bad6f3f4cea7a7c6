import ChannelIntake
import StockLedger
import Testing

/// Rows of the delivery form → commands, and every way in which a row is refused.
struct DeliveryFormTests {
  static let key = #""shop":"uk","sku":"85123A","location":"leeds""#
  static let count =
    #"{"kind":"count",\#(key),"source":"erp","delivery":"c-1","units":12,"asOf":"2010-12-01T08:26:00Z"}"#

  /// One valid row of each kind, with every optional field somewhere.
  static let valid: [String] = [
    count,
    #"{"kind":"count",\#(key),"source":"erp","delivery":"c-2","units":-4,"asOf":"2010-12-01T08:26:00Z","#
      + #""physical":true,"includes":{"wms":"2010-12-01T08:20:00Z","pos":"2010-12-01T08:25:00Z"},"#
      + #""incarnation":2,"number":77}"#,
    #"{"kind":"adjustment",\#(key),"source":"erp","delivery":"a-1","document":"gr-9","delta":-3,"#
      + #""occurredAt":"2010-12-01T09:00:00+01:00"}"#,
    #"{"kind":"aggregate",\#(key),"source":"pos","delivery":"g-1","component":"pending","units":5,"#
      + #""asOf":"2010-12-01T08:26:00Z","since":"2010-12-01T00:00:00Z","out":140}"#,
    #"{"kind":"demand",\#(key),"source":"shopify","delivery":"o-1","claim":9007199254740993,"line":"order","total":2,"#
      + #""occurredAt":"2010-12-01T08:26:00Z","reference":"tok_1","channel":"web","customer":17850}"#,
    #"{"kind":"stage",\#(key),"source":"wms","delivery":"s-1","claim":"9007199254740993","stage":"ship","#
      + #""document":"f-1","units":2,"occurredAt":"2010-12-01T08:26:00Z"}"#,
    #"{"kind":"stage",\#(key),"source":"pos","delivery":"s-2","claim":"till-7","line":"sale","stage":"cancel","#
      + #""cumulative":0,"occurredAt":"2010-12-01T08:26:00Z"}"#,
    #"{"kind":"move",\#(key),"source":"wms","delivery":"m-1","claim":"9","document":"t-1","direction":"leaves","#
      + #""units":1,"occurredAt":"2010-12-01T08:26:00Z"}"#,
    #"{"kind":"completeThrough",\#(key),"source":"wms","delivery":"t-1","component":"allocated","#
      + #""through":"2010-12-01T08:26:00Z"}"#,
    #"{"kind":"hold",\#(key),"reservation":"r-1","units":1,"lifetime":60000,"channel":"web","customer":"17850","#
      + #""reference":"tok_1","requestedAt":"2010-12-01T08:26:00Z"}"#,
    #"{"kind":"confirm",\#(key),"reservation":"r-1","claim":"536365/85123A","line":"order","cumulative":1,"#
      + #""whenExpired":"reholdIfAvailable"}"#,
    #"{"kind":"release",\#(key),"reservation":"r-1","units":1}"#,
    #"{"kind":"extend",\#(key),"reservation":"r-1","expiresAt":"2010-12-01T08:36:00Z"}"#,
  ]

  private func command(_ row: String) throws -> Command { try DeliveryForm.command(of: Array(row.utf8)).command }

  private func body(_ row: String) throws -> Report.Body {
    guard case .report(let report) = try command(row) else { throw RowError(line: 0, reason: .zero) }
    return report.body
  }

  @Test func everyKindBecomesItsCommand() throws {
    let at = try #require(Timestamp(iso8601: "2010-12-01T08:26:00Z"))
    let rows = Self.valid
    func id(_ text: String) throws -> Identifier { try #require(Identifier(text)) }
    let one = Quantity.one
    let two = try #require(Quantity(2))

    for row in rows {
      let keyed = try DeliveryForm.command(of: Array(row.utf8))
      #expect(keyed.key == (try StockKey(shop: "uk", sku: "85123A", location: "leeds")))
    }
    #expect(
      try command(rows[0])
        == .report(Report(source: id("erp"), delivery: id("c-1"), body: .count(Count(units: 12, asOf: at)))))
    let includes = [
      SourceTime(source: try id("pos"), time: at - 60_000), SourceTime(source: try id("wms"), time: at - 360_000),
    ]
    #expect(
      try command(rows[1])
        == .report(
          Report(
            source: id("erp"), delivery: id("c-2"), incarnation: 2, number: 77,
            body: .count(Count(units: -4, asOf: at, isPhysical: true, includes: includes)))))
    #expect(
      try body(rows[2])
        == .adjustment(Adjustment(document: id("gr-9"), delta: -3, occurredAt: at - 26 * 60_000)))
    #expect(
      try body(rows[3])
        == .aggregate(
          Aggregate(component: .pending, units: 5, asOf: at, since: at - (8 * 60 + 26) * 60_000, out: 140)))
    #expect(
      try body(rows[4])
        == .demand(
          Demand(
            claim: id("9007199254740993"), kind: .order, total: two, occurredAt: at, reference: id("tok_1"),
            channel: id("web"), customer: id("17850"))))
    #expect(
      try body(rows[5])
        == .stage(
          StageReport(
            claim: id("9007199254740993"), stage: .ship, amount: .document(id("f-1"), two), occurredAt: at)))
    #expect(
      try body(rows[6])
        == .stage(
          StageReport(claim: id("till-7"), kind: .sale, stage: .cancel, amount: .cumulative(0), occurredAt: at)))
    #expect(
      try body(rows[7])
        == .move(Move(claim: id("9"), document: id("t-1"), direction: .leaves, units: one, occurredAt: at)))
    #expect(try body(rows[8]) == .completeThrough(.allocated, at))
    #expect(
      try command(rows[9])
        == .hold(
          HoldRequest(
            id: id("r-1"), quantity: one, lifetime: 60_000, channel: id("web"), customer: id("17850"),
            reference: id("tok_1"), requestedAt: at)))
    #expect(
      try command(rows[10])
        == .confirm(
          ConfirmRequest(
            id: id("r-1"), claim: id("536365/85123A"), cumulative: one, whenExpired: .reholdIfAvailable)))
    #expect(try command(rows[11]) == .release(id("r-1"), one))
    #expect(try command(rows[12]) == .extend(id("r-1"), expiresAt: at + 600_000))
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let reservation = try #require(Identifier("r"))
    let claim = try #require(Identifier("c"))
    #expect(
      try command(#"{"kind":"hold",\#(Self.key),"reservation":"r","units":1}"#)
        == .hold(HoldRequest(id: reservation, quantity: .one)))
    #expect(
      try command(#"{"kind":"confirm",\#(Self.key),"reservation":"r","claim":"c"}"#)
        == .confirm(ConfirmRequest(id: reservation, claim: claim)))
    #expect(try command(#"{"kind":"release",\#(Self.key),"reservation":"r"}"#) == .release(reservation, nil))
  }

  @Test func theOrderOfFieldsIsNotContent() throws {
    let turned =
      #"{"asOf":"2010-12-01T08:26:00Z","units":12,"delivery":"c-1","source":"erp","location":"leeds","#
      + #""sku":"85123A","shop":"uk","kind":"count"}"#
    #expect(try command(turned) == command(Self.count))
    let swapped = Self.valid[1].replacing(
      #"{"wms":"2010-12-01T08:20:00Z","pos":"2010-12-01T08:25:00Z"}"#,
      with: #"{ "pos" : "2010-12-01T08:25:00Z" , "wms" : "2010-12-01T08:20:00Z" }"#)
    #expect(swapped != Self.valid[1])
    #expect(try command(swapped) == command(Self.valid[1]))
  }

  @Test(
    arguments: [
      ("0", 0), ("-1", -1), ("9007199254740992", 9_007_199_254_740_992), ("-9007199254740992", -9_007_199_254_740_992),
    ] as [(String, Int64)])
  func integersAreExact(_ text: String, _ units: Int64) throws {
    guard case .count(let count) = try body(Self.count.replacing(":12", with: ":\(text)")) else {
      Issue.record("not a count")
      return
    }
    #expect(count.units == units)
  }

  /// Below the millisecond: up where the report lowers stock, down where it raises stock or says what is covered.
  @Test(
    arguments: [
      (valid[0], 0), (valid[2], 1), (valid[2].replacing("-3", with: "3"), 0), (valid[4], 1), (valid[5], 1),
      (valid[5].replacing("ship", with: "writeOff"), 1), (valid[5].replacing("ship", with: "allocate"), 1),
      (valid[5].replacing("ship", with: "deallocate"), 0), (valid[5].replacing("ship", with: "cancel"), 0),
      (valid[5].replacing("ship", with: "returned"), 0), (valid[7], 0),
      (valid[7].replacing("leaves", with: "arrives"), 1), (valid[8], 0), (valid[12], 1),
    ] as [(String, Int64)])
  func finerTimesGoTheSafeWay(_ row: String, _ step: Int64) throws {
    let finer = row.replacing(":00Z", with: ":00.0004Z").replacing(":00+", with: ":00.0004+")
    #expect(try time(of: command(finer)) == time(of: command(row)) + step)
  }

  private func time(of command: Command) throws -> Timestamp {
    switch command {
    case .extend(_, let expiresAt): expiresAt
    case .report(let report): report.speaksOf
    default: try #require(nil as Timestamp?)
    }
  }

  @Test func numbersAndStringsNameTheSameThing() throws {
    for id in ["0", "9007199254740993", "9223372036854775807"] {
      let number = Self.valid[4].replacing("9007199254740993", with: id)
      #expect(try command(number) == command(number.replacing(":\(id),", with: ":\"\(id)\",")))
      guard case .demand(let demand) = try body(number) else { continue }
      #expect(demand.claim.description == id)
    }
  }

  @Test func aLocationMayBeANumber() throws {
    let row = Self.count.replacing(#""leeds""#, with: "9007199254740993")
    #expect(try DeliveryForm.command(of: Array(row.utf8)).key.location == "9007199254740993")
  }

  @Test func escapesAreResolved() throws {
    let row = Self.count.replacing("leeds", with: #"l\u0065\"\\\/\ud83d\ude80\u00e9"#)
    let keyed = try DeliveryForm.command(of: Array(row.utf8))
    #expect(keyed.key.location == "le\"\\/🚀é")
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    var name: String
    var row: String
    var code: String
    var field: String?
    var testDescription: String { name }
  }

  static func changed(_ old: String, _ new: String, of row: String = count) -> String { row.replacing(old, with: new) }

  static let refused: [Refused] = [
    .init(name: "not an object", row: "[1]", code: "notJSON"),
    .init(name: "a bare number", row: "7", code: "notJSON"),
    .init(name: "nothing but spaces", row: "  ", code: "notJSON"),
    .init(name: "cut", row: String(count.dropLast(9)), code: "notJSON"),
    .init(name: "something behind", row: count + "x", code: "notJSON"),
    .init(name: "two objects", row: count + count, code: "notJSON"),
    .init(name: "a comma too many", row: changed("}", ",}"), code: "notJSON"),
    .init(name: "no colon", row: changed(#""units":12"#, #""units" 12"#), code: "notJSON"),
    .init(name: "leading zeros", row: changed(":12", ":007"), code: "notJSON"),
    .init(name: "a plus", row: changed(":12", ":+5"), code: "notJSON"),
    .init(name: "hexadecimal", row: changed(":12", ":0x1F"), code: "notJSON"),
    .init(name: "NaN", row: changed(":12", ":NaN"), code: "notJSON"),
    .init(name: "a minus alone", row: changed(":12", ":-"), code: "notJSON"),
    .init(name: "a point alone", row: changed(":12", ":1."), code: "notJSON"),
    .init(name: "an exponent alone", row: changed(":12", ":1e"), code: "notJSON"),
    .init(name: "half a word", row: changed(":12", ":tru"), code: "notJSON"),
    .init(name: "a tab in a string", row: changed("leeds", "le\teds"), code: "notJSON"),
    .init(name: "an unknown escape", row: changed("leeds", #"\x41"#), code: "notJSON"),
    .init(name: "a short escape", row: changed("leeds", #"\u00"#), code: "notJSON"),
    .init(name: "half a pair", row: changed("leeds", #"\ud83d"#), code: "notJSON"),
    .init(name: "a pair of firsts", row: changed("leeds", #"\ud83d\ud83d"#), code: "notJSON"),
    .init(name: "a second half first", row: changed("leeds", #"\ude80"#), code: "notJSON"),
    .init(name: "a field twice", row: changed("}", #","units":12}"#), code: "duplicateField", field: "units"),
    .init(
      name: "a field twice, one escaped", row: changed("}", #","\u0075nits":13}"#), code: "duplicateField",
      field: "units"),
    .init(
      name: "a source twice in includes", row: changed("}", #","includes":{"pos":"x","pos":"y"}}"#),
      code: "duplicateField", field: "pos"),
    .init(name: "an unknown field", row: changed("}", #","unit":12}"#), code: "unknownField", field: "unit"),
    .init(
      name: "another kind's field", row: changed("}", #","delta":12}"#), code: "unknownField", field: "delta"),
    .init(name: "no kind", row: changed(#""kind":"count","#, ""), code: "missingField", field: "kind"),
    .init(name: "no units", row: changed(#""units":12,"#, ""), code: "missingField", field: "units"),
    .init(name: "no location", row: changed(#","location":"leeds""#, ""), code: "missingField", field: "location"),
    .init(name: "an unknown kind", row: changed(#""count""#, #""Count""#), code: "unknownWord", field: "kind"),
    .init(name: "units in quotes", row: changed(":12", #":"007""#), code: "wrongType", field: "units"),
    .init(name: "units null", row: changed(":12", ":null"), code: "wrongType", field: "units"),
    .init(name: "units true", row: changed(":12", ":true"), code: "wrongType", field: "units"),
    .init(name: "an object for units", row: changed(":12", ":{}"), code: "wrongType", field: "units"),
    .init(name: "a number for a SKU", row: changed(#""85123A""#, "85123"), code: "wrongType", field: "sku"),
    .init(name: "a text for includes", row: changed("}", #","includes":"pos"}"#), code: "wrongType", field: "includes"),
    .init(name: "a text for physical", row: changed("}", #","physical":"no"}"#), code: "wrongType", field: "physical"),
    .init(
      name: "a number for a time", row: changed(#""2010-12-01T08:26:00Z""#, "129"), code: "wrongType", field: "asOf"),
    .init(name: "a flag for a delivery", row: changed(#""c-1""#, "true"), code: "wrongType", field: "delivery"),
    .init(name: "a fraction", row: changed(":12", ":1.0"), code: "notExactInteger", field: "units"),
    .init(name: "1e308", row: changed(":12", ":1e308"), code: "notExactInteger", field: "units"),
    .init(name: "minus zero", row: changed(":12", ":-0"), code: "notExactInteger", field: "units"),
    .init(name: "2^63", row: changed(":12", ":9223372036854775808"), code: "notExactInteger", field: "units"),
    .init(name: "2^53 + 1", row: changed(":12", ":9007199254740993"), code: "outOfRange", field: "units"),
    .init(name: "a negative number", row: changed("}", #","number":-5}"#), code: "outOfRange", field: "number"),
    .init(name: "a negative id", row: changed(#""c-1""#, "-5"), code: "outOfRange", field: "delivery"),
    .init(name: "a fractional id", row: changed(#""c-1""#, "5.5"), code: "notExactInteger", field: "delivery"),
    .init(
      name: "an id past 2^63", row: changed(#""c-1""#, "9223372036854775808"), code: "notExactInteger",
      field: "delivery"),
    .init(
      name: "a quantity of 0", row: changed(#""total":2"#, #""total":0"#, of: valid[4]), code: "outOfRange",
      field: "total"),
    .init(
      name: "a quantity of 10^9 + 1", row: changed(#""total":2"#, #""total":1000000001"#, of: valid[4]),
      code: "outOfRange", field: "total"),
    .init(
      name: "a lifetime of 5 h", row: changed("60000", "18000000", of: valid[9]),
      code: "outOfRange", field: "lifetime"),
    .init(name: "a negative aggregate", row: changed(":5,", ":-5,", of: valid[3]), code: "outOfRange", field: "units"),
    .init(name: "an adjustment by 0", row: changed("-3", "0", of: valid[2]), code: "zero", field: "delta"),
    .init(
      name: "an adjustment past 10^9", row: changed("-3", "-1000000001", of: valid[2]), code: "outOfRange",
      field: "delta"),
    .init(name: "an array", row: changed(":12", ":[12]"), code: "tooDeep", field: "units"),
    .init(
      name: "too deep", row: changed("}", #","includes":{"pos":{"a":1}}}"#), code: "tooDeep", field: "pos"),
    .init(
      name: "very deep", row: changed(":12", ":" + String(repeating: "{\"a\":", count: 8_000)), code: "tooDeep",
      field: "a"),
    .init(
      name: "33 fields",
      row: "{" + (0..<33).map { "\"f\($0)\":1" }.joined(separator: ",") + "}", code: "tooManyFields"),
    .init(name: "too long", row: changed("leeds", String(repeating: "x", count: 65_536)), code: "tooLong"),
    .init(name: "not a time", row: changed("T08:26", " 08:26"), code: "notTime", field: "asOf"),
    .init(name: "a time before 1970", row: changed("2010-", "1969-"), code: "timeOutOfRange", field: "asOf"),
    .init(
      name: "not a time in includes", row: changed("}", #","includes":{"pos":"soon"}}"#),
      code: "notTime", field: "pos"),
    .init(
      name: "no source in includes", row: changed("}", #","includes":{"":"2010-12-01T08:26:00Z"}}"#),
      code: "badIdentifier", field: "includes"),
    .init(name: "an unknown stage", row: changed("ship", "shipped", of: valid[5]), code: "unknownWord", field: "stage"),
    .init(
      name: "an aggregate on hand", row: changed(#""pending""#, #""onHand""#, of: valid[3]), code: "unknownWord",
      field: "component"),
    .init(name: "an empty shop", row: changed(#""uk""#, #""""#), code: "badKey", field: "shop"),
    .init(name: "an empty location", row: changed("leeds", ""), code: "badKey", field: "location"),
    .init(name: "a NUL in a SKU", row: changed("85123A", #"85\u0000"#), code: "badKey", field: "sku"),
    .init(
      name: "a long SKU", row: changed("85123A", String(repeating: "8", count: 129)), code: "badKey", field: "sku"),
    .init(name: "an empty delivery", row: changed("c-1", ""), code: "badIdentifier", field: "delivery"),
    .init(
      name: "cumulative and document", row: changed(#""units":2"#, #""units":2,"cumulative":2"#, of: valid[5]),
      code: "amountUnclear", field: "cumulative"),
    .init(
      name: "a document without units", row: changed(#","units":2"#, "", of: valid[5]), code: "amountUnclear",
      field: "cumulative"),
    .init(
      name: "no amount", row: changed(#""document":"f-1","units":2,"#, "", of: valid[5]), code: "amountUnclear",
      field: "cumulative"),
  ]

  @Test(arguments: refused)
  func refusedWithItsReason(_ refused: Refused) throws {
    let error = try #require(throws: RowError.self) {
      try DeliveryForm.command(of: Array(refused.row.utf8), line: 7)
    }
    #expect(error.reason.code == refused.code, "\(error)")
    #expect(error.field == refused.field)
    #expect(error.line == 7)
    #expect(!error.whatToDo.isEmpty)
    #expect(error.description.hasPrefix("line 7"))
  }

  @Test func badUTF8IsRefused() throws {
    for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
      let row = Array(#"{"kind":"count","shop":"u"#.utf8) + bad + Array(#""}"#.utf8)
      let error = try #require(throws: RowError.self) { try DeliveryForm.command(of: row) }
      #expect(error.reason == .notUTF8)
    }
  }

  @Test func anErrorNamesItsPlace() throws {
    let error = try #require(throws: RowError.self) {
      try DeliveryForm.command(of: Array(Self.count.replacing(":12", with: ":1.5").utf8), line: 3)
    }
    #expect(
      error.description
        == "line 3, column 103, units: not an exact 64-bit integer; write whole units in plain digits, as 12 or -3")
  }
}
