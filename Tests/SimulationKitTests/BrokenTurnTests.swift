import SimulationKit
import StockLedger
import Testing

@Suite("A turn broken in two, around the real rules")
struct BrokenTurnTests {
  /// The lowest net that any of the seeds leaves: two units, four shoppers of one each.
  static func lowestNet(of seeds: Range<UInt64>, awaits: Bool) throws -> Int64 {
    var lowest = Int64.max
    for seed in seeds {
      let executor = SeededExecutor(seed: seed)
      let now = executor.clock.now
      let net = try executor.run {
        let keeper = LevelKeeper(awaitsBetweenDecideAndApply: awaits)
        _ = await keeper.put(try AuditScript.counted(2, asOf: now), at: now)
        try await withThrowingTaskGroup { group in
          for shopper in 0..<4 {
            group.addTask {
              let hold = HoldRequest(id: try AuditScript.id("s\(shopper)"), quantity: .one)
              _ = await keeper.put(.hold(hold), at: now)
            }
          }
          try await group.waitForAll()
        }
        return await keeper.net
      }
      lowest = min(lowest, net)
    }
    return lowest
  }

  @Test("whole turns never oversell, in 200 seeds")
  func whole() throws {
    #expect(try Self.lowestNet(of: 0..<200, awaits: false) == 0)
  }

  @Test("an await between decide and apply oversells or breaks an invariant within 20 seeds")
  func broken() async {
    await #expect(processExitsWith: .failure) {
      let lowest = try BrokenTurnTests.lowestNet(of: 0..<20, awaits: true)
      invariant(lowest >= 0, "net is never below 0 by a grant: \(lowest)")
    }
  }
}
