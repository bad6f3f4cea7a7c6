public import StockLedger

/// Where the journal and its snapshots live: the port behind which every store passes one conformance suite.
///
/// One caller at a time appends (the engine's group commit); reads may run beside it. Blocking stores run on a thread
/// of their own, never on the cooperative pool. Source of the rules: docs/durability.md.
public protocol JournalStore: Sendable {
  /// Makes the records of one commit durable, in order, at most one record per shard. Returns when they are synced.
  ///
  /// - Returns: One outcome per record, in the order given. A store that commits all in one transaction gives all the
  ///   same outcome. A store that does not know what became of a record asks again until it does.
  /// - Throws: What ends the process: ``StoreFailure/syncFailed(_:)``, ``StoreFailure/damaged(_:)`` (the store was
  ///   emptied or tells another story). Nothing may be appended any more.
  func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome]

  /// True where the store has room for more than what frees stock: while it is false the engine refuses new holds, so
  /// that releases and expiries find room.
  var hasRoom: Bool { get async }

  /// Where each shard's log ends. 256 heads, by shard; an empty shard has number 0.
  func heads() async throws(StoreFailure) -> [ShardHead]

  /// Records of a shard whose entries come after `number`, oldest first, at most `limit`; verified (checksum, chain).
  /// Reaches into the archive as well. Empty at the end.
  func records(shard: Int, after number: UInt64, limit: Int) async throws(StoreFailure) -> [JournalRecord]

  /// One page of all shards' records that come after each shard's number: what a whole recovery reads. Records of a
  /// shard are in order over all pages, verified each by itself; shards in no promised order.
  ///
  /// - Parameters:
  ///   - numbers: 256 entry numbers, by shard.
  ///   - cursor: ``PageCursor/start``, then what the page before gave.
  func page(after numbers: [UInt64], from cursor: PageCursor) async throws(StoreFailure) -> RecordPage

  /// Keeps a snapshot of one shard, reads it back, verifies it, and only then lets an older one than the last two go.
  func save(_ snapshot: ShardSnapshot) async throws(StoreFailure)

  /// The newest snapshot of a shard that verifies; nil where there is none. A damaged one is a failure, not a nil.
  func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot?

  /// Moves records whose entries are all at or before `number` to the archive. Refused (no effect) past the older of
  /// the two kept snapshots.
  func trim(shard: Int, through number: UInt64) async throws(StoreFailure)

  /// Ends cleanly: head numbers and hashes are put aside for the check at the next start.
  func close() async throws(StoreFailure)

  // MARK: Ownership. Stores that one process owns alone grant everything: see the extension below.

  /// Takes shards for this process: only their owner appends to them.
  ///
  /// - Parameters:
  ///   - shards: Each once.
  ///   - nonce: The owner's random bits; never used for two claims of a shard.
  ///   - time: The time that a claim's own entry is given where the store writes one; never before the shard's head.
  /// - Returns: One outcome per shard, in the order given.
  func claim(_ shards: [Int], nonce: RecordNonce, at time: Timestamp) async throws(StoreFailure) -> [ClaimOutcome]

  /// Gives shards up after their last append, so that another process can claim them at once.
  func release(_ shards: [Int]) async throws(StoreFailure)

  /// Shards that the store found to be another's, as it finds them; nil where that cannot happen. One listener.
  var losses: AsyncStream<[Int]>? { get }

  /// How long ago the store last confirmed that a shard is ours, in milliseconds: what memory says is as old as that.
  /// 0 while a lease lives, and always where nobody else could own it; the largest number for a shard that is not ours.
  func unconfirmedFor(shard: Int) -> Int64

  /// The address that the shard's owner gave; nil where nobody owns it, or this process does.
  func owner(of shard: Int) -> String?
}

extension JournalStore {
  /// All of them, under an epoch above every one that the store has seen.
  public func claim(
    _ shards: [Int], nonce: RecordNonce, at time: Timestamp
  ) async throws(StoreFailure) -> [ClaimOutcome] {
    let heads = try await heads()
    let epoch = (heads.map(\.epoch).max() ?? 0) + 1
    return shards.map { .granted(heads[$0], epoch: epoch) }
  }

  /// Nothing: the next process finds them free.
  public func release(_ shards: [Int]) async throws(StoreFailure) {}

  /// None.
  public var losses: AsyncStream<[Int]>? { nil }

  /// Always 0.
  public func unconfirmedFor(shard: Int) -> Int64 { 0 }

  /// Nobody else.
  public func owner(of shard: Int) -> String? { nil }
}

/// What became of the claim of one shard.
public enum ClaimOutcome: Hashable, Sendable {
  /// Ours: its log ends here, and our records carry this epoch and the nonce of the claim.
  case granted(ShardHead, epoch: UInt64)
  /// Another process owns it, for so many milliseconds more unless it renews.
  case held(by: String, for: Int64)
  /// The store could not say.
  case failed(StoreFailure)
}

/// Where a page of records starts; only the store that gave it knows what it means.
public struct PageCursor: Hashable, Sendable {
  /// The store's own number.
  public var raw: UInt64

  /// A cursor of a store.
  public init(raw: UInt64) { self.raw = raw }

  /// Before everything.
  public static let start = PageCursor(raw: 0)
}

/// Some records, and where the next ones are.
public struct RecordPage: Sendable {
  /// The records; a page may be empty and still not be the last.
  public var records: [JournalRecord]
  /// Where the next page starts; nil after the last.
  public var next: PageCursor?

  /// Some records.
  public init(records: [JournalRecord], next: PageCursor?) {
    self.records = records
    self.next = next
  }
}

/// What became of one record of an append.
public enum AppendOutcome: Hashable, Sendable {
  /// Synced: a crash will not lose it.
  case durable
  /// Not written (disk full, store says no): its shard must be reloaded before its next turn.
  case failed(StoreFailure)
  /// The shard is another's now: memory must be dropped. The record is surely not written, unless an earlier try of it
  /// went without a reply: then it may be.
  case lost(mayBeWritten: Bool)
}

/// The world failed. Retried or reported; never a normal answer and never our bug.
public enum StoreFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sync failed: the store can never be trusted again in this process.
  case syncFailed(String)
  /// No room.
  case full(String)
  /// The store cannot be reached or does not answer in time.
  case unavailable(String)
  /// Stored bytes are damaged: where, and what to do.
  case damaged(String)
  /// Another process owns the directory or the shard.
  case owned(String)
  /// Written by a newer version of the format.
  case newerFormat(String)
  /// What was asked for is older than this entry of the shard; older ones were trimmed, and are archived elsewhere.
  case historyTrimmed(shard: Int, since: UInt64)
  /// Anything else the store said.
  case other(String)

  /// One line for people: what failed, and what the store said.
  public var description: String {
    switch self {
    case .syncFailed(let text): "a sync failed, so nothing more can be made durable: \(text)"
    case .full(let text): "no room: \(text)"
    case .unavailable(let text): "the store is away: \(text)"
    case .damaged(let text): "stored bytes are damaged: \(text)"
    case .owned(let text): "another process owns the store: \(text)"
    case .newerFormat(let text): "written by a newer version: \(text)"
    case .historyTrimmed(let shard, let since):
      "the history of shard \(shard) before entry \(since) was trimmed; the node that did it has it in its archive"
    case .other(let text): text
    }
  }
}

/// Where a shard's log ends.
public struct ShardHead: Hashable, Sendable {
  /// The last entry's number; 0 for an empty log.
  public var number: UInt64
  /// The last record's hash; zero for an empty log.
  public var hash: RecordHash
  /// The last record's epoch; 0 for an empty log.
  public var epoch: UInt64
  /// The last record's time; the epoch's start for an empty log.
  public var time: Timestamp

  /// Where a shard's log ends.
  public init(number: UInt64 = 0, hash: RecordHash = .zero, epoch: UInt64 = 0, time: Timestamp = .distantPast) {
    self.number = number
    self.hash = hash
    self.epoch = epoch
    self.time = time
  }
}

/// 128 bits of the chain: SipHash-128 over the previous hash, the header and the payload.
public struct RecordHash: Hashable, Sendable {
  /// The first eight bytes, read little-endian.
  public var first: UInt64
  /// The second eight bytes, read little-endian.
  public var second: UInt64

  /// 128 bits of the chain.
  @inlinable
  public init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }
  /// Before the first record.
  public static let zero = RecordHash(first: 0, second: 0)
}

/// The images of a shard's keys, each as of its own entry number.
public struct ShardSnapshot: Hashable, Sendable {
  /// The shard, 0 to 255.
  public var shard: Int
  /// Every entry up to this number is in the images; some images are newer.
  public var through: UInt64
  /// The hash of the record that ends at `through`.
  public var hash: RecordHash
  /// The time of the newest entry in it.
  public var time: Timestamp
  /// One image per key, sorted by key path.
  public var images: [KeyImage]

  /// The images of a shard's keys.
  public init(shard: Int, through: UInt64, hash: RecordHash, time: Timestamp, images: [KeyImage]) {
    self.shard = shard
    self.through = through
    self.hash = hash
    self.time = time
    self.images = images
  }
}

/// One key's whole state in its stored form.
public struct KeyImage: Hashable, Sendable {
  /// The key.
  public var key: StockKey
  /// The number of the key's last entry in it.
  public var number: UInt64
  /// The stored form of its `StockLevel`.
  public var bytes: [UInt8]

  /// One key's whole state in its stored form.
  public init(key: StockKey, number: UInt64, bytes: [UInt8]) {
    self.key = key
    self.number = number
    self.bytes = bytes
  }
}
