public import StockLedger

/// The first 76 bytes of a record, verified by their own checksum: enough to find a record's place without its payload.
public struct RecordHeader: Hashable, Sendable {
  /// The shard, 0 to 255.
  public let shard: Int
  /// The owner's epoch.
  public let epoch: UInt64
  /// The owner's nonce.
  public let nonce: RecordNonce
  /// The first entry's number.
  public let firstNumber: UInt64
  /// How many entries.
  public let count: Int
  /// How many bytes of payload follow.
  public let payloadBytes: Int
  /// The time of the newest entry.
  public let time: Timestamp
  /// The hash of the record before.
  public let previous: RecordHash

  /// Reads a header from the start of bytes; what follows is not looked at.
  ///
  /// - Throws: ``RecordError`` that says what is wrong and at which byte. Every version keeps the first 76 bytes and
  ///   their checksum, so that a newer one is told from a damaged one.
  public init(_ bytes: [UInt8]) throws(RecordError) {
    let needed = JournalRecord.headerBytes
    do {
      var reader = ByteReader(bytes)
      guard try reader.readHalfWord() == JournalRecord.magic else { throw RecordError(.magic, offset: 0) }
      let version = UInt16(try reader.readByte()) | UInt16(try reader.readByte()) << 8
      let shard = Int(try reader.readByte())
      let zero = try reader.readByte()
      let epoch = try reader.readWord()
      let nonce = RecordNonce(first: try reader.readWord(), second: try reader.readWord())
      let firstNumber = try reader.readWord()
      let count = Int(try reader.readHalfWord())
      let payloadBytes = Int(try reader.readHalfWord())
      let time = Timestamp(milliseconds: Int64(bitPattern: try reader.readWord()))
      let previous = RecordHash(first: try reader.readWord(), second: try reader.readWord())
      let checksumHolds = try reader.readHalfWord() == CRC32C.checksum(bytes, 0..<(needed - 4))
      guard checksumHolds else {
        // Looked at before the version: a flipped bit there must not read as "newer".
        throw RecordError(.headerChecksum, offset: needed - 4)
      }
      guard version <= JournalRecord.version else { throw RecordError(.newerFormat(found: version), offset: 4) }
      guard version >= 1 else { throw RecordError(.field("the version"), offset: 4) }
      guard zero == 0 else { throw RecordError(.field("the reserved byte"), offset: 7) }
      guard count >= 1, count <= JournalRecord.countMax else { throw RecordError(.field("the count"), offset: 40) }
      guard firstNumber >= 1, firstNumber <= JournalRecord.numberMax - UInt64(count) else {
        throw RecordError(.field("the first number"), offset: 32)
      }
      guard payloadBytes <= JournalRecord.payloadBytesMax else {
        throw RecordError(.field("the payload's length"), offset: 44)
      }
      self.shard = shard
      self.epoch = epoch
      self.nonce = nonce
      self.firstNumber = firstNumber
      self.count = count
      self.payloadBytes = payloadBytes
      self.time = time
      self.previous = previous
    } catch let error as RecordError {
      throw error
    } catch {
      throw RecordError(.length(expected: needed, found: bytes.count), offset: bytes.count)
    }
  }
}
