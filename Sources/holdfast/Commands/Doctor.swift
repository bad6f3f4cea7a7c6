import ArgumentParser
import InventoryEngine

/// What is wrong with a configuration on this machine, before a service meets it.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is wrong with a service's configuration, disk, clock, Redis, ports and certificate.",
    discussion: """
      Takes the settings of serve. Each finding says what it costs and what to do. Changes nothing; a journal that no
      process uses is opened and closed again, as a start would open it.
      Exit codes: 0 all good; 1 something must be put right; 2 something should be; 64 the configuration is wrong.
      """)

  @OptionGroup var options: ServeOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await perform(json: output.json) { _ in
      let findings = await Checkup(options: options, now: SystemClock().now).findings()
      Console.put(
        output.json ? JSONValue.array(findings.map(\.json)).text : findings.map(\.text).joined(separator: "\n"))
      return findings.outcome
    }
  }
}
