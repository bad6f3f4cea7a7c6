import Foundation
import SimulationKit

/// The scenarios that the program knows by name, and those in files.
enum ScenarioShelf {
  /// Those known by name, in the order of their names.
  static func known() throws -> [Scenario] {
    try scenarioTexts.map { text in
      try ScenarioFile(Data(text.utf8), from: "a built-in scenario").scenario(from: "a built-in scenario")
    }
  }

  /// The scenario of a name, or of a file.
  ///
  /// - Throws: ``Complaint`` with the names that there are.
  static func find(_ name: String) throws -> Scenario {
    let known = try known()
    if let scenario = known.first(where: { $0.name == name }) { return scenario }
    guard FileManager.default.fileExists(atPath: name) else {
      throw Complaint(
        "there is no scenario \"\(name)\", and no such file",
        do: "name a file, or one of \(known.map(\.name).joined(separator: ", "))", outcome: .misused)
    }
    return try read(name).scenario(from: name)
  }

  /// A file.
  static func read(_ path: String) throws -> ScenarioFile {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Complaint("\(path) cannot be read", do: "name a scenario file")
    }
    return try ScenarioFile(bytes, from: path)
  }
}
