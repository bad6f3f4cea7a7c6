import Foundation
import SimulationKit

/// The JSON schema of scenario files, written from the fields that the worlds have.
enum ScenarioSchema {
  /// Its text, in lines.
  static var text: String {
    get throws {
      let object = try JSONSerialization.jsonObject(with: Data(json.text.utf8))
      let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self)
    }
  }

  private static var json: JSONValue {
    .object([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("A scenario of holdfast simulate")), ("type", .string("object")),
      ("required", .array([.string("name"), .string("world")])), ("additionalProperties", .boolean(false)),
      (
        "properties",
        .object([
          ("$schema", .object([("type", .string("string"))])),
          ("name", text("its name")), ("about", text("what it shows, in a sentence")),
          ("world", choice(Scenario.World.allCases.map(\.rawValue))),
          ("base", choice(Scenario.Base.allCases.map(\.rawValue))),
          ("settings", .object([("type", .string("object"))])),
          ("seed", .object([("type", .string("integer")), ("minimum", .integer(0))])),
          ("faults", choice(SimulatedFaults.allCases.map(\.rawValue))),
          ("violations", .object([("type", .string("array")), ("items", .object([("type", .string("string"))]))])),
        ])
      ),
      ("allOf", .array(Scenario.World.allCases.map(rule))),
    ])
  }

  /// What a world's settings may be.
  private static func rule(of world: Scenario.World) -> JSONValue {
    let fields = Scenario.fields(of: world).map { field -> (String, JSONValue) in
      if field.isSwitch {
        return (field.name, .object([("type", .string("boolean")), ("description", .string(field.about))]))
      }
      return (
        field.name,
        .object([
          ("type", .string("integer")), ("minimum", .integer(field.range.lowerBound)),
          ("maximum", .integer(field.range.upperBound)), ("description", .string(field.about)),
        ])
      )
    }
    let isOf = JSONValue.object([("properties", .object([("world", .object([("const", .string(world.rawValue))]))]))])
    let then = JSONValue.object([
      (
        "properties",
        .object([
          ("base", choice(Scenario.bases(of: world).map(\.rawValue))),
          ("settings", .object([("properties", .object(fields)), ("additionalProperties", .boolean(false))])),
        ])
      )
    ])
    return .object([("if", isOf), ("then", then)])
  }

  private static func text(_ about: String) -> JSONValue {
    .object([("type", .string("string")), ("description", .string(about))])
  }

  private static func choice(_ words: [String]) -> JSONValue { .object([("enum", .array(words.map { .string($0) }))]) }
}
