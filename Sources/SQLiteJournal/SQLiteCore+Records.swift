import Foundation
import GRDB
import StockJournal
import StockLedger

// Reading records back, checked against the chain; trimming.

/// Where one record stands: in which batch, and where in it.
struct RecordPlace: Sendable {
  /// The record's last entry.
  let last: UInt64
  /// The batch's id.
  let batch: Int64
  /// The record's first byte within the batch.
  let offset: Int
  /// Its length in bytes.
  let length: Int
}

extension SQLiteCore {
  func records(shard: Int, after number: UInt64, limit: Int) throws -> [JournalRecord] {
    guard (0...255).contains(shard), limit > 0, number < JournalRecord.numberMax else { return [] }
    return try queue.inDatabase { database in
      var found: [JournalRecord] = []
      var chain = try linked(database, shard: shard, before: number)
      let rows = try Row.fetchCursor(
        database, sql: "SELECT place, bytes FROM archive WHERE place > ? AND place <= ? ORDER BY place LIMIT ?",
        arguments: [
          SQLiteSchema.place(shard, number), SQLiteSchema.place(shard, JournalRecord.numberMax), Int64(limit),
        ])
      while let row = try rows.next() {
        let record = try Self.archived(row, shard: shard)
        try Self.accept(record, in: &chain)
        found.append(record)
      }
      let places = places[shard]
      var index = places.firstIndex(after: number)
      while found.count < limit, index < places.count {
        let record = try self.record(database, at: places[index], shard: shard)
        try Self.accept(record, in: &chain)
        found.append(record)
        index += 1
      }
      return found
    }
  }

  /// The chain at the record that holds or precedes an entry number.
  private func linked(_ database: Database, shard: Int, before number: UInt64) throws -> RecordChain {
    let index = places[shard].firstIndex(after: number)
    if index > 0 {
      return RecordChain(shard: shard, from: try record(database, at: places[shard][index - 1], shard: shard).head)
    }
    let before = try Row.fetchOne(
      database, sql: "SELECT place, bytes FROM archive WHERE place > ? AND place <= ? ORDER BY place DESC LIMIT 1",
      arguments: [SQLiteSchema.place(shard, 0), SQLiteSchema.place(shard, number)])
    if let before { return RecordChain(shard: shard, from: try Self.archived(before, shard: shard).head) }
    let mark = marks[shard]
    if mark.oldest <= 1 { return RecordChain(shard: shard) }
    // The archive begins here: what came before was let go, and its hash is the first kept record's word for it.
    let first = try Row.fetchOne(
      database, sql: "SELECT place, bytes FROM archive WHERE place > ? AND place <= ? ORDER BY place LIMIT 1",
      arguments: [SQLiteSchema.place(shard, 0), SQLiteSchema.place(shard, JournalRecord.numberMax)])
    guard let first else { return RecordChain(shard: shard, from: mark.head) }
    let record = try Self.archived(first, shard: shard)
    return RecordChain(shard: shard, from: ShardHead(number: record.firstNumber - 1, hash: record.previous))
  }

  /// One page of all shards' records after each shard's number: the archive shard by shard, then batch by batch.
  func page(after numbers: [UInt64], from cursor: PageCursor) throws -> RecordPage {
    let batchMark: UInt64 = 1 << 63
    return try queue.inDatabase { database in
      if cursor.raw < 256 {
        let shard = Int(cursor.raw)
        let next = PageCursor(raw: shard == 255 ? batchMark : cursor.raw + 1)
        guard numbers[shard] < marks[shard].archived else { return RecordPage(records: [], next: next) }
        let rows = try Row.fetchCursor(
          database, sql: "SELECT place, bytes FROM archive WHERE place > ? AND place <= ? ORDER BY place",
          arguments: [
            SQLiteSchema.place(shard, numbers[shard]), SQLiteSchema.place(shard, JournalRecord.numberMax),
          ])
        var chain = try linked(database, shard: shard, before: numbers[shard])
        var records: [JournalRecord] = []
        while let row = try rows.next() {
          let record = try Self.archived(row, shard: shard)
          try Self.accept(record, in: &chain)
          records.append(record)
        }
        return RecordPage(records: records, next: next)
      }
      var last = Int64(bitPattern: cursor.raw & ~batchMark)
      var records: [JournalRecord] = []
      var bytes = 0
      let rows = try Row.fetchCursor(
        database, sql: "SELECT id, bytes FROM batch WHERE id > ? ORDER BY id", arguments: [last])
      while bytes < 4 << 20, let row = try rows.next() {
        guard let id = Int64.fromDatabaseValue(row[0]), let blob = Data.fromDatabaseValue(row[1]) else {
          throw Self.damagedBatch(0)
        }
        last = id
        bytes += blob.count
        for (record, _) in try Self.split([UInt8](blob), batch: id)
        where record.lastNumber > max(numbers[record.shard], marks[record.shard].archived) {
          records.append(record)
        }
      }
      return RecordPage(
        records: records, next: bytes == 0 ? nil : PageCursor(raw: batchMark | UInt64(bitPattern: last)))
    }
  }

  /// The records of a batch, one behind the other, each with its offset.
  static func split(_ bytes: [UInt8], batch: Int64) throws -> [(record: JournalRecord, offset: Int)] {
    var records: [(record: JournalRecord, offset: Int)] = []
    var offset = 0
    while offset < bytes.count {
      do throws(RecordError) {
        let header = try RecordHeader(Array(bytes[offset..<min(bytes.count, offset + JournalRecord.headerBytes)]))
        let end = offset + JournalRecord.headerBytes + header.payloadBytes + 4
        records.append((try JournalRecord(bytes: Array(bytes[offset..<min(bytes.count, end)])), offset))
        offset = end
      } catch {
        throw error.failure(at: "batch \(batch), byte \(offset)")
      }
    }
    return records
  }

  private func record(_ database: Database, at place: RecordPlace, shard: Int) throws -> JournalRecord {
    let select = try database.cachedStatement(sql: "SELECT substr(bytes, ?, ?) FROM batch WHERE id = ?")
    guard
      let bytes = try Data.fetchOne(
        select, arguments: [Int64(place.offset + 1), Int64(place.length), place.batch])
    else { throw Self.damagedBatch(place.batch) }
    return try Self.record([UInt8](bytes), endsAt: place.last, shard: shard)
  }

  static func archived(_ row: Row, shard: Int) throws -> JournalRecord {
    guard let place = Int64.fromDatabaseValue(row[0]), let bytes = Data.fromDatabaseValue(row[1]) else {
      throw damagedHead(shard)
    }
    return try record([UInt8](bytes), endsAt: SQLiteSchema.number(place), shard: shard)
  }

  private static func record(_ bytes: [UInt8], endsAt last: UInt64, shard: Int) throws -> JournalRecord {
    do throws(RecordError) {
      let record = try JournalRecord(bytes: bytes)
      guard record.shard == shard else { throw RecordError(.shard(expected: shard, found: record.shard)) }
      guard record.lastNumber == last else { throw RecordError(.number(expected: last, found: record.lastNumber)) }
      return record
    } catch {
      throw error.failure(at: "shard \(shard), the record that ends at \(last)")
    }
  }

  static func accept(_ record: JournalRecord, in chain: inout RecordChain) throws {
    do throws(RecordError) {
      try chain.accept(record)
    } catch {
      throw error.failure(at: "shard \(record.shard), the record that ends at \(record.lastNumber)")
    }
  }

  static func damagedHead(_ shard: Int) -> StoreFailure {
    .damaged("the log of shard \(shard) does not end at its head; restore the directory from a copy")
  }

  static func damagedBatch(_ id: Int64) -> StoreFailure {
    .damaged("batch \(id) of journal.sqlite cannot be read; restore the directory from a copy")
  }

  // MARK: Trimming

  /// Moves up to 64 records to the archive; true while there are more. A batch goes when all its records have moved.
  func trimStep(shard: Int, through number: UInt64) throws -> Bool {
    guard (0...255).contains(shard) else { return false }
    let moved = try queue.inDatabase { database -> [RecordPlace] in
      let kept = try Int64.fetchAll(
        database, sql: "SELECT place FROM snapshot WHERE place >= ? AND place <= ? ORDER BY place DESC LIMIT 2",
        arguments: [SQLiteSchema.place(shard, 0), SQLiteSchema.place(shard, JournalRecord.numberMax)])
      guard kept.count == 2, number <= SQLiteSchema.number(kept[1]) else { return [] }
      let moved = Array(places[shard].prefix(64).prefix { $0.last <= number })
      guard !moved.isEmpty else { return [] }
      try database.inTransaction(.immediate) {
        var head = marks[shard].head
        for place in moved {
          let record = try self.record(database, at: place, shard: shard)
          try database.execute(
            sql: "INSERT INTO archive VALUES (?, ?)",
            arguments: [SQLiteSchema.place(shard, place.last), record.bytes.databaseBlob])
          if recordsLeft[place.batch] == moved.count(where: { $0.batch == place.batch }) {
            try database.execute(sql: "DELETE FROM batch WHERE id = ?", arguments: [place.batch])
          }
          head = record.head
        }
        try database.execute(
          sql: "UPDATE head SET archived = ?, hash = ? WHERE shard = ?",
          arguments: [Int64(head.number), SQLiteSchema.hashBytes(head.hash).databaseBlob, shard])
        marks[shard].archived = head.number
        marks[shard].hash = head.hash
        return .commit
      }
      return moved
    }
    for place in moved {
      recordsLeft[place.batch, default: 1] -= 1
      if recordsLeft[place.batch] == 0 { recordsLeft[place.batch] = nil }
    }
    places[shard].removeFirst(moved.count)
    return moved.count == 64
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
      guard header.time < heads[shard].time - options.archiveKept else { return false }
      let oldest = header.firstNumber + UInt64(header.count)
      try database.inTransaction(.immediate) {
        try database.execute(sql: "DELETE FROM archive WHERE place = ?", arguments: [place])
        try database.execute(
          sql: "UPDATE head SET oldest = ? WHERE shard = ?", arguments: [Int64(oldest), shard])
        return .commit
      }
      marks[shard].oldest = oldest
      return true
    }
  }
}

extension [RecordPlace] {
  /// The first place whose record ends after a number.
  func firstIndex(after number: UInt64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].last > number { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
