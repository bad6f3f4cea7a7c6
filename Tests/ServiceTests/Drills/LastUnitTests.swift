import Testing

extension ServiceDrillTests {
  /// Everybody wants the last unit.
  @Suite struct LastUnitTests {
    /// What two hundred clients were answered.
    private static func all(_ call: @escaping @Sendable (Int) async throws -> HTTPCaller.Answer) async throws
      -> [HTTPCaller.Answer]
    {
      try await withThrowingTaskGroup(of: HTTPCaller.Answer.self) { group in
        for number in 0..<200 { group.addTask { try await call(number) } }
        var answers: [HTTPCaller.Answer] = []
        for try await answer in group { answers.append(answer) }
        return answers
      }
    }

    @Test func oneWinsInEveryOfAHundredRounds() async throws {
      let shop = try await ServiceDrillTests.open()
      let client = shop.client
      var sold = 0
      for round in 0..<100 {
        let sku = "last-\(round)"
        try await client.count(sku, 1)
        let holds = try await Self.all { try await client.hold(sku, as: "h-\($0)") }
        let granted = holds.filter { $0.status == 201 }
        #expect(granted.count == 1, "round \(round)")
        #expect(holds.filter { $0.code == "insufficientStock" }.count == 199, "round \(round)")
        let name = try #require(granted.first?.json["reservation"] as? String)
        // Half would buy what was held, half would give it back.
        let path = "/v1/holds/\(sku)/main/\(name)"
        let ends = try await Self.all { number in
          number.isMultiple(of: 2)
            ? try await client.post(path + "/confirm", #"{"claim":"order-\#(number)"}"#)
            : try await client.post(path + "/release")
        }
        let won = ends.filter { $0.status == 200 && $0.json["duplicate"] as? Bool == false && $0.number("units") == 1 }
        #expect(won.count == 1, "round \(round): \(Set(ends.map { "\($0.status) \($0.text)" }))")
        let left = try await client.get("/v1/stock/\(sku)/main")
        let isSold = left.number("open") == 1
        #expect(left.number("reserved") == 0)
        #expect(left.number("availableToSell") == (isSold ? 0 : 1), "round \(round)")
        if isSold { sold += 1 }
        // Whoever lost asks again, and is told the same.
        let again = try await client.hold(sku, as: "h-late")
        #expect(again.status == (isSold ? 409 : 201))
      }
      #expect(sold > 0 && sold < 100, "\(sold) of 100 rounds were sold: the race has one side")
      await shop.end()
    }
  }
}
