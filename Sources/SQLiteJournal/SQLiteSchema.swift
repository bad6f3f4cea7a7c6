import GRDB
import StockJournal
import StockLedger

/// The tables of `journal.sqlite`. A commit is one row of `batch`: its records, one behind the other. Trimming moves
/// them to `archive`, where a row's place is `shard << 55 | number`. One b-tree per table is all there is: no index can
/// disagree with its table.
enum SQLiteSchema {
  /// The newest database format that this program reads and writes.
  static let version: UInt16 = 1
  static let shardCount: UInt16 = 256
  static let applicationID: Int32 = 0x4846_444A  // "HFDJ"

  static let statements: [String: String] = [
    "archive": "CREATE TABLE archive (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "batch": "CREATE TABLE batch (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "head": """
    CREATE TABLE head (shard INTEGER PRIMARY KEY, oldest INTEGER NOT NULL, archived INTEGER NOT NULL, \
    hash BLOB NOT NULL)
    """,
    "meta": "CREATE TABLE meta (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "snapshot": "CREATE TABLE snapshot (place INTEGER PRIMARY KEY, serial INTEGER NOT NULL, parts INTEGER NOT NULL)",
    "snapshot_part": "CREATE TABLE snapshot_part (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
    "tail": "CREATE TABLE tail (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, digest BLOB NOT NULL)",
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
          sql: "INSERT INTO head VALUES (?, 1, 0, ?)", arguments: [shard, hashBytes(.zero).databaseBlob])
      }
      let digest = digest(of: Array(repeating: ShardHead(), count: 256))
      try database.execute(sql: "INSERT INTO tail VALUES (1, 0, ?)", arguments: [digest.databaseBlob])
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

  /// What a commit says of where it leaves every shard.
  static func digest(of heads: [ShardHead]) -> [UInt8] {
    var writer = ByteWriter()
    writer.bytes.reserveCapacity(heads.count * 24)
    for head in heads {
      writer.write(word: head.number)
      writer.write(word: head.hash.first)
      writer.write(word: head.hash.second)
    }
    var digest = SipHash128(key0: 0x686f_6c64_6661_7374, key1: 0x7461_696c_7461_696c)  // "holdfast", "tailtail"
    digest.update(writer.bytes.span)
    let (first, second) = digest.finish()
    return hashBytes(RecordHash(first: first, second: second))
  }

  static func hash(_ bytes: [UInt8]) -> RecordHash? {
    var reader = ByteReader(bytes)
    guard bytes.count == 16, let first = try? reader.readWord(), let second = try? reader.readWord() else { return nil }
    return RecordHash(first: first, second: second)
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
