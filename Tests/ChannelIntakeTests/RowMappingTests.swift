import ChannelIntake
import StockLedger
import Testing

/// Another system's answers as rows of the delivery form.
struct RowMappingTests {
  private static let origin = DeliveryOrigin(shop: "uk", source: "erp")
  private static let fields = [
    ("sku", "code"), ("location", "=leeds"), ("units", "qty"), ("asOf", "changedAt"),
  ]

  private func rows(
    _ answer: String, rows path: String = "items", _ fields: [(String, String)] = Self.fields
  ) throws -> [IntakeRow] {
    let mapping = try RowMapping(rows: path, fields: fields.map { (field: $0.0, rule: $0.1) })
    return try mapping.rows(of: ForeignAnswer(Array(answer.utf8)), origin: Self.origin)
  }

  private func counts(_ answer: String, _ fields: [(String, String)] = Self.fields) throws -> [Count?] {
    try rows(answer, fields).map { row in
      guard case .success(let keyed) = row.outcome, case .report(let report) = keyed.command,
        case .count(let count) = report.body
      else { return nil }
      return count
    }
  }

  private func rows(_ answer: String, _ fields: [(String, String)]) throws -> [IntakeRow] {
    try rows(answer, rows: "items", fields)
  }

  @Test func anERPsAnswerIsCounts() throws {
    let answer =
      #"{"items":[{"code":"85123A","qty":12,"changedAt":"2010-12-01T08:00:00Z","price":{"gbp":[1,2.5]}}],"next":7}"#
    let read = try rows(answer)
    let at = try #require(Timestamp(iso8601: "2010-12-01T08:00:00Z"))
    let expected = Report(
      source: try #require(Identifier("erp")), delivery: try #require(Identifier("c@\(at.milliseconds)")),
      body: .count(Count(units: 12, asOf: at)))
    #expect(
      try read.map { try $0.outcome.get() } == [
        KeyedCommand(key: StockKey(shop: "uk", sku: "85123A", location: "leeds"), command: .report(expected))
      ])
    #expect(try ForeignAnswer(Array(answer.utf8)).text(at: JSONPath("next")) == "7")
  }

  @Test(
    arguments: [
      (#"12"#, 12), (#""12""#, 12), (#"12.000"#, 12), (#""-3.0""#, -3), (#"12.5"#, nil), (#"1e3"#, nil), (#""""#, nil),
      (#"9007199254740992"#, 9_007_199_254_740_992), (#"9007199254740993"#, nil), ("true", nil), ("null", nil),
    ] as [(String, Int64?)])
  func unitsStayExact(_ written: String, _ units: Int64?) throws {
    let answer = #"{"items":[{"code":"A","qty":\#(written),"changedAt":"2010-12-01T08:00:00Z"}]}"#
    #expect(try counts(answer).map { $0?.units } == [units])
  }

  @Test(
    arguments: [
      (#""2010-12-01T09:00:00+01:00""#, 1_291_190_400_000), ("1291190400", 1_291_190_400_000),
      ("1291190400.25", 1_291_190_400_250), (#""1291190400""#, 1_291_190_400_000),
      ("1291190400123", 1_291_190_400_123), ("-1", nil), (#""2010-12-01""#, nil), ("1291190400.", nil),
      ("99999999999999999999", nil),
    ] as [(String, Int64?)])
  func timesOfEveryKind(_ written: String, _ milliseconds: Int64?) throws {
    // What is no JSON at all is told of the answer, not of the row.
    let answer = #"{"items":[{"code":"A","qty":1,"changedAt":\#(written)}]}"#
    guard written.last != "." else {
      #expect(throws: RowError.self) { try counts(answer) }
      return
    }
    #expect(try counts(answer).map { $0?.asOf.milliseconds } == [milliseconds])
  }

  @Test func templatesAndNestedPlaces() throws {
    let answer = #"{"data":{"rows":[{"id":7,"rev":2,"where":[{"code":"leeds"}],"a.b":"X","n":3,"at":1291190400}]}}"#
    let read = try rows(
      answer, rows: "$.data.rows[*]",
      [
        ("kind", "=adjustment"), ("sku", "['a.b']"), ("location", "where[0].code"), ("document", "{id}-{rev}"),
        ("delta", "n"), ("occurredAt", "at"), ("delivery", "d{id}"),
      ])
    let keyed = try #require(read.first).outcome.get()
    guard case .report(let report) = keyed.command else { return #expect(Bool(false)) }
    #expect(report.delivery == Identifier("d7"))
    #expect(keyed.key.description == "uk/X/leeds")
    guard case .adjustment(let adjustment) = report.body else { return #expect(Bool(false)) }
    #expect(adjustment.document == Identifier("7-2"))
  }

  @Test func aBadRowStopsNoOther() throws {
    let read = try rows(
      #"{"items":[{"code":"A"},7,{"code":{"x":1},"qty":1,"changedAt":1},{"code":"B","qty":1,"changedAt":1}]}"#)
    let told = read.map { row -> String in
      if case .failure(let error) = row.outcome {
        "\(row.line) \(error.field ?? "-") \(error.reason.code)"
      } else {
        "good"
      }
    }
    #expect(told == ["1 units missingField", "2 sku missingField", "3 sku wrongType", "good"])
  }

  @Test(arguments: [
    "", "[", "{}", #"{"items":{}}"#, #"{"items":[1,]}"#, #"{"items":[],"items":[]}"#,
    String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
  ])
  func anAnswerWithoutRows(_ answer: String) {
    #expect(throws: RowError.self) { try rows(answer) }
  }

  @Test func theAnswerItselfMayBeTheList() throws {
    let read = try rows(#"[{"code":"A","qty":1,"changedAt":1}]"#, rows: "", Self.fields)
    #expect(read.count == 1)
  }

  @Test func whatIsNoMapping() {
    for path in ["a..b", "a.", "[x]", "a[0", "['']", ".."] {
      #expect(throws: MappingError.self, "\(path)") { try JSONPath(path) }
    }
    for template in ["{a", "a}", "{}", "{a..b}"] {
      #expect(throws: MappingError.self, "\(template)") { try FieldRule(template) }
    }
    #expect(throws: MappingError.self) {
      try RowMapping(rows: "items", fields: [(field: "quantity", rule: "qty")])
    }
  }
}
