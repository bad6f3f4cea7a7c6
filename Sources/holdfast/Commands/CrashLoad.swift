import ArgumentParser
import InventoryEngine
import StockLedger

/// A small load that is the same in every run, each answer a line at once: what the crash tests kill in the middle.
struct CrashLoad: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crash-load", abstract: "A fixed load for the crash tests.", shouldDisplay: false)

  /// What is to be done with the directory.
  enum Mode: String, ExpressibleByArgument {
    /// The load, step by step.
    case steps
    /// Holds until the disk is full, then what must go on.
    case full
    /// Nothing but recovery: unfinished carts are finished.
    case recover
  }

  @OptionGroup var named: PlaceOptions
  @Option var mode = Mode.steps
  @Option var steps = 60

  func run() async throws {
    try await perform(json: false) { _ in
      let mode = self.mode
      let steps = self.steps
      let journal = try await named.place().open()
      let clock = SteppedClock(at: max(FixedLoad.start, try await journal.lastTime()))
      try await withEngine(on: journal, clock: clock) { engine in
        let load = try FixedLoad(engine: engine, clock: clock)
        switch mode {
        case .steps: await load.run(steps: steps)
        case .full: await load.fill()
        case .recover: try await load.recover()
        }
      }
      return .done
    }
  }
}
