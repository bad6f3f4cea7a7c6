public import StockLedger

/// The first 84 bytes of a snapshot's part, verified by their own checksum.
public struct SnapshotPartHeader: Hashable, Sendable {
  /// The shard, 0 to 255.
  public let shard: Int
  /// Which part, from 0.
  public let index: Int
  /// How many parts.
  public let partCount: Int
  /// Every entry up to this number is in the images.
  public let through: UInt64
  /// The hash of the record that ends there.
  public let hash: RecordHash
  /// The time of the newest entry.
  public let time: Timestamp
  /// How many images, in all parts together.
  public let imageCount: Int
  /// How many bytes of payload follow.
  public let payloadBytes: Int
  /// The hash of the part before; zero for the first.
  public let previous: RecordHash

  init(
    shard: Int, index: Int, partCount: Int, through: UInt64, hash: RecordHash, time: Timestamp, imageCount: Int,
    payloadBytes: Int, previous: RecordHash
  ) {
    self.shard = shard
    self.index = index
    self.partCount = partCount
    self.through = through
    self.hash = hash
    self.time = time
    self.imageCount = imageCount
    self.payloadBytes = payloadBytes
    self.previous = previous
  }

  /// Reads a header from the start of a part; what follows is not looked at.
  public init(_ bytes: [UInt8], part: Int) throws(SnapshotError) {
    do {
      var reader = ByteReader(bytes)
      guard try reader.readHalfWord() == SnapshotCodec.magic else { throw SnapshotError(part: part, problem: .magic) }
      let version = UInt16(try reader.readByte()) | UInt16(try reader.readByte()) << 8
      shard = Int(try reader.readByte())
      let zero = try reader.readByte()
      index = Int(try reader.readHalfWord())
      partCount = Int(try reader.readHalfWord())
      through = try reader.readWord()
      hash = RecordHash(first: try reader.readWord(), second: try reader.readWord())
      time = Timestamp(milliseconds: Int64(bitPattern: try reader.readWord()))
      let images = try reader.readWord()
      payloadBytes = Int(try reader.readHalfWord())
      let reserved = try reader.readHalfWord()
      previous = RecordHash(first: try reader.readWord(), second: try reader.readWord())
      let checked = reader.offset
      guard try reader.readHalfWord() == CRC32C.checksum(bytes, 0..<checked) else {
        throw SnapshotError(part: part, problem: .checksum)
      }
      guard version <= SnapshotCodec.version else {
        throw SnapshotError(part: part, problem: .newerFormat(found: version))
      }
      guard version >= 1, zero == 0, reserved == 0 else {
        throw SnapshotError(part: part, problem: .field("a reserved field"))
      }
      guard images <= 1 << 40, let count = Int(exactly: images) else {
        throw SnapshotError(part: part, problem: .field("the image count"))
      }
      imageCount = count
    } catch let error as SnapshotError {
      throw error
    } catch {
      throw SnapshotError(part: part, problem: .length)
    }
  }

  func write(to writer: inout ByteWriter) {
    writer.write(halfWord: SnapshotCodec.magic)
    writer.write(byte: UInt8(truncatingIfNeeded: SnapshotCodec.version))
    writer.write(byte: UInt8(truncatingIfNeeded: SnapshotCodec.version >> 8))
    writer.write(byte: UInt8(shard))
    writer.write(byte: 0)
    writer.write(halfWord: UInt32(index))
    writer.write(halfWord: UInt32(partCount))
    writer.write(word: through)
    writer.write(word: hash.first)
    writer.write(word: hash.second)
    writer.write(word: UInt64(bitPattern: time.milliseconds))
    writer.write(word: UInt64(imageCount))
    writer.write(halfWord: UInt32(payloadBytes))
    writer.write(halfWord: 0)
    writer.write(word: previous.first)
    writer.write(word: previous.second)
    writer.write(halfWord: CRC32C.checksum(writer.bytes))
  }

  func isSameSnapshot(as other: SnapshotPartHeader) -> Bool {
    shard == other.shard && partCount == other.partCount && through == other.through && hash == other.hash
      && time == other.time && imageCount == other.imageCount
  }
}
