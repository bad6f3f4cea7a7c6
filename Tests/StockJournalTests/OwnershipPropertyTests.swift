import StockJournal
import Testing

/// Ownership of shards under every fault that the model has, by seed: what is acknowledged stays, once per number.
@Suite struct OwnershipPropertyTests {
  private static let seeds: Range<UInt64> = 0..<300
  private static let steps = 160

  @Test func whatIsAcknowledgedStaysOncePerNumber() {
    var seen: Set<OwnershipAudit.Sight> = []
    for seed in Self.seeds {
      var world = OwnershipWorld(seed: seed)
      do throws(Violation) {
        try world.run(steps: Self.steps)
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
      seen.formUnion(world.audit.seen)
    }
    for sight in OwnershipAudit.Sight.allCases { #expect(seen.contains(sight), "\(sight) never happened") }
  }

  @Test func aSeedIsOneRun() throws {
    func logs(_ seed: UInt64) throws -> [[JournalRecord]] {
      var world = OwnershipWorld(seed: seed)
      try world.run(steps: Self.steps)
      return try (0..<OwnershipWorld.shardCount).map { try world.redis.records(shard: $0) }
    }
    for seed in UInt64(0)..<3 { #expect(try logs(seed) == logs(seed)) }
    #expect(try logs(1) != logs(4))
  }

  @Test(arguments: [
    ("ignoresNonce", OwnershipWorld.Mistakes(ignoresNonce: true)),
    ("ignoresCopies", OwnershipWorld.Mistakes(ignoresCopies: true)),
    ("reusesNonce", OwnershipWorld.Mistakes(reusesNonce: true)),
  ])
  func aPlantedMistakeIsFound(_ name: String, _ mistakes: OwnershipWorld.Mistakes) {
    let finder = Self.seeds.first { seed in
      var world = OwnershipWorld(seed: seed, mistakes: mistakes)
      do throws(Violation) {
        try world.run(steps: Self.steps)
        return false
      } catch {
        print("\(name) is found by seed \(seed): \(error)")
        return true
      }
    }
    #expect(finder != nil, "\(name) is not found by any seed")
  }
}
