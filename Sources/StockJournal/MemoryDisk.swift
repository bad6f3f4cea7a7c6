import StockLedger

/// What a ``MemoryJournal`` has synced, as bytes: a value, so that a crash image is a copy.
struct MemoryDisk {
  private struct Place {
    let last: UInt64
    var bytes: [UInt8]
  }

  private struct Log {
    var archive: [Place] = []
    var live: [Place] = []
    var head = ShardHead()
    /// The two newest snapshots, older first.
    var snapshots: [(through: UInt64, parts: [[UInt8]])] = []
  }

  private var logs = [Log](repeating: Log(), count: 256)

  /// One write of a commit: counted records, then a checksum over all, so that a torn one is not taken for whole.
  static func frame(_ records: [JournalRecord]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(list: records) { $0.write(counted: $1.bytes) }
    writer.write(halfWord: CRC32C.checksum(writer.bytes))
    return writer.bytes
  }

  /// The records of a write that is there whole; nil for a torn one.
  static func records(inFrame bytes: [UInt8]) -> [JournalRecord]? {
    guard bytes.count >= 4 else { return nil }
    var end = ByteReader(bytes, range: (bytes.count - 4)..<bytes.count)
    guard (try? end.readHalfWord()) == CRC32C.checksum(bytes, 0..<(bytes.count - 4)) else { return nil }
    var reader = ByteReader(bytes, range: 0..<(bytes.count - 4))
    guard let contents = try? reader.readList({ reader throws(ByteError) in try reader.readCounted() }) else {
      return nil
    }
    return contents.compactMap { try? JournalRecord(bytes: $0) }
  }

  /// Why records do not continue their shards' logs; nil where they do.
  func continuationFailure(of records: [JournalRecord]) -> StoreFailure? {
    var seen: Set<Int> = []
    for record in records {
      guard seen.insert(record.shard).inserted else { return .other("two records of shard \(record.shard) at once") }
      var chain = RecordChain(shard: record.shard, from: logs[record.shard].head)
      do throws(RecordError) {
        try chain.accept(record)
      } catch {
        return .other("shard \(record.shard) does not go on with this record: \(error)")
      }
    }
    return nil
  }

  mutating func apply(_ records: [JournalRecord]) {
    for record in records {
      logs[record.shard].live.append(Place(last: record.lastNumber, bytes: record.bytes))
      logs[record.shard].head = record.head
    }
  }

  /// The heads, after the chain of every shard was checked from its newest snapshot on.
  func verifiedHeads() throws(StoreFailure) -> [ShardHead] {
    var heads: [ShardHead] = []
    for (shard, log) in logs.enumerated() {
      let from = try snapshot(shard: shard)
      let tail = try records(shard: shard, after: from?.through ?? 0, limit: .max)
      if let from, let first = tail.first, first.firstNumber == from.through + 1, first.previous != from.hash {
        throw RecordError(.previousHash, offset: 56).failure(at: "shard \(shard) after its snapshot")
      }
      if let last = tail.last, last.hash != log.head.hash {
        throw RecordError(.previousHash).failure(at: "the head of shard \(shard)")
      }
      heads.append(log.head)
    }
    return heads
  }

  func records(shard: Int, after number: UInt64, limit: Int) throws(StoreFailure) -> [JournalRecord] {
    guard logs.indices.contains(shard), limit > 0 else { return [] }
    let places = logs[shard].archive + logs[shard].live
    // The record before the first asked for links it to the chain.
    let start = places.firstIndex { $0.last > number } ?? places.count
    var chain = RecordChain(shard: shard)
    var found: [JournalRecord] = []
    for index in max(0, start - 1)..<places.count where found.count < limit {
      do throws(RecordError) {
        let record = try JournalRecord(bytes: places[index].bytes)
        if index == start - 1 { chain = RecordChain(shard: shard, from: record.head) } else { try chain.accept(record) }
        if index >= start { found.append(record) }
      } catch {
        throw error.failure(at: "shard \(shard), the record that ends at \(places[index].last)")
      }
    }
    return found
  }

  mutating func save(_ snapshot: ShardSnapshot) throws(StoreFailure) {
    let log = logs[snapshot.shard]
    if let newest = log.snapshots.last, newest.through > snapshot.through {
      throw .other("shard \(snapshot.shard) has a newer snapshot, through \(newest.through)")
    }
    // A snapshot that names no record of the log would be newer than the journal after a crash.
    let named = try records(shard: snapshot.shard, after: snapshot.through &- 1, limit: 1).first
    guard snapshot.through == 0 || (named?.lastNumber == snapshot.through && named?.hash == snapshot.hash) else {
      throw .other("the snapshot of shard \(snapshot.shard) names no record that ends at \(snapshot.through)")
    }
    let parts = SnapshotCodec.parts(of: snapshot)
    do {
      guard try SnapshotCodec.snapshot(from: parts) == snapshot else {
        throw StoreFailure.damaged("the snapshot of shard \(snapshot.shard) reads back as another")
      }
    } catch let error as SnapshotError {
      throw error.failure(shard: snapshot.shard)
    } catch {
      throw .damaged("the snapshot of shard \(snapshot.shard): \(error)")
    }
    logs[snapshot.shard].snapshots.removeAll { $0.through == snapshot.through }
    logs[snapshot.shard].snapshots.append((snapshot.through, parts))
    if logs[snapshot.shard].snapshots.count > 2 { logs[snapshot.shard].snapshots.removeFirst() }
  }

  func snapshot(shard: Int) throws(StoreFailure) -> ShardSnapshot? {
    guard logs.indices.contains(shard), let newest = logs[shard].snapshots.last else { return nil }
    do throws(SnapshotError) {
      return try SnapshotCodec.snapshot(from: newest.parts)
    } catch {
      throw error.failure(shard: shard)
    }
  }

  /// Forgets the newest record of a shard, as a restored copy has; nothing where the log is empty or trimmed to it.
  mutating func dropLast(shard: Int) {
    guard let last = logs[shard].live.popLast(), let record = try? JournalRecord(bytes: last.bytes) else { return }
    let before = (logs[shard].live.last ?? logs[shard].archive.last).flatMap { try? JournalRecord(bytes: $0.bytes) }
    logs[shard].head = before?.head ?? ShardHead()
    logs[shard].snapshots.removeAll { $0.through >= record.firstNumber }
  }

  mutating func trim(shard: Int, through number: UInt64) {
    guard logs.indices.contains(shard), logs[shard].snapshots.count == 2,
      number <= logs[shard].snapshots[0].through
    else { return }
    let moved = logs[shard].live.prefix { $0.last <= number }
    logs[shard].archive += moved
    logs[shard].live.removeFirst(moved.count)
  }

  var byteCount: Int {
    logs.reduce(0) { sum, log in
      sum + log.archive.reduce(0) { $0 + $1.bytes.count } + log.live.reduce(0) { $0 + $1.bytes.count }
        + log.snapshots.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.count } }
    }
  }

  mutating func flipBit(at byte: Int, bit: Int) {
    var left = byte
    func strikes(_ bytes: inout [UInt8]) -> Bool {
      if left < bytes.count && left >= 0 {
        bytes[left] ^= 1 << UInt8(bit & 7)
        return true
      }
      left -= bytes.count
      return false
    }
    for shard in logs.indices {
      for index in logs[shard].archive.indices where strikes(&logs[shard].archive[index].bytes) { return }
      for index in logs[shard].live.indices where strikes(&logs[shard].live[index].bytes) { return }
    }
    for shard in logs.indices {
      for index in logs[shard].snapshots.indices {
        for part in logs[shard].snapshots[index].parts.indices
        where strikes(&logs[shard].snapshots[index].parts[part]) { return }
      }
    }
  }
}
