import Logging
import StockJournal
public import StockLedger
import Synchronization

/// The front door: recovers from a store, takes commands, answers when they are durable.
///
/// ``open(store:settings:clock:logger:)`` recovers; ``run()`` keeps it going and must run as long as it is used (it
/// commits, ends what is due, saves snapshots); ``stop()`` ends it without losing anything.
public final class InventoryEngine: Sendable {
  let store: any JournalStore
  let settings: EngineSettings
  let clock: any EngineClock
  let logger: Logger
  let router: StockRouter
  let directory: KeeperDirectory
  let committer: GroupCommitter
  let timers: KeeperTimers
  let policies: PolicyBook
  let snapshotMarks: Mutex<[UInt64]>
  let recoveryFound: Mutex<RecoveryReport>
  /// Moves that had arrived when recovery read the tail: their other sides may not have heard.
  let arrivalsFound = Mutex<[(key: StockKey, report: Report)]>([])
  /// Keepers of shards that are being reloaded: still to be told.
  let closedKeepers = Mutex<[StockKeeper]>([])
  /// Shards that were reloaded since the carts were last looked over.
  let reloadedShards = Mutex<[Int]>([])
  let isStopped = Atomic<Bool>(false)
  let fatal = Mutex<StoreFailure?>(nil)

  init(
    store: any JournalStore, settings: EngineSettings, clock: any EngineClock, logger: Logger, heads: [ShardHead],
    epoch: UInt64
  ) {
    self.store = store
    self.settings = settings
    self.clock = clock
    self.logger = logger
    let timers = KeeperTimers()
    let policies = PolicyBook()
    self.timers = timers
    self.policies = policies
    let logs = heads.enumerated().map {
      ShardLog(shard: $0.offset, head: $0.element, timers: timers, policies: policies)
    }
    directory = KeeperDirectory(logs: logs)
    var relaxedPeriod: Int64?
    if case .relaxed(let every) = settings.durability { relaxedPeriod = every }
    committer = GroupCommitter(
      store: store, logs: logs, heads: heads, epoch: epoch,
      nonce: RecordNonce(first: settings.nonce.first, second: settings.nonce.second), relaxedPeriod: relaxedPeriod,
      clock: clock)
    router = StockRouter(directory: directory, committer: committer, clock: clock, settings: settings)
    snapshotMarks = Mutex(heads.map(\.number))
    recoveryFound = Mutex(RecoveryReport())
  }

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

  // MARK: Reads

  /// A durable view of one key; nil where the store was lost meanwhile.
  public func stock(_ key: StockKey) async -> StockView? {
    let failuresBefore = committer.failureCount
    while !committer.isAbandoned {
      guard let turn = await directory.keeper(for: key).view(now: clock.now) else { continue }
      committer.kick()
      await committer.wait(for: turn.commit)
      let isLost = committer.isAbandoned || committer.failedAt(shard: key.shard) > failuresBefore
      return isLost ? nil : turn.content
    }
    return nil
  }

  /// What one channel sees of a key, durably; nil where the store was lost meanwhile.
  public func available(_ key: StockKey, to channel: ChannelID) async -> Int64? {
    let failuresBefore = committer.failureCount
    while !committer.isAbandoned {
      guard let turn = await directory.keeper(for: key).available(to: channel, now: clock.now) else { continue }
      committer.kick()
      await committer.wait(for: turn.commit)
      let isLost = committer.isAbandoned || committer.failedAt(shard: key.shard) > failuresBefore
      return isLost ? nil : turn.content
    }
    return nil
  }

  /// The whole level of one key, durably; nil where the store was lost meanwhile.
  public func level(_ key: StockKey) async -> StockLevel? {
    let failuresBefore = committer.failureCount
    while !committer.isAbandoned {
      guard let turn = await directory.keeper(for: key).wholeLevel() else { continue }
      await committer.waitDurable(for: turn.commit)
      let isLost = committer.isAbandoned || committer.failedAt(shard: key.shard) > failuresBefore
      return isLost ? nil : turn.content
    }
    return nil
  }

  /// All keys that are known, sorted within each shard.
  public func keys() -> [StockKey] { (0..<committer.logs.count).flatMap { directory.keys(shard: $0) } }

  /// The engine's counters.
  public var counters: EngineCounters {
    let counts = directory.counts()
    return EngineCounters(
      entries: committer.entriesDurable.load(ordering: .relaxed),
      bytes: committer.bytesDurable.load(ordering: .relaxed),
      commits: committer.commitsDurable.load(ordering: .relaxed), failures: committer.failureCount,
      keysKnown: counts.known, keepersActive: counts.active, inFlight: router.inFlightCount)
  }

  /// A digest of every key's whole durable state; equal to that of a replay from zero.
  public func digest() async -> UInt64 {
    var digest = LevelDigest()
    for shard in 0..<committer.logs.count {
      var failuresBefore: UInt64
      var found: [KeyImage]
      repeat {
        await directory.waitUntilOpen(shard: shard)
        failuresBefore = committer.failureCount
        found = await images(shard: shard)
      } while committer.failedAt(shard: shard) > failuresBefore
      for image in found where image.number > 0 { digest.add(image.key, image: image.bytes, number: image.number) }
    }
    return digest.value
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
  /// Commits that failed.
  public let failures: UInt64
  /// Keys known.
  public let keysKnown: Int
  /// Keys with a keeper in memory.
  public let keepersActive: Int
  /// Commands in flight.
  public let inFlight: Int
}
