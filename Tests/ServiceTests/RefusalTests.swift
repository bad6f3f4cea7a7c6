import HTTPTypes
import StockLedger
import Testing

@testable import InventoryService

extension ServiceTests {
  /// Every refusal of the engine as an answer: its status, and what a program can read from it.
  @Suite struct RefusalTests {
    private static let id = Identifier("x") ?? .none

    /// One of every case: status, then the members beside those that every problem has.
    private static let all: [(refusal: Refusal, status: Int, members: [String])] = [
      (.outOfRange(.lifetime), 422, ["field"]), (.timeInFuture, 422, []), (.requestTooOld, 422, []),
      (.notOwner(id), 409, ["source"]), (.idReused, 422, []), (.stale, 409, []),
      (.includesWentBack(id), 409, ["source"]), (.unknownReservation, 404, []), (.belongsToCart(id), 409, ["cart"]),
      (.reservationExpired, 410, []), (.reservationReleased, 410, []), (.alreadyConfirmed(as: id), 409, ["claim"]),
      (.exceedsReservation(live: 1), 409, ["live"]), (.exceedsClaim(total: 1), 409, ["total"]),
      (.locationUnknown, 422, []), (.claimKindDiffers, 409, []), (.tooManyReports, 409, []), (.unknownCart, 404, []),
      (.cartAbandoned, 410, []), (.cartDecided, 409, []), (.changedMeanwhile(now: 1), 409, ["now"]),
      (.callIsOut, 409, []), (.shopSpansNodes, 409, []),
      (.tooManyIds(retryAfter: 1), 429, []), (.customerRequired, 422, []),
      (.customerLimit(available: 1), 409, ["available"]),
      (.insufficientStock(available: 1), 409, ["available"]), (.elsewhere(shard: 7), 503, ["shard", "owner"]),
      (.overloaded(retryAfter: 50), 429, []), (.storeUnavailable(retryAfter: 1_500), 503, []), (.stopping, 503, []),
    ]

    /// A person who reads the answer knows what to change.
    @Test func whatToDoIsSaid() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        let entry = try #require(try await client.count("a", 5).json["entry"] as? String)
        let word = try await client.post("/v1/commands", #"{"do":"jump"}"#)
        #expect(word.json["whatToDo"] as? String == "use one of hold, confirm, release, extend, count")
        let field = try await client.post("/v1/holds/a/main/r/confirm", #"{"claims":"c"}"#)
        #expect(field.json["whatToDo"] as? String == "leave it out; known are claim, line, cumulative, whenExpired")
        #expect(try await client.count("a", 6).json["detail"] as? String != nil)
        _ = try await client.hold("a", as: "r")
        let late = try await client.post("/v1/holds/a/main/r/extend", #"{"expiresAt":"2999-01-01T00:00:00Z"}"#)
        #expect(late.code == "outOfRange")
        #expect(late.json["field"] as? String == "expiresAt")
        #expect((late.json["detail"] as? String)?.contains("14400000 ms after the hold") == true)
        let moment = try await client.get("/v1/stock/a/main?at=yesterday")
        #expect((moment.json["detail"] as? String)?.hasPrefix("an entry as 17-1234, or a time") == true)
        #expect(try await client.get("/v1/stock/a/main?at=\(entry)").status == 200)
        let nobody = try await HTTPCaller(port: service.port).get("/v1/stock/a")
        #expect((nobody.json["detail"] as? String)?.contains("Authorization: Bearer") == true)
        let nothing = try await client.post("/v1/commands", "\n")
        #expect(nothing.status == 200 && nothing.body.isEmpty)
      }
    }

    @Test func everyRefusalHasItsStatus() {
      for (refusal, status, members) in Self.all {
        let problem = Problem(refusal, owner: "node-2:8080")
        #expect(problem.status.code == status, "\(refusal)")
        #expect(problem.code == refusal.code)
        #expect(problem.members.map(\.name) == members, "\(refusal)")
        let reply = problem.reply(requestID: "r")
        let body = HTTPCaller.Answer(body: reply.body).json
        #expect(body["type"] as? String == "/problems/\(refusal.code)")
        #expect(body["status"] as? Int == status)
        #expect((body["title"] as? String)?.isEmpty == false)
        #expect(reply.fields[.contentType] == "application/problem+json")
        // Who may come back is told when, and nobody else is.
        #expect((reply.fields[.retryAfter] != nil) == [429, 503].contains(status), "\(refusal)")
      }
    }

    @Test func theListIsWhole() {
      // Every case has a code of its own, and the engine's list has 31 of them.
      #expect(Set(Self.all.map(\.refusal.code)).count == 31)
    }

    @Test func secondsAreNeverEarlierThanMeant() {
      #expect(Problem(.overloaded(retryAfter: 50)).reply(requestID: "r").fields[.retryAfter] == "1")
      #expect(Problem(.storeUnavailable(retryAfter: 1_001)).reply(requestID: "r").fields[.retryAfter] == "2")
      #expect(Problem.unknown.reply(requestID: "r").fields[.retryAfter] == "1")
    }
  }
}
