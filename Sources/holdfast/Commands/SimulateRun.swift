import ArgumentParser
import Foundation
import SimulationKit
import Synchronization

/// Runs seeds of a scenario, or one failing run again, step by step.
struct SimulateRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run seeds of a scenario: a seed decides traffic, faults and interleaving, and fails again as it failed.",
    discussion: """
      The unmodified engine runs on one thread, one virtual clock and one chance per seed. Every answer is audited by
      code that shares nothing with the engine's rules. A failing seed is made smaller and written to Regressions, from
      where --replay tells it step by step. holdfast simulate scenarios lists what there is.
      Exit code 3: something happened that must not.
      """)

  @Option(help: "A scenario's name, or a file.")
  var scenario = "storefront"

  @Option(help: "The first seed.")
  var seed: UInt64 = 1

  @Option(help: "How many seeds are run.")
  var seeds: UInt64 = 200

  @Option(help: "Seeds that run at the same time; 0 = one for each core.")
  var jobs = 0

  @Option(help: "Which troubles: asPlanned (the scenario's), none or all.", transform: Self.faults)
  var faults = SimulatedFaults.asPlanned

  @Option(name: .customLong("until"), help: "Run no new seed after so long, as 90s, 10m or 2h.", transform: Self.span)
  var limit: TimeSpan?

  @Option(help: "Directory for failing runs, made as small as they go on failing.")
  var regressions = "Regressions"

  @Flag(inversion: .prefixedNo, help: "Make the first failing run smaller and write it down.")
  var shrink = true

  @Option(help: "Tell this failing run step by step instead: a file of Regressions, or a scenario with --seed.")
  var replay: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if seeds < 1 || seeds > UInt64(Int.max) { throw ValidationError("--seeds is 1 or more") }
    if seed.addingReportingOverflow(seeds).overflow { throw ValidationError("--seed and --seeds pass 2^64") }
    if jobs < 0 || jobs > 256 { throw ValidationError("--jobs is 0 to 256") }
  }

  func run() async throws {
    try await perform(json: output.json) { flag in
      if let replay { return try tell(replay) }
      let scenario = try ScenarioShelf.find(scenario)
      let cores = jobs > 0 ? jobs : max(1, ProcessInfo.processInfo.activeProcessorCount)
      let last = seeds == 1 ? "seed \(seed)" : "seeds \(seed) to \(seed + seeds - 1)"
      if !output.json { Console.put("\(scenario.name): \(last), \(cores) at a time, faults \(faults)") }
      let began = ContinuousClock.now
      let sum = await runSeeds(of: scenario, cores, since: began) { flag.isRaised }
      let took = ContinuousClock.now - began
      let found = try sum.failed.first.flatMap { try smaller($0, of: scenario) }
      let verdict = SimulationVerdict(scenario: scenario, first: seed, sum: sum, took: took, regression: found)
      Console.put(output.json ? verdict.json.text : verdict.text)
      return sum.violations > 0 ? .broken : .done
    }
  }

  private func runSeeds(
    of scenario: Scenario, _ cores: Int, since began: ContinuousClock.Instant, isStopped: @escaping @Sendable () -> Bool
  ) async -> SeedBatch.Sum {
    let progress = Progress("seeds", total: Int(seeds), isQuiet: output.json || seeds == 1)
    defer { progress.end() }
    let batch = SeedBatch(scenario, faults: faults, seeds: seed..<(seed + seeds))
    let end = limit.map { began + $0.duration }
    let told = Atomic<Int>(0)
    return await batch.run(
      jobs: cores,
      while: { !isStopped() && end.map { ContinuousClock.now < $0 } ?? true },
      ran: { run in
        progress.add(1)
        guard let violation = run.violations.first, !output.json else { return }
        // One that fails everywhere would fill the screen.
        if told.wrappingAdd(1, ordering: .relaxed).oldValue < SeedBatch.failedKept {
          Console.say("seed \(run.seed): \(violation)")
        }
      })
  }

  /// Makes a failing run smaller, and writes it down; answers where.
  private func smaller(_ run: SimulatedRun, of scenario: Scenario) throws -> String? {
    guard shrink else { return nil }
    if !output.json { Console.say("making seed \(run.seed) smaller") }
    let found = Shrinker.shrink(scenario, run, faults: faults)
    let directory = URL(fileURLWithPath: regressions, isDirectory: true)
    let file = directory.appendingPathComponent("\(scenario.name)-\(found.seed).json")
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try ScenarioFile(found, faults: faults).bytes.write(to: file, options: .atomic)
    } catch { throw Complaint("\(file.path) cannot be written: \(error)", do: "name another --regressions") }
    return file.relativePath
  }

  /// Runs one seed again and tells all of it.
  private func tell(_ name: String) throws -> Outcome {
    let isFile = FileManager.default.fileExists(atPath: name)
    let file = isFile ? try ScenarioShelf.read(name) : nil
    let scenario = try file?.scenario(from: name) ?? ScenarioShelf.find(name)
    guard let faults = file?.faults.map({ SimulatedFaults(rawValue: $0) }) ?? faults else {
      throw Complaint("\(name) knows faults that there are not", do: "write asPlanned, none or all")
    }
    let run = scenario.run(seed: file?.seed ?? seed, faults: faults, eventsKept: .max)
    if output.json {
      Console.put(run.json.text)
    } else {
      Console.put("\(scenario.name), seed \(run.seed): \(run.trace)")
      for event in run.trace.lastEvents { Console.put(event.description) }
      for violation in run.violations { Console.put("VIOLATION \(violation)") }
      if run.violations.isEmpty { Console.put("nothing happened that must not") }
    }
    return run.violations.isEmpty ? .done : .broken
  }

  @Sendable private static func faults(_ text: String) throws -> SimulatedFaults {
    guard let faults = SimulatedFaults(rawValue: text) else {
      throw ValidationError("--faults is \(SimulatedFaults.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return faults
  }

  @Sendable private static func span(_ text: String) throws -> TimeSpan {
    guard let span = TimeSpan(text) else { throw ValidationError("--until is a time as 90s, 10m or 2h") }
    return span
  }
}
