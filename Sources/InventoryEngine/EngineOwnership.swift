import Logging
public import StockJournal
import StockLedger
import Synchronization

/// Shards come and go while the engine runs.
extension InventoryEngine {
  /// The shards that this engine owns, in order.
  public var ownedShards: [Int] {
    committer.tenures.shards.filter { !directory.isElsewhere(shard: $0) }
  }

  /// True where no other node can own a shard.
  var ownsAll: Bool { ownedShards.count == Self.shardCount }

  /// The address that a shard's owner gave to the store; nil where nobody owns it, or this engine does.
  public func owner(of shard: Int) -> String? { store.owner(of: shard) }

  /// Claims shards, reads them, and serves them: who asks for a key meanwhile waits.
  ///
  /// - Parameter shards: 0 to 255; those that the engine owns already are granted again as they are.
  /// - Returns: One outcome per shard, in the order given.
  /// - Throws: ``StoreFailure`` where the store does not answer, or does not give what it should: of these shards
  ///   nothing is owned then that was not owned before.
  @discardableResult
  public func adopt(_ shards: [Int]) async throws(StoreFailure) -> [(shard: Int, outcome: ClaimOutcome)] {
    invariant(shards.allSatisfy { committer.logs.indices.contains($0) }, "shards are 0 to 255, not \(shards)")
    invariant(!isReadOnly, "an engine that only looks claims nothing")
    await ownershipTurn.enter()
    defer { ownershipTurn.leave() }
    var known = Set(ownedShards)
    let refused = try await claim(shards.filter { known.insert($0).inserted })
    return shards.map { shard in
      let tenure = committer.tenures.tenure(of: shard)
      let granted = tenure.map { ClaimOutcome.granted($0.head, epoch: $0.epoch) }
      return (shard, refused[shard] ?? granted ?? .failed(.owned("shard \(shard) was lost as soon as it was claimed")))
    }
  }

  /// Hands shards over: new commands for them are refused as elsewhere at once, those in their turn are made durable
  /// and answered, and only then the store may give the shards to others.
  ///
  /// - Parameter shards: Those that are not owned are passed over.
  /// - Throws: ``StoreFailure`` where the store did not take note: nobody serves these shards here any more, and to ask
  ///   again is right.
  public func handOver(_ shards: [Int]) async throws(StoreFailure) {
    await ownershipTurn.enter()
    defer { ownershipTurn.leave() }
    let leaving = committer.tenures.shards.filter { shards.contains($0) }
    var commit: UInt64 = 0
    for shard in leaving {
      letGo(of: shard)
      commit = max(commit, committer.logs[shard].close())
    }
    await forget(leaving)
    await committer.waitDurable(for: commit)
    // One that was lost meanwhile is another's already.
    let left = committer.tenures.shards.filter { leaving.contains($0) }
    if !left.isEmpty { try await store.release(left) }
    for shard in left { committer.tenures.end(shard) }
  }

  // MARK: Claims

  /// Claims shards that are not owned, and takes those that are granted.
  ///
  /// - Parameter allOrNone: Where one is refused, those that were granted are given back, unread.
  /// - Returns: What became of the others.
  func claim(_ shards: [Int], allOrNone: Bool = false) async throws(StoreFailure) -> [Int: ClaimOutcome] {
    if shards.isEmpty { return [:] }
    let nonce = nextNonce()
    let outcomes = try await store.claim(shards, nonce: nonce, at: clock.now)
    invariant(outcomes.count == shards.count, "\(outcomes.count) outcomes answer \(shards.count) claims")
    var granted: [(shard: Int, tenure: ShardTenure)] = []
    var refused: [Int: ClaimOutcome] = [:]
    for (shard, outcome) in zip(shards, outcomes) {
      if case .granted(let head, let epoch) = outcome {
        granted.append((shard, ShardTenure(head: head, epoch: epoch, nonce: nonce)))
      } else {
        refused[shard] = outcome
      }
    }
    if allOrNone && !refused.isEmpty {
      // Nobody has to wait for the leases of a process that does not start.
      try await store.release(granted.map(\.shard))
    } else {
      try await take(granted)
    }
    return refused
  }

  /// Random bits that no other claim has: those of the settings, counted up.
  private func nextNonce() -> RecordNonce {
    let count = claims.add(1, ordering: .relaxed).oldValue
    return RecordNonce(first: settings.nonce.first, second: settings.nonce.second &+ count)
  }

  /// Reads shards that were granted and opens them; gives them back where they cannot be read.
  private func take(_ granted: [(shard: Int, tenure: ShardTenure)]) async throws(StoreFailure) {
    await readingTurn.enter()
    defer { readingTurn.leave() }
    for (shard, tenure) in granted {
      directory.expect(shard: shard)
      committer.tenures.begin(tenure, of: shard)
      committer.logs[shard].own(after: tenure.head, nonce: tenure.nonce)
      snapshotMarks.withLock { $0[shard] = SnapshotMark(number: 0, at: clock.now) }
    }
    // One that was lost between the claim and here was told of when nobody had it.
    let lost = granted.map(\.shard).filter { isNotOurs($0) }
    lose(lost, because: "not owned any more")
    do throws(StoreFailure) { try await read(granted.filter { !lost.contains($0.shard) }) } catch {
      lose(granted.map(\.shard), because: "cannot be read")
      await retireClosedKeepers()
      try? await store.release(granted.map(\.shard))
      throw error
    }
    // A shard that was lost while it was read has gone elsewhere, but not the keys that were read since.
    let gone = granted.map(\.shard).filter { !directory.open(shard: $0) }
    await forget(gone)
    reloadedShards.withLock { $0 += granted.map(\.shard) }
  }

  private func read(_ granted: [(shard: Int, tenure: ShardTenure)]) async throws(StoreFailure) {
    let written = granted.filter { $0.tenure.head.number > 0 }
    if written.isEmpty { return }
    for state in try await ShardState.readAll(written.map(\.shard), from: store) {
      let head = written.first { $0.shard == state.shard }?.tenure.head
      guard state.head.number == head?.number, state.head.hash == head?.hash else {
        // Another node has claimed it since, or the store was rolled back: the next claim starts from there.
        throw .unavailable("shard \(state.shard) does not end at its claim any more, but at \(state.head.number)")
      }
      try place(state)
    }
  }

  // MARK: Losses

  /// True where the store says that a shard was lost or given up.
  func isNotOurs(_ shard: Int) -> Bool { store.unconfirmedFor(shard: shard) == .max }

  /// Hears of shards that the store found to be another's.
  func hear(_ losses: AsyncStream<[Int]>) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await shards in losses {
          // One that was claimed again since the store found it lost is ours.
          let gone = shards.filter { self.store.unconfirmedFor(shard: $0) > 0 }
          self.lose(gone, because: "not owned any more")
          await self.retireClosedKeepers()
        }
      }
      group.addTask { await self.committer.waitStopped() }
      await group.next()
      await self.committer.waitStopped()
      group.cancelAll()
    }
  }

  /// Drops shards that are another's: nothing of them is written or read here any more. What waits for their entries
  /// learns what became of them when its commit is over.
  func lose(_ shards: [Int], because reason: String) {
    let ours = shards.filter { committer.tenures.tenure(of: $0) != nil }
    if ours.isEmpty { return }
    // No warning: this is how a takeover ends, and a node that was away too long loses many shards at once.
    let named = ours.prefix(16).map(String.init).joined(separator: " ") + (ours.count > 16 ? " …" : "")
    logger.notice(
      "shards are dropped", metadata: ["count": "\(ours.count)", "shards": "\(named)", "reason": "\(reason)"])
    for shard in ours {
      letGo(of: shard)
      // Marked before anything is dropped, so that no answer to it can leave.
      if committer.tenures.lose(shard) { committer.logs[shard].disown() }
    }
  }

  /// Lets a shard's keepers go; who waits for one learns that it lives elsewhere.
  func letGo(of shard: Int) {
    let keepers = directory.depart(shard: shard)
    closedKeepers.withLock { $0 += keepers }
  }

  /// Forgets what is left in memory of shards that went elsewhere.
  func forget(_ shards: [Int]) async {
    for shard in shards where directory.isElsewhere(shard: shard) { letGo(of: shard) }
    await retireClosedKeepers()
  }

  /// Tells keepers that were let go of, so that they answer nothing any more.
  func retireClosedKeepers() async {
    let retired = closedKeepers.withLock { keepers in
      defer { keepers = [] }
      return keepers
    }
    for keeper in retired { await keeper.retire() }
    let elsewhere = Set(committer.logs.indices.filter { directory.isElsewhere(shard: $0) })
    if elsewhere.isEmpty { return }
    timers.forget(elsewhere)
    policies.forget(elsewhere)
  }
}
