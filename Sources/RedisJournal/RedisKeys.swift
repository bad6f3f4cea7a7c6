import StockLedger

/// The names of the store's keys. A shard's have a hash tag, so that they live on one node of whatever splits by tag.
enum RedisKeys {
  /// What the store is: format, count of shards, replicas to wait for, count of handovers.
  static let meta = "hf:meta"

  /// Who owns a shard, and where its log ends.
  static func owner(_ shard: Int) -> String { "{s:\(shard)}:own" }

  /// A shard's records, a stream with ids `<epoch>-<number of the last entry>`.
  static func log(_ shard: Int) -> String { "{s:\(shard)}:log" }

  /// A shard's snapshots by the number that they go through.
  static func manifest(_ shard: Int) -> String { "{s:\(shard)}:snap" }

  /// One part of a snapshot.
  static func part(_ shard: Int, _ name: SnapshotName, _ index: Int) -> String {
    "{s:\(shard)}:snap:\(name.through):\(name.serial):\(index)"
  }

  /// A node's sign of life: its address, gone seconds after it stops.
  static func node(_ name: String) -> String { "hf:node:\(name)" }

  /// What may be sold of a key, for storefronts; never read back. A colon in a part is `%3A`, a percent sign `%25`, so
  /// that no two keys meet.
  static func availability(_ key: StockKey) -> String {
    "ats:\(escaped(key.shop)):\(escaped(key.sku)):\(escaped(key.location))"
  }

  private static func escaped(_ part: String) -> String {
    // Nearly all parts are as they are: looked at by bytes, which costs little.
    guard part.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "%") }) else { return part }
    return part.reduce(into: "") { text, character in
      switch character {
      case ":": text += "%3A"
      case "%": text += "%25"
      default: text.append(character)
      }
    }
  }
}

/// A named snapshot: how its row in the manifest reads.
struct SnapshotName: Hashable, Sendable {
  /// Every entry up to this number is in it.
  let through: UInt64
  /// The epoch of the record that ends there: the start of the way back into the stream.
  let epoch: UInt64
  /// Told apart from another try at the same number.
  let serial: UInt64
  /// How many parts.
  let parts: Int

  /// The manifest's row: `epoch serial parts`.
  var row: String { "\(epoch) \(serial) \(parts)" }

  init(through: UInt64, epoch: UInt64, serial: UInt64, parts: Int) {
    self.through = through
    self.epoch = epoch
    self.serial = serial
    self.parts = parts
  }

  /// Reads a row; nil where it is none.
  init?(through: UInt64, row: String) {
    let fields = row.split(separator: " ")
    guard fields.count == 3, let epoch = UInt64(fields[0]), let serial = UInt64(fields[1]), let parts = Int(fields[2]),
      (1..<1 << 20).contains(parts)
    else { return nil }
    self.init(through: through, epoch: epoch, serial: serial, parts: parts)
  }
}
