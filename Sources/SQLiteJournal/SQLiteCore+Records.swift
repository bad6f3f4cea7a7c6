import Foundation
import GRDB
import StockJournal
import StockLedger

// Reading records back, checked against the chain; trimming.

extension SQLiteCore {
  func records(shard: Int, after number: UInt64, limit: Int) throws -> [JournalRecord] {
    guard (0...255).contains(shard), limit > 0, number < JournalRecord.numberMax else { return [] }
    return try queue.inDatabase { database in
      let from = SQLiteSchema.place(shard, number)
      let end = SQLiteSchema.place(shard, JournalRecord.numberMax)
      var chain = RecordChain(shard: shard)
      var isLinked = false
      // The record before the first asked for links it to the chain.
      for table in ["record", "archive"] where !isLinked {
        let before = try Row.fetchOne(
          database,
          sql: "SELECT place, bytes FROM \(table) WHERE place > ? AND place <= ? ORDER BY place DESC LIMIT 1",
          arguments: [SQLiteSchema.place(shard, 0), from])
        if let before {
          chain = RecordChain(shard: shard, from: try Self.record(before, shard: shard).head)
          isLinked = true
        }
      }
      let oldest = try Int64.fetchOne(database, sql: "SELECT oldest FROM head WHERE shard = ?", arguments: [shard])
      var found: [JournalRecord] = []
      for table in ["archive", "record"] {
        let rows = try Row.fetchCursor(
          database, sql: "SELECT place, bytes FROM \(table) WHERE place > ? AND place <= ? ORDER BY place",
          arguments: [from, end])
        while found.count < limit, let row = try rows.next() {
          let record = try Self.record(row, shard: shard)
          if !isLinked && record.firstNumber > 1 && Int64(record.firstNumber) == oldest {
            // The archive begins here: what came before was let go.
            chain = RecordChain(shard: shard, from: record.head)
          } else {
            try Self.accept(record, in: &chain)
          }
          isLinked = true
          found.append(record)
        }
      }
      if found.count < limit && chain.head.number != heads[shard].number && number < heads[shard].number {
        throw StoreFailure.damaged(
          "shard \(shard) ends at entry \(chain.head.number) instead of \(heads[shard].number); restore the directory "
            + "from a copy")
      }
      return found
    }
  }

  /// Where every shard ends, after its chain was followed from the newest snapshot (or the oldest record) to the head.
  static func verifiedHeads(_ database: Database) throws -> [ShardHead] {
    let rows = try Row.fetchAll(database, sql: "SELECT shard, number, oldest, hash FROM head ORDER BY shard")
    guard rows.count == 256 else {
      throw StoreFailure.damaged("journal.sqlite has \(rows.count) heads, not 256; restore the directory from a copy")
    }
    var heads: [ShardHead] = []
    for (shard, row) in rows.enumerated() {
      let number = Int64.fromDatabaseValue(row[1])
      let oldest = Int64.fromDatabaseValue(row[2])
      guard Int.fromDatabaseValue(row[0]) == shard, let number, let oldest, number >= 0, oldest >= 1,
        let hash = Data.fromDatabaseValue(row[3])
      else { throw damagedHead(shard) }
      var chain = try chainStart(database, shard: shard, oldest: UInt64(oldest))
      let records = try Row.fetchCursor(
        database, sql: "SELECT place, bytes FROM record WHERE place > ? AND place <= ? ORDER BY place",
        arguments: [
          SQLiteSchema.place(shard, chain.head.number), SQLiteSchema.place(shard, JournalRecord.numberMax),
        ])
      while let row = try records.next() { try accept(try record(row, shard: shard), in: &chain) }
      guard chain.head.number == UInt64(number), SQLiteSchema.hashBytes(chain.head.hash) == [UInt8](hash) else {
        throw damagedHead(shard)
      }
      heads.append(chain.head)
    }
    let stray = try Int.fetchOne(database, sql: "SELECT count(*) FROM record WHERE place < 0")
    guard stray == 0 else { throw StoreFailure.damaged("journal.sqlite has stray rows; restore it from a copy") }
    return heads
  }

  /// The chain as the newest snapshot leaves it; from nothing, where there is none.
  private static func chainStart(_ database: Database, shard: Int, oldest: UInt64) throws -> RecordChain {
    guard let newest = try newestSnapshot(database, shard: shard) else {
      guard oldest == 1 else {
        throw StoreFailure.damaged("shard \(shard) was trimmed and has no snapshot; restore the directory from a copy")
      }
      return RecordChain(shard: shard)
    }
    let header = try snapshotHeader(database, newest, shard: shard)
    for table in ["record", "archive"] {
      let row = try Row.fetchOne(
        database, sql: "SELECT place, bytes FROM \(table) WHERE place = ?",
        arguments: [SQLiteSchema.place(shard, header.through)])
      guard let row else { continue }
      let record = try record(row, shard: shard)
      guard record.hash == header.hash else {
        throw RecordError(.previousHash).failure(at: "the snapshot of shard \(shard) and its record")
      }
      return RecordChain(shard: shard, from: record.head)
    }
    return RecordChain(shard: shard, from: ShardHead(number: header.through, hash: header.hash))
  }

  static func record(_ row: Row, shard: Int) throws -> JournalRecord {
    let place = Int64.fromDatabaseValue(row[0]) ?? 0
    guard let bytes = Data.fromDatabaseValue(row[1]) else { throw damagedHead(shard) }
    do throws(RecordError) {
      let record = try JournalRecord(bytes: [UInt8](bytes))
      guard record.shard == shard else { throw RecordError(.shard(expected: shard, found: record.shard)) }
      guard SQLiteSchema.place(shard, record.lastNumber) == place else {
        throw RecordError(.number(expected: SQLiteSchema.number(place), found: record.lastNumber))
      }
      return record
    } catch {
      throw error.failure(at: "shard \(shard), the record that ends at \(SQLiteSchema.number(place))")
    }
  }

  private static func accept(_ record: JournalRecord, in chain: inout RecordChain) throws {
    do throws(RecordError) {
      try chain.accept(record)
    } catch {
      throw error.failure(at: "shard \(record.shard), the record that ends at \(record.lastNumber)")
    }
  }

  private static func damagedHead(_ shard: Int) -> StoreFailure {
    .damaged("the log of shard \(shard) does not end at its head; restore the directory from a copy")
  }

  // MARK: Trimming

  /// Moves up to 64 records to the archive; true while there are more.
  func trimStep(shard: Int, through number: UInt64) throws -> Bool {
    guard (0...255).contains(shard) else { return false }
    return try queue.inDatabase { database in
      let kept = try Int64.fetchAll(
        database, sql: "SELECT place FROM snapshot WHERE place >= ? AND place <= ? ORDER BY place DESC LIMIT 2",
        arguments: [SQLiteSchema.place(shard, 0), SQLiteSchema.place(shard, JournalRecord.numberMax)])
      guard kept.count == 2, number <= SQLiteSchema.number(kept[1]) else { return false }
      let places = try Int64.fetchAll(
        database, sql: "SELECT place FROM record WHERE place > ? AND place <= ? ORDER BY place LIMIT 64",
        arguments: [SQLiteSchema.place(shard, 0), SQLiteSchema.place(shard, number)])
      guard let first = places.first, let last = places.last else { return false }
      try database.inTransaction(.immediate) {
        try database.execute(
          sql: "INSERT INTO archive SELECT place, bytes FROM record WHERE place BETWEEN ? AND ?",
          arguments: [first, last])
        try database.execute(sql: "DELETE FROM record WHERE place BETWEEN ? AND ?", arguments: [first, last])
        return .commit
      }
      return places.count == 64
    }
  }

  /// Lets one archived record go that is older than the archive is kept, by the journal's own time; true when it did.
  func forgetStep(shard: Int) throws -> Bool {
    guard (0...255).contains(shard) else { return false }
    return try queue.inDatabase { database in
      let row = try Row.fetchOne(
        database,
        sql: "SELECT place, substr(bytes, 1, 76) FROM archive WHERE place > ? AND place <= ? ORDER BY place LIMIT 1",
        arguments: [SQLiteSchema.place(shard, 0), SQLiteSchema.place(shard, JournalRecord.numberMax)])
      guard let row, let place = Int64.fromDatabaseValue(row[0]), let bytes = Data.fromDatabaseValue(row[1]) else {
        return false
      }
      let header: RecordHeader
      do throws(RecordError) {
        header = try RecordHeader([UInt8](bytes))
      } catch {
        throw error.failure(at: "shard \(shard), the archived record that ends at \(SQLiteSchema.number(place))")
      }
      guard header.time < self.heads[shard].time - options.archiveKept else { return false }
      try database.inTransaction(.immediate) {
        try database.execute(sql: "DELETE FROM archive WHERE place = ?", arguments: [place])
        try database.execute(
          sql: "UPDATE head SET oldest = ? WHERE shard = ?",
          arguments: [Int64(header.firstNumber) + Int64(header.count), shard])
        return .commit
      }
      return true
    }
  }
}
