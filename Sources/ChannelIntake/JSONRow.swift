import StockLedger

/// A member of a JSON object, with its places in the row.
package struct JSONMember: Sendable {
  /// The name, escapes resolved.
  package var name: String
  /// What it holds.
  package var value: JSONValue
  /// The byte of the row where the name starts, from 1; nil where the row was not JSON.
  package var nameColumn: Int?
  /// The byte of the row where the value starts, from 1.
  package var valueColumn: Int?
}

/// A JSON value; numbers are as they are written. In rows and request bodies lists hold objects only.
package enum JSONValue: Sendable {
  case string(String)
  case number(ArraySlice<UInt8>)
  case boolean(Bool)
  case null
  case object([JSONMember])
  case list([JSONValue])

  /// An object's members; nil where it is none.
  package var members: [JSONMember]? { if case .object(let members) = self { members } else { nil } }
}

/// Scans one row that must be one JSON object (RFC 8259).
///
/// A scanner of our own because `JSONDecoder` keeps one of two duplicate keys without a word and reads integers through
/// forms that lose digits; it also parses any depth before it looks. Depth, members, elements and bytes are bounded
/// first.
package struct JSONScanner {
  /// How much a text may hold.
  struct Bounds {
    /// Objects within the row's object: one, for `includes` and the elements of a list.
    var depth = 2
    /// Members of one object: past any kind of row.
    var members = 32
    /// Elements of one list.
    var elements: Int
    /// Whether a list holds objects only.
    var isOfObjects = true

    /// What other systems answer: any JSON, as deep and wide as theirs are known to be.
    static let foreign = Bounds(depth: 32, members: 1_000, elements: 100_000, isOfObjects: false)
  }

  /// Elements of one list: the most channels that a key has rules for.
  package static let elementsMax = Limits.channelsPerKeyMax

  private let bytes: [UInt8]
  private let start: Int
  private let end: Int
  private let line: Int
  private let bounds: Bounds
  private var index: Int

  /// The members of a row's object, in their order; the row must be UTF-8.
  ///
  /// - Parameter elementsMax: Elements of one list.
  package static func members(
    of row: [UInt8], line: Int, elementsMax: Int = JSONScanner.elementsMax
  ) throws(RowError) -> [JSONMember] {
    try members(of: row, in: 0..<row.count, line: line, elementsMax: elementsMax)
  }

  /// The members of the object of a row that is a part of a text.
  ///
  /// - Parameters:
  ///   - range: The row's bytes within the text.
  ///   - elementsMax: Elements of one list.
  package static func members(
    of text: [UInt8], in range: Range<Int>, line: Int, elementsMax: Int = JSONScanner.elementsMax
  ) throws(RowError) -> [JSONMember] {
    try whole(text, in: range, line: line, Bounds(elements: elementsMax)) { scanner throws(RowError) in
      try scanner.object(depth: 1)
    }
  }

  /// The objects of a text that is one array of them, in their order; the text must be UTF-8.
  ///
  /// - Parameter elementsMax: Elements of the array.
  package static func objects(of text: [UInt8], elementsMax: Int) throws(RowError) -> [[JSONMember]] {
    try whole(text, in: 0..<text.count, line: 1, Bounds(elements: elementsMax)) { scanner throws(RowError) in
      guard scanner.next == UInt8(ascii: "[") else { throw scanner.fault(.notJSON(expected: "an array")) }
      return try scanner.list(depth: 0, field: nil).compactMap(\.members)
    }
  }

  /// Any value, within the bounds of what other systems answer; the text must be UTF-8.
  static func value(of text: [UInt8]) throws(RowError) -> JSONValue {
    try whole(text, in: 0..<text.count, line: 1, .foreign) { scanner throws(RowError) in
      try scanner.value(depth: 0, field: nil)
    }
  }

  @inline(__always)
  private static func whole<Content>(
    _ text: [UInt8], in range: Range<Int>, line: Int, _ bounds: Bounds,
    _ read: (inout JSONScanner) throws(RowError) -> Content
  ) throws(RowError) -> Content {
    do { _ = try UTF8Span(validating: text.span.extracting(range)) } catch {
      throw RowError(line: line, reason: .notUTF8)
    }
    var scanner = JSONScanner(bytes: text, range: range, line: line, bounds: bounds)
    scanner.skipSpace()
    let content = try read(&scanner)
    scanner.skipSpace()
    guard scanner.index == range.upperBound else { throw scanner.fault(.notJSON(expected: "the end of the row")) }
    return content
  }

  private init(bytes: [UInt8], range: Range<Int>, line: Int, bounds: Bounds) {
    self.bytes = bytes
    start = range.lowerBound
    index = start
    end = range.upperBound
    self.line = line
    self.bounds = bounds
  }

  private func fault(_ reason: RowError.Reason, at place: Int? = nil, field: String? = nil) -> RowError {
    RowError(line: line, column: column(place ?? index), field: field, reason: reason)
  }

  /// The place of a byte within the row, from 1.
  private func column(_ place: Int) -> Int { place - start + 1 }

  private var next: UInt8? { index < end ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A { index += 1 }
  }

  private mutating func take(_ letter: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: letter) else { return false }
    index += 1
    return true
  }

  private mutating func object(depth: Int) throws(RowError) -> [JSONMember] {
    guard take("{") else { throw fault(.notJSON(expected: "an object")) }
    var members: [JSONMember] = []
    members.reserveCapacity(12)
    skipSpace()
    if take("}") { return members }
    while true {
      skipSpace()
      let nameStart = index
      let name = try string()
      guard !members.contains(where: { $0.name == name && $0.name.utf8.elementsEqual(name.utf8) }) else {
        throw fault(.duplicateField, at: nameStart, field: name)
      }
      guard members.count < bounds.members else {
        throw fault(.tooManyFields(limit: bounds.members), at: nameStart)
      }
      skipSpace()
      guard take(":") else { throw fault(.notJSON(expected: "a colon")) }
      skipSpace()
      let valueStart = index
      let value = try value(depth: depth, field: name)
      members.append(
        JSONMember(name: name, value: value, nameColumn: column(nameStart), valueColumn: column(valueStart)))
      skipSpace()
      if take("}") { return members }
      guard take(",") else { throw fault(.notJSON(expected: "a comma or the object's end")) }
    }
  }

  private mutating func value(depth: Int, field: String?) throws(RowError) -> JSONValue {
    switch next {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"):
      guard depth < bounds.depth else { throw fault(.tooDeep, field: field) }
      return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .list(try list(depth: depth, field: field))
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func list(depth: Int, field: String?) throws(RowError) -> [JSONValue] {
    let start = index
    index += 1
    skipSpace()
    guard depth < bounds.depth else { throw fault(.tooDeep, at: start, field: field) }
    if take("]") { return [] }
    var elements: [JSONValue] = []
    while true {
      skipSpace()
      if next == nil || next == UInt8(ascii: "]") { throw fault(.notJSON(expected: "an object")) }
      guard !bounds.isOfObjects || next == UInt8(ascii: "{") else { throw fault(.tooDeep, at: start, field: field) }
      guard elements.count < bounds.elements else {
        throw fault(.tooManyElements(limit: bounds.elements), at: start, field: field)
      }
      // A list is as deep as its object; a list in it is deeper.
      elements.append(try value(depth: next == UInt8(ascii: "[") ? depth + 1 : depth, field: field))
      skipSpace()
      if take("]") { return elements }
      guard take(",") else { throw fault(.notJSON(expected: "a comma or the list's end")) }
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(RowError) -> JSONValue {
    let letters = Array(text.description.utf8)
    guard bytes[index..<end].starts(with: letters) else { throw fault(.notJSON(expected: "a value")) }
    index += letters.count
    return value
  }

  private mutating func digits() throws(RowError) {
    let start = index
    while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { index += 1 }
    if index == start { throw fault(.notJSON(expected: "a digit")) }
  }

  private mutating func number() throws(RowError) -> ArraySlice<UInt8> {
    let start = index
    let isNegative = take("-")
    guard let first = next, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9") else {
      throw fault(.notJSON(expected: isNegative ? "a digit" : "a value"))
    }
    if take("0") {
      if let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        throw fault(.notJSON(expected: "a number without leading zeros"), at: start)
      }
    } else {
      try digits()
    }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return bytes[start..<index]
  }

  private mutating func string() throws(RowError) -> String {
    guard take("\"") else { throw fault(.notJSON(expected: "a string")) }
    // Most strings hold no escape: they are taken in one piece.
    let start = index
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { index += 1 }
    if take("\"") { return String(decoding: bytes[start..<(index - 1)], as: UTF8.self) }
    var content = Array(bytes[start..<index])
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): content.append(contentsOf: try escape())
      case 0..<0x20: throw fault(.notJSON(expected: "an escaped control character"), at: index - 1)
      default: content.append(byte)
      }
    }
    throw fault(.notJSON(expected: "the string's end"))
  }

  private mutating func escape() throws(RowError) -> [UInt8] {
    let start = index - 1
    guard let letter = next else { throw fault(.notJSON(expected: "an escape")) }
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      let first = try hexadecimal()
      var code = first
      if first >> 10 == 0xD800 >> 10 {
        guard take("\\"), take("u") else { throw fault(.notJSON(expected: "a second surrogate"), at: start) }
        let second = try hexadecimal()
        guard second >> 10 == 0xDC00 >> 10 else { throw fault(.notJSON(expected: "a second surrogate"), at: start) }
        code = 0x1_0000 + (first & 0x3FF) << 10 + (second & 0x3FF)
      }
      // A second surrogate alone is the one code left that is no character.
      guard let scalar = Unicode.Scalar(code) else { throw fault(.notJSON(expected: "a character"), at: start) }
      return Array(String(Character(scalar)).utf8)
    default: throw fault(.notJSON(expected: "an escape"), at: start)
    }
  }

  private mutating func hexadecimal() throws(RowError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw fault(.notJSON(expected: "a hexadecimal digit"))
      }
      code = code << 4 | UInt32(digit)
      index += 1
    }
    return code
  }
}
