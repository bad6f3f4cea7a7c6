public import StockLedger

/// One record: the entries of one shard in one group commit, sealed with checksums and the hash of the record before.
///
/// Byte layout and published key: docs/durability-format.md. Sealed once; equal bytes are equal records.
public struct JournalRecord: Hashable, Sendable {
  /// The stored form, header to payload checksum.
  public let bytes: [UInt8]
  /// The chain's hash after this record: over the previous hash, the header and the payload.
  public let hash: RecordHash
  /// The shard, 0 to 255.
  public let shard: Int
  /// The owner's fencing epoch; never falls within a shard.
  public let epoch: UInt64
  /// The owner's 128 random bits.
  public let nonce: RecordNonce
  /// The number of the first entry, from 1.
  public let firstNumber: UInt64
  /// How many entries, 1 to ``countMax``.
  public let count: Int
  /// The engine's time of the newest entry.
  public let time: Timestamp
  /// The hash of the shard's record before this one; zero for the first.
  public let previous: RecordHash

  /// The newest format that this program writes and reads.
  public static let version: UInt16 = 1
  /// Bytes before the payload.
  public static let headerBytes = 76
  /// The most entries in a record: a commit of more is split by the engine. Keeps a damaged count from costing memory.
  public static let countMax = 1 << 20
  /// The most payload bytes: a record is held in memory whole, and a SQLite row is at most 10^9 bytes.
  public static let payloadBytesMax = 1 << 28
  /// The largest entry number: exact in a JSON number and in Redis.
  public static let numberMax: UInt64 = 1 << 53

  static let magic: UInt32 = 0x524A_4648  // "HFJR"
  static let hashKey: (UInt64, UInt64) = (0x686f_6c64_6661_7374, 0x6a6f_7572_6e61_6c31)  // "holdfast", "journal1"

  /// The number of the last entry.
  public var lastNumber: UInt64 { firstNumber + UInt64(count) - 1 }
  /// Where the payload stands in ``bytes``.
  public var payloadRange: Range<Int> { Self.headerBytes..<(bytes.count - 4) }
  /// The sections of the payload, to be read entry by entry.
  public var sections: SectionReader { SectionReader(bytes, range: payloadRange) }
  /// Where the shard's log ends with this record.
  public var head: ShardHead { ShardHead(number: lastNumber, hash: hash, epoch: epoch, time: time) }

  /// Seals a payload of sections as the record that follows `previous`.
  ///
  /// Ranges are the caller's to keep: a shard outside 0 to 255, a count of 0 or a payload that is too long is a
  /// violation.
  public static func seal(
    shard: Int, epoch: UInt64, nonce: RecordNonce, firstNumber: UInt64, count: Int, time: Timestamp,
    previous: RecordHash, payload: [UInt8]
  ) -> JournalRecord {
    invariant((0...255).contains(shard), "a record's shard is 0 to 255, not \(shard)")
    invariant(count >= 1 && count <= countMax, "a record holds 1 to \(countMax) entries, not \(count)")
    invariant(payload.count <= payloadBytesMax, "a record's payload is too long: \(payload.count) bytes")
    invariant(
      firstNumber >= 1 && firstNumber <= numberMax - UInt64(count),
      "a record's numbers are 1 to 2^53, not \(firstNumber) and \(count) more")
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(headerBytes + payload.count + 4)
    writer.write(halfWord: magic)
    writer.write(byte: UInt8(truncatingIfNeeded: version))
    writer.write(byte: UInt8(truncatingIfNeeded: version >> 8))
    writer.write(byte: UInt8(shard))
    writer.write(byte: 0)
    writer.write(word: epoch)
    writer.write(word: nonce.first)
    writer.write(word: nonce.second)
    writer.write(word: firstNumber)
    writer.write(halfWord: UInt32(count))
    writer.write(halfWord: UInt32(payload.count))
    writer.write(word: UInt64(bitPattern: time.milliseconds))
    writer.write(word: previous.first)
    writer.write(word: previous.second)
    writer.write(halfWord: CRC32C.checksum(writer.bytes))
    writer.bytes.append(contentsOf: payload)
    writer.write(halfWord: CRC32C.checksum(payload))
    let hash = chainHash(previous, writer.bytes)
    return JournalRecord(
      bytes: writer.bytes, hash: hash, shard: shard, epoch: epoch, nonce: nonce, firstNumber: firstNumber,
      count: count, time: time, previous: previous)
  }

  /// Reads and verifies a record: its length, both checksums, every field's range. The chain is ``RecordChain``'s to
  /// check.
  ///
  /// - Throws: ``RecordError`` that says what is wrong and at which byte.
  public init(bytes: [UInt8]) throws(RecordError) {
    let header = try RecordHeader(bytes)
    let expected = Self.headerBytes + header.payloadBytes + 4
    guard bytes.count == expected else {
      throw RecordError(.length(expected: expected, found: bytes.count), offset: 44)
    }
    var reader = ByteReader(bytes, range: (expected - 4)..<expected)
    guard let stored = try? reader.readHalfWord(),
      stored == CRC32C.checksum(bytes, Self.headerBytes..<(expected - 4))
    else { throw RecordError(.payloadChecksum, offset: expected - 4) }
    self.init(
      bytes: bytes, hash: Self.chainHash(header.previous, bytes), shard: header.shard, epoch: header.epoch,
      nonce: header.nonce, firstNumber: header.firstNumber, count: header.count, time: header.time,
      previous: header.previous)
  }

  private init(
    bytes: [UInt8], hash: RecordHash, shard: Int, epoch: UInt64, nonce: RecordNonce, firstNumber: UInt64, count: Int,
    time: Timestamp, previous: RecordHash
  ) {
    self.bytes = bytes
    self.hash = hash
    self.shard = shard
    self.epoch = epoch
    self.nonce = nonce
    self.firstNumber = firstNumber
    self.count = count
    self.time = time
    self.previous = previous
  }

  /// The hash over the previous hash, then everything before the payload's checksum.
  private static func chainHash(_ previous: RecordHash, _ bytes: [UInt8]) -> RecordHash {
    var seed = ByteWriter()
    seed.write(word: previous.first)
    seed.write(word: previous.second)
    var digest = SipHash128(key0: hashKey.0, key1: hashKey.1)
    digest.update(seed.bytes.span)
    digest.update(bytes.span.extracting(0..<(bytes.count - 4)))
    let (first, second) = digest.finish()
    return RecordHash(first: first, second: second)
  }

  /// Equal bytes are equal records.
  public static func == (left: JournalRecord, right: JournalRecord) -> Bool { left.bytes == right.bytes }

  /// By the chain's hash.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(hash.first)
    hasher.combine(hash.second)
  }
}

/// An owner's 128 random bits: they tell two owners with one epoch apart.
public struct RecordNonce: Hashable, Sendable {
  /// The first eight bytes, read little-endian.
  public var first: UInt64
  /// The second eight bytes, read little-endian.
  public var second: UInt64

  /// An owner's 128 random bits.
  @inlinable
  public init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }
}
