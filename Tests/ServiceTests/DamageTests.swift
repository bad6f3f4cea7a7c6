import Foundation
import Testing

extension ServiceTests {
  /// A disk that rots under a service that runs: what lies there is not told, and everything else goes on.
  @Suite struct DamageTests {
    /// Bytes at the end of a SKU, so that little of the journal fits into what SQLite keeps of it in memory (2 MB).
    private static let ballast = String(repeating: "x", count: 110)
    private static let rotten = "rotten-" + ballast

    @Test func thePastThatIsDamagedIsNotTold() async throws {
      let place = try ScratchPlace()
      let (process, port) = try await ServeProcess.serve(place)
      let client = HTTPCaller(port: port)
      let first = try await Self.fill(client)
      let path = "/v1/stock/\(Self.rotten)/main"
      let past = [path + "?at=\(first)", path + "/entries"]
      for question in past { #expect(try await client.get(question).status == 200, "\(question)") }
      try Self.rot(in: place)
      for question in past {
        let answer = try await client.get(question)
        #expect(answer.status == 500, "\(question)")
        #expect(answer.code == "journalDamaged")
        #expect((answer.json["detail"] as? String)?.contains("docs/operations.md") == true)
        // Where it lies is for the log.
        let id = try #require(answer.json["requestId"] as? String)
        let log = try process.text(of: process.errors).split(separator: "\n").filter { $0.contains(id) }
        #expect(log.contains { $0.contains("the journal is damaged") && $0.contains("stored bytes are damaged") })
        #expect(!answer.text.contains("stored bytes"))
      }
      // What is so now is in memory, and what comes is written elsewhere.
      #expect(try await client.get(path).number("availableToSell") == 5)
      #expect(try await client.hold(Self.rotten, 2, as: "r").status == 201)
      #expect(try await client.get(path).number("availableToSell") == 3)
      #expect(try await client.get("/v1/stock/sku-1-\(Self.ballast)/main?at=2999-01-01T00:00:00Z").code == "notYet")
      process.signal(SIGTERM)
      #expect(await process.end() == 0)
      let verdict = try await Holdfast.run("verify", "--data", place.data, in: place)
      #expect(verdict.code != 0)
      #expect(verdict.errors.contains("damaged"))
    }

    /// Counts the SKU that is to rot among many others, then the others again and again: the store has its first pages
    /// in no memory of its own any more.
    ///
    /// - Returns: The entry of that SKU's count.
    private static func fill(_ client: HTTPCaller) async throws -> String {
      var entry: String?
      for day in 1...3 {
        var lines = (0..<5_000).map { line("sku-\($0)-\(ballast)", day: day) }
        if day == 1 { lines[2_500] = line(rotten, day: day) }
        let answer = try await client.post("/v1/commands", "[\(lines.joined(separator: ","))]")
        let answers = try #require(answer.json["answers"] as? [[String: Any]])
        #expect(answers.allSatisfy { $0["status"] as? Int == 200 })
        if day == 1 { entry = answers[2_500]["entry"] as? String }
      }
      return try #require(entry)
    }

    private static func line(_ sku: String, day: Int) -> String {
      #"{"do":"count","source":"erp","sku":"\#(sku)","location":"main","units":5,"asOf":"2026-01-0\#(day)T00:00:00Z"}"#
    }

    /// Changes a letter of the SKU wherever it stands in the store's files, as they are while the service runs.
    private static func rot(in place: ScratchPlace) throws {
      var places = 0
      for name in ["journal.sqlite", "journal.sqlite-wal"] {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: place.data + "/" + name))
        defer { try? file.close() }
        let bytes = try file.readToEnd() ?? Data()
        var rest = bytes.startIndex..<bytes.endIndex
        while let found = bytes.range(of: Data("rotten-".utf8), in: rest) {
          try file.seek(toOffset: UInt64(found.lowerBound))
          try file.write(contentsOf: Data("R".utf8))
          rest = found.upperBound..<bytes.endIndex
          places += 1
        }
      }
      #expect(places > 0)
    }
  }
}
