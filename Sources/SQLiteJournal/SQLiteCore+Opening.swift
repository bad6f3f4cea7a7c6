import Foundation
import GRDB
import StockJournal
import StockLedger

// What a start reads: marks, batches, and whether the chains lead from one to the other.

/// What the head row of a shard says: where its archive begins and ends.
struct ShardMark: Sendable {
  /// The oldest entry that is kept.
  var oldest: UInt64
  /// The last entry in the archive; 0 where nothing was trimmed.
  var archived: UInt64
  /// The hash of the record that ends there.
  var hash: RecordHash

  var head: ShardHead { ShardHead(number: archived, hash: hash) }
}

/// What the batches hold, after every record's checksums and every shard's chain were followed to the end.
struct OpenedLog {
  var marks: [ShardMark]
  var heads: [ShardHead]
  var places: [[RecordPlace]]
  /// Records of each batch that are not in the archive yet.
  var recordsLeft: [Int64: Int]
  var lastBatch: Int64
}

extension SQLiteCore {
  static func openedLog(_ database: Database, checksSnapshots: Bool) throws -> OpenedLog {
    let marks = try marks(database)
    var chains = marks.enumerated().map { RecordChain(shard: $0.offset, from: $0.element.head) }
    var log = OpenedLog(
      marks: marks, heads: [], places: Array(repeating: [], count: 256), recordsLeft: [:], lastBatch: 0)
    var named = checksSnapshots ? try newestSnapshots(database, marks: marks) : [:]
    let rows = try Row.fetchCursor(database, sql: "SELECT id, bytes FROM batch ORDER BY id")
    while let row = try rows.next() {
      guard let id = Int64.fromDatabaseValue(row[0]), id > log.lastBatch, let blob = Data.fromDatabaseValue(row[1])
      else { throw damagedBatch(log.lastBatch + 1) }
      log.lastBatch = id
      for (record, offset) in try split([UInt8](blob), batch: id) {
        let shard = record.shard
        if record.lastNumber <= marks[shard].archived { continue }
        try accept(record, in: &chains[shard])
        if let through = named[shard], record.lastNumber == through.number {
          guard record.hash == through.hash else {
            throw RecordError(.previousHash).failure(at: "the snapshot of shard \(shard) and its record")
          }
          named[shard] = nil
        }
        log.places[shard].append(
          RecordPlace(last: record.lastNumber, batch: id, offset: offset, length: record.bytes.count))
        log.recordsLeft[id, default: 0] += 1
      }
    }
    if let shard = named.keys.min() {
      throw StoreFailure.damaged(
        "the snapshot of shard \(shard) is newer than its log; restore the directory from a copy")
    }
    log.heads = chains.map(\.head)
    log.lastBatch = try checkedTail(database, log)
    return log
  }

  private static func marks(_ database: Database) throws -> [ShardMark] {
    let rows = try Row.fetchAll(database, sql: "SELECT shard, oldest, archived, hash FROM head ORDER BY shard")
    guard rows.count == 256 else {
      throw StoreFailure.damaged("journal.sqlite has \(rows.count) heads, not 256; restore the directory from a copy")
    }
    return try rows.enumerated().map { shard, row in
      guard Int.fromDatabaseValue(row[0]) == shard, let oldest = Int64.fromDatabaseValue(row[1]), oldest >= 1,
        let archived = Int64.fromDatabaseValue(row[2]), archived >= 0, oldest <= archived + 1,
        let hash = Data.fromDatabaseValue(row[3]), let hash = SQLiteSchema.hash([UInt8](hash))
      else { throw damagedHead(shard) }
      let mark = ShardMark(oldest: UInt64(oldest), archived: UInt64(archived), hash: hash)
      // The archive's end is the chain's beginning: its record must be there and say the same, unless all of it is
      // gone.
      if archived > 0 && oldest <= archived {
        let last = try Row.fetchOne(
          database, sql: "SELECT place, bytes FROM archive WHERE place = ?",
          arguments: [SQLiteSchema.place(shard, mark.archived)])
        guard let last, try Self.archived(last, shard: shard).hash == hash else { throw damagedHead(shard) }
      }
      return mark
    }
  }

  /// Where each shard's newest snapshot ends and what hash it names, where that lies in the batches.
  private static func newestSnapshots(
    _ database: Database, marks: [ShardMark]
  ) throws -> [Int: (number: UInt64, hash: RecordHash)] {
    var named: [Int: (number: UInt64, hash: RecordHash)] = [:]
    let snapshots = try newestSnapshots(database)
    for (shard, mark) in marks.enumerated() {
      guard let newest = snapshots[shard] else {
        guard mark.archived == 0 else {
          throw StoreFailure.damaged(
            "shard \(shard) was trimmed and has no snapshot; restore the directory from a copy")
        }
        continue
      }
      let header = try snapshotHeader(database, newest, shard: shard)
      if header.through > mark.archived {
        named[shard] = (header.through, header.hash)
      } else if header.through == mark.archived && header.hash != mark.hash {
        throw RecordError(.previousHash).failure(at: "the snapshot of shard \(shard) and its record")
      }
    }
    return named
  }

  /// The last commit's own word for where it ended: a batch that is missing at the end shows.
  private static func checkedTail(_ database: Database, _ log: OpenedLog) throws -> Int64 {
    let row = try Row.fetchOne(database, sql: "SELECT batch, digest FROM tail WHERE id = 1")
    guard let row, let batch = Int64.fromDatabaseValue(row[0]), let digest = Data.fromDatabaseValue(row[1]),
      batch >= log.lastBatch, [UInt8](digest) == SQLiteSchema.digest(of: log.heads)
    else {
      throw StoreFailure.damaged("journal.sqlite does not end where its last commit did; restore it from a copy")
    }
    return batch
  }
}
