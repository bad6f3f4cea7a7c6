import Foundation
import Testing

/// `holdfast simulate strategies`, as a person uses it.
@Suite struct SimulateStrategiesTests {
  private static let small = ["--traffic", "1", "--latency", "100", "--loss", "0", "--seeds", "1"]

  @Test("one shop, six ways on the same day")
  func json() async throws {
    let place = try Place()
    let one = try await Program.start(Program.path, ["simulate", "strategies", "--json"] + Self.small, in: place).end()
    #expect(one.code == 0)
    let shop = try #require(jsonObject(one.out))
    #expect(shop["traffic"] as? Int == 1 && shop["latencyMax"] as? Int == 100)
    let ways = try #require(shop["strategies"] as? [[String: Any]])
    #expect(
      ways.compactMap { $0["strategy"] as? String }
        == ["push", "refresh", "reservation", "aggregation", "holdfast", "holds"])
    let oversold = ways.compactMap { ($0["oversold"] as? [String: Double])?["median"] }
    #expect(oversold.count == 6 && oversold[0] > 0 && oversold[5] == 0)
  }

  @Test("what cannot be measured is said before anything is", arguments: ["--traffic", "--latency", "--loss"])
  func badLists(_ option: String) async throws {
    for list in ["1,,2", "x", "-1", "100000"] {
      let answer = try await Program.run("simulate", "strategies", "\(option)=\(list)", in: Place())
      #expect(answer.code == 64 && answer.errors.contains(option), "\(option) \(list)")
    }
  }
}
