/// Makes a failing run smaller while it goes on failing: fewer shoppers, keys, visits, troubles, by the same seed or
/// one near it.
public struct Shrinker {
  /// A failing run, as small as it was found.
  public struct Found: Hashable, Sendable {
    /// What was set, beside the base.
    public var scenario: Scenario
    /// The seed that fails.
    public var seed: UInt64
    /// What it says.
    public var violations: [String]
    /// Runs that it took to find it.
    public var runs: Int
  }

  private typealias Run = (Scenario, UInt64, SimulatedFaults) -> SimulatedRun

  private let faults: SimulatedFaults
  /// Seeds that are tried of each smaller scenario: another number of draws is another run.
  private let seedsEach: UInt64
  private let runsMax: Int
  private var found: Found

  /// Shrinks a run that fails.
  ///
  /// - Parameters:
  ///   - run: The failing run of the scenario.
  ///   - seedsEach: Seeds tried of each smaller scenario, from the failing one on.
  ///   - runsMax: Runs after which it is small enough.
  ///   - running: How a seed of a scenario is run.
  public static func shrink(
    _ scenario: Scenario, _ run: SimulatedRun, faults: SimulatedFaults, seedsEach: UInt64 = 16, runsMax: Int = 2_000,
    running: (Scenario, UInt64, SimulatedFaults) -> SimulatedRun = { $0.run(seed: $1, faults: $2) }
  ) -> Found {
    let first = Found(scenario: scenario, seed: run.seed, violations: run.violations, runs: 0)
    var shrinker = Shrinker(faults: faults, seedsEach: seedsEach, runsMax: runsMax, found: first)
    return shrinker.shrunk(running)
  }

  private mutating func shrunk(_ run: Run) -> Found {
    var isSmaller = true
    while isSmaller && found.runs < runsMax {
      isSmaller = false
      for field in Scenario.fields(of: found.scenario.world)
      where lower(field.name, to: field.range.lowerBound, run) {
        isSmaller = true
      }
    }
    return found
  }

  /// Lowers one field as far as the run goes on failing: to its least, else by halves.
  private mutating func lower(_ name: String, to least: Int64, _ run: Run) -> Bool {
    let now = value(of: name)
    guard now > least else { return false }
    var step = now - least
    while step > 0 && found.runs < runsMax {
      if fails(with: name, at: now - step, run) { return true }
      step /= 2
    }
    return false
  }

  private mutating func fails(with name: String, at value: Int64, _ run: Run) -> Bool {
    var smaller = found.scenario
    smaller.settings[name] = value
    let first = found.seed
    for number in 0..<seedsEach where found.runs < runsMax {
      found.runs += 1
      let tried = run(smaller, first &+ number, faults)
      if tried.violations.isEmpty { continue }
      found.scenario = smaller
      found.seed = tried.seed
      found.violations = tried.violations
      return true
    }
    return false
  }

  private func value(of name: String) -> Int64 { found.scenario.value(of: name, seed: found.seed, faults: faults) }
}
