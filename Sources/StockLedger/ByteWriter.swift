/// Writes the stored form of values: little-endian words, LEB128 variable-length integers, length-prefixed bytes.
public struct ByteWriter: Sendable {
  /// What was written so far.
  public var bytes: [UInt8] = []

  /// Starts empty.
  @inlinable
  public init() {}

  /// One byte.
  @inlinable
  public mutating func write(byte: UInt8) { bytes.append(byte) }

  /// An unsigned integer in 1 to 10 bytes (LEB128).
  @inlinable
  public mutating func write(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// A signed integer in 1 to 10 bytes (zigzag LEB128): small magnitudes are short.
  @inlinable
  public mutating func write(signed value: Int64) {
    write(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Eight bytes, little-endian.
  @inlinable
  public mutating func write(word value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// Four bytes, little-endian.
  @inlinable
  public mutating func write(halfWord value: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// An identifier: 16 bytes.
  @inlinable
  public mutating func write(_ identifier: Identifier) {
    write(word: identifier.high)
    write(word: identifier.low)
  }

  /// A time: milliseconds as a signed integer.
  @inlinable
  public mutating func write(_ time: Timestamp) { write(signed: time.milliseconds) }

  /// A flag: one byte, 0 or 1.
  @inlinable
  public mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  /// Bytes with their count before them.
  @inlinable
  public mutating func write(counted content: [UInt8]) {
    write(varint: UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  /// A stock key: its path, counted.
  @inlinable
  public mutating func write(_ key: StockKey) { write(counted: key.path) }

  /// A list: its count, then each element.
  @inlinable
  public mutating func write<Element>(list: [Element], _ each: (inout ByteWriter, Element) -> Void) {
    write(varint: UInt64(list.count))
    for element in list { each(&self, element) }
  }

  /// A value that may be absent: a flag, then the value.
  @inlinable
  public mutating func write<Value>(optional value: Value?, _ each: (inout ByteWriter, Value) -> Void) {
    write(value != nil)
    if let value { each(&self, value) }
  }
}

/// Why stored bytes are not what they should be. Always damage or another version, never a normal case.
public struct ByteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in the bytes.
  public let offset: Int
  /// What was expected there.
  public let expected: String

  /// Bytes that are not what they should be.
  public init(offset: Int, expected: String) {
    self.offset = offset
    self.expected = expected
  }

  /// For people.
  public var description: String { "\(expected) expected at byte \(offset)" }
}

/// Reads what ``ByteWriter`` wrote; every read checks its bounds and its range, so that damaged bytes throw.
public struct ByteReader: Sendable {
  /// The bytes.
  public let bytes: [UInt8]
  /// Where the next read starts.
  public private(set) var offset: Int
  /// Where reading ends.
  public let end: Int

  /// Reads bytes from the start.
  public init(_ bytes: [UInt8]) { self.init(bytes, range: 0..<bytes.count) }

  /// Reads a part of bytes; the range must lie within them.
  public init(_ bytes: [UInt8], range: Range<Int>) {
    invariant(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a reader's range lies within its bytes")
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  /// True when everything was read.
  public var isAtEnd: Bool { offset == end }

  /// One byte.
  public mutating func readByte() throws(ByteError) -> UInt8 {
    guard offset < end else { throw ByteError(offset: offset, expected: "a byte") }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// A LEB128 integer; overlong and overflowing forms are errors.
  public mutating func readVarint() throws(ByteError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let start = offset
      let byte = try readByte()
      let bits = UInt64(byte & 0x7F)
      if shift == 63 && bits > 1 { throw ByteError(offset: start, expected: "a 64-bit integer") }
      value |= bits << shift
      if byte & 0x80 == 0 {
        if byte == 0 && shift > 0 { throw ByteError(offset: start, expected: "a shortest integer") }
        return value
      }
      shift += 7
      if shift > 63 { throw ByteError(offset: start, expected: "a 64-bit integer") }
    }
  }

  /// A zigzag LEB128 integer.
  public mutating func readSigned() throws(ByteError) -> Int64 {
    let raw = try readVarint()
    return Int64(bitPattern: (raw >> 1) ^ (~(raw & 1) &+ 1))
  }

  /// A count that cannot be more than the bytes left, so that damage never asks for memory.
  public mutating func readCount() throws(ByteError) -> Int {
    let start = offset
    let value = try readVarint()
    guard value <= UInt64(end - offset) else { throw ByteError(offset: start, expected: "a count within the bytes") }
    return Int(value)
  }

  /// Eight bytes, little-endian.
  public mutating func readWord() throws(ByteError) -> UInt64 {
    guard end - offset >= 8 else { throw ByteError(offset: offset, expected: "eight bytes") }
    var value: UInt64 = 0
    for index in 0..<8 { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
    offset += 8
    return value
  }

  /// Four bytes, little-endian.
  public mutating func readHalfWord() throws(ByteError) -> UInt32 {
    guard end - offset >= 4 else { throw ByteError(offset: offset, expected: "four bytes") }
    var value: UInt32 = 0
    for index in 0..<4 { value |= UInt32(bytes[offset + index]) << UInt32(8 * index) }
    offset += 4
    return value
  }

  /// An identifier.
  public mutating func readIdentifier() throws(ByteError) -> Identifier {
    Identifier(high: try readWord(), low: try readWord())
  }

  /// A time.
  public mutating func readTimestamp() throws(ByteError) -> Timestamp { Timestamp(milliseconds: try readSigned()) }

  /// A flag: 0 or 1.
  public mutating func readFlag() throws(ByteError) -> Bool {
    let start = offset
    switch try readByte() {
    case 0: return false
    case 1: return true
    default: throw ByteError(offset: start, expected: "a flag")
    }
  }

  /// A quantity: 1 to 10^9, written as an integer.
  public mutating func readQuantity() throws(ByteError) -> Quantity {
    let start = offset
    let raw = try readVarint()
    guard raw <= UInt64(Limits.quantityMax), let quantity = Quantity(Int64(raw)) else {
      throw ByteError(offset: start, expected: "a quantity")
    }
    return quantity
  }

  /// Counted bytes.
  public mutating func readCounted() throws(ByteError) -> [UInt8] {
    let count = try readCount()
    defer { offset += count }
    return Array(bytes[offset..<(offset + count)])
  }

  /// Passes over counted bytes and says where they stand, without copying them.
  public mutating func skipCounted() throws(ByteError) -> Range<Int> {
    let count = try readCount()
    defer { offset += count }
    return offset..<(offset + count)
  }

  /// A stock key.
  public mutating func readKey() throws(ByteError) -> StockKey {
    let start = offset
    guard let key = StockKey(path: try readCounted()) else { throw ByteError(offset: start, expected: "a stock key") }
    return key
  }

  /// One case of an enum stored by its raw value.
  public mutating func readCase<Case: RawRepresentable>(
    _ type: Case.Type
  ) throws(ByteError) -> Case where Case.RawValue == UInt8 {
    let start = offset
    guard let value = Case(rawValue: try readByte()) else {
      throw ByteError(offset: start, expected: "a case of \(type)")
    }
    return value
  }

  /// A list.
  public mutating func readList<Element>(
    _ each: (inout ByteReader) throws(ByteError) -> Element
  ) throws(ByteError) -> [Element] {
    let count = try readCount()
    var list: [Element] = []
    list.reserveCapacity(count)
    for _ in 0..<count { list.append(try each(&self)) }
    return list
  }

  /// A value that may be absent.
  public mutating func readOptional<Value>(
    _ each: (inout ByteReader) throws(ByteError) -> Value
  ) throws(ByteError) -> Value? {
    try readFlag() ? try each(&self) : nil
  }
}
