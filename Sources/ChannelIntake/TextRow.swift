/// A row whose values are all texts (of CSV, or mapped from another system's answer), typed by the names of its fields.
enum TextRow {
  /// Whole numbers of the form.
  private static let integers: Set = ["units", "delta", "total", "cumulative", "number", "incarnation", "out"]
  /// Words that are true or false.
  private static let flags: Set = ["physical"]
  /// Before a source's name: `includes.pos` is the member `pos` of `includes`.
  static let includes = "includes."
  /// Every field that a report can have, in the order of the document.
  static let known: [String] = DeliveryOrigin.kinds.flatMap { $0.required + $0.optional }
    .reduce(into: []) { names, name in if !names.contains(name) && name != "includes" { names.append(name) } }

  /// True for a whole number's field.
  static func isInteger(_ field: String) -> Bool { integers.contains(field) }

  /// True for a time's field.
  static func isTime(_ field: String) -> Bool {
    ["asOf", "occurredAt", "since", "through"].contains(field) || field.hasPrefix(includes)
  }

  /// The members of a row of the form; an empty text is a field left out, and a row without a kind is a count.
  static func members(_ row: [(field: String, text: String)], line: Int) throws(RowError) -> [JSONMember] {
    var members: [JSONMember] = []
    var included: [JSONMember] = []
    for (field, text) in row where !text.isEmpty {
      if field.hasPrefix(includes) {
        included.append(JSONMember(name: String(field.dropFirst(includes.count)), value: .string(text)))
      } else {
        members.append(JSONMember(name: field, value: try value(text, of: field, line: line)))
      }
    }
    if !included.isEmpty { members.append(JSONMember(name: "includes", value: .object(included))) }
    if !members.contains(where: { $0.name == "kind" }) {
      members.append(JSONMember(name: "kind", value: .string(DeliveryKind.count.rawValue)))
    }
    return members
  }

  private static func value(_ text: String, of field: String, line: Int) throws(RowError) -> JSONValue {
    if integers.contains(field) { return .number(Array(text.utf8)[...]) }
    guard flags.contains(field) else { return .string(text) }
    switch text {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    default: throw RowError(line: line, field: field, reason: .unknownWord(known: ["true", "false"]))
    }
  }
}
