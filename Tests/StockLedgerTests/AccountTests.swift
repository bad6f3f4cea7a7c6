import StockLedger
import Testing

/// What a key's components are made of.
@Suite struct AccountTests {
  private static func id(_ text: String) -> Identifier { Identifier(text) ?? .none }
  private static func time(_ seconds: Int64) -> Timestamp {
    Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1_000)
  }

  private static func report(
    _ level: inout StockLevel, _ source: String, _ delivery: String, number: Int64? = nil, at seconds: Int64,
    _ body: Report.Body
  ) {
    let report = Report(source: id(source), delivery: id(delivery), number: number, body: body)
    guard case .accept(let body, _) = level.decide(.report(report), now: time(seconds)) else {
      Issue.record("\(delivery) is refused")
      return
    }
    level.apply(JournalEntry(at: time(seconds), body: body))
  }

  private static func order(_ claim: String, _ units: Int64, at seconds: Int64) -> Report.Body {
    .demand(Demand(claim: id(claim), kind: .order, total: Quantity(units) ?? .one, occurredAt: time(seconds)))
  }

  private static func stage(_ claim: String, _ stage: Stage, _ units: Int64, at seconds: Int64) -> Report.Body {
    .stage(
      StageReport(claim: id(claim), stage: stage, amount: .cumulative(units), occurredAt: time(seconds)))
  }

  @Test func claimsStandAtTheirStages() throws {
    var level = StockLevel()
    Self.report(&level, "erp", "c-1", at: 0, .count(Count(units: 50, asOf: Self.time(0))))
    Self.report(&level, "shopify", "o-1", at: 10, Self.order("1", 5, at: 10))
    Self.report(&level, "shopify", "o-2", at: 11, Self.order("2", 4, at: 11))
    Self.report(&level, "wms", "a-1", at: 20, Self.stage("1", .allocate, 4, at: 20))
    Self.report(&level, "wms", "s-1", at: 30, Self.stage("1", .ship, 3, at: 30))
    Self.report(&level, "wms", "s-2", at: 31, Self.stage("2", .ship, 4, at: 31))
    let accounts = Dictionary(uniqueKeysWithValues: level.sources.accounts.map { ($0.component, $0) })
    let open = try #require(accounts[.open])
    #expect(open.units == 1 && open.claims == ClaimedUnits(1, 1))
    let allocated = try #require(accounts[.allocated])
    #expect(allocated.units == 8 && allocated.claims == ClaimedUnits(2, 8) && allocated.shippedUnits == 7)
    let onHand = try #require(accounts[.onHand])
    #expect(onHand.units == 50 && onHand.count?.source == Self.id("erp") && onHand.sum == nil)
    #expect(onHand.marks.map(\.last?.asOf) == [Self.time(0)])
    #expect(level.sources.accounts.map(\.units).dropFirst().reduce(50, -) == level.availableToSell)
  }

  @Test func sumsFallenUnitsAndGaps() throws {
    var level = StockLevel()
    func sum(_ units: Int64, _ seconds: Int64) -> Report.Body {
      .aggregate(Aggregate(component: .open, units: units, asOf: Self.time(seconds)))
    }
    Self.report(&level, "shopify", "d-1", number: 1, at: 10, sum(7, 10))
    Self.report(&level, "shopify", "d-4", number: 4, at: 20, sum(5, 20))
    let open = try #require(level.sources.accounts.first { $0.component == .open })
    #expect(open.units == 7)
    #expect(open.sum?.units == 5 && open.sum?.out == nil)
    #expect(open.fallen.map(\.units) == [2])
    #expect(open.marks.map(\.largestNumber) == [4])
    #expect(open.marks.first?.last?.number == 4)
    let deliveries = try #require(level.sources.deliveries.first)
    #expect(deliveries.last == Self.id("d-4") && deliveries.count == 2 && deliveries.lastAt == Self.time(20))
    #expect(deliveries.flagged.count { $0.contains(.gap) } == 1)
  }

  @Test func nobodyHasSaidAnything() {
    let accounts = SourceBook().accounts
    #expect(accounts.map(\.component) == Component.allCases)
    #expect(accounts.allSatisfy { $0.units == 0 && $0.marks.isEmpty && $0.fallen.isEmpty && $0.claims.count == 0 })
    #expect(SourceBook().deliveries.isEmpty)
  }
}

extension ClaimedUnits {
  fileprivate init(_ count: Int, _ units: Int64) {
    self.init()
    self.count = count
    self.units = units
  }
}
