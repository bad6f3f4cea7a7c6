import Logging
import StockJournal
public import StockLedger
import Synchronization

extension InventoryEngine {
  /// Keeps the engine going: commits, ends what is due, saves snapshots, lets idle keepers rest. Returns after
  /// ``stop()``.
  ///
  /// - Throws: ``StoreFailure`` when the store can never be trusted again in this process: it must end.
  public func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.commit() }
      group.addTask { await self.keepTime() }
      group.addTask { await self.keepHouse() }
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
      } onClosing: { shards in
        closeShards(shards)
      } onFailure: { failures throws(StoreFailure) in
        try await reload(failures)
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
    await finishCarts(shards: Array(committer.logs.indices))
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
        if let every = settings.snapshotEveryEntries, newEntries >= every { await saveSnapshots() }
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

  /// Durable entries of all shards since their last snapshots.
  private var newEntries: UInt64 {
    snapshotMarks.withLock { marks in
      marks.indices.reduce(0) {
        $0 + (committer.head(shard: $1).number - min(committer.head(shard: $1).number, marks[$1]))
      }
    }
  }

  /// Saves a snapshot of every shard with new entries: all of them, because a commit's row leaves the journal when the
  /// records of all its shards have.
  ///
  /// - Returns: How many were saved; a failure is logged, and the journal stays whole.
  @discardableResult
  public func saveSnapshots() async -> Int {
    var count = 0
    for shard in committer.logs.indices {
      let mark = snapshotMarks.withLock { $0[shard] }
      guard committer.head(shard: shard).number > mark else { continue }
      do throws(StoreFailure) {
        try await saveSnapshot(shard: shard)
        count += 1
      } catch {
        logger.error("a snapshot was not saved", metadata: ["shard": "\(shard)", "failure": "\(error)"])
      }
    }
    return count
  }

  private func saveSnapshot(shard: Int) async throws(StoreFailure) {
    // The head is durable and every keeper has applied it: images taken from now on hold at least all up to it.
    let failuresBefore = committer.failureCount
    // A shard that is being reloaded has only some of its keys: its snapshot would be a hole.
    if directory.isReloading(shard: shard) { return }
    let head = committer.head(shard: shard)
    let images = await images(shard: shard)
    // What a failed commit lost may be in these images.
    if committer.failedAt(shard: shard) > failuresBefore { return }
    let snapshot = ShardSnapshot(
      shard: shard, through: head.number, hash: head.hash, time: head.time,
      images: images.filter { $0.number > 0 }.sorted { $0.key < $1.key })
    try await store.save(snapshot)
    let previous = snapshotMarks.withLock { marks in
      defer { marks[shard] = head.number }
      return marks[shard]
    }
    if previous > 0 { try await store.trim(shard: shard, through: previous) }
  }

  /// Every key's image of a shard, none of them newer than what is durable.
  func images(shard: Int) async -> [KeyImage] {
    var images: [KeyImage] = []
    var commit: UInt64 = 0
    for key in directory.keys(shard: shard) {
      while !committer.isAbandoned {
        let found = directory.look(at: key)
        if let image = found.image {
          images.append(image)
          break
        }
        let keeper: StockKeeper
        if let active = found.keeper { keeper = active } else { keeper = await directory.keeper(for: key) }
        if let turn = await keeper.image() {
          images.append(turn.content)
          commit = max(commit, turn.commit)
          break
        }
      }
    }
    await committer.waitDurable(for: commit)
    return images
  }

  /// Stops: refuses new commands, lets those in flight end, saves snapshots, closes the store. Loses nothing.
  ///
  /// - Throws: ``StoreFailure`` where the store could not be closed cleanly; the journal holds everything all the same.
  public func stop() async throws {
    router.stopAdmitting()
    while router.inFlightCount > 0 {
      committer.kick()
      try await clock.sleep(until: clock.now + 1)
    }
    if fatal.withLock({ $0 }) == nil && settings.snapshotsOnStop { await saveSnapshots() }
    isStopped.store(true, ordering: .releasing)
    committer.stop()
    await committer.waitStopped()
    if let failure = fatal.withLock({ $0 }) { throw failure }
    try await store.close()
  }
}
