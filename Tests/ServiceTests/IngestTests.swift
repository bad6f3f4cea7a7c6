import Foundation
import InventoryService
import Testing

extension ServiceTests {
  /// What sources send by themselves.
  @Suite struct IngestTests {
    private static let jsonLines = ["Content-Type": "application/jsonl"]
    private static let csv = ["Content-Type": "text/csv; charset=utf-8"]

    private static func row(_ sku: String, _ units: Int, _ asOf: String = "2026-01-01T00:00:00Z") -> String {
      #"{"kind":"count","sku":"\#(sku)","location":"main","units":\#(units),"asOf":"\#(asOf)"}"#
    }

    private func faults(_ answer: HTTPCaller.Answer) -> [String] {
      (answer.json["faults"] as? [[String: Any]] ?? []).map { "\($0["line"] ?? "") \($0["code"] ?? "")" }
    }

    @Test func everyRowIsAnswered() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let rows = [
          Self.row("a", 5), Self.row("a", 5), Self.row("a", 4, "2025-01-01T00:00:00Z"), Self.row("a", 6), "nonsense",
          Self.row("b", 7), #"{"kind":"count","shop":"other","sku":"a","location":"main","units":1}"#,
          #"{"kind":"hold","sku":"a","location":"main","reservation":"r","units":1}"#,
        ]
        let answer = try await client.post("/v1/ingest/erp", rows.joined(separator: "\n"), Self.jsonLines)
        #expect(answer.status == 200)
        let counts = ["rows", "taken", "duplicates", "stale", "refused", "rejected"].map { answer.number($0) }
        #expect(counts == [8, 2, 1, 1, 1, 3])
        #expect(faults(answer).sorted() == ["4 idReused", "5 notJSON", "7 foreign", "8 unknownWord"])
        #expect(answer.json["refusedByCode"] as? [String: Int] == ["idReused": 1])
        #expect(try await client.get("/v1/stock/a/main").number("onHand") == 5)
        let again = try await client.post("/v1/ingest/erp", rows.joined(separator: "\n"), Self.jsonLines)
        #expect(again.number("taken") == 0)
        #expect(again.number("duplicates") == 3)
      }
    }

    @Test func csvIsTheSame() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let file = """
          kind,sku,location,units,as_of,claim,line,total,occurredAt,component
          count,a,main,5,2026-01-01T00:00:00Z,,,,,
          demand,a,main,,,o-1/1,order,2,2026-01-01T00:00:01Z,
          aggregate,a,main,1,2026-01-01T00:00:00Z,,,,,allocated
          """
        #expect(try await client.post("/v1/ingest/erp", file, Self.csv).number("taken") == 3)
        #expect(try await client.get("/v1/stock/a/main").number("availableToSell") == 2)
        #expect(try await client.post("/v1/ingest/erp", file, Self.csv).number("duplicates") == 3)
        let headless = try await client.post("/v1/ingest/erp", "a,main,5\n", Self.csv)
        #expect(faults(headless) == ["1 unknownColumn"])
      }
    }

    @Test func manyRowsComeAsAStream() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let file = "sku,location,units,as_of\n" + (0..<12_000).map { "s\($0),main,1,2026-01-01T00:00:00Z\n" }.joined()
        let answer = try await client.post("/v1/ingest/erp", file, Self.csv)
        #expect(answer.number("taken") == 12_000)
        #expect(try await client.get("/v1/stock/s11999").number("availableToSell") == 1)
        // Of more faults than are told one by one, the sum is.
        let bad = "sku,location,units,as_of\n" + String(repeating: "s,main,x,2026-01-01T00:00:00Z\n", count: 1_500)
        let told = try await client.post("/v1/ingest/erp", bad, Self.csv)
        #expect(told.number("rejected") == 1_500)
        #expect(faults(told).count == 1_000)
        #expect(told.number("faultsLeftOut") == 500)
      }
    }

    @Test func whatIsNotRead() async throws {
      var settings = ServiceSettings()
      settings.ingestBodyMax = 1_000
      settings.bodyPatience = .milliseconds(200)
      try await OpenService.open(settings: settings) { service in
        let client = service.caller()
        for type in ["", "application/json", "text/csv; charset=latin1", "application/x-www-form-urlencoded"] {
          let answer = try await client.post("/v1/ingest/erp", Self.row("a", 5), ["Content-Type": type])
          #expect(answer.status == 415, "\(type)")
          #expect(answer.code == "unsupportedType")
        }
        let packed = try await client.post(
          "/v1/ingest/erp", "x", ["Content-Type": "text/csv", "Content-Encoding": "gzip"])
        #expect(packed.status == 415)
        let large = try await client.post("/v1/ingest/erp", String(repeating: " ", count: 1_001), Self.jsonLines)
        #expect(large.code == "bodyTooLarge")
        let head = "POST /v1/ingest/erp HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(client.token ?? "")\r\n"
        let slow = try await client.send(
          Array((head + "Content-Type: text/csv\r\nContent-Length: 100\r\n\r\nsku").utf8))
        #expect(slow.code == "bodyTooSlow")
        #expect(try await client.get("/v1/stock/a").status == 404)
      }
    }

    @Test func aKeyOpensItsSourceInItsShopOnly() async throws {
      let keys = [("a", "read ingest:erp"), ("b", "read ingest:wms"), ("a", "read")]
      try await OpenService.open(keys: keys) { service in
        let (ours, theirs, reader) = (service.caller(0), service.caller(1), service.caller(2))
        #expect(try await ours.post("/v1/ingest/erp", Self.row("x", 5), Self.jsonLines).status == 200)
        for (client, source) in [(ours, "wms"), (theirs, "erp"), (reader, "erp")] {
          let answer = try await client.post("/v1/ingest/\(source)", Self.row("x", 6), Self.jsonLines)
          #expect(answer.code == "missingScope")
        }
        #expect(try await theirs.get("/v1/stock/x").status == 404)
        #expect(try await theirs.get("/v1/sources/erp").code == "unknownSource")
        #expect(try await theirs.get("/v1/sources").text == #"{"sources":[]}"#)
        let stands = try await reader.get("/v1/sources/erp")
        #expect(stands.number("taken") == 1)
        #expect(stands.json["state"] as? String == "ok")
        let list = try await reader.get("/v1/sources").json["sources"] as? [[String: Any]]
        #expect(list?.map { $0["source"] as? String } == ["erp"])
      }
    }
  }
}
