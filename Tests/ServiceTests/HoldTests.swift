import Foundation
import Testing

extension ServiceTests {
  /// One reservation, from its hold to its end.
  @Suite struct HoldTests {
    @Test func aHoldIsConfirmed() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        #expect(try await client.count("a", 5).status == 200)
        let held = try await client.hold("a", 2, as: "r-1")
        #expect(held.status == 201)
        #expect(held.fields["location"] == "/v1/holds/a/main/r-1")
        #expect(held.number("units") == 2)
        #expect(held.number("availableToSell") == 3)
        let seen = try await client.get("/v1/holds/a/main/r-1")
        #expect(seen.status == 200)
        #expect(seen.number("live") == 2)
        let confirmed = try await client.post("/v1/holds/a/main/r-1/confirm", #"{"claim":"order-7/1"}"#)
        #expect(confirmed.status == 200)
        #expect(confirmed.number("availableToSell") == 3)
        let after = try await client.get("/v1/holds/a/main/r-1")
        #expect(after.number("live") == 0)
        #expect(after.number("confirmed") == 2)
        #expect(after.json["claim"] as? String == "order-7/1")
      }
    }

    @Test func aHoldIsExtendedAndReleased() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        _ = try await client.hold("a", 2, as: "r-1")
        let later = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 3_000))
        let extended = try await client.post("/v1/holds/a/main/r-1/extend", #"{"expiresAt":"\#(later)"}"#)
        #expect(extended.status == 200)
        #expect((extended.json["expiresAt"] as? String)?.prefix(19) == later.prefix(19))
        let part = try await client.post("/v1/holds/a/main/r-1/release", #"{"units":1}"#)
        #expect(part.number("availableToSell") == 4)
        #expect(try await client.post("/v1/holds/a/main/r-1/release").number("availableToSell") == 5)
        let late = try await client.post("/v1/holds/a/main/r-1/confirm", #"{"claim":"o"}"#)
        #expect(late.status == 410)
        #expect(late.code == "reservationReleased")
      }
    }

    @Test func aShortHoldSaysWhatThereIs() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 1)
        let short = try await client.hold("a", 2, as: "r-1")
        #expect(short.status == 409)
        #expect(short.fields["content-type"] == "application/problem+json")
        #expect(short.json["type"] as? String == "/problems/insufficientStock")
        #expect(short.number("available") == 1)
        #expect(short.json["requestId"] as? String == short.fields["x-request-id"])
      }
    }

    @Test func theSameIdAgainGetsTheSameAnswer() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        let first = try await client.hold("a", 2, as: "r-1")
        let again = try await client.hold("a", 2, as: "r-1")
        #expect(again.status == first.status)
        #expect(again.fields["idempotency-replayed"] == "true")
        #expect(first.fields["idempotency-replayed"] == nil)
        #expect(again.json["expiresAt"] as? String == first.json["expiresAt"] as? String)
        #expect(again.number("availableToSell") == 3)
        let other = try await client.hold("a", 3, as: "r-1")
        #expect(other.status == 422)
        #expect(other.code == "idReused")
      }
    }

    @Test func aHoldWithoutANameGetsOne() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a", 5)
        let held = try await client.post("/v1/holds", #"{"sku":"a","location":"main","units":1}"#)
        let place = try #require(held.fields["location"])
        #expect(try await client.get(place).number("live") == 1)
        let two = try await client.post(
          "/v1/holds", #"{"sku":"a","location":"main","units":1,"reservation":"x"}"#, ["Idempotency-Key": "y"])
        #expect(two.status == 400)
        #expect(two.code == "malformedHeader")
      }
    }

    @Test func namesWithSlashesSpacesAndUmlauts() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        try await client.count("a/b c", 5, location: "Köln 1")
        let held = try await client.hold("a/b c", as: "r/1", location: "Köln 1")
        #expect(held.fields["location"] == "/v1/holds/a%2Fb%20c/K%C3%B6ln%201/r%2F1")
        #expect(try await client.get(held.fields["location"] ?? "").number("live") == 1)
        #expect(try await client.get("/v1/stock/a%2Fb%20c/K%C3%B6ln%201").number("reserved") == 1)
        #expect(try await client.get("/v1/stock/a%2/x").code == "malformedPath")
        #expect(try await client.get("/v1/stock/%FF/x").code == "malformedPath")
      }
    }

    @Test func whatIsNotKnownIsNotThere() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        #expect(try await client.get("/v1/holds/a/main/r-1").code == "unknownReservation")
        #expect(try await client.get("/v1/stock/a/main").code == "unknownKey")
        #expect(try await client.get("/v1/stock/a").status == 404)
        #expect(try await client.hold("a", as: "r").code == "insufficientStock")
        #expect(try await client.get("/v1/stock/a/main").code == "unknownKey")
        let confirm = try await client.post("/v1/holds/a/main/r-1/confirm", #"{"claim":"o"}"#)
        #expect(confirm.status == 404)
      }
    }

    @Test func twoHundredAtOnceForTheLastUnit() async throws {
      try await OpenService.open { service in
        let client = service.caller()
        for round in 0..<5 {
          try await client.count("last-\(round)", 1)
          let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for buyer in 0..<200 {
              group.addTask { try await client.hold("last-\(round)", as: "b-\(round)-\(buyer)").status }
            }
            return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
          }
          #expect(statuses == [201: 1, 409: 199])
        }
      }
    }
  }
}
