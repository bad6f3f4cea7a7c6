import StockLedger

/// Up to 96 bytes put together in place and then added in one step.
///
/// Adding byte by byte to the array asks for room each time, which was most of the cost of a held entry.
struct ShortForm {
  private var storage = InlineArray<96, UInt8>(repeating: 0)
  private var count = 0

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    storage[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func put(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(UInt8(truncatingIfNeeded: rest))
  }

  @inline(__always)
  mutating func put(_ time: Timestamp, from base: Timestamp) {
    let value = time.milliseconds &- base.milliseconds
    put(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  @inline(__always)
  mutating func put(_ identifier: Identifier) {
    put(word: identifier.high)
    put(word: identifier.low)
  }

  @inline(__always)
  private mutating func put(word: UInt64) {
    for index in 0..<8 { storage[count + index] = UInt8(truncatingIfNeeded: word >> UInt64(8 * index)) }
    count += 8
  }

  @inline(__always)
  func add(to bytes: inout [UInt8]) {
    let part = storage.span.extracting(0..<count)
    unsafe part.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }
}
