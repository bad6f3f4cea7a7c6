import Foundation
import SimulationKit

/// A scenario as a JSON file; with a seed, a run that failed and is to be looked at again.
///
/// Strict: a field that is not known is a mistake that would be run without a word.
struct ScenarioFile: Codable {
  var name: String
  var about: String?
  var world: String
  var base: String?
  var settings: [String: ScenarioSetting]?
  var seed: UInt64?
  var faults: String?
  /// What went wrong when it was written.
  var violations: [String]?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, about, world, base, settings, seed, faults, violations
  }

  /// Reads a file's bytes.
  ///
  /// - Throws: ``Complaint`` that says what is wrong where.
  init(_ bytes: Data, from place: String) throws {
    do {
      let all = try JSONDecoder().decode([String: AnyField].self, from: bytes)
      let known = CodingKeys.allCases.map(\.rawValue)
      if let other = all.keys.filter({ !known.contains($0) && $0 != "$schema" }).min() {
        throw Complaint("\(place) has a field \"\(other)\"", do: "it may have \(known.joined(separator: ", "))")
      }
      self = try JSONDecoder().decode(Self.self, from: bytes)
    } catch let error as DecodingError {
      throw Complaint("\(place) is no scenario: \(error.place)", do: "holdfast simulate scenarios NAME prints one")
    }
  }

  /// A failing run, as small as it was found.
  init(_ found: Shrinker.Found, faults: SimulatedFaults) {
    self.init(found.scenario)
    seed = found.seed
    self.faults = faults.rawValue
    violations = Array(found.violations.prefix(4))
  }

  /// A scenario.
  init(_ scenario: Scenario) {
    name = scenario.name
    about = scenario.about
    world = scenario.world.rawValue
    base = scenario.base.rawValue
    let switches = Set(Scenario.fields(of: scenario.world).filter(\.isSwitch).map(\.name))
    settings = Dictionary(
      uniqueKeysWithValues: scenario.settings.map { name, value in
        (name, switches.contains(name) ? .isOn(value != 0) : .number(value))
      })
  }

  /// The scenario that is meant.
  ///
  /// - Throws: ``Complaint`` where it cannot be run.
  func scenario(from place: String) throws -> Scenario {
    guard let known = Scenario.World(rawValue: world) else {
      let worlds = Scenario.World.allCases.map(\.rawValue).joined(separator: ", ")
      throw Complaint("\(place): there is no world \"\(world)\"", do: "it is one of \(worlds)")
    }
    let named = base ?? Scenario.Base.calm.rawValue
    guard let base = Scenario.Base(rawValue: named) else {
      let bases = Scenario.bases(of: known).map(\.rawValue).joined(separator: ", ")
      throw Complaint("\(place): there is no base \"\(named)\"", do: "it is one of \(bases)")
    }
    let scenario = Scenario(
      name: name, about: about ?? "", world: known, base: base, settings: (settings ?? [:]).mapValues(\.value))
    if let fault = scenario.fault { throw Complaint("\(place): \(fault)", do: "") }
    return scenario
  }

  /// The file's bytes.
  var bytes: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self) + Data("\n".utf8)
    }
  }
}

/// A number, or a switch.
enum ScenarioSetting: Codable, Equatable {
  case number(Int64)
  case isOn(Bool)

  /// 1 and 0 for a switch.
  var value: Int64 {
    switch self {
    case .number(let number): number
    case .isOn(let isOn): isOn ? 1 : 0
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let isOn = try? container.decode(Bool.self) {
      self = .isOn(isOn)
    } else {
      self = .number(try container.decode(Int64.self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .isOn(let isOn): try container.encode(isOn)
    }
  }
}

/// Anything at all.
private struct AnyField: Decodable {
  init(from decoder: any Decoder) throws {}
}

extension DecodingError {
  /// Where in the file, and what is wrong there.
  fileprivate var place: String {
    switch self {
    case .keyNotFound(let key, _): "\(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.map(\.stringValue).joined(separator: ".") + " " + context.debugDescription
    @unknown default: "it cannot be read"
    }
  }
}
