/// CRC-32C (Castagnoli), reflected, initial and final value all ones: the checksum of records, snapshots and meta rows.
///
/// Software, eight tables, eight bytes a step. The processor's own instruction needs C or inline assembly, which this
/// room may not have; the tables reach more than 1 GB/s. Source: RFC 3720, appendix B.4; "123456789" gives 0xE3069283.
public struct CRC32C: Sendable {
  private var state: UInt32 = 0xFFFF_FFFF

  /// Starts a checksum.
  public init() {}

  /// The checksum of everything added so far.
  public var value: UInt32 { ~state }

  /// The checksum of a part of bytes. The range must lie within them.
  public static func checksum(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    var checksum = CRC32C()
    checksum.update(bytes.span.extracting(range))
    return checksum.value
  }

  /// The checksum of bytes.
  public static func checksum(_ bytes: [UInt8]) -> UInt32 { checksum(bytes, 0..<bytes.count) }

  /// Adds bytes. Splitting the input over several calls changes nothing.
  public mutating func update(_ bytes: Span<UInt8>) {
    let tables = CRC32CTables.entries.span
    var crc = state
    let count = bytes.count
    var index = 0
    let raw = unsafe bytes.bytes
    while index + 8 <= count {
      // The loop's bound is the load's bound.
      let word = unsafe UInt64(
        littleEndian: raw.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
      let low = UInt32(truncatingIfNeeded: word) ^ crc
      let high = UInt32(truncatingIfNeeded: word >> 32)
      // Each index is below 2,048: a byte and the number of a table.
      let first = unsafe tables[unchecked: 1792 + Int(low & 0xFF)] ^ tables[unchecked: 1536 + Int(low >> 8 & 0xFF)]
      let second = unsafe tables[unchecked: 1280 + Int(low >> 16 & 0xFF)] ^ tables[unchecked: 1024 + Int(low >> 24)]
      let third = unsafe tables[unchecked: 768 + Int(high & 0xFF)] ^ tables[unchecked: 512 + Int(high >> 8 & 0xFF)]
      let fourth = unsafe tables[unchecked: 256 + Int(high >> 16 & 0xFF)] ^ tables[unchecked: Int(high >> 24)]
      crc = first ^ second ^ third ^ fourth
      index += 8
    }
    while index < count {
      crc = tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)] ^ (crc >> 8)
      index += 1
    }
    state = crc
  }
}

/// Eight tables of 256 words in one array: table k at k × 256.
private enum CRC32CTables {
  static let entries: [UInt32] = {
    var entries = [UInt32](repeating: 0, count: 2048)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
      entries[byte] = crc
    }
    for index in 256..<2048 {
      let before = entries[index - 256]
      entries[index] = entries[Int(before & 0xFF)] ^ (before >> 8)
    }
    return entries
  }()
}
