import StockLedger

/// Where the value of one field comes from: `qty` (a path), `=leeds` (a constant), `{id}-{line}` (a template of paths).
public struct FieldRule: Hashable, Sendable {
  private enum Part: Hashable, Sendable {
    case text(String)
    case path(JSONPath)
  }

  private let parts: [Part]

  /// The rule of a text.
  ///
  /// - Throws: ``MappingError`` where a path in it is none.
  public init(_ text: String) throws(MappingError) {
    if text.hasPrefix("=") {
      parts = [.text(String(text.dropFirst()))]
    } else if text.contains("{") || text.contains("}") {
      parts = try Self.parts(of: text)
    } else {
      parts = [.path(try JSONPath(text))]
    }
  }

  private static func parts(of template: String) throws(MappingError) -> [Part] {
    var parts: [Part] = []
    var rest = template[...]
    while !rest.isEmpty {
      let text = rest.prefix { $0 != "{" && $0 != "}" }
      if !text.isEmpty { parts.append(.text(String(text))) }
      rest = rest[text.endIndex...]
      guard let open = rest.first else { break }
      guard open == "{", let end = rest.firstIndex(of: "}"), end > rest.index(after: rest.startIndex) else {
        throw MappingError(text: template, problem: .template)
      }
      parts.append(.path(try JSONPath(String(rest[..<end].dropFirst()))))
      rest = rest[end...].dropFirst()
    }
    return parts
  }

  /// The field's text in a row; nil where a place that it names is empty.
  ///
  /// - Parameter field: The delivery form's name, which says how a number or time is to be written.
  func text(of field: String, in row: JSONValue, line: Int) throws(RowError) -> String? {
    var whole = ""
    for part in parts {
      switch part {
      case .text(let text): whole += text
      case .path(let path):
        guard let value = path.value(in: row) else { return nil }
        guard let text = value.scalar else {
          throw RowError(line: line, field: field, reason: .wrongType(expected: "a text, a number, true or false"))
        }
        whole += text
      }
    }
    if TextRow.isInteger(field) { return ForeignNumber.integer(whole) }
    if TextRow.isTime(field) { return ForeignNumber.time(whole) }
    return whole
  }
}

extension JSONValue {
  /// The text of a text, a number or a flag; nil for what holds others.
  var scalar: String? {
    switch self {
    case .string(let text): text
    case .number(let digits): String(decoding: digits, as: UTF8.self)
    case .boolean(let flag): flag ? "true" : "false"
    case .null, .object, .list: nil
    }
  }
}

/// Numbers as other systems write them, turned into the form's way where that loses nothing.
enum ForeignNumber {
  /// From here on a number is a time in milliseconds: as seconds it would lie past the year 5000, as milliseconds it
  /// lies after March 1973.
  private static let millisecondsFrom: Int64 = 100_000_000_000

  /// `12.000` is 12: books that keep decimals say so of whole units. Anything else stays as it is, and is refused where
  /// it is no integer.
  static func integer(_ text: String) -> String {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty, parts[1].allSatisfy({ $0 == "0" }) else { return text }
    return String(parts[0])
  }

  /// Seconds or milliseconds since 1970 as ISO 8601; anything else stays as it is.
  static func time(_ text: String) -> String {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let whole = exactInteger(first), whole >= 0, whole <= 253_402_300_799_999 else {
      return text
    }
    if whole >= millisecondsFrom { return Timestamp(milliseconds: whole).description }
    let seconds = Timestamp(milliseconds: whole * 1_000).description
    guard parts.count == 2 else { return seconds }
    // What is finer than a millisecond is the field's own affair: the digits go on as they are.
    return String(seconds.dropLast(".000Z".count)) + "." + String(decoding: parts[1], as: UTF8.self) + "Z"
  }
}
