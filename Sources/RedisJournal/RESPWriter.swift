public import StockJournal
import StockLedger

/// Writes commands in the Redis protocol (RESP2) into one buffer that is used again and again.
///
/// Every argument is counted bytes, so no content can be taken for another argument; there is no format string.
/// A command says first how many arguments it has; another number of them is a violation, because Redis would wait
/// for the rest or take the next command for it.
public struct RESPWriter: Sendable {
  /// What was written since ``clear()``: whole commands, one after another.
  public private(set) var bytes: [UInt8] = []
  /// How many commands were written since ``clear()``: as many replies will come.
  public private(set) var commandCount = 0
  /// Arguments that the last command has still to be given.
  private var owed = 0

  /// An empty buffer.
  public init() {}

  /// True when every command has all of its arguments.
  public var isWhole: Bool { owed == 0 }

  /// Forgets what was written, keeps the room for what comes next.
  public mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
    commandCount = 0
    owed = 0
  }

  /// Begins a command of so many arguments, its name among them: 1 or more.
  public mutating func command(_ count: Int) {
    invariant(owed == 0, "a Redis command lacks \(owed) of its arguments")
    invariant(count > 0, "a Redis command has a name")
    owed = count
    commandCount += 1
    writeCount(count, after: UInt8(ascii: "*"))
  }

  /// A whole command, its name first.
  public mutating func command(_ parts: String...) {
    command(parts.count)
    for part in parts { argument(part) }
  }

  /// Text, as UTF-8.
  public mutating func argument(_ text: String) {
    begin(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
    end()
  }

  /// Text that is written in the source: command names, field names.
  public mutating func argument(_ text: StaticString) {
    text.withUTF8Buffer { buffer in
      begin(buffer.count)
      bytes.append(contentsOf: buffer)
      end()
    }
  }

  /// Bytes, of any content.
  public mutating func argument(_ content: [UInt8]) {
    begin(content.count)
    bytes.append(contentsOf: content)
    end()
  }

  /// Part of some bytes.
  public mutating func argument(_ content: ArraySlice<UInt8>) {
    begin(content.count)
    bytes.append(contentsOf: content)
    end()
  }

  /// A whole number, in decimal.
  public mutating func argument(_ value: Int) {
    begin(Self.width(value.magnitude) + (value < 0 ? 1 : 0))
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(decimal: value.magnitude)
    end()
  }

  /// A whole number, in decimal.
  public mutating func argument(_ value: UInt64) {
    begin(Self.width(UInt(value)))
    append(decimal: UInt(value))
    end()
  }

  /// A stream entry's id, `<epoch>-<number>`.
  public mutating func argument(epoch: UInt64, number: UInt64) {
    begin(Self.width(UInt(epoch)) + 1 + Self.width(UInt(number)))
    append(decimal: UInt(epoch))
    bytes.append(UInt8(ascii: "-"))
    append(decimal: UInt(number))
    end()
  }

  /// A record's hash: 32 hexadecimal digits, byte by byte as the stored form has them.
  public mutating func argument(_ hash: RecordHash) { argument(hexadecimal: (hash.first, hash.second)) }

  /// An owner's nonce: 32 hexadecimal digits, byte by byte as the stored form has them.
  public mutating func argument(_ nonce: RecordNonce) { argument(hexadecimal: (nonce.first, nonce.second)) }

  private mutating func argument(hexadecimal words: (UInt64, UInt64)) {
    begin(32)
    for word in [words.0, words.1] {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        let byte = UInt8(truncatingIfNeeded: word >> shift)
        bytes.append(Self.digits[Int(byte >> 4)])
        bytes.append(Self.digits[Int(byte & 15)])
      }
    }
    end()
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private mutating func begin(_ count: Int) {
    invariant(owed > 0, "a Redis command was given more arguments than it announced")
    owed -= 1
    writeCount(count, after: UInt8(ascii: "$"))
  }

  private mutating func writeCount(_ count: Int, after sign: UInt8) {
    bytes.append(sign)
    append(decimal: count.magnitude)
    end()
  }

  private mutating func end() {
    bytes.append(UInt8(ascii: "\r"))
    bytes.append(UInt8(ascii: "\n"))
  }

  // Digits are made in place, from the last to the first: a String for each number cost a third of the time.
  private mutating func append(decimal value: UInt) {
    let width = Self.width(value)
    for _ in 0..<width { bytes.append(UInt8(ascii: "0")) }
    var rest = value
    for place in 1...width {
      bytes[bytes.count - place] += UInt8(rest % 10)
      rest /= 10
    }
  }

  private static func width(_ value: UInt) -> Int {
    var (width, bound): (Int, UInt) = (1, 10)
    while value >= bound {
      width += 1
      let (next, overflows) = bound.multipliedReportingOverflow(by: 10)
      if overflows { break }
      bound = next
    }
    return width
  }
}
