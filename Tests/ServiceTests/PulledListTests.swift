import ChannelIntake
import Foundation
import InventoryEngine
import Reconciliation
import StockLedger
import Synchronization
import Testing

@testable import InventoryService

extension ServiceTests {
  /// The list of all that a pulled source knows, read when drift is looked for.
  @Suite(.timeLimit(.minutes(5))) struct PulledListTests {
    private static let noon = Timestamp(iso8601: "2026-01-05T12:00:00Z") ?? .distantPast
    private static let date = ["Date": "Mon, 05 Jan 2026 12:00:00 GMT"]

    /// A source whose list has pages, and no polls that anybody waits for.
    private static func source(
      _ system: ForeignSystem, _ fields: [(field: String, rule: String)]? = nil,
      _ change: (inout PullSettings.List) throws -> Void = { _ in }
    ) throws -> SourceSettings {
      let base = "http://127.0.0.1:\(system.port)"
      let usual = [("sku", "code"), ("location", "=main"), ("units", "qty"), ("shop", "shop")]
      var pull = PullSettings(
        address: try #require(PullAddress(base + "/changes")),
        mapping: try RowMapping(rows: "items", fields: fields ?? usual.map { (field: $0.0, rule: $0.1) }))
      pull.pages = PullSettings.Pages(path: try JSONPath("next"))
      var list = PullSettings.List(address: try #require(PullAddress(base + "/all")))
      try change(&list)
      pull.list = list
      return SourceSettings(origin: DeliveryOrigin(shop: "shop", source: "erp"), door: .pull(pull))
    }

    private static func page(_ rows: [(sku: String, units: String)], _ next: String? = nil) -> String {
      let items = rows.map { #"{"code":"\#($0.sku)","qty":\#($0.units)}"# }.joined(separator: ",")
      return #"{"items":[\#(items)]\#(next.map { #","next":"\#($0)""# } ?? "")}"#
    }

    private static func read(_ source: SourceSettings) async throws -> (rows: [KeyedReport], extent: SnapshotExtent) {
      let list = try #require(PulledList(source))
      let rows = Mutex<[KeyedReport]>([])
      let extent = try await list.readAll { some in rows.withLock { $0 += some } }
      return (rows.withLock { $0 }, extent)
    }

    private static func units(_ row: KeyedReport) -> Int64? {
      if case .count(let count) = row.report.body { count.units } else { nil }
    }

    // MARK: What is read

    @Test func pagesAreOneListAsOfTheFirst() async throws {
      let system = try ForeignSystem { asked in
        let later = ["Date": "Mon, 05 Jan 2026 12:00:07 GMT"]
        if asked.path.hasSuffix("p2") { return .init(fields: later, body: Self.page([("c", "3.000")])) }
        return .init(fields: Self.date, body: Self.page([("a", "1"), ("b", "2")], "/all?p2"))
      }
      defer { system.end() }
      let (rows, extent) = try await Self.read(try Self.source(system) { $0.complete = [.allocated] })
      #expect(rows.map(\.key.sku) == ["a", "b", "c"])
      #expect(rows.map(Self.units) == [1, 2, 3])
      #expect(extent == SnapshotExtent(asOf: Self.noon, complete: [.allocated]))
      for row in rows {
        guard case .count(let count) = row.report.body else { continue }
        #expect(count.asOf == Self.noon, "rows without a time have the list's")
      }
      #expect(system.asked.map(\.path) == ["/all", "/all?p2"])
    }

    @Test func anAnswerThatWasPutTogetherEarlierSaysSo() async throws {
      let fields = Self.date.merging(["Last-Modified": "Mon, 05 Jan 2026 03:00:00 GMT"]) { $1 }
      let system = try ForeignSystem { _ in .init(fields: fields, body: #"{"items":[],"at":1767600000}"#) }
      defer { system.end() }
      #expect(try await Self.read(try Self.source(system)).extent.asOf == Self.noon - 9 * 3_600_000)
      let said = try Self.source(system) { $0.asOf = try JSONPath("at") }
      #expect(try await Self.read(said).extent.asOf == Timestamp(milliseconds: 1_767_600_000_000))
      let silent = try Self.source(system) { $0.asOf = try JSONPath("nothing") }
      #expect(try await Self.read(silent).extent.asOf == nil)
    }

    @Test func rowsOfOthersAreLeftOutAndBadOnesAreTold() async throws {
      let body = """
        {"items":[{"code":"a","qty":1},{"code":"b","qty":2,"shop":"theirs"},{"code":"c","qty":1.5},{"code":"d"}]}
        """
      let system = try ForeignSystem { _ in .init(fields: Self.date, body: body) }
      defer { system.end() }
      let (rows, extent) = try await Self.read(try Self.source(system))
      #expect(rows.map(\.key.sku) == ["a"])
      #expect(extent.unreadRows == 2)
      #expect(extent.firstFault.hasPrefix("page 1, line 3"), "\(extent.firstFault)")
    }

    @Test func linesMayLeaveTheirTimeToTheList() async throws {
      let body = #"{"items":[{"line":"o-1","sku":"a","qty":2},{"line":"o-2","sku":"a","qty":1}]}"#
      let system = try ForeignSystem { _ in .init(fields: Self.date, body: body) }
      defer { system.end() }
      let fields = [
        ("kind", "=stage"), ("stage", "=allocate"), ("claim", "line"), ("sku", "sku"), ("location", "=main"),
        ("cumulative", "qty"),
      ]
      let source = try Self.source(system, fields.map { (field: $0.0, rule: $0.1) })
      let rows = try await Self.read(source).rows
      #expect(rows.map(\.report.speaksOf) == [Self.noon, Self.noon])
    }

    @Test(
      arguments: [
        (.init(status: 500), "answered 500"), (.init(body: "{}"), "a list of rows"),
        (.init(body: "{\"items\":[", missing: 50), "cannot be asked"),
        (.init(body: "{\"items\":[],\"next\":\"http://127.0.0.2:1/\"}"), "another machine"),
        (.init(status: 304), "304"),
      ] as [(ForeignSystem.Said, String)])
    func aListThatEndsEarlyIsNone(_ said: ForeignSystem.Said, _ words: String) async throws {
      let system = try ForeignSystem { _ in said }
      defer { system.end() }
      let error = await #expect(throws: ChannelFailure.self) { try await Self.read(try Self.source(system)) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test func datesOfHeaders() {
      #expect(Timestamp(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == Timestamp(iso8601: "1994-11-06T08:49:37Z"))
      #expect(Timestamp(httpDate: "Sat, 01 Jan 2000 00:00:00 GMT") == Timestamp(iso8601: "2000-01-01T00:00:00Z"))
      for text in [
        "", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 99 Nov 1994 1:1:1 GMT",
      ] {
        #expect(Timestamp(httpDate: text) == nil, "\(text)")
      }
    }

    // MARK: What a look makes of it

    private static func look(_ client: HTTPCaller) async throws -> HTTPCaller.Answer {
      let id = try await client.post("/v1/reconciliations", "{}").json["report"] as? String ?? ""
      return try await client.get("/v1/reconciliations/\(id)") { $0.status == 200 }
    }

    private static let skus = (0..<10).map { "s\($0)" }

    @Test(arguments: ["half a page", "the same page twice", "an empty list", "a cut connection"])
    func whatIsNoWholeListZeroesNothing(_ how: String) async throws {
      let zeroes = Self.skus.map { (sku: $0, units: "0") }
      let system = try ForeignSystem { asked in
        switch how {
        case "half a page": .init(fields: Self.date, body: Self.page(Array(zeroes.prefix(5))))
        case "the same page twice":
          .init(fields: Self.date, body: Self.page(zeroes, asked.path == "/all" ? "/all?p2" : nil))
        case "an empty list": .init(fields: Self.date, body: Self.page([]))
        default: .init(fields: Self.date, body: Self.page(zeroes), missing: 1)
        }
      }
      defer { system.end() }
      let rig = PublishingRig(lists: [try #require(PulledList(try Self.source(system)))])
      try await OpenService.open(keys: [("shop", "admin ingest:erp")], publishing: rig) { service in
        let client = service.caller()
        for sku in Self.skus { try await client.count(sku, 7) }
        for sku in Self.skus { try await client.publication(sku, "published") }
        let report = try await Self.look(client)
        #expect((report.json["rows"] as? [Any])?.isEmpty == true)
        #expect((report.json["failures"] as? [String])?.map { $0.contains("nothing of it counts") } == [true])
        for sku in Self.skus { #expect(try await client.get("/v1/stock/\(sku)/main").number("onHand") == 7) }
      }
    }

    @Test func aCountThatNeverCameIsFoundInTheList() async throws {
      let system = try ForeignSystem { _ in
        .init(fields: Self.date, body: Self.page(Self.skus.map { (sku: $0, units: $0 == "s3" ? "4" : "7") }))
      }
      defer { system.end() }
      let rig = PublishingRig(lists: [try #require(PulledList(try Self.source(system)))])
      try await OpenService.open(keys: [("shop", "admin ingest:erp")], publishing: rig) { service in
        let client = service.caller()
        for sku in Self.skus { try await client.count(sku, 7) }
        for sku in Self.skus { try await client.publication(sku, "published") }
        let report = try await Self.look(client)
        let row = try #require((report.json["rows"] as? [[String: Any]])?.first)
        #expect(row["class"] as? String == "missedDelivery")
        #expect(row["source"] as? String == "erp")
        #expect(row["state"] as? String == "mended")
        let list = try #require((report.json["lists"] as? [[String: Any]])?.first)
        #expect(list["asOf"] as? String == "2026-01-05T12:00:00.000Z")
        #expect(list["rows"] as? Int == 10)
        #expect(list["believed"] as? Bool == true)
        #expect(try await client.get("/v1/stock/s3/main").number("onHand") == 4)
      }
    }

    @Test func aSilentSourceIsARowOfNoKey() async throws {
      let origin = DeliveryOrigin(shop: "shop", source: "erp")
      let sources = [SourceSettings(origin: origin, expectedEvery: 1)]
      try await OpenService.open(keys: [("shop", "admin")], sources: sources, publishing: PublishingRig()) { service in
        let client = service.caller()
        while try await client.get("/v1/sources/erp").json["state"] as? String != "silent" {
          try await Task.sleep(for: .milliseconds(5))
        }
        let report = try await Self.look(client)
        let row = try #require((report.json["rows"] as? [[String: Any]])?.first)
        #expect(row["class"] as? String == "sourceSilent")
        #expect(row["source"] as? String == "erp")
        #expect(row["sku"] == nil && row["location"] == nil)
        #expect((row["cause"] as? String)?.contains("nothing has come since") == true)
      }
    }
  }
}
