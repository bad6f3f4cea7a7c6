public import Logging
public import StockJournal
public import StockLedger
import StoreThread

/// The shared store: journal and snapshots in Redis, each shard fenced by its owner's epoch and nonce.
///
/// Several processes may open it; each appends only to shards that it has claimed. Commits run on one thread and
/// connection, reads and snapshots on a second, looks at other nodes on a third: none waits for another. A reply that
/// does not come is *unknown*: the same call goes out again until Redis says what became of it. The protocol:
/// docs/durability.md, "Redis".
public final class RedisJournal: JournalStore {
  private let writing = StoreThread(name: "holdfast-write")
  private let reading = StoreThread(name: "holdfast-read")
  private let polling = StoreThread(name: "holdfast-poll")
  private let writer: RedisWriter
  private let reader: RedisReader
  private let poller: RedisReader
  let lease: RedisLease
  let node: RedisNode
  private let ticker: Ticker

  /// What can be chosen about a store.
  public struct Options: Sendable {
    /// Who this process is to the others.
    public var node = RedisNode(name: "single")
    /// How many replicas must have a record before it is acknowledged: *all* of them, not a majority. Nil: as the store
    /// was made; a store that is made now waits for none then.
    public var replicas: Int?
    /// Makes the store where there is none. Never for a Redis that had one: it would start again at nothing.
    public var creates = false
    /// Accepts settings of Redis that can lose what was acknowledged; each is said as a warning.
    public var acceptsRisks = false
    /// Where trimmed records go, on this machine; nil: nothing is trimmed, and Redis keeps every record in memory.
    public var archive: String?
    /// How long archived records are kept, in milliseconds of the journal's own time. 400 days: a year and its returns.
    public var archiveKept: Int64 = 400 * 86_400_000
    /// How long a claim lives without being confirmed, in milliseconds.
    public var lease: Int64 = 10_000
    /// How often a claim is renewed that no append renews, in milliseconds.
    public var renewal: Int64 = 2_500
    /// When a node stops trusting a claim that was not confirmed, in milliseconds; below ``lease``, for the way there.
    public var selfStop: Int64 = 7_000
    /// How long a reply may take before it counts as none, in milliseconds; above the second that a `WAIT` may take.
    public var replyTimeout: Int64 = 3_000

    /// The defaults.
    public init() {}
  }

  private init(writer: RedisWriter, reader: RedisReader, poller: RedisReader) {
    self.writer = writer
    self.reader = reader
    self.poller = poller
    lease = writer.lease
    node = writer.node
    ticker = Ticker(thread: writing, every: max(10, writer.lease.times.renewal / 4)) { writer.renew() }
  }

  deinit { end() }

  /// Opens the store, or makes it where the options say so; checks Redis before anything is written.
  ///
  /// - Throws: ``StoreFailure/unavailable(_:)``, or ``StoreFailure/other(_:)`` with what is wrong with this Redis and
  ///   what to do: no store, made for another count of replicas, settings that would lose records, a newer format.
  public static func open(
    _ address: RedisAddress, options: Options = Options(), logger: Logger
  ) async throws(StoreFailure) -> RedisJournal {
    let timeouts = RedisTimeouts(reply: options.replyTimeout)
    let opening = StoreThread(name: "holdfast-open")
    defer { opening.end() }
    let store = RedisStoreOpening(session: RedisSession(address, timeouts: timeouts), options: options)
    let opened = try await opening.run { store.open() }
    for line in opened.warnings { logger.warning("\(line)") }
    var archive: RedisArchive?
    if let directory = options.archive { archive = try RedisArchive(directory: directory, kept: options.archiveKept) }
    let times = RedisLease.Times(lease: options.lease, renewal: options.renewal, selfStop: options.selfStop)
    return RedisJournal(
      writer: RedisWriter(
        session: RedisSession(address, timeouts: timeouts), lease: RedisLease(times), node: options.node,
        replicas: opened.replicas, logger: logger),
      reader: RedisReader(session: RedisSession(address, timeouts: timeouts, isReading: true), archive: archive),
      poller: RedisReader(session: RedisSession(address, timeouts: timeouts, isReading: true), archive: nil))
  }

  // MARK: Journal

  /// One transaction and one `WAIT` for all shards of the commit. Returns when Redis has said what became of each
  /// record, however long that takes; a record that does not continue its shard's log is refused with the whole commit.
  public func append(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] {
    if let failure = lease.failure { throw failure }
    return try await write { records.isEmpty ? .success([]) : $0.append(records) }
  }

  /// Appends another journal's records as they are, under their own epochs and nonces, several of a shard in order: how
  /// a journal is copied. Returns as ``append(_:)`` does.
  ///
  /// Only where nobody's lease lives: a shard that is owned is refused as ``StoreFailure/owned(_:)``, a record that
  /// does not continue its shard's log as ``StoreFailure/other(_:)``; with a record those after it are refused. A
  /// record that stands there already as its shard's last is durable.
  public func load(_ records: [JournalRecord]) async throws(StoreFailure) -> [AppendOutcome] {
    try await write { records.isEmpty ? .success([]) : $0.load(records) }
  }

  /// False while a commit waits for Redis.
  public var hasRoom: Bool { get async { !lease.isInDoubt } }

  /// Where each shard's log ends, as its owner's row says.
  public func heads() async throws(StoreFailure) -> [ShardHead] { try await read { try $0.heads() } }

  /// Verified records; those that were trimmed come from the archive of this machine.
  public func records(
    shard: Int, after number: UInt64, limit: Int
  ) async throws(StoreFailure) -> [JournalRecord] {
    try await read { try $0.records(shard: shard, after: number, limit: limit) }
  }

  /// A shard a page, or 512 records of a long one; each log is checked to end where its owner's row says.
  public func page(
    after numbers: [UInt64], from cursor: PageCursor
  ) async throws(StoreFailure) -> RecordPage {
    try await read { try $0.page(after: numbers, from: cursor) }
  }

  // MARK: Snapshots

  /// Writes the parts under names that nobody knows, reads them back, and names them in one step.
  public func save(_ snapshot: ShardSnapshot) async throws(StoreFailure) {
    let parts = SnapshotCodec.parts(of: snapshot)
    // By chance: another process may try to save at the same number, and must not write over parts that are named.
    let serial = UInt64.random(in: 0...JournalRecord.numberMax)
    let owner = try await claim(of: snapshot.shard)
    let name = try await read { try $0.beginSnapshot(snapshot, serial: serial, parts: parts.count) }
    for (index, part) in parts.enumerated() {
      try await read { try $0.write(part: part, index: index, of: name, shard: snapshot.shard) }
    }
    try await read { try $0.finishSnapshot(snapshot, name: name, owner: owner) }
  }

  /// The newest snapshot, verified.
  public func snapshot(shard: Int) async throws(StoreFailure) -> ShardSnapshot? {
    try await read { try $0.snapshot(shard: shard) }
  }

  /// Moves records to the archive, in steps of 64 so that reads go on between them. Without an archive nothing is
  /// trimmed.
  public func trim(shard: Int, through number: UInt64) async throws(StoreFailure) {
    let owner = try await claim(of: shard)
    while try await read({ try $0.trimStep(shard: shard, through: number, owner: owner) }) {}
  }

  private func claim(of shard: Int) async throws(StoreFailure) -> (epoch: UInt64, nonce: RecordNonce)? {
    try await write { .success($0.claim(of: shard)) }
  }

  // MARK: Ownership

  /// Claims shards: each claim is a record in the shard's log, and counts only once all replicas have it.
  public func claim(
    _ shards: [Int], nonce: RecordNonce, at time: Timestamp
  ) async throws(StoreFailure) -> [ClaimOutcome] {
    if let failure = lease.failure { throw failure }
    return try await write { $0.claim(shards, nonce: nonce, at: time) }
  }

  /// Gives shards up; the others see it at their next look.
  public func release(_ shards: [Int]) async throws(StoreFailure) {
    try await write { $0.release(shards) }
  }

  /// Shards that Redis said are another's.
  public var losses: AsyncStream<[Int]>? { lease.losses }

  /// Milliseconds since a shard's claim was confirmed, once that is longer than the self-stop; 0 before.
  public func unconfirmedFor(shard: Int) -> Int64 { lease.unconfirmedFor(shard) }

  /// The address of a shard's owner as it was last seen.
  public func owner(of shard: Int) -> String? {
    (0...255).contains(shard) ? lease.address(of: shard) : nil
  }

  // MARK: End

  /// Ends the connections, also one that blocks on a Redis that does not answer. Claims that were not released end with
  /// their lease; what is under way is answered ``StoreFailure/unavailable(_:)``.
  public func close() async throws(StoreFailure) {
    try checkOpen()
    cut()
    let (writer, reader, poller) = (writer, reader, poller)
    // Behind what is under way, which now ends: a connection is never freed under a call.
    try await writing.run { () -> Result<Void, StoreFailure> in .success(writer.session.drop()) }
    try await reading.run { () -> Result<Void, StoreFailure> in .success(reader.session.drop()) }
    try await polling.run { () -> Result<Void, StoreFailure> in .success(poller.session.drop()) }
    end()
  }

  private func cut() {
    ticker.end()
    lease.close()
    for session in [writer.session, reader.session, poller.session] { session.end() }
  }

  private func end() {
    cut()
    for thread in [writing, reading, polling] { thread.end() }
  }

  // MARK: Threads

  private func write<Value: Sendable>(
    _ work: @escaping @Sendable (RedisWriter) -> Result<Value, StoreFailure>
  ) async throws(StoreFailure) -> Value {
    let writer = writer
    return try await run(on: writing) { work(writer) }
  }

  private func read<Value: Sendable>(
    _ work: @escaping @Sendable (RedisReader) throws -> Value
  ) async throws(StoreFailure) -> Value {
    let reader = reader
    return try await run(on: reading) { reader.usable { try work(reader) } }
  }

  /// Runs work on a thread where nothing takes long.
  func poll<Value: Sendable>(
    _ work: @escaping @Sendable (RedisReader) throws -> Value
  ) async throws(StoreFailure) -> Value {
    let poller = poller
    return try await run(on: polling) { poller.usable { try work(poller) } }
  }

  private func run<Value: Sendable>(
    on thread: StoreThread, _ work: @escaping @Sendable () -> Result<Value, StoreFailure>
  ) async throws(StoreFailure) -> Value {
    try checkOpen()
    let lease = lease
    // Asked again there: what a close overtakes may run after the thread's end, beside others of its kind.
    return try await thread.run { lease.isClosing ? .failure(Self.closed) : work() }
  }

  private func checkOpen() throws(StoreFailure) {
    if lease.isClosing { throw Self.closed }
  }

  private static let closed = StoreFailure.unavailable("the journal is closed")
}
