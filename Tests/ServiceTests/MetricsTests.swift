import Foundation
import InventoryService
import Metrics
import Testing

extension ServiceTests {
  /// What is measured, and how it is written.
  @Suite struct MetricsTests {
    @Test func requestsAndCommandsAreCounted() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 3)
        _ = try await client.hold("a", 2, as: "r-1")
        _ = try await client.hold("a", 2, as: "r-1")
        _ = try await client.hold("a", 2, as: "r-2")
        _ = try await client.get("/nowhere/at/all")
        _ = try await client.call("PURGE", "/v1/holds", [:], nil)
        let answer = try await HTTPCaller(port: service.port).get("/metrics")
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let samples = try PrometheusText(answer.text).samples
        let holds = #"holdfast_http_requests_total{method="POST",route="/v1/holds",status="#
        #expect(samples[holds + #""201"}"#] == 2)
        #expect(samples[holds + #""409"}"#] == 1)
        #expect(samples[#"holdfast_http_requests_total{method="GET",route="none",status="404"}"#] == 1)
        #expect(samples[#"holdfast_http_requests_total{method="other",route="none",status="405"}"#] == 1)
        #expect(samples[#"holdfast_http_request_duration_seconds_count{method="POST",route="/v1/holds"}"#] == 3)
        #expect(samples[#"holdfast_commands_total{kind="hold",outcome="accepted"}"#] == 1)
        #expect(samples[#"holdfast_commands_total{kind="hold",outcome="duplicate"}"#] == 1)
        #expect(samples[#"holdfast_commands_total{kind="hold",outcome="refused"}"#] == 1)
        #expect(samples[#"holdfast_refusals_total{code="insufficientStock"}"#] == 1)
        #expect(samples["holdfast_holds_live"] == 1)
        #expect(samples["holdfast_journal_entries_total"] == 2)
        #expect(samples[#"holdfast_keys{state="active"}"#] == 1)
        #expect(samples["holdfast_http_connections"] == 1)
        _ = try await client.post("/v1/holds/a/main/r-1/release")
        let later = try await HTTPCaller(port: service.port).get("/metrics")
        let left = try PrometheusText(later.text).samples["holdfast_holds_live"]
        #expect(left == 0)
      }
    }

    /// A rise is seen only in what was there before.
    @Test func whatAlarmsAskForBeginsAtZero() async throws {
      try await OpenService.open { service in
        let samples = try PrometheusText(try await service.caller().get("/metrics").text).samples
        for name in [
          #"holdfast_commands_total{kind="hold",outcome="unknown"}"#,
          #"holdfast_http_requests_total{method="POST",route="/v1/holds",status="500"}"#,
          #"holdfast_stream_ends_total{reason="tooSlow"}"#, "holdfast_shard_failures_total",
        ] { #expect(samples[name] == 0, "\(name)") }
      }
    }

    @Test func whoIsNotHereNeedsAKey() async throws {
      try await OpenService.open(keys: [("s", "read"), ("s", "admin")]) { service in
        let passedOn = ["X-Forwarded-For": "203.0.113.7"]
        let nobody = try await HTTPCaller(port: service.port).get("/metrics", passedOn)
        #expect(nobody.status == 401)
        let reader = try await service.caller(0).get("/metrics", passedOn)
        #expect(reader.status == 403)
        let admin = try await service.caller(1).get("/metrics", passedOn)
        #expect(admin.status == 200)
      }
    }

    @Test func aPrometheusTakesIt() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 3)
        let text = try await client.get("/metrics").text
        _ = try PrometheusText(text)
        let words = try Promtool.run(["check", "metrics"], input: text)
        #expect(words?.isEmpty != false, "\(words ?? "")")
      }
    }
  }
}

/// The backend by itself.
@Suite struct PrometheusMetricsTests {
  @Test func namesTakeTheFormThatIsWanted() {
    let metrics = PrometheusMetrics()
    Counter(label: "pull.rows", dimensions: [("source", "a\"b\\c\nd")], factory: metrics).increment(by: 3)
    Metrics.Timer(label: "pull", factory: metrics).recordMilliseconds(3)
    Gauge(label: "2lag", factory: metrics).record(1.5)
    #expect(metrics.text.contains(#"pull_rows_total{source="a\"b\\c\nd"} 3"#))
    #expect(metrics.text.contains("# TYPE pull_seconds histogram\n"))
    #expect(metrics.text.contains("_2lag 1.5\n"))
  }

  @Test func bucketsAreCumulative() throws {
    let metrics = PrometheusMetrics()
    let timer = metrics.timer(.commitDuration)
    for time in [Duration.microseconds(400), .milliseconds(3), .milliseconds(3), .seconds(20)] { timer.record(time) }
    let samples = try PrometheusText(metrics.text).samples
    let name = "holdfast_commit_duration_seconds"
    #expect(samples[name + #"_bucket{le="0.0005"}"#] == 1)
    #expect(samples[name + #"_bucket{le="0.005"}"#] == 3)
    #expect(samples[name + #"_bucket{le="10"}"#] == 3)
    #expect(samples[name + #"_bucket{le="+Inf"}"#] == 4)
    #expect(samples[name + "_count"] == 4)
    #expect((samples[name + "_sum"] ?? 0) > 20)
  }

  @Test func aLabelWithoutEndFillsNoMemory() throws {
    let metrics = PrometheusMetrics()
    for number in 0..<1_500 { metrics.counter(.refusals, [("code", "c\(number)")]).increment() }
    let samples = try PrometheusText(metrics.text).samples
    #expect(samples.count == 1_001)
    #expect(samples[#"holdfast_refusals_total{overflow="true"}"#] == 500)
  }

  @Test func theFirstKindOfANameStands() throws {
    let metrics = PrometheusMetrics()
    metrics.gauge(.holdsLive).record(4)
    metrics.recorder(.holdsLive).record(9)
    let samples = try PrometheusText(metrics.text).samples
    #expect(samples == ["holdfast_holds_live": 4])
  }
}
