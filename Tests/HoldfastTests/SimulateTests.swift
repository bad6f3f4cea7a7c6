import Foundation
import Testing

/// `holdfast simulate`, as a person uses it.
@Suite struct SimulateTests {
  static let scenarios = URL(fileURLWithPath: Program.root + "/Simulations/Scenarios")

  private static var files: [URL] {
    get throws {
      try FileManager.default.contentsOfDirectory(at: scenarios, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "json" && !$0.lastPathComponent.hasSuffix(".schema.json") }
        .sorted { $0.path < $1.path }
    }
  }

  @Test("each scenario of the project is known by name, and runs without a violation, from its file or by its name")
  func everyScenario() async throws {
    let place = try Place()
    let listed = try await Program.run("simulate", "scenarios", "--json", in: place)
    let names = try #require(JSONSerialization.jsonObject(with: Data(listed.out.utf8)) as? [[String: String]])
      .compactMap { $0["name"] }
    let files = try Self.files
    #expect(names.sorted() == files.map { $0.deletingPathExtension().lastPathComponent }.sorted())
    for file in files {
      let name = file.deletingPathExtension().lastPathComponent
      let byName = try await Program.run(
        "simulate", "--scenario", name, "--seed", "5", "--seeds", "2", "--jobs", "2", "--json", in: place)
      let byFile = try await Program.run(
        "simulate", "--scenario", file.path, "--seed", "5", "--seeds", "2", "--jobs", "1", "--json", in: place)
      #expect(byName.code == 0 && byFile.code == 0, "\(name): \(byName.out)")
      let (one, other) = (try #require(jsonObject(byName.out)), try #require(jsonObject(byFile.out)))
      #expect(one["failed"] as? Int == 0)
      #expect(one["seeds"] as? Int == 2)
      // Two processes, another order of seeds: the same runs. Run Scripts/embed-scenarios where only names differ.
      #expect(one["traces"] as? String == other["traces"] as? String, "\(name)")
      #expect(one["seen"] as? [String: Int] == other["seen"] as? [String: Int], "\(name)")
    }
  }

  @Test("a run is told step by step, and a printed scenario can be run again")
  func replay() async throws {
    let place = try Place()
    let printed = try await Program.run("simulate", "scenarios", "last-unit", in: place)
    let file = URL(fileURLWithPath: place.path + "/mine.json")
    try Data(printed.out.utf8).write(to: file)
    let told = try await Program.run("simulate", "--replay", file.path, "--seed", "3", in: place)
    #expect(told.code == 0)
    #expect(told.out.contains("hold 0."), "\(told.out.prefix(400))")
    #expect(told.out.contains("refused, insufficientStock"))
    #expect(told.lines.last == "nothing happened that must not")
    let again = try await Program.run("simulate", "--replay", "last-unit", "--seed", "3", in: place)
    #expect(again.out == told.out)
  }

  @Test(
    "a bad file says what is wrong and what to do",
    arguments: [
      (#"{"name":"x","world":"storefront","settings":{"shopers":3}}"#, #"no field "shopers""#),
      (#"{"name":"x","world":"storefront","settings":{"shoppers":900}}"#, "shoppers is 900, and may be 1 to 64"),
      (#"{"name":"x","world":"mars"}"#, #"no world "mars""#),
      (#"{"name":"x","world":"shopify","base":"drawn"}"#, "one of calm, troubled, reconciled"),
      (#"{"name":"x","world":"shopify","sedings":{}}"#, #"a field "sedings""#),
      (#"{"world":"shopify"}"#, "name is missing"),
      (#"{"name":"x","world":"shopify","settings":{"orders":"many"}}"#, "settings.orders"),
      ("not JSON", "no scenario"),
    ])
  func badFiles(text: String, words: String) async throws {
    let place = try Place()
    let file = URL(fileURLWithPath: place.path + "/bad.json")
    try Data(text.utf8).write(to: file)
    let run = try await Program.run("simulate", "--scenario", file.path, "--seeds", "1", in: place)
    #expect(run.code == 1)
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  @Test func whatIsAskedWrongIsRefused() async throws {
    let place = try Place()
    for arguments in [["--seeds", "0"], ["--faults", "few"], ["--until", "soon"], ["--jobs", "999"]] {
      let run = try await Program.start(Program.path, ["simulate"] + arguments, in: place).end()
      #expect(run.code == 64, "\(arguments)")
    }
    let unknown = try await Program.run("simulate", "--scenario", "nope", in: place)
    #expect(unknown.code == 64)
    #expect(unknown.errors.contains("last-unit"), "the names that there are")
    let short = try await Program.run(
      "simulate", "--scenario", "last-unit", "--seeds", "1000000", "--until", "1s", "--json", in: place)
    #expect(short.code == 0)
    #expect(try #require(jsonObject(short.out)?["seeds"] as? Int) < 1_000_000)
  }

  @Test("the schema beside the scenarios is the program's, and every scenario keeps to it")
  func schema() async throws {
    let place = try Place()
    let printed = try await Program.run("simulate", "scenarios", "--schema", in: place)
    let kept = try String(contentsOf: Self.scenarios.appendingPathComponent("scenario.schema.json"), encoding: .utf8)
    #expect(printed.out == kept, "write it anew: holdfast simulate scenarios --schema")
  }
}
