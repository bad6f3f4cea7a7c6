public import StockLedger

/// A row of input and what became of it. Good rows go on; a bad one is told by its line and stops nothing.
public struct IntakeRow: Hashable, Sendable {
  /// The line on which the row starts, from 1.
  public let line: Int
  /// The command, or why there is none.
  public let outcome: Result<KeyedCommand, RowError>

  init(line: Int, outcome: Result<KeyedCommand, RowError>) {
    self.line = line
    self.outcome = outcome
  }
}

/// Why a row of input is not used: where, what is wrong, and what its sender can do.
public struct RowError: Error, Hashable, Sendable {
  /// The line on which the row starts, from 1.
  public var line: Int
  /// The byte within the row, from 1; nil where the fault is not at one place (CSV names the field instead).
  public var column: Int?
  /// The field or column of the form, as it is written there; nil where the fault is not in one field.
  public var field: String?
  /// What is wrong.
  public var reason: Reason

  /// A fault of a row.
  public init(line: Int, column: Int? = nil, field: String? = nil, reason: Reason) {
    self.line = line
    self.column = column
    self.field = field
    self.reason = reason
  }

  /// The kinds of faults. Closed, so that reports can group thousands of rows by ``code``.
  public enum Reason: Hashable, Sendable {
    /// The row has more bytes than its form allows.
    case tooLong(limit: Int)
    /// The row is not UTF-8.
    case notUTF8
    /// The row is not one JSON object; what was expected at the column.
    case notJSON(expected: String)
    /// An object within an object within the row, or an array of anything but objects.
    case tooDeep
    /// One object has more members than any form has fields.
    case tooManyFields(limit: Int)
    /// A list with more elements than any form has.
    case tooManyElements(limit: Int)
    /// A list that says two things of the same channel, or of the same pair of sources.
    case duplicateElement
    /// The same field twice in one object.
    case duplicateField
    /// A field that this kind of row does not have.
    case unknownField(known: [String])
    /// A field that this kind of row must have.
    case missingField
    /// A value of another type.
    case wrongType(expected: String)
    /// A number with a fraction, an exponent, a sign on zero, or beyond 64 bits.
    case notExactInteger
    /// An integer outside its range.
    case outOfRange(low: Int64, high: Int64)
    /// A change by nothing.
    case zero
    /// Not a time of the form `2010-12-01T08:26:00Z`.
    case notTime
    /// A time before 1970 or after 9999.
    case timeOutOfRange
    /// A word that the field does not know.
    case unknownWord(known: [String])
    /// A shop, SKU or location that is none.
    case badKey(StockKeyError.Problem)
    /// A shop or source that is not the sender's.
    case foreign(own: String)
    /// An identifier that is none: empty, above 128 bytes, or with control characters.
    case badIdentifier
    /// Neither `cumulative` nor `document` with `units`, or both.
    case amountUnclear
    /// The input ended inside quotes.
    case unterminatedQuote
    /// A quote inside an unquoted field, or text after a closing quote.
    case strayQuote
    /// A carriage return that no line feed follows.
    case strayCarriageReturn
    /// More or fewer fields than the header has.
    case fieldCount(expected: Int, found: Int)
    /// A column that the header must have.
    case missingColumn
    /// A column that the form does not have.
    case unknownColumn(known: [String])
    /// The same column twice.
    case duplicateColumn
    /// The input has no header.
    case noHeader
    /// A cancellation with a positive quantity.
    case signDiffers
    /// The rows of one SKU in one invoice add up to more than one line may have.
    case sumOutOfRange
  }
}

extension RowError.Reason: CustomStringConvertible {
  /// What is wrong, as a sentence without its place.
  public var description: String {
    switch self {
    case .tooLong(let limit): "the row is longer than \(limit) bytes"
    case .notUTF8: "the row is not UTF-8"
    case .notJSON(let expected): "not JSON: \(expected) expected"
    case .tooDeep: "an array of anything but objects, or an object too deep"
    case .tooManyFields(let limit): "an object with more than \(limit) fields"
    case .tooManyElements(let limit): "a list of more than \(limit)"
    case .duplicateElement: "the list names the same twice"
    case .duplicateField: "the field is there twice"
    case .unknownField: "there is no such field here"
    case .missingField: "the field is missing"
    case .wrongType(let expected): "\(expected) expected"
    case .notExactInteger: "not an exact 64-bit integer"
    case .outOfRange(let low, let high): "outside \(low) to \(high)"
    case .zero: "a change by 0 units"
    case .notTime: "not an ISO 8601 time with Z or an offset"
    case .timeOutOfRange: "a time outside 1970 to 9999"
    case .unknownWord: "an unknown word"
    case .badKey(.empty): "the name is empty"
    case .badKey(.tooLong): "the name is longer than \(Limits.keyPartBytesMax) bytes"
    case .badKey(.control): "the name holds a control character"
    case .badIdentifier: "not an identifier of 1 to \(Limits.identifierBytesMax) bytes without control characters"
    case .foreign: "the row is of another shop or source"
    case .amountUnclear: "neither or both of cumulative and document"
    case .unterminatedQuote: "the quote is never closed"
    case .strayQuote: "a quote inside a field, or text after its closing quote"
    case .strayCarriageReturn: "a carriage return without a line feed"
    case .fieldCount(let expected, let found): "\(found) fields where the header has \(expected)"
    case .missingColumn: "the header lacks the column"
    case .unknownColumn: "the form has no such column"
    case .duplicateColumn: "the header has the column twice"
    case .noHeader: "there is no header"
    case .signDiffers: "a cancellation with a positive quantity"
    case .sumOutOfRange: "the units of the SKU in the invoice add up to more than \(Limits.quantityMax)"
    }
  }

  /// A stable name for grouping.
  public var code: String {
    switch self {
    case .tooLong: "tooLong"
    case .notUTF8: "notUTF8"
    case .notJSON: "notJSON"
    case .tooDeep: "tooDeep"
    case .tooManyFields: "tooManyFields"
    case .tooManyElements: "tooManyElements"
    case .duplicateElement: "duplicateElement"
    case .duplicateField: "duplicateField"
    case .unknownField: "unknownField"
    case .missingField: "missingField"
    case .wrongType: "wrongType"
    case .notExactInteger: "notExactInteger"
    case .outOfRange: "outOfRange"
    case .zero: "zero"
    case .notTime: "notTime"
    case .timeOutOfRange: "timeOutOfRange"
    case .unknownWord: "unknownWord"
    case .badKey: "badKey"
    case .badIdentifier: "badIdentifier"
    case .foreign: "foreign"
    case .amountUnclear: "amountUnclear"
    case .unterminatedQuote: "unterminatedQuote"
    case .strayQuote: "strayQuote"
    case .strayCarriageReturn: "strayCarriageReturn"
    case .fieldCount: "fieldCount"
    case .missingColumn: "missingColumn"
    case .unknownColumn: "unknownColumn"
    case .duplicateColumn: "duplicateColumn"
    case .noHeader: "noHeader"
    case .signDiffers: "signDiffers"
    case .sumOutOfRange: "sumOutOfRange"
    }
  }
}

extension RowError: CustomStringConvertible {
  /// What the sender of the row can do about it.
  public var whatToDo: String {
    switch reason {
    case .tooLong: "send one command a row, without padding; check for a quote that is never closed"
    case .notUTF8: "write the file as UTF-8"
    case .notJSON, .tooDeep, .tooManyFields: "write one flat JSON object a line, as in docs/delivery-form.md"
    case .tooManyElements(let limit): "give \(limit) at most"
    case .duplicateField, .duplicateColumn, .duplicateElement: "leave one of the two out"
    case .unknownField(let known), .unknownColumn(let known): "leave it out; known are \(known.joined(separator: ", "))"
    case .missingField, .missingColumn: "add it"
    case .wrongType(let expected): "write \(expected)"
    case .notExactInteger: "write whole units in plain digits, as 12 or -3"
    case .outOfRange(let low, let high): "write \(low) to \(high), or split the row"
    case .zero: "leave the row out"
    case .notTime: "write as 2010-12-01T08:26:00Z or 2010-12-01T09:26:00.250+01:00"
    case .timeOutOfRange: "check the sender's clock and its unit of time"
    case .unknownWord(let known): "use one of \(known.joined(separator: ", "))"
    case .badKey, .badIdentifier: "give a name of 1 to \(Limits.identifierBytesMax) bytes without control characters"
    case .foreign(let own): "leave it out, or write \(own)"
    case .amountUnclear: "give cumulative, or document with units"
    case .unterminatedQuote: "close the quote; a quote within a quoted field is written twice"
    case .strayQuote: "put the whole field in quotes and write quotes in it twice"
    case .strayCarriageReturn: "end rows with LF or CRLF"
    case .fieldCount: "put fields that hold a comma in quotes; write every column, empty where there is no value"
    case .noHeader: "start the file with a row of column names"
    case .signDiffers: "write units of a cancellation as a negative quantity"
    case .sumOutOfRange: "check the quantities of the invoice"
    }
  }

  /// The whole fault in one line: where, what is wrong, what to do.
  public var description: String {
    var place = "line \(line)"
    if let column { place += ", column \(column)" }
    if let field { place += ", \(field)" }
    return "\(place): \(reason); \(whatToDo)"
  }
}
