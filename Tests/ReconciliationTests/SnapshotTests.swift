import StockLedger
import Testing

@testable import Reconciliation

@Suite("What a source says of everything")
struct SnapshotTests {
  private static let erp = Identifier("erp") ?? .none
  private let start = Timestamp(milliseconds: 1_291_190_400_000)

  private func id(_ text: String) -> Identifier { Identifier(text) ?? .none }

  private func key(_ number: Int) throws -> StockKey {
    try StockKey(shop: "main", sku: "SKU-\(number)", location: "leeds")
  }

  private func count(_ number: Int, _ units: Int64, at asOf: Timestamp) throws -> KeyedReport {
    KeyedReport(
      key: try key(number), report: Report(source: Self.erp, saying: .count(Count(units: units, asOf: asOf))))
  }

  // MARK: Whether it is believed

  private func problem(_ rows: [KeyedReport], known: Int) -> String? {
    var plausible = SnapshotGuard(maxShrinkPerMille: 200)
    for row in rows { plausible.note(row) }
    return plausible.contradiction ?? plausible.shrink(from: known == 0 ? [:] : [.onHand: known])
  }

  @Test func aWholeSnapshotIsBelieved() throws {
    #expect(problem(try (0..<1_000).map { try count($0, 1, at: start) }, known: 1_000) == nil)
    #expect(problem(try (0..<800).map { try count($0, 1, at: start) }, known: 1_000) == nil, "keys end")
  }

  @Test func halfAPageIsNot() throws {
    let found = try #require(problem(try (0..<500).map { try count($0, 1, at: start) }, known: 1_000))
    #expect(found == "500 rows where 1000 are known: more than 20 % are missing")
  }

  @Test func anEmptyListWhereThousandsWereIsNot() {
    #expect(problem([], known: 4_000) != nil)
    #expect(problem([], known: 0) == nil)
  }

  @Test func theSamePageTwiceIsNot() throws {
    let rows = try (0..<1_000).map { try count($0, 1, at: start) }
    #expect(problem(rows + rows.prefix(250), known: 1_000) == "250 of 1250 rows come twice: a page was sent again")
  }

  @Test func aPartOfAListIsHeldAgainstThatPart() throws {
    var plausible = SnapshotGuard()
    for number in 0..<1_000 { plausible.note(try count(number, 1, at: start), isCovered: number < 2) }
    #expect(plausible.shrink(from: [.onHand: 2]) == nil)
    #expect(plausible.shrink(from: [.onHand: 3]) != nil, "one of this location is not in it")
    #expect(plausible.shrink(from: [.allocated: 500]) == nil, "it does not speak of them at all")
  }

  @Test func linesAreMissingByTheFifth() throws {
    var plausible = SnapshotGuard()
    #expect(plausible.shrink(lacking: 1, of: 2) != nil, "an empty list")
    plausible.note(try count(0, 1, at: start))
    #expect(plausible.shrink(lacking: 1, of: 2) == nil)
    #expect(plausible.shrink(lacking: 11, of: 20) == "11 of 20 lines are not in it: more than 20 % are missing")
    #expect(plausible.shrink(lacking: 11, of: 100) == nil)
  }

  @Test func aKeyMayHaveACountASumAndLines() throws {
    let key = try key(1)
    let sum = Aggregate(component: .allocated, units: 3, asOf: start)
    let one = try #require(Quantity(1))
    let bodies: [Report.Body] = [
      .count(Count(units: 4, asOf: start)), .aggregate(sum),
      .demand(Demand(claim: id("a"), kind: .order, total: one, occurredAt: start)),
      .demand(Demand(claim: id("b"), kind: .order, total: one, occurredAt: start)),
      .stage(StageReport(claim: id("a"), stage: .allocate, amount: .cumulative(1), occurredAt: start)),
      .stage(StageReport(claim: id("b"), stage: .allocate, amount: .cumulative(1), occurredAt: start)),
      .stage(StageReport(claim: id("b"), stage: .ship, amount: .document(id("f-1"), one), occurredAt: start)),
      .stage(StageReport(claim: id("b"), stage: .ship, amount: .document(id("f-2"), one), occurredAt: start)),
      .adjustment(Adjustment(document: id("g-1"), delta: 1, occurredAt: start)),
      .adjustment(Adjustment(document: id("g-2"), delta: 1, occurredAt: start)),
    ]
    let rows = bodies.map { KeyedReport(key: key, report: Report(source: Self.erp, saying: $0)) }
    #expect(problem(rows, known: 1) == nil)
  }

  // MARK: What it says of a key

  private func level(_ reports: [Report.Body]) throws -> StockLevel {
    var level = StockLevel()
    for body in reports {
      let report = Report(source: Self.erp, saying: body)
      guard case .accept(let entry, _) = level.decide(.report(report), now: start) else {
        Issue.record("refused: \(body)")
        continue
      }
      level.apply(JournalEntry(at: start, body: entry))
    }
    return level
  }

  private func compare(_ body: Report.Body, with level: StockLevel) throws -> SnapshotComparison {
    SnapshotComparison(
      KeyedReport(key: try key(1), report: Report(source: Self.erp, saying: body)), with: level, now: start + 10_000)
  }

  @Test func theSameCountIsInStep() throws {
    let level = try level([.count(Count(units: 40, asOf: start))])
    #expect(try compare(.count(Count(units: 40, asOf: start)), with: level) == .inStep)
    #expect(try compare(.count(Count(units: 40, asOf: start + 5_000)), with: level) == .inStep, "newer, and the same")
  }

  @Test func theSameCountADayLaterIsTaken() throws {
    let level = try level([.count(Count(units: 40, asOf: start - 90_000_000))])
    let count = Report.Body.count(Count(units: 40, asOf: start))
    let row = KeyedReport(key: try key(1), report: Report(source: Self.erp, saying: count))
    #expect(try compare(count, with: level) == .settles(row))
  }

  @Test func anOlderCountSaysNothing() throws {
    let level = try level([.count(Count(units: 40, asOf: start))])
    #expect(try compare(.count(Count(units: 12, asOf: start - 5_000)), with: level) == .oursIsNewer)
  }

  @Test func aNewerCountThatNeverCameIsDelivered() throws {
    let level = try level([.count(Count(units: 40, asOf: start))])
    let count = Count(units: 33, asOf: start + 5_000)
    guard case .differs(let row) = try compare(.count(count), with: level) else {
      Issue.record("no difference was found")
      return
    }
    #expect(row.driftClass == .missedDelivery)
    #expect(row.mending == .deliver(Report(source: Self.erp, saying: .count(count))))
    #expect(row.ours == 40)
    #expect(row.theirs == 33)
  }

  /// An adjustment that we have is no difference to a count that has it.
  @Test func whatWasToldInAnotherWayIsInStep() throws {
    let adjustment = Adjustment(document: Identifier("a-1") ?? .none, delta: -7, occurredAt: start)
    let level = try level([.count(Count(units: 40, asOf: start - 5_000)), .adjustment(adjustment)])
    #expect(try compare(.count(Count(units: 33, asOf: start + 5_000)), with: level) == .inStep)
  }

  @Test func anotherNumberAsOfTheSameTimeIsAskedAbout() throws {
    let level = try level([.count(Count(units: 40, asOf: start))])
    guard case .differs(let row) = try compare(.count(Count(units: 41, asOf: start)), with: level) else {
      Issue.record("no difference was found")
      return
    }
    #expect(row.driftClass == .unexplained)
    #expect(row.mending == .correct(.onHand(delta: 1, from: 40), .unexplained))
  }
}
