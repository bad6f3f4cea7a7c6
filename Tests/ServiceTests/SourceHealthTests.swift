import ChannelIntake
import Foundation
import InventoryService
import Testing

extension ServiceTests {
  /// How sources stand, whichever way their rows came.
  @Suite(.timeLimit(.minutes(5))) struct SourceHealthTests {
    private func stands(_ client: HTTPCaller, _ source: String = "erp") async throws -> HTTPCaller.Answer {
      try await client.get("/v1/sources/" + source)
    }

    @Test func countsOneByOneAreTold() async throws {
      try await OpenService.open(keys: [("shop", "read hold ingest:erp ingest:wms"), ("other", "read")]) { service in
        let client = service.caller()
        #expect(try await stands(client).status == 404)
        try await client.count("a", 5, asOf: "2026-01-02T00:00:00Z")
        try await client.count("a", 5, asOf: "2026-01-02T00:00:00Z")
        try await client.count("a", 4, asOf: "2026-01-01T00:00:00Z")
        try await client.count("a", 6, asOf: "2026-01-02T00:00:00Z")
        let erp = try await stands(client)
        #expect(["taken", "duplicates", "stale", "refused", "deliveries"].map { erp.number($0) } == [1, 1, 1, 1, 4])
        #expect(erp.json["refusedByCode"] as? [String: Int] == ["idReused": 1])
        #expect(erp.json["newestReportAt"] as? String == "2026-01-02T00:00:00.000Z")
        #expect(erp.json["kind"] as? String == "push")
        #expect(try await service.caller(1).get("/v1/sources").text == #"{"sources":[]}"#)
      }
    }

    @Test func countsAmongOtherCommandsAreTold() async throws {
      try await OpenService.open(keys: [("shop", "read hold ingest:erp ingest:wms")]) { service in
        let client = service.caller()
        func count(_ source: String, _ sku: String, _ asOf: String = "2026-01-01T00:00:00Z") -> String {
          #"{"do":"count","source":"\#(source)","sku":"\#(sku)","location":"main","units":3,"asOf":"\#(asOf)"}"#
        }
        let lines = [
          count("erp", "a"), #"{"do":"hold","sku":"a","location":"main","reservation":"r","units":1}"#,
          count("wms", "b"), count("erp", "c"), "nonsense", count("erp", "d", "9000-01-01T00:00:00Z"),
          count("pos", "e"),
        ]
        #expect(try await client.post("/v1/commands", lines.joined(separator: "\n")).status == 200)
        let erp = try await stands(client)
        #expect(["taken", "refused", "deliveries"].map { erp.number($0) } == [2, 1, 1])
        let fault = try #require((erp.json["faults"] as? [[String: Any]])?.first)
        #expect(fault["line"] as? Int == 6)
        #expect(fault["code"] as? String == "timeInFuture")
        #expect(try await stands(client, "wms").number("taken") == 1)
        // Who may not report is no source.
        #expect(try await stands(client, "pos").status == 404)
        let samples = try PrometheusText(try await client.get("/metrics").text).samples
        #expect(samples[#"holdfast_source_rows_total{outcome="taken",source="erp"}"#] == 2)
        #expect(samples[#"holdfast_source_deliveries_total{source="wms"}"#] == 1)
      }
    }

    @Test func whoIsExpectedAndSaysNothing() async throws {
      func source(_ name: String, every: Int64?) -> SourceSettings {
        SourceSettings(origin: DeliveryOrigin(shop: "shop", source: name), expectedEvery: every)
      }
      let sources = [source("erp", every: 1), source("wms", every: 3_600_000), source("pos", every: nil)]
      try await OpenService.open(sources: sources) { service in
        let client = service.caller()
        while try await stands(client).json["state"] as? String != "silent" {
          try await Task.sleep(for: .milliseconds(5))
        }
        for name in ["wms", "pos"] { #expect(try await stands(client, name).json["state"] as? String == "ok") }
        let text = try await client.get("/metrics").text
        let samples = try PrometheusText(text).samples
        #expect(samples[#"holdfast_source_silent{source="erp"}"#] == 1)
        #expect(samples[#"holdfast_source_silent{source="wms"}"#] == 0)
        #expect(samples[#"holdfast_source_silent{source="pos"}"#] == nil)
        #expect(!text.contains("Not described here."))
      }
    }
  }
}
