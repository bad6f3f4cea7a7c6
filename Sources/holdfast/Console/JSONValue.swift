import StockLedger

/// A JSON value with its fields in the order in which they are written down, so that lines can be compared as text.
enum JSONValue {
  case string(String)
  case integer(Int64)
  /// Finite; written with up to three places.
  case number(Double)
  case boolean(Bool)
  case null
  case array([JSONValue])
  case object([(String, JSONValue)])

  init(_ number: some BinaryInteger) { self = .integer(Int64(clamping: number)) }
  init(_ text: some CustomStringConvertible) { self = .string(text.description) }

  /// The value on one line.
  var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .string(let string): Self.write(string, to: &text)
    case .integer(let number): text += String(number)
    case .number(let number): text += String((number * 1_000).rounded() / 1_000)
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let fields):
      text += "{"
      for (index, field) in fields.enumerated() {
        if index > 0 { text += "," }
        Self.write(field.0, to: &text)
        text += ":"
        field.1.write(to: &text)
      }
      text += "}"
    }
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension StockKey {
  /// The key's three parts, as every command writes them.
  var jsonFields: [(String, JSONValue)] {
    [("shop", .string(shop)), ("sku", .string(sku)), ("location", .string(location))]
  }
}
