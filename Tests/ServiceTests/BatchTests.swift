import Foundation
import Testing

extension ServiceTests {
  /// Many commands at once.
  @Suite struct BatchTests {
    private static let lines = [
      #"{"do":"count","source":"erp","sku":"a","location":"main","units":3,"asOf":"2026-01-01T00:00:00Z"}"#,
      #"{"do":"hold","sku":"a","location":"main","reservation":"r-1","units":2}"#,
      #"{"do":"hold","sku":"a","location":"main","reservation":"r-2","units":2}"#,
      #"{"do":"hold","sku":"a","location":"main","reservation":"r-3","units":"7"}"#,
      #"{"do":"confirm","sku":"a","location":"main","reservation":"r-1","claim":"o"}"#,
      #"{"do":"count","source":"wms","sku":"a","location":"main","units":3,"asOf":"2026-01-01T00:00:00Z"}"#,
    ]

    @Test func anAnswerPerLine() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let batch = try await client.post("/v1/commands", "[\(Self.lines.joined(separator: ","))]")
        #expect(batch.status == 200)
        let answers = try #require(batch.json["answers"] as? [[String: Any]])
        #expect(answers.map { $0["line"] as? Int } == [1, 2, 3, 4, 5, 6])
        #expect(answers.map { $0["status"] as? Int } == [200, 201, 409, 422, 200, 403])
        #expect(answers[2]["available"] as? Int == 1)
        #expect(answers[3]["field"] as? String == "units")
        let again = try await client.post("/v1/commands", "[\(Self.lines[1])]")
        #expect((again.json["answers"] as? [[String: Any]])?[0]["duplicate"] as? Bool == true)
      }
    }

    @Test func linesByThemselves() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let body = Self.lines[0] + "\n{\"do\":\n\r\n" + Self.lines[1] + "\r\n"
        let batch = try await client.post("/v1/commands", body)
        #expect(batch.fields["content-type"] == "application/jsonl")
        let answers = batch.text.split(separator: "\n").map { HTTPCaller.Answer(body: Array($0.utf8)).json }
        #expect(answers.map { $0["status"] as? Int } == [200, 400, 201])
      }
    }

    @Test func tenThousandAndNoMore() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 20_000)
        let holds = (0...10_000).map {
          #"{"do":"hold","sku":"a","location":"main","reservation":"r-\#($0)","units":1}"#
        }
        let most = try await client.post("/v1/commands", holds.dropLast().joined(separator: "\n"))
        #expect(most.text.split(separator: "\n").count == 10_000)
        #expect(try await client.get("/v1/stock/a/main").number("reserved") == 10_000)
        for body in [holds.joined(separator: "\n"), "[\(holds.joined(separator: ","))]"] {
          let more = try await client.post("/v1/commands", body)
          #expect(more.status == 413)
          #expect(more.code == "tooManyLines")
        }
        #expect(try await client.post("/v1/commands", "[]").status == 200)
      }
    }
  }
}
