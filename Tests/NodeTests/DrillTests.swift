import Foundation
import Testing

extension NodeTests {
  /// `HOLDFAST_DRILL_ROUNDS` rounds, 10 where it does not say, from `HOLDFAST_DRILL_SEED` on.
  @Suite("Random kills under load") struct DrillTests {
    private static func environment(_ name: String) -> UInt64? {
      ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test("nothing acknowledged is lost, nothing is oversold, and no entry is acknowledged twice")
    func drill() async throws {
      let first = Self.environment("HOLDFAST_DRILL_SEED") ?? UInt64.random(in: 0..<1 << 32)
      for round in 0..<(Self.environment("HOLDFAST_DRILL_ROUNDS") ?? 10) {
        let plan = DrillPlan(seed: first + round)
        print(
          "drill round \(round + 1), seed \(first + round): \(plan.nodes) nodes, "
            + (plan.hasReplica ? "a replica" + (plan.refusesAlone ? " that must be there" : "") : "no replica"))
        do {
          let drill = try await Drill.start(plan)
          print("  " + (try await drill.run()))
        } catch {
          Issue.record("seed \(first + round): \(error)")
          print("  failed: \(error)")
        }
      }
    }
  }
}
