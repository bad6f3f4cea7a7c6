import Foundation
import StockJournal
import StockLedger
import Synchronization
import Testing

extension ServiceTests {
  /// What was so before, and the audit trail.
  @Suite struct HistoryTests {
    @Test func aMomentByEntryAndByTime() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let counted = try #require(try await client.count("a", 5).json["entry"] as? String)
        let held = try #require(try await client.hold("a", 2, as: "r").json["entry"] as? String)
        let path = "/v1/stock/a/main"
        let then = try await client.get("\(path)?at=\(counted)")
        #expect(then.number("availableToSell") == 5)
        #expect(then.json["entry"] as? String == counted)
        #expect(try await client.get("\(path)?at=\(held)").number("reserved") == 2)
        let trail = try await client.get("\(path)/entries")
        let at = try #require((trail.json["entries"] as? [[String: Any]])?.first?["at"] as? String)
        #expect(try await client.get("\(path)?at=\(at)").number("reserved") == 2)
        let tag = try #require(then.fields["etag"])
        #expect(try await client.get("\(path)?at=\(counted)", ["If-None-Match": tag]).status == 304)
      }
    }

    @Test func theTrailFromBothEnds() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        for number in 0..<5 { _ = try await client.hold("a", as: "r-\(number)") }
        func page(_ query: String) async throws -> (kinds: [String], before: [Int?], after: [Int?], next: String?) {
          let answer = try await client.get("/v1/stock/a/main/entries?\(query)")
          let rows = answer.json["entries"] as? [[String: Any]] ?? []
          return (
            rows.compactMap { $0["kind"] as? String }, rows.map { $0["availableToSellBefore"] as? Int },
            rows.map { $0["availableToSellAfter"] as? Int }, answer.json["next"] as? String
          )
        }
        let newest = try await page("limit=2")
        #expect(newest.kinds == ["held", "held"])
        #expect(newest.before == [1, 2])
        #expect(newest.after == [0, 1])
        let older = try await page("limit=10&before=\(try #require(newest.next))")
        #expect(older.kinds == ["held", "held", "held", "count"])
        #expect(older.next == nil)
        let shard = try #require(newest.next?.split(separator: "-").first)
        let oldest = try await page("limit=2&after=\(shard)-0")
        #expect(oldest.kinds == ["count", "held"])
        #expect(oldest.before == [0, 5])
        let rest = try await page("after=\(try #require(oldest.next))")
        #expect(rest.after == [3, 2, 1, 0])
        #expect(rest.next == nil)
      }
    }

    @Test func whoAndWhat() async throws {
      try await OpenService.open(keys: [("shop", "admin")]) { service in
        let client = service.caller()
        try await client.count("a", 5)
        _ = try await client.post(
          "/v1/holds", #"{"sku":"a","location":"main","units":2,"channel":"web","customer":"c-1","reservation":"r"}"#)
        _ = try await client.call(
          "PUT", "/v1/policies/items/a/locations/main", [:], Array(#"{"safetyBuffer":1}"#.utf8))
        _ = try await client.get("/v1/stock/a/main")
        let rows = try #require(try await client.get("/v1/stock/a/main/entries").json["entries"] as? [[String: Any]])
        #expect(rows.compactMap { $0["kind"] as? String } == ["policySet", "scopeSet", "held", "count"])
        #expect(rows[0]["safetyBuffer"] as? Int == 1)
        #expect(rows[2]["channel"] as? String == "web")
        #expect(rows[2]["customer"] as? String == "c-1")
        #expect(rows[3]["source"] as? String == "erp")
        #expect(rows.allSatisfy { $0["shop"] as? String == "shop" })
      }
    }

    @Test func theTrailSaysWhatTailSays() async throws {
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place)
      let client = HTTPCaller(port: port)
      let counted = try #require(try await client.count("a", 5).json["entry"] as? String)
      _ = try await client.hold("a", 2, as: "r")
      _ = try await client.post("/v1/holds/a/main/r/confirm", #"{"claim":"order-1"}"#)
      let shard = try #require(counted.split(separator: "-").first)
      let trail = try await client.get("/v1/stock/a/main/entries?after=\(shard)-0").text
      #expect(try await client.get("/v1/stock/a/main?at=\(counted)").number("availableToSell") == 5)
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
      let tail = try await Holdfast.run("tail", "--data", place.data, "--shard", String(shard), in: place)
      let told = trail.replacing(/,"availableToSell(Before|After)":[0-9]+/, with: "")
      #expect(tail.out.split(separator: "\n").count == 3)
      #expect(told == #"{"entries":[\#(tail.out.split(separator: "\n").joined(separator: ","))]}"#)
    }

    @Test func whatIsNotKeptAnyMore() async throws {
      let journal = MemoryJournal()
      let trimmed = TrimmedJournal(journal)
      try await OpenService.open(journal: trimmed) { service in
        let client = service.caller()
        let counted = try #require(try await client.count("a", 5).json["entry"] as? String)
        trimmed.failure = .historyTrimmed(shard: 0, since: 2)
        let gone = try await client.get("/v1/stock/a/main?at=\(counted)")
        #expect(gone.status == 410)
        #expect(gone.code == "historyTrimmed")
        #expect(gone.json["oldest"] as? String == counted)
        #expect((gone.json["oldestAt"] as? String)?.hasPrefix("20") == true)
        trimmed.failure = .unavailable("away")
        for path in ["?at=\(counted)", "/entries"] {
          let away = try await client.get("/v1/stock/a/main" + path)
          #expect(away.status == 503)
          #expect(away.code == "storeUnavailable")
          #expect(away.fields["retry-after"] != nil)
        }
        // What cannot be mended is not told to clients, and not taken for an answer.
        trimmed.failure = .damaged("a byte")
        let broken = try await client.get("/v1/stock/a/main/entries")
        #expect(broken.status == 500)
        #expect(broken.code == "journalDamaged")
        #expect(!broken.text.contains("a byte"))
        trimmed.failure = nil
        #expect(try await client.get("/v1/stock/a/main?at=\(counted)").status == 200)
      }
    }

    /// A journal whose records cannot be read while a test says so.
    private final class TrimmedJournal: JournalStore {
      private let journal: MemoryJournal
      private let word = Mutex<StoreFailure?>(nil)

      init(_ journal: MemoryJournal) { self.journal = journal }

      var failure: StoreFailure? {
        get { word.withLock { $0 } }
        set { word.withLock { $0 = newValue } }
      }

      func records(shard: Int, after number: UInt64, limit: Int) async throws(StoreFailure) -> [JournalRecord] {
        // Records after those that were let go are there.
        if let failure, number == 0 { throw failure }
        return try await journal.records(shard: shard, after: number, limit: limit)
      }

      func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] {
        try await journal.append(records)
      }
      var hasRoom: Bool { get async { await journal.hasRoom } }
      func heads() async throws(StoreFailure) -> [ShardHead] { try await journal.heads() }
      func page(after numbers: [UInt64], from cursor: PageCursor) async throws(StoreFailure) -> RecordPage {
        try await journal.page(after: numbers, from: cursor)
      }
      func save(_ snapshot: ShardSnapshot) async throws(StoreFailure) { try await journal.save(snapshot) }
      func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot? {
        try await journal.snapshot(shard: shard)
      }
      func trim(shard: Int, through number: UInt64) async throws(StoreFailure) {
        try await journal.trim(shard: shard, through: number)
      }
      func close() async throws(StoreFailure) { try await journal.close() }
    }

    @Test func momentsAndQueriesThatAreNone() async throws {
      try await OpenService.open(keys: [("a", "read hold ingest:erp"), ("b", "read")]) { service in
        let client = service.caller()
        let entry = try #require(try await client.count("a", 5).json["entry"] as? String)
        let parts = entry.split(separator: "-").compactMap { Int($0) }
        let elsewhere = "\((parts[0] + 1) % 256)-1"
        let path = "/v1/stock/a/main"
        for query in ["at=yesterday", "at=", "at=\(elsewhere)", "at=01-1", "on=\(entry)", "at=\(entry)&at=\(entry)"] {
          #expect(try await client.get("\(path)?\(query)").code == "malformedQuery", "\(query)")
        }
        #expect(try await client.get("/v1/stock/a?at=\(entry)").code == "malformedQuery")
        #expect(try await client.get("\(path)/components?at=\(entry)").code == "malformedQuery")
        for moment in ["\(parts[0])-\(parts[1] + 1)", "9999-01-01T00:00:00Z"] {
          let answer = try await client.get("\(path)?at=\(moment)")
          #expect(answer.status == 422)
          #expect(answer.code == "notYet")
        }
        #expect(try await client.get("\(path)?at=2020-01-01T00:00:00+01:00").code == "unknownKey")
        for query in ["after=\(elsewhere)", "after=\(entry)&before=\(entry)", "limit=1001", "before=x"] {
          #expect(try await client.get("\(path)/entries?\(query)").code == "malformedQuery", "\(query)")
        }
        // Another shop's key is answered as one that nobody has.
        for query in ["?at=\(entry)", "/entries"] {
          #expect(try await service.caller(1).get(path + query).code == "unknownKey")
        }
      }
    }
  }
}
