import StockLedger

/// Writes JSON straight into bytes, fields in the order in which they are named.
///
/// Names of fields are ours and hold nothing that needs an escape.
struct JSONWriter: Sendable {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// A writer with room for so many bytes.
  init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  /// The bytes of one object.
  static func object(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object(write)
    return writer.bytes
  }

  /// An object: an element of a list, or the whole.
  mutating func object(_ write: (inout JSONWriter) -> Void) { nest("{", "}", write) }

  /// An object on a line of its own.
  mutating func line(_ write: (inout JSONWriter) -> Void) {
    object(write)
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// An array of what is written in it.
  mutating func array(_ name: String? = nil, _ write: (inout JSONWriter) -> Void) {
    if let name { self.name(name) }
    nest("[", "]", write)
  }

  mutating func field(_ name: String, _ text: String) {
    self.name(name)
    element(text)
  }

  /// A text that is UTF-8 already.
  mutating func field(_ name: String, utf8 text: ArraySlice<UInt8>) {
    self.name(name)
    quote { writer in writer.append(text) }
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

  mutating func field(_ name: String, _ time: Timestamp) {
    self.name(name)
    quote { writer in time.write(to: &writer.bytes) }
  }

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
    quote { writer in writer.append(text.utf8) }
  }

  private mutating func raw(_ text: String.UTF8View) {
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
    assert(!name.utf8.contains(where: Self.needsEscape), "a field's name is ours: \(name)")
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }

  private mutating func quote(_ write: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    write(&self)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// The content of a string. Hardly any text needs an escape: it goes in as one piece, and is looked at there.
  private mutating func append(_ text: some Collection<UInt8>) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    guard bytes[start...].contains(where: Self.needsEscape) else { return }
    bytes.removeSubrange(start...)
    for byte in text { escape(byte) }
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
    case 0..<0x20: bytes += Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
    default: bytes.append(byte)
    }
  }
}
