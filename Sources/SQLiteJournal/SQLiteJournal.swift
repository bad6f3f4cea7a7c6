import Foundation
public import StockJournal
import StoreThread

/// The embedded default store: one directory, one SQLite database in WAL mode, one row per commit.
///
/// Blocking work runs on one thread of its own, in the order it was asked for, so reads wait for the commit in flight.
/// After a failed sync every call throws the same ``StoreFailure/syncFailed(_:)``: the process must end. Files:
/// `journal.sqlite`, its `-wal`, `heads` (what a backup must not be older than), `lock`, `ballast`.
public final class SQLiteJournal: JournalStore {
  private let thread: StoreThread
  private let core: SQLiteCore

  private init(thread: StoreThread, core: SQLiteCore) {
    self.thread = thread
    self.core = core
  }

  /// What can be chosen about a store; the defaults are what `holdfast serve` uses.
  public struct Options: Sendable {
    /// How long archived records are kept, in milliseconds of the journal's own time. 400 days: a year and its returns.
    public var archiveKept: Int64 = 400 * 86_400_000
    /// Checks every page of the database at the start: some seconds per 10 GB.
    public var checksPages = true
    /// The most pages of 4 KiB that the database may have; nil = SQLite's own bound. Past it appends are full.
    public var pagesMax: Int?
    /// Accepts a database that the file `heads` does not vouch for: an operator's decision after restoring a backup.
    public var acceptsOlderCopy = false
    /// Opens also where snapshots do not read: for a repair, which makes them anew from the entries.
    public var acceptsDamagedSnapshots = false

    /// The defaults.
    public init() {}
  }

  /// Opens the store of a directory, or makes one; verifies before it lets anything be appended.
  ///
  /// - Throws: ``StoreFailure/owned(_:)`` when another process has it, ``StoreFailure/damaged(_:)`` with what to do,
  ///   ``StoreFailure/newerFormat(_:)``.
  public static func open(
    directory: String, options: Options = Options()
  ) async throws(StoreFailure) -> SQLiteJournal {
    let thread = StoreThread(name: "holdfast-journal")
    do throws(StoreFailure) {
      let core = try await thread.run { () -> Result<SQLiteCore, StoreFailure> in
        SQLiteCore.attempt { try SQLiteCore(directory: directory, options: options) }
      }
      return SQLiteJournal(thread: thread, core: core)
    } catch {
      thread.end()
      throw error
    }
  }

  deinit { thread.end() }

  /// One transaction, one sync. A full disk gives up the ballast and fails all records of the commit; the first commit
  /// after somebody has made room makes the ballast again.
  public func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] {
    try await thread.run { [core] in core.append(records) }
  }

  /// False while the ballast is given up: what room it left is for releases and expiries.
  public var hasRoom: Bool { get async { await !isBallastFree } }

  /// Where each shard's log ends; the chains were verified when the store was opened.
  public func heads() async throws(StoreFailure) -> [ShardHead] {
    try await thread.run { [core] in core.usable { core.heads } }
  }

  /// Verified records, archive first; the link to the record before the first one is verified too.
  public func records(
    shard: Int, after number: UInt64, limit: Int
  ) async throws(StoreFailure) -> [JournalRecord] {
    try await thread.run { [core] in core.usable { try core.records(shard: shard, after: number, limit: limit) } }
  }

  /// The archive first, shard by shard; then the batches in the order of their commits, some 4 MiB a page.
  public func page(
    after numbers: [UInt64], from cursor: PageCursor
  ) async throws(StoreFailure) -> RecordPage {
    try await thread.run { [core] in core.usable { try core.page(after: numbers, from: cursor) } }
  }

  /// Writes the parts one transaction each, so that commits go on between them. Without a ballast it is
  /// ``StoreFailure/full(_:)``: the room is for what frees stock.
  public func save(_ snapshot: ShardSnapshot) async throws(StoreFailure) {
    let serial = try await thread.run { [core] in core.usable { try core.beginSnapshot(snapshot) } }
    let parts = SnapshotCodec.parts(of: snapshot)
    for (index, part) in parts.enumerated() {
      try await thread.run { [core] in core.usable { try core.write(part: part, index: index, serial: serial) } }
    }
    try await thread.run { [core] in
      core.usable { try core.finishSnapshot(snapshot, serial: serial, parts: parts.count) }
    }
  }

  /// The newest snapshot, verified.
  public func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot? {
    try await thread.run { [core] in core.usable { try core.snapshot(shard: shard) } }
  }

  /// Moves in steps of 64 records, one transaction each, so that commits go on between them.
  public func trim(shard: Int, through number: UInt64) async throws(StoreFailure) {
    while try await thread.run({ [core] in core.usable { try core.trimStep(shard: shard, through: number) } }) {}
    while try await thread.run({ [core] in core.usable { try core.forgetStep(shard: shard) } }) {}
  }

  /// Puts the heads aside in the file `heads`, checkpoints where there is room, closes the database, frees the
  /// directory.
  public func close() async throws(StoreFailure) {
    try await thread.run { [core] in core.close() }
    thread.end()
  }

  /// True once the ballast was given up because the disk was full: only what frees stock should be appended.
  public var isBallastFree: Bool {
    get async {
      let isFree = try? await thread.run { [core] () -> Result<Bool, StoreFailure> in .success(core.isBallastFree) }
      return isFree ?? true
    }
  }
}
