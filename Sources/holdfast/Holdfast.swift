import ArgumentParser
import Foundation

/// The one program. It holds no rules: it reads files, opens an engine on a directory, and says what came of it.
@main
struct Holdfast: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast",
    abstract: "Keeps stock of many shops, SKUs and locations, and never promises a unit twice.",
    discussion: """
      Data goes to stdout, words about it to stderr. Every command knows --json.
      Exit codes: 0 done; 1 a file, the disk or the store failed; 2 some rows were bad, the others went on;
      3 something that must hold does not (an oversell, a replay that differs); 64 the command line is wrong;
      130 and 143 stopped by Ctrl-C or SIGTERM, everything answered is kept.
      """,
    version: "holdfast 0.1.0",
    subcommands: [
      Demo.self, Replay.self, Verify.self, Show.self, Explain.self, Tail.self, Export.self, Import.self, Copy.self,
      Node.self, Serve.self, Reconcile.self, Refresh.self, Alerts.self, Doctor.self, Key.self, Shopify.self,
      Simulate.self, Bench.self,
      FlashSaleChild.self, CrashLoad.self,
    ])

  /// Runs what the command line asks for; where it asks for a service, with what environment and file add to it.
  static func main() async {
    do {
      let given = Array(CommandLine.arguments.dropFirst())
      let configured = try await ConfiguredArguments.read(given, environment: ProcessInfo.processInfo.environment)
      var command = try parseAsRoot(configured.arguments)
      if (command as? Serve)?.printConfig == true { return Console.put(configured.text) }
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let complaint as Complaint {
      Console.complain(complaint.line)
      exit(withError: complaint.outcome.exitCode)
    } catch { exit(withError: error) }
  }
}
