/// Which shops the strategies are measured on: one in the middle, and others that differ from it in one thing.
public struct StrategySweep: Hashable, Sendable {
  /// What the others differ from.
  public let base: StrategyPlan
  /// The base, then the others, none twice.
  public let plans: [StrategyPlan]

  /// A sweep over values of three things; the middle one of each list is the base's.
  ///
  /// - Parameters:
  ///   - traffic: How busy the shop is.
  ///   - latencies: The longest way of a call, in milliseconds.
  ///   - losses: Calls lost on one way, of a thousand.
  public init(
    traffic: [Int64] = [1, 5, 20], latencies: [Int64] = [100, 1_000, 10_000], losses: [UInt64] = [0, 10, 50]
  ) {
    var base = StrategyPlan()
    base.traffic = Self.middle(of: traffic) ?? base.traffic
    base.latencyMax = Self.middle(of: latencies) ?? base.latencyMax
    base.lossPerMille = Self.middle(of: losses) ?? base.lossPerMille
    self.base = base
    var plans = [base]
    func add(_ change: (inout StrategyPlan) -> Void) {
      var plan = base
      change(&plan)
      if !plans.contains(plan) { plans.append(plan) }
    }
    for value in traffic { add { $0.traffic = value } }
    for value in latencies { add { $0.latencyMax = value } }
    for value in losses { add { $0.lossPerMille = value } }
    self.plans = plans
  }

  private static func middle<Value>(of values: [Value]) -> Value? {
    values.isEmpty ? nil : values[(values.count - 1) / 2]
  }

  /// The plans along one axis, in the order of its values.
  public func plans<Value: Comparable>(along axis: KeyPath<StrategyPlan, Value>) -> [StrategyPlan] {
    plans.filter { $0 == base || $0[keyPath: axis] != base[keyPath: axis] }
      .sorted { $0[keyPath: axis] < $1[keyPath: axis] }
  }
}

/// What one strategy made of the same days as the others.
public struct StrategyRow: Hashable, Sendable {
  /// The strategy.
  public let kind: StrategyKind
  /// One for each seed, in the order of seeds.
  public let outcomes: [StrategyOutcome]

  /// Runs a strategy on the days of some seeds.
  ///
  /// - Throws: ``SimulationFailure`` for a deadlock or a livelock, and what the engine throws.
  public init(_ kind: StrategyKind, plan: StrategyPlan, seeds: Range<UInt64>) throws {
    self.kind = kind
    outcomes = try seeds.map { try StrategyRun.run(kind, plan: plan, seed: $0) }
  }

  /// A measure over the seeds.
  public func spread(of measure: (StrategyOutcome) -> Double) -> Spread { Spread(of: outcomes.map(measure)) }

  /// Seconds to converge, over the seeds that did; nil where fewer than half of them did.
  public var convergence: Spread? {
    let seconds = outcomes.compactMap(\.convergedAfter).map { Double($0) / 1_000 }
    return seconds.count * 2 >= outcomes.count && !seconds.isEmpty ? Spread(of: seconds) : nil
  }
}

/// A measure's median and its ends.
public struct Spread: Hashable, Sendable {
  /// The middle value; of an even number of values, the mean of the two in the middle. 0 of none.
  public let median: Double
  /// The least value.
  public let low: Double
  /// The largest value.
  public let high: Double

  /// The spread of values in any order.
  public init(of values: [Double]) {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    low = sorted.first ?? 0
    high = sorted.last ?? 0
    if sorted.isEmpty {
      median = 0
    } else {
      median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
  }
}
