import Logging
import StockJournal
public import StockLedger
import Synchronization
import Tracing

/// The front door: recovers from a store, takes commands, answers when they are durable.
///
/// ``open(store:settings:shards:clock:logger:feed:tracer:)`` claims shards and recovers them; ``run()`` keeps it going
/// and must run as long as it is used (it commits, ends what is due, saves snapshots); ``stop(savingSnapshots:)`` ends
/// it without losing anything. Shards come and go meanwhile: ``adopt(_:)``, ``handOver(_:)``; what is asked of a shard
/// that lives elsewhere is refused so.
public final class InventoryEngine: Sendable {
  let store: any JournalStore
  /// What it may take.
  public let settings: EngineSettings
  /// The engine's time.
  public let clock: any EngineClock
  let logger: Logger
  let router: StockRouter
  let directory: KeeperDirectory
  let committer: GroupCommitter
  let timers: KeeperTimers
  let policies: PolicyBook
  /// Which sources are channels that somebody publishes to.
  let namings: ChannelNamings
  /// Who hears which keys were committed.
  let watches: KeyWatches
  /// Changed keys for the feed; nil without one.
  let outlet: FeedOutlet?
  /// True where the engine only looks: it owns nothing and never runs.
  let isReadOnly: Bool
  let snapshotMarks: Mutex<[SnapshotMark]>
  let recoveryFound = Mutex(RecoveryReport())
  /// Moves that had arrived when recovery read the tail: their other sides may not have heard.
  let arrivalsFound = Mutex<[(key: StockKey, report: Report)]>([])
  /// Keepers of shards that lost entries: still to be told.
  let closedKeepers = Mutex<[StockKeeper]>([])
  /// Shards that came or were reloaded since the carts were last looked over.
  let reloadedShards = Mutex<[Int]>([])
  /// One claim or handover at a time.
  let ownershipTurn = Turnstile()
  /// One reading of shards from the store at a time: a reload and a claim must not put keys into one place.
  let readingTurn = Turnstile()
  let historyGate = HistoryGate()
  let claims = Atomic<UInt64>(0)
  let isStopped = Atomic<Bool>(false)
  let fatal = Mutex<StoreFailure?>(nil)

  init(
    store: any JournalStore, settings: EngineSettings, clock: any EngineClock, logger: Logger, isReadOnly: Bool,
    feed: (any AvailabilityFeed)?, tracer: (any Tracer)?
  ) {
    self.store = store
    self.settings = settings
    self.clock = clock
    self.logger = logger
    self.isReadOnly = isReadOnly
    let timers = KeeperTimers()
    let policies = PolicyBook()
    self.timers = timers
    self.policies = policies
    let watches = KeyWatches()
    self.watches = watches
    let namings = ChannelNamings()
    self.namings = namings
    let logs = (0..<Self.shardCount).map {
      ShardLog(shard: $0, timers: timers, policies: policies, namings: namings, watches: watches)
    }
    directory = KeeperDirectory(logs: logs)
    outlet = feed.map { FeedOutlet($0) }
    if let outlet { watches.add(outlet.changed) }
    committer = GroupCommitter(
      store: store, logs: logs, tenures: ShardTenures(shards: logs.count), settings: settings, clock: clock,
      watches: watches)
    router = StockRouter(directory: directory, committer: committer, clock: clock, settings: settings, tracer: tracer)
    snapshotMarks = Mutex(Array(repeating: SnapshotMark(), count: logs.count))
    if isReadOnly { router.stopAdmitting() }
  }

  /// How many shards every store has.
  static let shardCount = 256

  /// What recovery found.
  public var recovery: RecoveryReport { recoveryFound.withLock { $0 } }

  // MARK: Commands

  /// Takes a batch of commands, each for one key: one hop per key, one sync for all of them.
  ///
  /// Commands of one key are decided in their order; of different keys in no promised order. Every answer leaves after
  /// everything it reflects is durable. Reports that name a claim may carry an item's key (no location).
  ///
  /// - Returns: One answer per command, in their order.
  public func submit(_ commands: [KeyedCommand]) async -> [Answer] {
    if commands.isEmpty { return [] }
    if let refusal = router.enter(commands.count) {
      return Array(repeating: .refused(refusal), count: commands.count)
    }
    defer { router.leave(commands.count) }
    if commands.contains(where: { needsRouting($0) }) { return await submitRouted(commands) }
    return await router.run(commands)
  }

  /// Takes one command.
  public func submit(_ command: KeyedCommand) async -> Answer {
    if let refusal = router.enter(1) { return .refused(refusal) }
    defer { router.leave(1) }
    if needsRouting(command) { return await submitRouted([command])[0] }
    return await router.run(command)
  }

  // MARK: Carts

  /// Holds carts, each all or nothing; two syncs for the whole batch.
  public func hold(carts: [CartRequest]) async -> [CartAnswer] {
    let lines = carts.reduce(0) { $0 + $1.lines.count }
    if let refusal = router.enter(lines) {
      return carts.map { _ in .refused(refusal, short: []) }
    }
    defer { router.leave(lines) }
    return await router.hold(withItemLines(carts))
  }

  /// Ends carts: each becomes its lines' claims, at one time.
  ///
  /// - Parameter carts: Each with its first key (of its receipt) and a claim for every line.
  public func confirm(carts: [(id: CartID, first: StockKey, claims: [CartClaim])]) async -> [Answer] {
    await end(carts.map { ($0.id, $0.first, .confirm, $0.claims) })
  }

  /// Gives carts back.
  public func release(carts: [(id: CartID, first: StockKey)]) async -> [Answer] {
    await end(carts.map { ($0.id, $0.first, .release, []) })
  }

  private func end(_ carts: [(id: CartID, first: StockKey, ending: Ending, claims: [CartClaim])]) async -> [Answer] {
    if let refusal = router.enter(carts.count) { return carts.map { _ in .refused(refusal) } }
    defer { router.leave(carts.count) }
    return await router.end(carts)
  }

  /// Gives a cart a new expiry.
  public func extend(cart id: CartID, first: StockKey, to expiresAt: Timestamp) async -> Answer {
    if let refusal = router.enter(1) { return .refused(refusal) }
    defer { router.leave(1) }
    return await router.extend(cart: id, first: first, to: expiresAt)
  }

  // MARK: Looks

  /// All keys that are known here, sorted within each shard.
  public func keys() -> [StockKey] { (0..<committer.logs.count).flatMap { directory.keys(shard: $0) } }

  /// The engine's counters.
  public var counters: EngineCounters {
    let counts = directory.counts()
    return EngineCounters(
      entries: committer.entriesDurable.load(ordering: .relaxed),
      bytes: committer.bytesDurable.load(ordering: .relaxed),
      commits: committer.commitsDurable.load(ordering: .relaxed), failures: committer.tenures.failureCount,
      keysKnown: counts.known, keepersActive: counts.active, inFlight: router.inFlightCount,
      waiting: committer.waiterCount, storeAwayFor: storeAwayFor,
      holdsLive: committer.logs.reduce(0) { $0 + $1.holdsLive })
  }

  /// For how long the store has not answered, or not confirmed a shard as ours, in milliseconds; 0 while it does.
  private var storeAwayFor: Int64 {
    let unconfirmed = committer.tenures.shards.map { store.unconfirmedFor(shard: $0) }.filter { $0 < .max }
    return max(committer.stalledFor(at: clock.now), unconfirmed.max() ?? 0)
  }
}

/// What an engine has done since it was opened.
public struct EngineCounters: Sendable {
  /// Entries made durable.
  public let entries: UInt64
  /// Bytes of records made durable.
  public let bytes: UInt64
  /// Commits, each one sync.
  public let commits: UInt64
  /// Commits that failed, and shards that were lost to other nodes.
  public let failures: UInt64
  /// Keys known.
  public let keysKnown: Int
  /// Keys with a keeper in memory.
  public let keepersActive: Int
  /// Commands in flight.
  public let inFlight: Int
  /// Callers that wait for a commit.
  public let waiting: Int
  /// For how long the store has kept everybody waiting, in milliseconds; 0 while it answers in time.
  public let storeAwayFor: Int64
  /// Live reservations of all keys; those of one turn may be missing.
  public let holdsLive: Int
}
