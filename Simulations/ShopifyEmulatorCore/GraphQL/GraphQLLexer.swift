/// One word of a GraphQL document.
struct GraphQLToken: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case name, whole, fraction, string
    /// One of `! $ & ( ) : = @ [ ] { | }` or `...`, its text.
    case mark
    case end
  }

  let kind: Kind
  let text: String
  let place: GraphQLPlace

  /// As an error names it.
  var spelled: String { kind == .end ? "end of file" : "\"\(text)\"" }
}

/// Cuts a GraphQL document (specification of October 2021, section 2.1) into words.
struct GraphQLLexer {
  private let bytes: [UInt8]
  private var offset = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private var byte: UInt8? { offset < bytes.count ? bytes[offset] : nil }
  private var place: GraphQLPlace { GraphQLPlace(line: line, column: offset - lineStart + 1) }

  private func fault(_ message: String, at place: GraphQLPlace) -> GraphQLProblem {
    GraphQLProblem("\(message) at [\(place.line), \(place.column)]", at: place)
  }

  /// The next word; `.end` again and again after the last.
  mutating func next() throws(GraphQLProblem) -> GraphQLToken {
    skipIgnored()
    let start = place
    guard let byte else { return GraphQLToken(kind: .end, text: "", place: start) }
    switch byte {
    case _ where Self.startsName(byte): return GraphQLToken(kind: .name, text: name(), place: start)
    case UInt8(ascii: "\""): return GraphQLToken(kind: .string, text: try string(from: start), place: start)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(from: start)
    case UInt8(ascii: "."):
      guard bytes[offset...].starts(with: "...".utf8) else { throw fault("Unexpected \".\"", at: start) }
      offset += 3
      return GraphQLToken(kind: .mark, text: "...", place: start)
    case _ where "!$&():=@[]{|}".utf8.contains(byte):
      offset += 1
      return GraphQLToken(kind: .mark, text: String(Unicode.Scalar(byte)), place: start)
    default: throw fault("Unexpected character \"\(Unicode.Scalar(byte))\"", at: start)
    }
  }

  /// Passes over white space, commas, comments and a byte order mark.
  private mutating func skipIgnored() {
    while let byte {
      switch byte {
      case UInt8(ascii: "\n"): newLine()
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: "\r"): offset += 1
      case UInt8(ascii: "#"): while let byte = self.byte, byte != UInt8(ascii: "\n") { offset += 1 }
      case 0xEF where bytes[offset...].starts(with: [0xEF, 0xBB, 0xBF]): offset += 3
      default: return
      }
    }
  }

  private mutating func newLine() {
    offset += 1
    line += 1
    lineStart = offset
  }

  private static func startsName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private mutating func name() -> String {
    let start = offset
    while let byte, Self.startsName(byte) || Self.isDigit(byte) { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func number(from place: GraphQLPlace) throws(GraphQLProblem) -> GraphQLToken {
    let start = offset
    while let byte, Self.isDigit(byte) || ".eE+-".utf8.contains(byte) { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    // A number is written in GraphQL as in JSON, and a name may not follow at once.
    let follows = byte.map(Self.startsName) ?? false
    switch follows ? nil : try? JSONReader.read(Array(text.utf8)) {
    case .integer: return GraphQLToken(kind: .whole, text: text, place: place)
    case .number:
      let isWhole = text.utf8.allSatisfy { Self.isDigit($0) || $0 == UInt8(ascii: "-") }
      return GraphQLToken(kind: isWhole ? .whole : .fraction, text: text, place: place)
    default: throw fault("Number \"\(text)\" is not well formed", at: place)
    }
  }

  private mutating func string(from place: GraphQLPlace) throws(GraphQLProblem) -> String {
    if bytes[offset...].starts(with: "\"\"\"".utf8) { return try blockString(from: place) }
    let start = offset
    offset += 1
    while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\n") {
      offset += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard byte == UInt8(ascii: "\"") else { throw fault("Unterminated string", at: place) }
    offset += 1
    // Escapes are those of JSON.
    guard case .string(let text) = try? JSONReader.read(Array(bytes[start..<offset])) else {
      throw fault("Bad escape in a string", at: place)
    }
    return text
  }

  private mutating func blockString(from place: GraphQLPlace) throws(GraphQLProblem) -> String {
    offset += 3
    var raw: [UInt8] = []
    while let byte {
      if bytes[offset...].starts(with: "\"\"\"".utf8) {
        offset += 3
        return BlockString.text(of: String(decoding: raw, as: UTF8.self))
      }
      if bytes[offset...].starts(with: "\\\"\"\"".utf8) {
        raw.append(contentsOf: "\"\"\"".utf8)
        offset += 4
      } else {
        raw.append(byte)
        if byte == UInt8(ascii: "\n") { newLine() } else { offset += 1 }
      }
    }
    throw fault("Unterminated string", at: place)
  }
}

/// What a block string means: its lines without their common indentation and without blank lines at its ends.
enum BlockString {
  /// `BlockStringValue` of the specification.
  static func text(of raw: String) -> String {
    var lines = raw.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    let indents = lines.dropFirst().compactMap(indent)
    if let common = indents.min() {
      lines = lines.prefix(1) + lines.dropFirst().map { String($0.dropFirst(common)) }
    }
    let isBlank = { (line: String) in indent(of: line) == nil }
    return lines.drop(while: isBlank).reversed().drop(while: isBlank).reversed().joined(separator: "\n")
  }

  /// How far a line is indented; nil for a line of white space only.
  private static func indent(of line: String) -> Int? {
    line.firstIndex { $0 != " " && $0 != "\t" }.map { line.distance(from: line.startIndex, to: $0) }
  }
}
