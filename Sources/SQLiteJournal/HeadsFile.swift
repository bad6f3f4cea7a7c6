import StockJournal
import StockLedger

/// What the file `heads` says beside the database: how often the store was opened, and after a clean stop where every
/// shard's log ended.
///
/// The database cannot tell by itself that it is an older copy of itself; this file can.
struct HeadsFile: Equatable {
  /// Counts the starts; the database has the same number, or one more after a crash between the two writes.
  var generation: UInt64
  /// The heads at a clean stop; nil while the store runs and after a crash.
  var heads: [ShardHead]?

  /// Room for the heads of 256 shards, each of at most 42 bytes.
  static let bytesMax = 256 * 42 + 64
  private static let magic: UInt32 = 0x5344_4648  // "HFDS"

  /// The stored form, with a checksum at its end.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(halfWord: Self.magic)
    writer.write(byte: 1)
    writer.write(word: generation)
    writer.write(optional: heads) { writer, heads in
      writer.write(list: heads) { writer, head in
        writer.write(word: head.number)
        writer.write(word: head.hash.first)
        writer.write(word: head.hash.second)
        writer.write(word: head.epoch)
        writer.write(head.time)
      }
    }
    writer.write(halfWord: CRC32C.checksum(writer.bytes))
    return writer.bytes
  }

  /// A file of a generation.
  init(generation: UInt64, heads: [ShardHead]? = nil) {
    self.generation = generation
    self.heads = heads
  }

  /// Reads a file, or says that it is damaged.
  init(_ bytes: [UInt8]) throws(StoreFailure) {
    do throws(ByteError) {
      guard bytes.count >= 4 else { throw ByteError(offset: 0, expected: "a heads file") }
      var end = ByteReader(bytes, range: (bytes.count - 4)..<bytes.count)
      guard try end.readHalfWord() == CRC32C.checksum(bytes, 0..<(bytes.count - 4)) else {
        throw ByteError(offset: bytes.count - 4, expected: "another checksum")
      }
      var reader = ByteReader(bytes, range: 0..<(bytes.count - 4))
      guard try reader.readHalfWord() == Self.magic, try reader.readByte() == 1 else {
        throw ByteError(offset: 0, expected: "a heads file of version 1")
      }
      generation = try reader.readWord()
      heads = try reader.readOptional { reader throws(ByteError) in
        try reader.readList { reader throws(ByteError) in
          ShardHead(
            number: try reader.readWord(),
            hash: RecordHash(first: try reader.readWord(), second: try reader.readWord()),
            epoch: try reader.readWord(), time: try reader.readTimestamp())
        }
      }
      guard reader.isAtEnd else { throw ByteError(offset: reader.offset, expected: "the end") }
    } catch {
      throw .damaged("the file heads: \(error); restore the directory from a copy")
    }
  }
}
