import ArgumentParser
import Foundation
import SimulationKit

/// The scenarios that there are, and how to write one.
struct SimulateScenarios: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenarios",
    abstract: "List the scenarios, print one as a file to start one's own from, or what files may say.",
    discussion: """
      holdfast simulate scenarios flash-sale > mine.json, change it, and holdfast simulate --scenario mine.json.
      --fields lists what a world's settings may be; --schema writes the JSON schema for editors.
      """)

  @Argument(help: "The scenario to print; all are listed without it.")
  var name: String?

  @Flag(help: "List the fields that scenarios may set, with their ranges.")
  var fields = false

  @Flag(help: "Write the JSON schema of scenario files.")
  var schema = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await perform(json: output.json) { _ in
      if schema {
        Console.put(try ScenarioSchema.text)
      } else if fields {
        for world in Scenario.World.allCases { Console.put(Self.fields(of: world)) }
      } else if let name {
        let scenario = try ScenarioShelf.find(name)
        Console.putRaw(String(decoding: try ScenarioFile(scenario).bytes, as: UTF8.self))
      } else if output.json {
        Console.put(JSONValue.array(try ScenarioShelf.known().map(\.json)).text)
      } else {
        let known = try ScenarioShelf.known()
        let width = known.map(\.name.count).max() ?? 0
        for scenario in known {
          Console.put(scenario.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + scenario.about)
        }
      }
      return .done
    }
  }

  private static func fields(of world: Scenario.World) -> String {
    let bases = Scenario.bases(of: world).map(\.rawValue).joined(separator: ", ")
    let lines = Scenario.fields(of: world).map { field in
      let range =
        field.isSwitch ? "true, false" : "\(grouped(field.range.lowerBound)) to \(grouped(field.range.upperBound))"
      return "  " + field.name.padding(toLength: 20, withPad: " ", startingAt: 0)
        + range.padding(toLength: 18, withPad: " ", startingAt: 0) + field.about
    }
    return "world \(world), base \(bases)\n" + lines.joined(separator: "\n")
  }
}

extension Scenario {
  fileprivate var json: JSONValue {
    .object([
      ("name", .string(name)), ("about", .string(about)), ("world", .string(world.rawValue)),
      ("base", .string(base.rawValue)),
    ])
  }
}
