/// One row of a CSV file.
public struct CSVRow: Hashable, Sendable {
  /// The line on which the row starts, from 1; a quoted field may hold further lines.
  public let line: Int
  /// Its fields, as written between the commas, quotes resolved. Spaces belong to the field.
  public let fields: [String]

  /// A field as it is written: in quotes where it needs them.
  package static func quoted(_ field: String) -> String {
    let special: [UInt8] = Array(",\"\r\n".utf8)
    guard field.utf8.contains(where: special.contains) else { return field }
    var text = "\""
    for scalar in field.unicodeScalars {
      if scalar == "\"" { text.unicodeScalars.append(scalar) }
      text.unicodeScalars.append(scalar)
    }
    return text + "\""
  }

  /// What somebody else named, so that no spreadsheet takes it for a formula: an apostrophe stands before it then.
  ///
  /// Numbers of our own need none, also negative ones. What begins with apostrophes and would be a formula without them
  /// gets one more, so that ``unguarded(_:)`` finds every text again.
  package static func guarded(_ text: String) -> String { isFormula(text) ? "'" + text : text }

  /// The text that ``guarded(_:)`` was given.
  package static func unguarded(_ field: String) -> String {
    field.utf8.first == apostrophe && isFormula(field) ? String(decoding: field.utf8.dropFirst(), as: UTF8.self) : field
  }

  private static let apostrophe = UInt8(ascii: "'")
  /// What a spreadsheet begins to calculate at.
  private static let formulaStarts: [UInt8] = Array("=+-@\t\r\n".utf8)

  private static func isFormula(_ text: String) -> Bool {
    text.utf8.first { $0 != apostrophe }.map(formulaStarts.contains) ?? false
  }
}

/// Reads RFC 4180 as a stream of bytes: chunks of any size go in, rows come out as soon as they end.
///
/// Quoted fields may hold commas, line ends and doubled quotes; rows end with LF or CRLF, the last one also without;
/// empty lines and a byte order mark at the start are passed over. A bad row is told by the line on which it starts,
/// and reading goes on behind the next line feed. However the bytes are cut into chunks, the rows are the same.
public struct CSVReader: Sendable {
  /// The most bytes of a row, quotes and inner line ends counted: no row of stock is near it, an unclosed quote is.
  public static let rowBytesMax = 65_536

  private enum State {
    /// So many bytes of a byte order mark were seen at the start of the input.
    case mark(Int)
    case fieldStart
    case plain
    case quoted
    /// A quote inside a quoted field: its end, or the first of two.
    case quoteInQuoted
    /// A carriage return outside quotes: a line feed must follow.
    case carriageReturn
    /// The row is bad: everything up to the next line feed is passed over.
    case skipping
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private var state = State.mark(0)
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var isRowEmpty = true
  private var rowBytes = 0
  private var line = 1
  private var rowLine = 1
  private var done: [Result<CSVRow, RowError>] = []

  /// A reader at the start of its input.
  public init() {}

  /// The rows that end in these bytes, in order.
  public mutating func read(_ chunk: [UInt8]) -> [Result<CSVRow, RowError>] {
    for byte in chunk { step(byte) }
    defer { done = [] }
    return done
  }

  /// The last row, where the input did not end with a line end; the reader is then at the start of another input.
  public mutating func finish() -> [Result<CSVRow, RowError>] {
    switch state {
    case .mark(let seen):
      if seen > 0 { fail(.notUTF8) }
    case .quoted: fail(.unterminatedQuote)
    case .carriageReturn: fail(.strayCarriageReturn)
    case .fieldStart, .plain, .quoteInQuoted:
      if !isRowEmpty { endRow() }
    case .skipping: break
    }
    let last = done
    self = CSVReader()
    return last
  }

  private mutating func step(_ byte: UInt8) {
    if case .mark(let seen) = state {
      if byte == Self.mark[seen] {
        state = seen + 1 == Self.mark.count ? .fieldStart : .mark(seen + 1)
        return
      }
      state = .fieldStart
      for early in Self.mark[..<seen] { step(early) }
    }
    if byte == UInt8(ascii: "\n") { line += 1 }
    if case .skipping = state {
      if byte == UInt8(ascii: "\n") { startRow() }
      return
    }
    rowBytes += 1
    // The row's own line end is not counted: it comes when the state is outside quotes.
    if rowBytes > Self.rowBytesMax, byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") || isQuoted {
      fail(.tooLong(limit: Self.rowBytesMax), at: byte)
      return
    }
    switch (state, byte) {
    case (.carriageReturn, UInt8(ascii: "\n")): endRow()
    case (.carriageReturn, _): fail(.strayCarriageReturn, at: byte)
    case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
    case (.quoted, _): field.append(byte)
    case (.quoteInQuoted, UInt8(ascii: "\"")):
      field.append(byte)
      state = .quoted
    case (.fieldStart, UInt8(ascii: "\"")):
      isRowEmpty = false
      state = .quoted
    case (.plain, UInt8(ascii: "\"")): fail(.strayQuote, at: byte)
    case (_, UInt8(ascii: ",")):
      isRowEmpty = false
      if endField() { state = .fieldStart }
    case (_, UInt8(ascii: "\r")): state = .carriageReturn
    case (_, UInt8(ascii: "\n")): endRow()
    case (.quoteInQuoted, _): fail(.strayQuote, at: byte)
    default:
      isRowEmpty = false
      field.append(byte)
      state = .plain
    }
  }

  private var isQuoted: Bool { if case .quoted = state { true } else { false } }

  private mutating func startRow() {
    state = .fieldStart
    field.removeAll(keepingCapacity: true)
    fields = []
    isRowEmpty = true
    rowBytes = 0
    rowLine = line
  }

  private mutating func endField() -> Bool {
    guard let text = String(validating: field, as: UTF8.self) else {
      fail(.notUTF8)
      return false
    }
    fields.append(text)
    field.removeAll(keepingCapacity: true)
    return true
  }

  private mutating func endRow() {
    if !isRowEmpty {
      guard endField() else {
        startRow()
        return
      }
      done.append(.success(CSVRow(line: rowLine, fields: fields)))
    }
    startRow()
  }

  /// Tells of the row and passes over the rest of it; the byte at hand may itself be the line end.
  private mutating func fail(_ reason: RowError.Reason, at byte: UInt8? = nil) {
    done.append(.failure(RowError(line: rowLine, reason: reason)))
    state = .skipping
    field = []
    fields = []
    if byte == UInt8(ascii: "\n") { startRow() }
  }
}
