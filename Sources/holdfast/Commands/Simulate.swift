import ArgumentParser

/// The simulator: the same engine, on a clock and a chance that a seed decides.
struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the engine on a virtual clock by seed, with every fault, and check all that it answers.",
    subcommands: [SimulateRun.self, SimulateScenarios.self, SimulateStrategies.self],
    defaultSubcommand: SimulateRun.self)
}
