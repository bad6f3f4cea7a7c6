import InventoryEngine
import SimulationKit
import StockLedger
import Synchronization

/// Runs many seeds of a scenario, some at a time, and sums up what they showed.
final class SeedBatch: Sendable {
  /// What the seeds showed.
  struct Sum: Sendable {
    var runs = 0
    /// The first that failed, by the number of the seed.
    var failed: [SimulatedRun] = []
    var violations = 0
    var seen: [String: Int] = [:]
    var picks: UInt64 = 0
    /// Folds every seed's trace, whatever their order: equal for equal seeds, in any process.
    var traces: UInt64 = 0

    mutating func add(_ run: SimulatedRun) {
      runs += 1
      picks &+= run.trace.picks
      traces &+= SplitMix64.mixed(run.trace.hash ^ SplitMix64.mixed(run.seed))
      for (what, times) in run.seen { seen[what, default: 0] += times }
      if run.violations.isEmpty { return }
      violations += 1
      failed.append(run)
      failed.sort { $0.seed < $1.seed }
      if failed.count > SeedBatch.failedKept { failed.removeLast() }
    }
  }

  /// Failures that are kept to be told: the rest is counted.
  static let failedKept = 20

  private let scenario: Scenario
  private let faults: SimulatedFaults
  private let seeds: Range<UInt64>
  private let next: Atomic<UInt64>
  private let sum = Mutex(Sum())

  /// A batch of seeds.
  init(_ scenario: Scenario, faults: SimulatedFaults, seeds: Range<UInt64>) {
    self.scenario = scenario
    self.faults = faults
    self.seeds = seeds
    next = Atomic(seeds.lowerBound)
  }

  /// Runs until all seeds are run, or nobody wants more.
  ///
  /// - Parameters:
  ///   - jobs: Seeds that run at the same time.
  ///   - wantsMore: Asked before each seed.
  ///   - ran: Told of each.
  func run(
    jobs: Int, while wantsMore: @escaping @Sendable () -> Bool, ran: @escaping @Sendable (SimulatedRun) -> Void
  ) async -> Sum {
    await withDiscardingTaskGroup { group in
      for _ in 0..<jobs { group.addTask { await self.work(while: wantsMore, ran: ran) } }
    }
    return sum.withLock { $0 }
  }

  private func work(while wantsMore: () -> Bool, ran: (SimulatedRun) -> Void) async {
    while wantsMore() {
      let seed = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard seeds.contains(seed) else { return }
      let run = scenario.run(seed: seed, faults: faults)
      sum.withLock { $0.add(run) }
      ran(run)
      // A run holds its thread from its beginning to its end.
      await Task.yield()
    }
  }
}
