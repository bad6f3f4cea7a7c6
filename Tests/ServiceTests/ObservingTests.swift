import Foundation
import Testing

extension ServiceTests {
  /// What the running program says of itself: log lines and spans.
  @Suite struct ObservingTests {
    private static func objects(_ text: String) -> [[String: Any]] {
      text.split(separator: "\n").map { line in
        (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? ["malformed": String(line)]
      }
    }

    /// The attributes of a span, whatever their type, as text.
    private static func attributes(_ span: [String: Any]) -> [String: String] {
      let pairs = span["attributes"] as? [[String: Any]] ?? []
      return pairs.reduce(into: [:]) { found, pair in
        let value = (pair["value"] as? [String: Any])?.values.first
        found[pair["key"] as? String ?? ""] = value.map { "\($0)" }
      }
    }

    private static func spans(_ file: String) throws -> [[String: Any]] {
      try objects(String(contentsOfFile: file, encoding: .utf8)).compactMap { line in
        let resource = (line["resourceSpans"] as? [[String: Any]])?.first
        let scope = (resource?["scopeSpans"] as? [[String: Any]])?.first
        return (scope?["spans"] as? [[String: Any]])?.first
      }
    }

    @Test func logLinesAreObjectsAndHoldNoSecret() async throws {
      let place = try ScratchPlace()
      let token = try await place.key("shop", "read", "hold", "ingest:erp")
      let (process, port) = try await ServeProcess.serve(
        place, "--keys", place.keys, "--log-format", "json", "--access-log")
      let client = HTTPCaller(port: port, token: token)
      let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      _ = try await client.get(
        "/v1/stock/\(token)?limit=secret",
        ["X-Request-Id": "mine-1", "traceparent": "00-\(trace)-00f067aa0ba902b7-01"])
      process.signal(15)
      #expect(await process.end() == 0)
      let text = try process.text(of: process.errors)
      let lines = Self.objects(text)
      #expect(lines.allSatisfy { $0["malformed"] == nil }, "\(text)")
      #expect(lines.first?["level"] as? String == "info")
      let time = lines.first?["time"] as? String ?? ""
      #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
      let access = try #require(lines.first { $0["label"] as? String == "holdfast.access" })
      #expect(access["requestId"] as? String == "mine-1")
      #expect(access["traceId"] as? String == trace)
      let metadata = try #require(access["metadata"] as? [String: Any])
      #expect(metadata["method"] as? String == "GET")
      #expect(metadata["route"] as? String == "/v1/stock/{sku}")
      #expect(metadata["status"] as? Int != nil)
      #expect(metadata["durationMs"] as? Double != nil)
      #expect(!text.contains(token) && !text.contains(token.suffix(64)) && !text.contains("secret"))
      #expect((metadata["path"] as? String)?.hasPrefix("/v1/stock/hf_") == true)
    }

    @Test func aRequestIsTracedFromItsHeadToItsSync() async throws {
      let place = try ScratchPlace()
      let file = place.path + "/spans.jsonl"
      let (process, port) = try await ServeProcess.serve(place, "--shop", "shop", "--trace-file", file)
      let client = HTTPCaller(port: port)
      try await client.count("a", 5)
      let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      let held = try await client.post(
        "/v1/holds", #"{"sku":"a","location":"main","units":1}"#,
        ["Idempotency-Key": "r-1", "traceparent": "00-\(trace)-00f067aa0ba902b7-01"])
      let given = try #require(held.fields["traceparent"]).split(separator: "-").map(String.init)
      #expect(given[1] == trace)
      // One that its client does not want kept.
      let unsampled = "11111111111111111111111111111111"
      _ = try await client.get("/v1/stock/a", ["traceparent": "00-\(unsampled)-00f067aa0ba902b7-00"])
      process.signal(15)
      #expect(await process.end() == 0)

      let all = try Self.spans(file)
      #expect(!all.contains { $0["traceId"] as? String == unsampled })
      let spans = all.filter { $0["traceId"] as? String == trace }
      let names = spans.compactMap { $0["name"] as? String }
      #expect(Set(names) == ["POST /v1/holds", "engine.submit", "keeper.turn", "journal.commit"])
      func span(_ name: String) throws -> [String: Any] { try #require(spans.first { $0["name"] as? String == name }) }
      let (request, submit) = (try span("POST /v1/holds"), try span("engine.submit"))
      #expect(request["spanId"] as? String == given[2])
      #expect(request["parentSpanId"] as? String == "00f067aa0ba902b7")
      #expect(request["kind"] as? Int == 2)
      #expect(Self.attributes(request)["http.response.status_code"] == "201")
      #expect(submit["parentSpanId"] as? String == request["spanId"] as? String)
      for name in ["keeper.turn", "journal.commit"] {
        #expect(try span(name)["parentSpanId"] as? String == submit["spanId"] as? String)
      }
      #expect(Self.attributes(try span("keeper.turn"))["holdfast.sku"] == "a")
      for span in spans {
        let (start, end) = (span["startTimeUnixNano"] as? String, span["endTimeUnixNano"] as? String)
        #expect(UInt64(start ?? "") ?? .max <= UInt64(end ?? "") ?? 0)
      }
    }

    @Test func theProgramMeasuresItsStore() async throws {
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place, "--shop", "shop")
      let client = HTTPCaller(port: port)
      try await client.count("a", 5)
      let samples = try PrometheusText(try await client.get("/metrics").text).samples
      #expect(samples["holdfast_commit_entries_sum"] == 1)
      #expect(samples["holdfast_commit_records_count"] == 1)
      #expect(samples["holdfast_commit_duration_seconds_count"] == 1)
      #expect(samples["holdfast_recovery_duration_seconds"] != nil)
      process.signal(15)
      #expect(await process.end() == 0)
    }
  }
}
