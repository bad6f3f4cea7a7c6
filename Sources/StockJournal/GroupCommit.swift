public import StockLedger

/// Gathers one shard's entries between two commits: numbers them, and hands all of them over as one record's payload.
///
/// A pure machine: the engine keeps one per shard behind a lock and one committer that takes from all of them. A commit
/// is named by its number; what is appended now will be in ``openCommit``.
public struct ShardGather: Sendable {
  /// What one take hands over: a record's payload, not yet sealed.
  public struct Batch: Sendable {
    /// The sections, one per turn.
    public let payload: [UInt8]
    /// The first entry's number.
    public let firstNumber: UInt64
    /// How many entries.
    public let count: Int
    /// The newest entry's time.
    public let time: Timestamp
  }

  /// The number of the commit that will hold what is appended now.
  public private(set) var openCommit: UInt64
  /// The number that the next entry gets.
  public private(set) var nextNumber: UInt64
  private var payload: [UInt8] = []
  private var count = 0
  /// The newest entry's time.
  public private(set) var time: Timestamp
  private var lastPayloadBytes = 0

  /// Gathers after a shard's head.
  ///
  /// - Parameters:
  ///   - head: Where the shard's log ends.
  ///   - openCommit: The number of the next commit.
  public init(after head: ShardHead, openCommit: UInt64) {
    nextNumber = head.number + 1
    time = head.time
    self.openCommit = openCommit
  }

  /// True where nothing was appended since the last take.
  public var isEmpty: Bool { count == 0 }

  /// True where the open record holds half of what a record may: new work waits for the next take, so that what cannot
  /// wait (expiries, one more batch of each key) always has room. Bounds are ``JournalRecord``'s.
  public var isCrowded: Bool {
    count > JournalRecord.countMax / 2 || payload.count > JournalRecord.payloadBytesMax / 2
  }

  /// Appends one turn's entries of a key.
  ///
  /// - Returns: The number of the last of them.
  public mutating func append(key: StockKey, entries: [JournalEntry]) -> UInt64 {
    EntryCodec.appendSection(key: key, entries: entries, to: &payload)
    for entry in entries where entry.at > time { time = entry.at }
    return advance(by: entries.count)
  }

  /// Appends a turn of one entry: the usual case, without a list.
  @inline(__always)
  public mutating func append(key: StockKey, entry: JournalEntry) -> UInt64 {
    EntryCodec.appendSection(key: key, entry: entry, to: &payload)
    if entry.at > time { time = entry.at }
    return advance(by: 1)
  }

  private mutating func advance(by entries: Int) -> UInt64 {
    count += entries
    nextNumber += UInt64(entries)
    return nextNumber - 1
  }

  /// Hands over what was gathered, and opens the commit after `commit`.
  ///
  /// - Returns: nil where nothing was gathered.
  public mutating func take(commit: UInt64) -> Batch? {
    openCommit = commit + 1
    guard count > 0 else { return nil }
    let batch = Batch(payload: payload, firstNumber: nextNumber - UInt64(count), count: count, time: time)
    // The next batch is likely as large as this one: one allocation instead of a dozen doublings under the lock.
    lastPayloadBytes = payload.count
    payload = []
    payload.reserveCapacity(lastPayloadBytes + lastPayloadBytes / 4)
    count = 0
    return batch
  }

  /// Drops what was gathered after a commit failed, and starts again after the head that the store has.
  public mutating func restart(after head: ShardHead) {
    payload = []
    count = 0
    nextNumber = head.number + 1
    time = head.time
  }
}
