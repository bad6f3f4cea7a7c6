import ArgumentParser

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
      Demo.self, Replay.self, Verify.self, Show.self, Tail.self, Export.self, Import.self, Copy.self, Node.self,
      Serve.self, Key.self,
      Bench.self,
      FlashSaleChild.self, CrashLoad.self,
    ])
}
