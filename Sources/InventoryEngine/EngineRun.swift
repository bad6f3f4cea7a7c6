import Logging
import StockJournal
public import StockLedger
import Synchronization

extension InventoryEngine {
  /// Keeps the engine going: commits, ends what is due, saves snapshots, lets idle keepers rest, hears of losses, feeds
  /// the read model. Returns after ``stop(savingSnapshots:)``.
  ///
  /// - Throws: ``StoreFailure`` when the store can never be trusted again in this process: it must end.
  public func run() async throws {
    invariant(!isReadOnly, "an engine that only looks is never run")
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.commit() }
      group.addTask { await self.keepTime() }
      group.addTask { await self.keepHouse() }
      if settings.answerPatience != nil { group.addTask { await self.keepPatience() } }
      if let losses = store.losses { group.addTask { await self.hear(losses) } }
      if let outlet { group.addTask { await self.feed(outlet) } }
      do { try await group.waitForAll() } catch {
        group.cancelAll()
        throw error
      }
    }
  }

  private func commit() async throws(StoreFailure) {
    do throws(StoreFailure) {
      try await committer.run {
        if router.isRefusingHolds, await store.hasRoom { router.admitHolds() }
      } onClosing: { setbacks in
        closeShards(of: setbacks)
      } onFailure: { setbacks throws(StoreFailure) in
        try await reload(setbacks)
      }
    } catch {
      fatal.withLock { $0 = error }
      isStopped.store(true, ordering: .releasing)
      router.stopAdmitting()
      committer.abandonAll()
      // Who waits for a shard that was being reloaded learns it too.
      for shard in committer.logs.indices { directory.open(shard: shard) }
      throw error
    }
  }

  /// Ends due reservations and asks about cart lines that wait too long.
  private func keepTime() async {
    while !isStopped.load(ordering: .acquiring) {
      let reloaded = reloadedShards.withLock { shards in
        defer { shards = [] }
        return shards
      }
      if !reloaded.isEmpty { await finishCarts(shards: reloaded) }
      if router.isTimeToAdmitHolds { await store.hasRoom ? router.admitHolds() : router.refuseHolds() }
      await endDue(at: clock.now)
      do { try await clock.sleep(until: clock.now + settings.expiryPeriod) } catch { return }
    }
  }

  /// One pass over the timers: what is due now ends now.
  func endDue(at now: Timestamp) async {
    while true {
      let due = timers.takeDue(at: now, limit: settings.expiriesPerPassMax)
      if due.isEmpty { return }
      var undecided: [(line: StockKey, cart: CartID, first: StockKey)] = []
      var ended: [(first: StockKey, cart: Cart)] = []
      var commit: UInt64 = 0
      for keeper in due {
        guard let turn = await keeper.ring(now: now) else { continue }
        commit = max(commit, turn.commit)
        for line in turn.content.undecided { undecided.append((keeper.key, line.cart, line.first)) }
        for cart in turn.content.ended { ended.append((keeper.key, cart)) }
      }
      committer.kick()
      if !undecided.isEmpty || !ended.isEmpty {
        await committer.wait(for: commit)
        await router.resolve(undecided)
        await router.spread(ended)
      }
      if due.count < settings.expiriesPerPassMax { return }
    }
  }

  /// Looks for who has waited too long, and whether the store is away; new holds wait until it is back.
  ///
  /// A task of its own: that which ends what is due waits for commits itself.
  private func keepPatience() async {
    while !isStopped.load(ordering: .acquiring) {
      let now = clock.now
      let isAway = committer.stalledFor(at: now) > 0 || hasUnconfirmedShard
      if isAway { router.refuseHoldsWhileAway() } else { router.endAway() }
      committer.endPatience(at: now)
      do { try await clock.sleep(until: clock.now + settings.expiryPeriod) } catch { return }
    }
  }

  private var hasUnconfirmedShard: Bool {
    committer.tenures.shards.contains { store.unconfirmedFor(shard: $0) > 0 }
  }

  private func keepHouse() async {
    var passivateAt = clock.now + settings.passivationPeriod
    var snapshotAt = clock.now + settings.snapshotPeriod
    while !isStopped.load(ordering: .acquiring) {
      do { try await clock.sleep(until: min(min(passivateAt, snapshotAt), clock.now + 1_000)) } catch { return }
      let now = clock.now
      if now >= passivateAt {
        if let idle = settings.passivateAfter { await passivate(idleSince: now - idle) }
        passivateAt = clock.now + settings.passivationPeriod
      }
      if now >= snapshotAt {
        await saveDueSnapshots()
        snapshotAt = clock.now + settings.snapshotPeriod
      }
    }
  }

  /// Asks every keeper without a turn since a time to leave memory.
  ///
  /// - Returns: How many did.
  @discardableResult
  public func passivate(idleSince: Timestamp) async -> Int {
    var count = 0
    for shard in committer.logs.indices {
      for key in directory.keys(shard: shard) where directory.look(at: key).keeper != nil {
        if await directory.passivate(key, completed: committer.completedCommit, idleSince: idleSince) { count += 1 }
      }
    }
    return count
  }

  /// Stops: refuses new commands, lets those in flight end, saves snapshots, hands every shard over, closes the store.
  /// Loses nothing.
  ///
  /// - Parameter savingSnapshots: Whether shards with new entries get a snapshot first; nil = as the settings say.
  ///   Without them a stop takes as long as one commit, which is what another node waits for.
  /// - Throws: ``StoreFailure`` where the store could not be closed cleanly; the journal holds everything all the same.
  public func stop(savingSnapshots: Bool? = nil) async throws {
    router.stopAdmitting()
    while router.inFlightCount > 0 {
      committer.kick()
      try await clock.sleep(until: clock.now + 1)
    }
    if fatal.withLock({ $0 }) == nil && savingSnapshots ?? settings.snapshotsOnStop { await saveSnapshots() }
    isStopped.store(true, ordering: .releasing)
    committer.stop()
    await committer.waitStopped()
    if let failure = fatal.withLock({ $0 }) { throw failure }
    // Nothing is appended any more: another process may have them.
    let shards = committer.tenures.shards
    if !shards.isEmpty { try await store.release(shards) }
    try await store.close()
  }
}
