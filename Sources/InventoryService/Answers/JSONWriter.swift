import StockLedger

/// Writes JSON straight into bytes, fields in the order in which they are named.
struct JSONWriter: Sendable {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// The bytes of one object.
  static func object(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.bytes.reserveCapacity(256)
    writer.object(write)
    return writer.bytes
  }

  /// An object: an element of a list, or the whole.
  mutating func object(_ write: (inout JSONWriter) -> Void) { nest("{", "}", write) }

  /// An array of what is written in it.
  mutating func array(_ name: String? = nil, _ write: (inout JSONWriter) -> Void) {
    if let name { self.name(name) }
    nest("[", "]", write)
  }

  mutating func field(_ name: String, _ text: String) {
    self.name(name)
    element(text)
  }

  mutating func field(_ name: String, _ number: Int64) {
    self.name(name)
    raw(String(number).utf8)
  }

  mutating func field(_ name: String, _ flag: Bool) {
    self.name(name)
    raw((flag ? "true" : "false").utf8)
  }

  mutating func field(_ name: String, _ identifier: Identifier) { field(name, identifier.description) }

  mutating func field(_ name: String, _ time: Timestamp) { field(name, time.description) }

  /// A name that may be absent: then so is the field.
  mutating func fieldUnlessNone(_ name: String, _ identifier: Identifier) {
    if !identifier.isNone { field(name, identifier) }
  }

  mutating func field(_ name: String, _ write: (inout JSONWriter) -> Void) {
    self.name(name)
    object(write)
  }

  /// A string of an array.
  mutating func element(_ text: String) {
    separate()
    string(text)
    needsComma = true
  }

  /// An object that was written before.
  mutating func element(_ object: [UInt8]) { raw(object) }

  /// The members of an object that was written before, as if they had been written here.
  mutating func members(of object: [UInt8]) {
    if object.count > 2 { raw(object[1..<(object.count - 1)]) }
  }

  private mutating func raw(_ text: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
    needsComma = true
  }

  private mutating func nest(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ write: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(UInt8(ascii: open))
    needsComma = false
    write(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  private mutating func name(_ name: String) {
    separate()
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }

  private mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    // Hardly any text needs an escape: it goes in as one piece.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for byte in text.utf8 { escape(byte) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
    case 0..<0x20: bytes += Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
    default: bytes.append(byte)
    }
  }
}
