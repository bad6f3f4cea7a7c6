import StockLedger

/// A journal in memory with the faults of a disk: for the simulator and for tests.
///
/// Everything that was synced is kept record by record in its stored form and verified at every read, so that a flipped
/// bit is found. An append first stands in an unsynced write; ``crashImage(_:)`` says what a power loss leaves of it.
/// Deterministic: no thread, no clock, no chance of its own.
public actor MemoryJournal: JournalStore {
  private var disk: MemoryDisk
  private var unsynced: [UInt8] = []
  private var dead: StoreFailure?
  private var isClosed = false
  private var faults: [MemoryFault] = []
  private let duringSync: (@Sendable () async -> Void)?

  /// How many commits were synced.
  public private(set) var commitCount = 0

  /// An empty journal.
  ///
  /// - Parameter duringSync: Awaited between the write and the sync of each append: where a simulator lets time pass,
  ///   or takes a ``crashImage(_:)``.
  public init(duringSync: (@Sendable () async -> Void)? = nil) {
    disk = MemoryDisk()
    self.duringSync = duringSync
  }

  private init(disk: MemoryDisk, duringSync: (@Sendable () async -> Void)?) {
    self.disk = disk
    self.duringSync = duringSync
  }

  // MARK: The port

  /// Writes, awaits `duringSync`, syncs; an armed fault strikes instead.
  public func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] {
    try checkUsable()
    if let refusal = disk.continuationFailure(of: records) {
      return Array(repeating: .failed(refusal), count: records.count)
    }
    if takeFault(.appendFull) {
      return Array(repeating: .failed(.full("the memory journal was told to be full")), count: records.count)
    }
    let write = MemoryDisk.frame(records)
    unsynced = write
    if let duringSync { await duringSync() }
    if takeFault(.sync) {
      let failure = StoreFailure.syncFailed("the memory journal was told to fail")
      dead = failure
      throw failure
    }
    // Another append while this one waited would mean two commits in flight.
    invariant(unsynced == write, "one append at a time: another one wrote meanwhile")
    disk.apply(records)
    unsynced = []
    commitCount += 1
    return Array(repeating: .durable, count: records.count)
  }

  /// Always: a full append is a fault that a test arms, and leaves nothing behind.
  public var hasRoom: Bool { get async { true } }

  /// Where each shard's log ends, after its chain was verified.
  public func heads() async throws(StoreFailure) -> [ShardHead] {
    try checkUsable()
    return try disk.verifiedHeads()
  }

  /// Verified records, archive included.
  public func records(
    shard: Int, after number: UInt64, limit: Int
  ) async throws(StoreFailure) -> [JournalRecord] {
    try checkUsable()
    return try disk.records(shard: shard, after: number, limit: limit)
  }

  /// A shard a page.
  public func page(
    after numbers: [UInt64], from cursor: PageCursor
  ) async throws(StoreFailure) -> RecordPage {
    try checkUsable()
    let shard = Int(clamping: cursor.raw)
    let records = try disk.records(shard: shard, after: numbers[shard], limit: .max)
    return RecordPage(records: records, next: shard == 255 ? nil : PageCursor(raw: cursor.raw + 1))
  }

  /// Keeps a snapshot in its stored form, after it was read back.
  public func save(_ snapshot: ShardSnapshot) async throws(StoreFailure) {
    try checkUsable()
    if takeFault(.saveFull) { throw .full("the memory journal was told to be full") }
    try disk.save(snapshot)
  }

  /// The newest snapshot, verified.
  public func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot? {
    try checkUsable()
    return try disk.snapshot(shard: shard)
  }

  /// Moves records to the archive.
  public func trim(shard: Int, through number: UInt64) async throws(StoreFailure) {
    try checkUsable()
    disk.trim(shard: shard, through: number)
  }

  /// Ends: every later call throws.
  public func close() async throws(StoreFailure) {
    try checkUsable()
    isClosed = true
  }

  // MARK: Faults

  /// Arms a fault for the next call that it concerns. Several are taken in the order given.
  public func arm(_ fault: MemoryFault) { faults.append(fault) }

  /// How many bytes stand written but not synced.
  public var unsyncedByteCount: Int { unsynced.count }

  /// How many bytes are stored and synced: the places where ``flipBit(at:bit:)`` can strike.
  public var storedByteCount: Int { disk.byteCount }

  /// Flips one bit of what is stored: records first (shard by shard, archive before log), then snapshots.
  ///
  /// - Parameters:
  ///   - byte: 0 to ``storedByteCount`` − 1; others do nothing.
  ///   - bit: 0 to 7.
  public func flipBit(at byte: Int, bit: Int) { disk.flipBit(at: byte, bit: bit) }

  /// The journal as the next process finds it after a power loss now; this one goes on.
  public func crashImage(
    _ cut: CrashCut, duringSync: (@Sendable () async -> Void)? = nil
  ) -> MemoryJournal {
    var survivor = disk
    if let records = MemoryDisk.records(inFrame: cut.leaves(of: unsynced)) { survivor.apply(records) }
    return MemoryJournal(disk: survivor, duringSync: duringSync)
  }

  /// The journal as the next process finds it after this one ended; same disk, no unsynced write.
  public func reopened(duringSync: (@Sendable () async -> Void)? = nil) -> MemoryJournal {
    crashImage(.prefix(0), duringSync: duringSync)
  }

  private func takeFault(_ fault: MemoryFault) -> Bool {
    guard let index = faults.firstIndex(of: fault) else { return false }
    faults.remove(at: index)
    return true
  }

  private func checkUsable() throws(StoreFailure) {
    if let dead { throw dead }
    if isClosed { throw .unavailable("the journal is closed") }
  }
}

/// A fault that a ``MemoryJournal`` can be told to have, once.
public enum MemoryFault: Hashable, Sendable {
  /// The next append finds no room: nothing is written, all records fail.
  case appendFull
  /// The next sync fails: the written bytes may or may not be there after a crash, and nothing can be appended any
  /// more.
  case sync
  /// The next snapshot finds no room.
  case saveFull
}

/// What a power loss leaves of an unsynced write.
public enum CrashCut: Hashable, Sendable {
  /// The first so many bytes.
  case prefix(Int)
  /// All bytes, but those of the sectors whose bit is 0 read as zero. A sector is so many bytes; bits repeat after 64.
  case sectors(kept: UInt64, size: Int)

  func leaves(of write: [UInt8]) -> [UInt8] {
    switch self {
    case .prefix(let count): return Array(write.prefix(max(0, count)))
    case .sectors(let kept, let size):
      var left = write
      for index in left.indices where kept >> UInt64(index / max(1, size) % 64) & 1 == 0 { left[index] = 0 }
      return left
    }
  }
}
