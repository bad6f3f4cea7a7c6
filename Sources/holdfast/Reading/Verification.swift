import InventoryEngine
import Logging
import StockJournal
import StockLedger

/// Whether a journal tells one story: replay from zero, replay from the snapshots, and the engine as it recovers.
struct Verification: Sendable {
  var keys = 0
  var entries = 0
  var snapshots = 0
  var digestFromZero: UInt64 = 0
  var digestFromSnapshots: UInt64 = 0
  var digestLive: UInt64 = 0
  /// Shards whose oldest entries are gone, or archived elsewhere: they are verified from their snapshots only.
  var shardsTrimmed = 0
  /// What differs, and where.
  var differences: [String] = []

  var isWhole: Bool { differences.isEmpty }

  /// Verifies every record, every snapshot and every key; an invariant that is broken ends the process with its words.
  ///
  /// The engine only looks, so nothing is claimed and nothing is appended.
  init(of journal: any JournalStore, flag: StopFlag = StopFlag(), progress: Progress? = nil) async throws {
    let clock = SteppedClock(at: try await journal.lastTime())
    let engine = try await InventoryEngine.open(
      store: journal, settings: .ofProgram, shards: .readOnly, clock: clock,
      logger: ProgramLog.quiet.logger())
    digestLive = await engine.digest()
    let heads = try await journal.heads()
    for shard in heads.indices where heads[shard].number > 0 {
      if flag.isRaised { return }
      let snapshot = try await ShardState.read(shard: shard, from: journal)
      let fromEntries = try await ShardState.fromZero(shard, through: heads[shard].number, of: journal)
      if fromEntries == nil { shardsTrimmed += 1 }
      let zero = fromEntries ?? snapshot
      if zero.head.number != heads[shard].number {
        differences.append("shard \(shard) ends at entry \(zero.head.number), its head says \(heads[shard].number)")
      }
      keys += zero.keyCount
      entries += zero.replayed
      if snapshot.replayed < Int(clamping: heads[shard].number) { snapshots += 1 }
      let fromZero = try zero.digest()
      let fromSnapshot = try snapshot.digest()
      digestFromZero &+= fromZero
      digestFromSnapshots &+= fromSnapshot
      try zero.forEachLevel { key, level, _ in
        KeyUnderCheck.note(key)
        level.checkInvariants()
      }
      KeyUnderCheck.clear()
      if fromZero != fromSnapshot { try compare(zero, snapshot, shard: shard) }
      progress?.add(zero.replayed)
    }
    if digestLive != digestFromZero && differences.isEmpty {
      try await compare(engine, journal)
    }
  }

  private mutating func compare(_ zero: ShardState, _ snapshot: ShardState, shard: Int) throws {
    var images: [StockKey: (image: [UInt8], number: UInt64)] = [:]
    try snapshot.forEachLevel { key, level, number in images[key] = (level.image, number) }
    var found: [String] = []
    try zero.forEachLevel { key, level, number in
      guard let other = images.removeValue(forKey: key) else {
        found.append("\(key) (shard \(shard)) is not in the snapshot")
        return
      }
      if other.image != level.image || other.number != number {
        found.append(
          "\(key) (shard \(shard)): replay from zero ends at entry \(number), from the snapshot at \(other.number)")
      }
    }
    for key in images.keys.sorted() { found.append("\(key) (shard \(shard)) is only in the snapshot") }
    differences += found
  }

  private mutating func compare(_ engine: InventoryEngine, _ journal: any JournalStore) async throws {
    for key in engine.keys() {
      let live = await engine.level(key)?.image
      let state = try await ShardState.read(shard: key.shard, from: journal, usingSnapshot: false)
      var stored: [UInt8]?
      try state.forEachLevel { other, level, _ in if other == key { stored = level.image } }
      if live != stored { differences.append("\(key) (shard \(key.shard)): the live state differs from the replay") }
    }
    if differences.isEmpty { differences.append("the live digest differs from the replay's, and no key says why") }
  }
}
