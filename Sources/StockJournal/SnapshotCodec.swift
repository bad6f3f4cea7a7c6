public import StockLedger

/// A shard's snapshot ↔ parts of at most 8 MiB, each with its own checksums and the hash of the part before.
///
/// The images are one stream (counted key path, entry number, counted image) that is cut into parts without regard to
/// where an image ends, so that one image may be larger than a part. Byte layout: docs/durability-format.md.
public enum SnapshotCodec {
  /// The newest format that this program writes and reads.
  public static let version: UInt16 = 1
  /// Bytes of a part before its payload.
  public static let headerBytes = 84
  /// The most payload bytes of a part: one row, one write, one page of memory at a time.
  public static let partPayloadMax = 8 << 20 - 128

  static let magic: UInt32 = 0x5053_4648  // "HFSP"
  static let hashKey: (UInt64, UInt64) = (0x686f_6c64_6661_7374, 0x736e_6170_7368_6f74)  // "holdfast", "snapshot"

  /// The parts of a snapshot, in order; at least one.
  ///
  /// Images must be sorted by path without repetition, the shard 0 to 255; anything else is a violation.
  ///
  /// - Parameter payloadMax: The cut; smaller only in tests.
  public static func parts(of snapshot: ShardSnapshot, payloadMax: Int = partPayloadMax) -> [[UInt8]] {
    invariant((0...255).contains(snapshot.shard), "a snapshot's shard is 0 to 255, not \(snapshot.shard)")
    var stream = ByteWriter()
    var last: [UInt8] = []
    for image in snapshot.images {
      invariant(last.lexicographicallyPrecedes(image.key.path), "a snapshot's images are sorted by key")
      last = image.key.path
      stream.write(image.key)
      stream.write(varint: image.number)
      stream.write(counted: image.bytes)
    }
    let total = stream.bytes.count
    let partCount = max(1, (total + payloadMax - 1) / payloadMax)
    var parts: [[UInt8]] = []
    var previous = RecordHash.zero
    for index in 0..<partCount {
      let range = (index * payloadMax)..<min(total, (index + 1) * payloadMax)
      let header = SnapshotPartHeader(
        shard: snapshot.shard, index: index, partCount: partCount, through: snapshot.through, hash: snapshot.hash,
        time: snapshot.time, imageCount: snapshot.images.count, payloadBytes: range.count, previous: previous)
      var writer = ByteWriter()
      writer.bytes.reserveCapacity(headerBytes + range.count + 4)
      header.write(to: &writer)
      writer.bytes.append(contentsOf: stream.bytes[range])
      writer.write(halfWord: CRC32C.checksum(stream.bytes, range))
      previous = partHash(writer.bytes)
      parts.append(writer.bytes)
    }
    return parts
  }

  /// The snapshot that parts hold.
  ///
  /// - Throws: ``SnapshotError`` that says which part is wrong, and how: missing, damaged, of another snapshot, newer.
  public static func snapshot(from parts: [[UInt8]]) throws(SnapshotError) -> ShardSnapshot {
    guard let firstPart = parts.first else { throw SnapshotError(part: 0, problem: .missing) }
    let first = try SnapshotPartHeader(firstPart, part: 0)
    guard parts.count == first.partCount else {
      throw SnapshotError(part: min(parts.count, first.partCount), problem: .missing)
    }
    var stream: [UInt8] = []
    stream.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    var previous = RecordHash.zero
    for (index, part) in parts.enumerated() {
      let header = try SnapshotPartHeader(part, part: index)
      guard header.index == index, header.isSameSnapshot(as: first), header.previous == previous else {
        throw SnapshotError(part: index, problem: .otherSnapshot)
      }
      let end = headerBytes + header.payloadBytes
      guard part.count == end + 4 else { throw SnapshotError(part: index, problem: .length) }
      var reader = ByteReader(part, range: end..<(end + 4))
      guard let stored = try? reader.readHalfWord(), stored == CRC32C.checksum(part, headerBytes..<end) else {
        throw SnapshotError(part: index, problem: .checksum)
      }
      previous = partHash(part)
      stream.append(contentsOf: part[headerBytes..<end])
    }
    do {
      let images = try images(in: stream, count: first.imageCount, shard: first.shard)
      return ShardSnapshot(
        shard: first.shard, through: first.through, hash: first.hash, time: first.time, images: images)
    } catch {
      throw SnapshotError(part: 0, problem: .image(error))
    }
  }

  private static func images(in stream: [UInt8], count: Int, shard: Int) throws(ByteError) -> [KeyImage] {
    var reader = ByteReader(stream)
    var images: [KeyImage] = []
    // An image takes at least four bytes, so that a damaged count cannot ask for memory.
    images.reserveCapacity(min(count, stream.count / 4))
    for _ in 0..<count {
      let start = reader.offset
      let key = try reader.readKey()
      if let last = images.last, !(last.key < key) {
        throw ByteError(offset: start, expected: "a key after the one before it")
      }
      guard key.shard == shard else { throw ByteError(offset: start, expected: "a key of shard \(shard)") }
      images.append(KeyImage(key: key, number: try reader.readVarint(), bytes: try reader.readCounted()))
    }
    guard reader.isAtEnd else { throw ByteError(offset: reader.offset, expected: "the end") }
    return images
  }

  /// The hash that the next part names: over everything before the payload's checksum; the header holds the previous
  /// one.
  private static func partHash(_ part: [UInt8]) -> RecordHash {
    var digest = SipHash128(key0: hashKey.0, key1: hashKey.1)
    digest.update(part.span.extracting(0..<(part.count - 4)))
    let (first, second) = digest.finish()
    return RecordHash(first: first, second: second)
  }
}

/// Why parts are not a snapshot.
public struct SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Which part, from 0.
  public let part: Int
  /// What is wrong with it.
  public let problem: Problem

  /// What can be wrong with a part.
  public enum Problem: Hashable, Sendable {
    /// It is not there.
    case missing
    /// It is not a snapshot's part.
    case magic
    /// A newer format than this program reads.
    case newerFormat(found: UInt16)
    /// It is too short or too long.
    case length
    /// A checksum is another.
    case checksum
    /// A header field is outside its range, although the checksum is right.
    case field(String)
    /// It belongs to another snapshot, or to another place in this one.
    case otherSnapshot
    /// An image does not read, although the checksums are right.
    case image(ByteError)
  }

  /// Why parts are not a snapshot.
  public init(part: Int, problem: Problem) {
    self.part = part
    self.problem = problem
  }

  /// One line for people.
  public var description: String {
    let what =
      switch problem {
      case .missing: "is missing"
      case .magic: "is not a snapshot's part"
      case .newerFormat(let found): "has format version \(found), this program reads up to \(SnapshotCodec.version)"
      case .length: "has the wrong length"
      case .checksum: "has a wrong checksum"
      case .field(let name): "has \(name) out of range"
      case .otherSnapshot: "belongs elsewhere"
      case .image(let error): "holds an image that does not read: \(error)"
      }
    return "part \(part) \(what)"
  }

  /// The failure that a store reports for a shard's snapshot.
  public func failure(shard: Int) -> StoreFailure {
    let place = "the snapshot of shard \(shard): \(self)"
    if case .newerFormat = problem { return .newerFormat("\(place); run the newer program") }
    return .damaged("\(place); restore the directory from a copy")
  }
}
