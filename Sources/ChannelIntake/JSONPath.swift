/// A place in a JSON text: `items`, `data.items[0].code`, `['unit.count']`.
///
/// `$` at the start and `[*]` at the end may be written, as in RFC 9535, and say nothing more. There are no filters and
/// no other wildcards: a place is one place.
public struct JSONPath: Hashable, Sendable {
  private enum Step: Hashable, Sendable {
    case member(String)
    case element(Int)
  }

  private let steps: [Step]
  private let text: String

  /// The path of a text.
  ///
  /// - Throws: ``MappingError`` where it is none.
  public init(_ text: String) throws(MappingError) {
    self.text = text
    var rest = text[...]
    if rest.first == "$" { rest = rest.dropFirst() }
    if rest.hasSuffix("[*]") { rest = rest.dropLast(3) }
    var steps: [Step] = []
    while let first = rest.first {
      if first == "[" {
        guard let end = rest.firstIndex(of: "]"), let step = Self.step(within: rest[..<end].dropFirst()) else {
          throw MappingError(text: text, problem: .path)
        }
        steps.append(step)
        rest = rest[end...].dropFirst()
      } else {
        if first == "." { rest = rest.dropFirst() }
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty, first == "." || steps.isEmpty else { throw MappingError(text: text, problem: .path) }
        steps.append(.member(String(name)))
        rest = rest[name.endIndex...]
      }
    }
    self.steps = steps
  }

  /// `0` or `'name'`.
  private static func step(within brackets: Substring) -> Step? {
    if let index = UInt16(brackets) { return .element(Int(index)) }
    guard let quote = brackets.first, quote == "'" || quote == "\"", brackets.last == quote, brackets.count > 2 else {
      return nil
    }
    return .member(String(brackets.dropFirst().dropLast()))
  }

  /// What stands there; nil where nothing does, or null.
  func value(in root: JSONValue) -> JSONValue? {
    var value = root
    for step in steps {
      switch (step, value) {
      case (.member(let name), .object(let members)):
        guard let member = members.first(where: { $0.name == name }) else { return nil }
        value = member.value
      case (.element(let index), .list(let elements)):
        guard elements.indices.contains(index) else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    if case .null = value { return nil }
    return value
  }
}

extension JSONPath: CustomStringConvertible {
  /// As it was written.
  public var description: String { text }
}

/// Why a mapping cannot be used.
public struct MappingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable {
    /// Not a path.
    case path
    /// Not a field of the delivery form.
    case field
    /// A brace that is not closed, or closed without being open.
    case template
  }

  /// The text that is wrong.
  public let text: String
  /// What is wrong with it.
  public let problem: Problem

  /// What is wrong and what to write.
  public var description: String {
    switch problem {
    case .path: "\"\(text)\" is not a path: write names and numbers as data.items[0].code or ['a.b']"
    case .field:
      "\"\(text)\" is no field of a report: known are \(TextRow.known.joined(separator: ", ")), includes.SOURCE"
    case .template: "\"\(text)\" is not a template: write paths in braces, as {id}-{revision}"
    }
  }
}
