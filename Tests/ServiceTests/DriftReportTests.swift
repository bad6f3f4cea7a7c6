import ChannelIntake
import Foundation
import StockJournal
import StockLedger
import Testing

@testable import InventoryService
@testable import Reconciliation

/// A look's report as JSON, CSV, a page, and the bytes that are stored.
@Suite struct DriftReportTests {
  private static let start = Timestamp(milliseconds: 1_767_225_600_000)

  private static func id(_ text: String) -> Identifier { Identifier(text) ?? .none }

  private static func key(_ sku: String, _ location: String = "leeds") -> StockKey {
    guard let key = StockKey(path: Array("main\0\(sku)\0\(location)".utf8)) else { preconditionFailure("a key") }
    return key
  }

  /// A report with a row of every class, every kind of mending and every state.
  private static func report(
    _ name: String = "report-1", at start: Timestamp = start, sku: String = "shirt", scope: ReconciliationScope = .shop,
    rows: [DriftRow]? = nil, refresh: RefreshTerms? = nil
  ) -> DriftReport {
    var report = DriftReport(
      id: id(name), shop: "main", scope: scope, startedAt: start, isDryRun: false, refresh: refresh)
    report.endedAt = start + 42_000
    report.ordersSeenUntil = start - 1_000
    report.compared = 1_000
    report.inStep = 985
    report.inFlight = 3
    for row in rows ?? Self.rows(sku) { report.add(row) }
    return report
  }

  private static func rows(_ sku: String) -> [DriftRow] {
    let count = Report(
      source: id("erp"), delivery: id("c-1"), body: .count(Count(units: 4, asOf: start - 60_000, isPhysical: true)))
    let mendings: [Mending] = [
      .none, .lookAgain(available: 7), .deliver(count), .correct(.onHand(delta: -3, from: 10), .editedByHand),
      .correct(.claim(id("order-7/1"), units: 2, from: 3), .claimOrphaned),
      .correct(.unnamed(id("shopify"), number: 5, from: 2), .editedByHand),
      .correct(.unnamedAgain(id("shopify"), number: 5, units: 2), .undone),
    ]
    return DriftClass.allCases.enumerated().map { place, one in
      DriftRow(
        key: key("\(sku)-\(place)"), side: [.channel(id("shopify")), .source(id("erp")), .ourselves][place % 3],
        component: place % 3 == 1 ? .onHand : nil, ours: place == 8 ? nil : 10, theirs: Int64(10 - place),
        driftClass: one, cause: "cause \(place)", mending: mendings[place % mendings.count],
        state: MendingState.allCases[place % MendingState.allCases.count], remark: place == 6 ? "no, says Ann" : "")
    }
  }

  // MARK: JSON

  @Test func anObjectWithItsTotals() throws {
    let answer = HTTPCaller.Answer(body: DriftReportJSON.object(Self.report()))
    #expect(answer.json["report"] as? String == "report-1")
    #expect(answer.json["startedAt"] as? String == "2026-01-01T00:00:00.000Z")
    #expect(answer.number("compared") == 1_000)
    #expect(answer.number("drifted") == 7)
    #expect((answer.json["classes"] as? [String: Int])?["claimOrphaned"] == 1)
    #expect((answer.json["states"] as? [String: Int])?.values.reduce(0, +) == 12)
    let rows = try #require(answer.json["rows"] as? [[String: Any]])
    #expect(rows.map { $0["row"] as? Int } == Array(1...12))
    #expect(rows[3]["difference"] as? Int == -3)
    #expect(rows[3]["words"] as? String == "correct: on hand from 10 by -3")
    #expect(rows[8]["ours"] == nil && rows[8]["difference"] == nil)
    #expect(rows[1]["source"] as? String == "erp")
    let short = HTTPCaller.Answer(body: DriftReportJSON.object(Self.report(), rowsMax: 5))
    #expect((short.json["rows"] as? [Any])?.count == 5)
    #expect(short.number("rowsLeftOut") == 7)
    #expect((short.json["classes"] as? [String: Int])?.values.reduce(0, +) == 12)
  }

  // MARK: CSV

  private static func table(_ report: DriftReport) throws -> [[String]] {
    var reader = CSVReader()
    let rows = reader.read(DriftReportCSV.file(report)) + reader.finish()
    return try rows.map { try $0.get().fields }
  }

  @Test func aRowForEachDrift() throws {
    let table = try Self.table(Self.report())
    #expect(table.count == 13)
    #expect(table.allSatisfy { $0.count == table[0].count })
    #expect(
      table[4] == [
        "report-1", "2026-01-01T00:00:00.000Z", "main", "4", "shirt-3", "leeds", "shopify", "", "10", "7", "-3",
        "editedByHand", "cause 3", "correct: on hand from 10 by -3", "held", "",
      ])
  }

  @Test(arguments: ["=HYPERLINK(\"http://x\")", "+1", "-2+3", "@SUM(A1)", "a,\"b\"\r\nc"])
  func nothingIsAFormula(_ sku: String) throws {
    let row = DriftRow(
      key: Self.key(sku.filter { $0 != "\r\n" }), side: .ourselves, ours: 1, theirs: -5, driftClass: .unexplained,
      cause: sku)
    let fields = try Self.table(Self.report(rows: [row]))[1]
    #expect(!"=+-@".contains(fields[4].first ?? "="))
    #expect(!"=+-@".contains(fields[12].first ?? "="))
    #expect(fields[12].hasSuffix(sku))
    #expect(fields[9] == "-5", "a number stays one")
  }

  // MARK: The page

  @Test func aPageOfItsOwn() throws {
    let page = try DriftReportHTML.page(Self.report())
    #expect(page.hasPrefix("<!DOCTYPE html>"))
    #expect(page.hasSuffix("</html>\n"))
    #expect(!page.contains("{{") && !page.contains("://"), "nothing is left to fill in, nothing is fetched")
    #expect(page.contains("<td class=\"name\">claim orphaned</td><td class=\"n\">1</td>"))
    #expect(page.contains("no, says Ann"))
    let places = ["shirt-4<", "shirt-11<", "shirt-5<"].map { page.firstRange(of: $0)?.lowerBound }
    #expect(places.compactMap(\.self).count == 3)
    // What is held, parked or planned comes before all that differs more.
    #expect((places[0] ?? page.endIndex) < (places[2] ?? page.startIndex))
    #expect((places[1] ?? page.endIndex) < (places[2] ?? page.startIndex))
  }

  @Test(arguments: ["<script>alert(1)</script>", "\"\u{301} onmouseover=\u{301}alert(1)", "'><img src=x>", "{{shop}}"])
  func whatOthersNamedIsText(_ name: String) throws {
    let row = DriftRow(
      key: Self.key(name, "<b>"), side: .source(Self.id("<i>")), ours: 1, theirs: 2, driftClass: .unexplained,
      cause: name, state: .held, remark: name)
    var report = Self.report(scope: .location("</title>"), rows: [row])
    report.failures = [name]
    let page = try DriftReportHTML.page(report)
    for mark in ["<script>alert", "<img", "<b>", "<i>", "</title></p>"] { #expect(!page.contains(mark)) }
    // Tags hold our own words and numbers only.
    for tag in page.matches(of: /<[^<>]*>/) { #expect(!tag.output.contains("alert")) }
  }

  @Test func whatIsTooMuchForAPageIsSaid() throws {
    let rows = (0..<2_500).map { place in
      DriftRow(
        key: Self.key("sku-\(place)"), side: .ourselves, ours: 0, theirs: Int64(place), driftClass: .unexplained,
        cause: "")
    }
    let page = try DriftReportHTML.page(Self.report(rows: rows))
    #expect(page.contains("<span class=\"n\">500</span> more rows"))
    #expect(page.contains(">sku-2499<") && !page.contains(">sku-499<"))
  }

  @Test func aQuietLookSaysSo() throws {
    let page = try DriftReportHTML.page(Self.report(rows: []))
    #expect(page.contains("Everything that was looked at is in step."))
    #expect(!page.contains("<table"))
  }

  // MARK: The chart

  @Test func barsStandWithinThePicture() {
    var chance = SeededChance(seed: 3)
    for count in [1, 2, 29, 100] {
      let history = (0..<count).map { place in
        let rows = (0..<Int.random(in: 0...60, using: &chance)).flatMap { _ in Self.rows("a") }
        return DriftTotals(of: Self.report("r-\(place)", at: Self.start + Int64(place) * 900_000, rows: rows))
      }
      let chart = DriftChart(history.reversed())
      #expect(chart.bars.map(\.totals) == Array(history.suffix(DriftChart.barsMax)))
      for bar in chart.bars {
        #expect(bar.x >= 0 && bar.x + bar.width <= DriftChart.width)
        var floor = DriftChart.height
        for part in bar.parts {
          #expect(abs(part.y + part.height - floor) < 0.001, "parts stand on each other")
          floor = part.y
        }
        #expect(floor >= -0.001)
        let sum = bar.parts.reduce(0) { $0 + $1.height }
        #expect(abs(sum - DriftChart.height * Double(bar.totals.drifted) / Double(chart.top)) < 0.001)
      }
    }
    #expect(DriftChart([]).bars.isEmpty)
  }

  // MARK: What is stored

  @Test func anImageIsReadBackAsItWas() throws {
    for scope in [ReconciliationScope.shop, .location("leeds"), .key(Self.key("a"))] {
      var report = Self.report(scope: scope)
      report.failures = ["the warehouse did not answer: ask it again"]
      report.rowsLeftOut = 3
      #expect(try DriftReport(image: report.image) == report)
      report.ordersSeenUntil = nil
      #expect(try DriftReport(image: report.image) == report)
    }
  }

  @Test func listsAndTermsAreKept() throws {
    var report = Self.report(refresh: RefreshTerms(allowsShrink: true))
    report.lists = [
      ReadList(source: Self.id("erp"), asOf: Self.start, rows: 7, isBelieved: true),
      ReadList(source: Self.id("wms"), asOf: nil, rows: 0, isBelieved: false),
    ]
    #expect(try DriftReport(image: report.image) == report)
    let answer = HTTPCaller.Answer(body: DriftReportJSON.object(report))
    #expect(answer.json["refresh"] as? [String: Bool] == ["applied": false, "shrinkAllowed": true])
    let page = try DriftReportHTML.page(report)
    #expect(page.contains("refresh, shown first, shrink allowed"))
    #expect(page.contains("The list of erp, as of 2026-01-01T00:00:00.000Z: 7 rows."))
    #expect(page.contains("The list of wms, of no stated time: 0 rows, of which nothing counted."))
  }

  /// The first version ended after its rows.
  @Test func aReportOfTheFirstVersionIsRead() throws {
    let report = Self.report()
    var first = [1] + report.image.dropFirst().dropLast(6)
    var checksum = CRC32C.checksum(first)
    for _ in 0..<4 {
      first.append(UInt8(truncatingIfNeeded: checksum))
      checksum >>= 8
    }
    #expect(try DriftReport(image: first) == report)
  }

  @Test func damageIsFound() throws {
    let image = Self.report().image
    for count in 0..<image.count {
      #expect(throws: ByteError.self) { try DriftReport(image: Array(image.prefix(count))) }
    }
    #expect(throws: ByteError.self) { try DriftReport(image: image + [0]) }
    for place in image.indices {
      for bit in 0..<8 {
        var bytes = image
        bytes[place] ^= 1 << UInt8(bit)
        #expect(throws: ByteError.self) { try DriftReport(image: bytes) }
      }
    }
  }
}
