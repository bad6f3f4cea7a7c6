import GRDB
import StockJournal
import StockLedger

/// The tables of `journal.sqlite`. A row's place is `shard << 55 | number`, so that one b-tree per table is all there
/// is: no index can disagree with its table.
enum SQLiteSchema {
  /// The newest database format that this program reads and writes.
  static let version: UInt16 = 1
  static let shardCount: UInt16 = 256
  static let applicationID: Int32 = 0x4846_444A  // "HFDJ"

  static let statements: [String: String] = [
    "archive": "CREATE TABLE archive (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "head": """
    CREATE TABLE head (shard INTEGER PRIMARY KEY, number INTEGER NOT NULL, oldest INTEGER NOT NULL, hash BLOB NOT NULL)
    """,
    "meta": "CREATE TABLE meta (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "record": "CREATE TABLE record (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "snapshot": "CREATE TABLE snapshot (place INTEGER PRIMARY KEY, serial INTEGER NOT NULL, parts INTEGER NOT NULL)",
    "snapshot_part": "CREATE TABLE snapshot_part (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
  ]

  static func place(_ shard: Int, _ number: UInt64) -> Int64 { Int64(shard) << 55 | Int64(min(number, 1 << 54)) }
  static func number(_ place: Int64) -> UInt64 { UInt64(place & (1 << 55 - 1)) }

  /// Makes the tables of a new database.
  static func create(_ database: Database) throws {
    try database.inTransaction(.immediate) {
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      for name in statements.keys.sorted() { try database.execute(sql: statements[name] ?? "") }
      for shard in 0..<256 {
        try database.execute(
          sql: "INSERT INTO head VALUES (?, 0, 1, ?)", arguments: [shard, hashBytes(.zero).databaseBlob])
      }
      try database.execute(
        sql: "INSERT INTO meta VALUES (1, ?)", arguments: [MetaRow(generation: 0).bytes.databaseBlob])
      return .commit
    }
  }

  /// Refuses a database whose pages, tables or columns are not what they should be.
  static func verify(_ database: Database, checksPages: Bool) throws {
    let found = try Row.fetchAll(database, sql: "SELECT name, sql FROM sqlite_schema ORDER BY name")
    let expected = statements.keys.sorted()
    guard found.count == expected.count,
      zip(found, expected).allSatisfy({ $0[0] == $1 && $0[1] == statements[$1] })
    else { throw StoreFailure.damaged("journal.sqlite has other tables; restore the directory from a copy") }
    guard checksPages else { return }
    let problems = try String.fetchAll(database, sql: "PRAGMA quick_check(3)")
    guard problems == ["ok"] else {
      throw StoreFailure.damaged(
        "journal.sqlite: \(problems.joined(separator: "; ")); restore the directory from a copy")
    }
  }

  static func hashBytes(_ hash: RecordHash) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(word: hash.first)
    writer.write(word: hash.second)
    return writer.bytes
  }
}

/// The one row of `meta`: format, shard count, generation, with a checksum of its own.
struct MetaRow: Equatable {
  /// Counts the starts.
  var generation: UInt64

  private static let magic: UInt32 = 0x544D_4648  // "HFMT"

  init(generation: UInt64) { self.generation = generation }

  /// The stored form.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(halfWord: Self.magic)
    writer.write(halfWord: UInt32(SQLiteSchema.version) | UInt32(SQLiteSchema.shardCount) << 16)
    writer.write(word: generation)
    writer.write(halfWord: CRC32C.checksum(writer.bytes))
    return writer.bytes
  }

  /// Reads the row, or refuses it: damaged, or of a newer format.
  init(_ bytes: [UInt8]) throws(StoreFailure) {
    let format: UInt32
    do throws(ByteError) {
      guard bytes.count == 20 else { throw ByteError(offset: bytes.count, expected: "20 bytes") }
      var reader = ByteReader(bytes)
      let magic = try reader.readHalfWord()
      format = try reader.readHalfWord()
      generation = try reader.readWord()
      guard try reader.readHalfWord() == CRC32C.checksum(bytes, 0..<16), magic == Self.magic else {
        throw ByteError(offset: 16, expected: "another checksum")
      }
    } catch {
      throw .damaged("journal.sqlite, table meta: \(error); restore the directory from a copy")
    }
    let version = UInt16(truncatingIfNeeded: format)
    guard version <= SQLiteSchema.version else {
      throw .newerFormat("journal.sqlite has format \(version), this program reads 1; run the newer program")
    }
    guard version >= 1, format >> 16 == UInt32(SQLiteSchema.shardCount) else {
      throw .other("journal.sqlite has \(format >> 16) shards, this program has \(SQLiteSchema.shardCount)")
    }
  }
}
