import Foundation
import GRDB
import StockJournal
import StockLedger

/// The store itself, as it is on its thread: opening, appending, closing.
///
/// Unchecked: every member is touched on the store's thread only; `SQLiteJournal` sees to it.
final class SQLiteCore: @unchecked Sendable {
  let queue: DatabaseQueue
  let options: SQLiteJournal.Options
  private let directory: String
  private var lock: DirectoryLock?
  private var ballast: Ballast
  private var generation: UInt64
  private(set) var heads: [ShardHead]
  /// Where each shard's archive begins and ends.
  var marks: [ShardMark]
  /// Where each shard's records stand that are not in the archive, oldest first: what the batches need no index for.
  var places: [[RecordPlace]]
  /// Records of each batch that are not in the archive yet.
  var recordsLeft: [Int64: Int]
  private var lastBatch: Int64
  private var dead: StoreFailure?
  /// The next snapshot's serial: parts of unfinished snapshots are never written over.
  var nextSerial: Int64 = 0

  init(directory: String, options: SQLiteJournal.Options) throws {
    self.directory = directory
    self.options = options
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let lock = try DirectoryLock(directory: directory)
    let path = directory + "/journal.sqlite"
    let mark = try fileBytes(directory + "/heads").map { bytes throws(StoreFailure) in try HeadsFile(bytes) }
    let exists = FileManager.default.fileExists(atPath: path)
    if mark != nil && !exists {
      throw StoreFailure.damaged("\(path) is missing; restore the directory from a copy")
    }
    try Self.checkWAL(path + "-wal", mark: options.acceptsOlderCopy ? nil : mark)
    ballast = Ballast(directory: directory)
    queue = try Self.connect(path, options: options)
    let opened = try queue.inDatabase { database -> (MetaRow, OpenedLog, Int64) in
      if try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
        guard mark == nil else {
          throw StoreFailure.damaged("\(path) is empty; restore the directory from a copy")
        }
        try SQLiteSchema.create(database)
      }
      try SQLiteSchema.verify(database, checksPages: options.checksPages)
      guard let bytes = try Data.fetchOne(database, sql: "SELECT bytes FROM meta WHERE id = 1") else {
        throw StoreFailure.damaged("journal.sqlite has no meta row; restore the directory from a copy")
      }
      let meta = try MetaRow([UInt8](bytes))
      let log = try Self.openedLog(database, checksSnapshots: !options.acceptsDamagedSnapshots)
      if !options.acceptsOlderCopy { try Self.check(meta, log.heads, against: mark) }
      let lastPart = try Int64.fetchOne(database, sql: "SELECT max(id) FROM snapshot_part") ?? 0
      return (meta, log, lastPart >> 20 + 1)
    }
    heads = opened.1.heads
    marks = opened.1.marks
    places = opened.1.places
    recordsLeft = opened.1.recordsLeft
    lastBatch = opened.1.lastBatch
    nextSerial = opened.2
    generation = max(mark?.generation ?? 0, options.acceptsOlderCopy ? opened.0.generation : 0) + 1
    do throws(StoreFailure) {
      try begin()
    } catch {
      // A disk that is full of other things: with the ballast's room, what frees stock can go on.
      guard case .full = error, !ballast.isFree else { throw error }
      ballast.free()
      try begin()
    }
    self.lock = lock
  }

  /// Writes that this run has begun, into the database and beside it; the second time changes nothing more.
  private func begin() throws(StoreFailure) {
    let bumped = MetaRow(generation: generation)
    let written = Self.attempt {
      try queue.inDatabase { database in
        try database.execute(sql: "UPDATE meta SET bytes = ? WHERE id = 1", arguments: [bumped.bytes.databaseBlob])
        // What a torn end left in the log must not stand behind the frames of this run.
        _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        try database.execute(
          sql: """
            DELETE FROM snapshot_part WHERE id >> 20 NOT IN (SELECT serial FROM snapshot)
            """)
      }
    }
    try written.get()
    try replaceFile(directory + "/heads", with: HeadsFile(generation: generation).bytes)
    reserveDraft(of: directory + "/heads", bytes: HeadsFile.bytesMax)
  }

  private static func connect(_ path: String, options: SQLiteJournal.Options) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "holdfast-journal"
    configuration.prepareDatabase { database in
      // Exclusive: no -shm file that a crash could leave behind; our own lock keeps other processes away.
      try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
      try database.execute(sql: "PRAGMA cell_size_check = ON")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
      guard mode == "wal" else { throw StoreFailure.other("SQLite would not use WAL mode here, but \(mode ?? "none")") }
      try database.execute(sql: "PRAGMA synchronous = FULL")
      if let pagesMax = options.pagesMax { _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pagesMax)") }
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static func checkWAL(_ path: String, mark: HeadsFile?) throws {
    let bytes = try fileBytes(path)
    if let mark, mark.heads == nil, bytes == nil {
      throw StoreFailure.damaged(
        "\(path) is missing although the last run did not end cleanly; restore the directory from a copy")
    }
    if case .damaged(let what) = WALScan.verdict(bytes ?? []) {
      throw StoreFailure.damaged("\(path): \(what); restore the directory from a copy")
    }
  }

  /// Refuses a database that is older than the file beside it says, or another one.
  private static func check(_ meta: MetaRow, _ heads: [ShardHead], against mark: HeadsFile?) throws {
    let advice = "restore the whole directory from one copy, or accept it with acceptsOlderCopy"
    guard let mark else {
      if meta.generation <= 1 && heads.allSatisfy({ $0.number == 0 }) { return }
      throw StoreFailure.damaged("the file heads is missing; \(advice)")
    }
    guard meta.generation >= mark.generation else {
      throw StoreFailure.damaged("journal.sqlite is an older copy than the file heads; \(advice)")
    }
    guard meta.generation <= mark.generation + 1 else {
      throw StoreFailure.damaged("the file heads is an older copy than journal.sqlite; \(advice)")
    }
    guard let expected = mark.heads else { return }
    guard expected.count == heads.count else {
      throw StoreFailure.damaged("the file heads is of another store; \(advice)")
    }
    for shard in heads.indices where expected[shard] != heads[shard] {
      throw StoreFailure.damaged(
        "shard \(shard) ends at entry \(heads[shard].number), but ended at \(expected[shard].number) when the store "
          + "was closed; \(advice)")
    }
  }

  // MARK: Appending

  func append(_ records: [JournalRecord]) -> Result<[AppendOutcome], StoreFailure> {
    if let dead { return .failure(dead) }
    var after = heads
    var seen = Set<Int>()
    for record in records {
      guard seen.insert(record.shard).inserted else {
        return .success(allFailed(records, .other("two records of shard \(record.shard) at once")))
      }
      var chain = RecordChain(shard: record.shard, from: heads[record.shard])
      do throws(RecordError) {
        try chain.accept(record)
      } catch {
        return .success(
          allFailed(records, .other("shard \(record.shard) does not go on with this record: \(error)")))
      }
      after[record.shard] = chain.head
    }
    let written = Self.attempt { try write(records, leaving: after) }
    switch written {
    case .success:
      heads = after
      lastBatch += 1
      recordsLeft[lastBatch] = records.count
      var offset = 0
      for record in records {
        let length = record.bytes.count
        places[record.shard].append(
          RecordPlace(last: record.lastNumber, batch: lastBatch, offset: offset, length: length))
        offset += length
      }
      ballast.makeAgain()
      return .success(Array(repeating: .durable, count: records.count))
    case .failure(.syncFailed(let text)):
      dead = .syncFailed(text)
      return .failure(.syncFailed(text))
    case .failure(.full(let text)):
      guard !ballast.isFree else { return .success(allFailed(records, .full(text))) }
      ballast.free()
      return .success(allFailed(records, .full("\(text); the ballast was given up, make room")))
    case .failure(let failure):
      return .success(allFailed(records, failure))
    }
  }

  /// One row for the whole commit, at the end of one b-tree. Tried before: a row per record, placed by shard, which
  /// dirtied 256 pages for what fits in ten.
  private func write(_ records: [JournalRecord], leaving heads: [ShardHead]) throws {
    var bytes = Data(capacity: records.reduce(0) { $0 + $1.bytes.count })
    for record in records { bytes.append(contentsOf: record.bytes) }
    let digest = SQLiteSchema.digest(of: heads)
    try queue.inDatabase { database in
      try database.inTransaction(.immediate) {
        let insert = try database.cachedStatement(sql: "INSERT INTO batch VALUES (?, ?)")
        insert.setUncheckedArguments([lastBatch + 1, bytes])
        try insert.execute()
        let update = try database.cachedStatement(sql: "UPDATE tail SET batch = ?, digest = ? WHERE id = 1")
        update.setUncheckedArguments([lastBatch + 1, digest.databaseBlob])
        try update.execute()
        return .commit
      }
    }
  }

  private func allFailed(_ records: [JournalRecord], _ failure: StoreFailure) -> [AppendOutcome] {
    Array(repeating: .failed(failure), count: records.count)
  }

  // MARK: Ends

  var isBallastFree: Bool { ballast.isFree }

  /// Refuses what is not needed while the ballast's room is all there is.
  func checkRoom(for what: String) throws(StoreFailure) {
    ballast.makeAgain()
    if ballast.isFree { throw .full("\(what) waits until there is room for the ballast again") }
  }

  func close() -> Result<Void, StoreFailure> {
    if let dead { return .failure(dead) }
    dead = .unavailable("the journal is closed")
    return Self.attempt {
      // Before the log goes: SQLite deletes it when it closes, and a start misses it unless the heads say a clean stop.
      try replaceFile(directory + "/heads", with: HeadsFile(generation: generation, heads: heads).bytes)
      do {
        try queue.inDatabase { database in
          _ = try Row.fetchAll(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
      } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
        // The log stays beside the database, whole; the next start brings it in.
      }
      try queue.close()
      lock = nil
    }
  }

  /// Runs work unless the store is closed or dead; a failed sync in it is the store's end.
  func usable<Value>(_ work: () throws -> Value) -> Result<Value, StoreFailure> {
    if let dead { return .failure(dead) }
    let result = Self.attempt(work)
    if case .failure(.syncFailed(let text)) = result { dead = .syncFailed(text) }
    return result
  }

  static func attempt<Value>(_ work: () throws -> Value) -> Result<Value, StoreFailure> {
    do { return .success(try work()) } catch { return .failure(SQLiteFailure.failure(error)) }
  }
}
