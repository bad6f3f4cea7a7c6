import Foundation
import GRDB
import StockJournal
import StockLedger

// Snapshots: parts first, then read back and verified, then named in one row; the last two are kept.

extension SQLiteCore {
  /// A named snapshot: its place (shard and through), the serial that its parts are stored under, how many parts.
  struct SnapshotRow {
    let place: Int64
    let serial: Int64
    let parts: Int
  }

  /// Checks that the log has the record that the snapshot names; gives the serial for its parts.
  func beginSnapshot(_ snapshot: ShardSnapshot) throws -> Int64 {
    try checkRoom(for: "a snapshot")
    try checkOrder(snapshot)
    defer { nextSerial += 1 }
    return nextSerial
  }

  func write(part: [UInt8], index: Int, serial: Int64) throws {
    try queue.inDatabase { database in
      try database.execute(
        sql: "INSERT INTO snapshot_part VALUES (?, ?)",
        arguments: [serial << 20 | Int64(index), part.databaseBlob])
    }
  }

  func finishSnapshot(_ snapshot: ShardSnapshot, serial: Int64, parts: Int) throws {
    try checkOrder(snapshot)
    let place = SQLiteSchema.place(snapshot.shard, snapshot.through)
    try queue.inDatabase { database in
      let row = SnapshotRow(place: place, serial: serial, parts: parts)
      guard try Self.read(database, row, shard: snapshot.shard) == snapshot else {
        throw StoreFailure.damaged("the snapshot of shard \(snapshot.shard) reads back as another; check the disk")
      }
      try database.inTransaction(.immediate) {
        // What is let go: one that this one replaces, and those older than the last two.
        let gone = try Row.fetchAll(
          database,
          sql: """
            SELECT place, serial FROM snapshot WHERE place = ? UNION ALL
            SELECT place, serial FROM (SELECT * FROM snapshot WHERE place >= ? AND place < ?
            ORDER BY place DESC LIMIT -1 OFFSET 1)
            """,
          arguments: [place, SQLiteSchema.place(snapshot.shard, 0), place])
        for row in gone {
          guard let place = Int64.fromDatabaseValue(row[0]), let serial = Int64.fromDatabaseValue(row[1]) else {
            continue
          }
          try database.execute(sql: "DELETE FROM snapshot WHERE place = ?", arguments: [place])
          try database.execute(
            sql: "DELETE FROM snapshot_part WHERE id >= ? AND id < ?", arguments: [serial << 20, (serial + 1) << 20])
        }
        try database.execute(sql: "INSERT INTO snapshot VALUES (?, ?, ?)", arguments: [place, serial, parts])
        return .commit
      }
    }
  }

  func snapshot(shard: Int) throws -> ShardSnapshot? {
    guard (0...255).contains(shard) else { return nil }
    return try queue.inDatabase { database in
      guard let row = try Self.newestSnapshot(database, shard: shard) else { return nil }
      return try Self.read(database, row, shard: shard)
    }
  }

  private func checkOrder(_ snapshot: ShardSnapshot) throws {
    let shard = snapshot.shard
    let newest = try queue.inDatabase { try Self.newestSnapshot($0, shard: shard) }
    if let newest, SQLiteSchema.number(newest.place) > snapshot.through {
      throw StoreFailure.other(
        "shard \(shard) has a newer snapshot, through \(SQLiteSchema.number(newest.place))")
    }
    if snapshot.through == 0 { return }
    let named = try records(shard: shard, after: snapshot.through - 1, limit: 1).first
    guard let named, named.lastNumber == snapshot.through, named.hash == snapshot.hash else {
      throw StoreFailure.other("the snapshot of shard \(shard) names no record that ends at \(snapshot.through)")
    }
  }

  static func newestSnapshot(_ database: Database, shard: Int) throws -> SnapshotRow? {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT place, serial, parts FROM snapshot WHERE place >= ? AND place <= ? ORDER BY place DESC LIMIT 1",
      arguments: [SQLiteSchema.place(shard, 0), SQLiteSchema.place(shard, JournalRecord.numberMax)])
    return try row.map { try snapshotRow($0, shard: shard) }
  }

  /// Every shard's newest snapshot, by one query: 256 of them were most of the time of a start.
  static func newestSnapshots(_ database: Database) throws -> [Int: SnapshotRow] {
    var newest: [Int: SnapshotRow] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT place, serial, parts FROM snapshot ORDER BY place") {
      let shard = Int(truncatingIfNeeded: (Int64.fromDatabaseValue(row[0]) ?? -1) >> 55)
      newest[shard] = try snapshotRow(row, shard: shard)
    }
    return newest
  }

  private static func snapshotRow(_ row: Row, shard: Int) throws -> SnapshotRow {
    guard let place = Int64.fromDatabaseValue(row[0]), place >= 0,
      SQLiteSchema.number(place) <= JournalRecord.numberMax,
      let serial = Int64.fromDatabaseValue(row[1]), let parts = Int.fromDatabaseValue(row[2]),
      serial >= 0, serial < 1 << 40, parts >= 1, parts < 1 << 20
    else { throw SnapshotError(part: 0, problem: .field("its row")).failure(shard: shard) }
    return SnapshotRow(place: place, serial: serial, parts: parts)
  }

  static func snapshotHeader(_ database: Database, _ row: SnapshotRow, shard: Int) throws -> SnapshotPartHeader {
    let bytes = try Data.fetchOne(
      database, sql: "SELECT substr(bytes, 1, 84) FROM snapshot_part WHERE id = ?", arguments: [row.serial << 20])
    do throws(SnapshotError) {
      guard let bytes else { throw SnapshotError(part: 0, problem: .missing) }
      let header = try SnapshotPartHeader([UInt8](bytes), part: 0)
      guard SQLiteSchema.place(shard, header.through) == row.place, header.shard == shard,
        header.partCount == row.parts
      else { throw SnapshotError(part: 0, problem: .otherSnapshot) }
      return header
    } catch {
      throw error.failure(shard: shard)
    }
  }

  private static func read(_ database: Database, _ row: SnapshotRow, shard: Int) throws -> ShardSnapshot {
    _ = try snapshotHeader(database, row, shard: shard)
    let parts = try Data.fetchAll(
      database, sql: "SELECT bytes FROM snapshot_part WHERE id >= ? AND id < ? ORDER BY id",
      arguments: [row.serial << 20, (row.serial + 1) << 20])
    do throws(SnapshotError) {
      return try SnapshotCodec.snapshot(from: parts.map { [UInt8]($0) })
    } catch {
      throw error.failure(shard: shard)
    }
  }
}
