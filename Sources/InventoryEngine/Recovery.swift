import Logging
public import StockJournal
public import StockLedger
import Synchronization

/// What recovery found in the store.
public struct RecoveryReport: Sendable {
  /// Keys known after it.
  public var keys = 0
  /// Entries replayed after the snapshots.
  public var entries = 0
  /// Shards that had a snapshot.
  public var snapshots = 0
  /// Keepers with live reservations or unfinished carts, activated at once.
  public var active = 0
  /// Prepared lines of carts that never were decided, and were freed.
  public var undecidedLines = 0
  /// Carts that had ended while some lines did not know yet.
  public var unfinishedCarts = 0
  /// The last journaled time.
  public var lastTime = Timestamp.distantPast
}

/// Why an engine does not start.
public enum StartFailure: Error, Sendable, CustomStringConvertible {
  /// The store does not give what it should.
  case store(StoreFailure)
  /// The wall clock is far ahead of the journal: it would end reservations that are not due.
  case clockJumped(last: Timestamp, now: Timestamp)

  /// For people.
  public var description: String {
    switch self {
    case .store(let failure): failure.description
    case .clockJumped(let last, let now):
      "the clock says \(now), more than a day after the last entry (\(last)); if the clock is right, accept it"
        + " (--accept-clock): reservations whose time is up will end"
    }
  }
}

extension InventoryEngine {
  /// Puts a shard's keys into the directory.
  func place(_ state: ShardState) throws(StoreFailure) {
    let shard = state.shard
    var active = 0
    directory.reserve(shard: shard, keys: state.keyCount)
    for image in state.untouchedImages {
      if StockLevel.hasRules(image: image.bytes), let level = try? StockLevel(image: image.bytes) {
        policies.note(image.key, level: level)
      }
      if StockLevel.isAtRest(image: image.bytes) {
        directory.restore(resting: image)
      } else {
        do throws(ByteError) {
          directory.restore(image.key, level: try StockLevel(image: image.bytes), number: image.number)
        } catch { throw .damaged("shard \(shard), image of \(image.key): \(error)") }
        active += 1
      }
    }
    state.forEachTouched { key, level, number in
      if level.hasRules { policies.note(key, level: level) }
      if level.isAtRest {
        directory.restore(resting: KeyImage(key: key, number: number, bytes: level.image))
      } else {
        directory.restore(key, level: level, number: number)
        active += 1
      }
    }
    arrivalsFound.withLock { $0 += state.arrivals }
    snapshotMarks.withLock { $0[shard].number = state.head.number - UInt64(state.replayed) }
    recoveryFound.withLock { report in
      report.keys += state.keyCount
      report.entries += state.replayed
      report.snapshots += state.replayed < Int(clamping: state.head.number) ? 1 : 0
      report.active += active
      report.lastTime = max(report.lastTime, state.time)
    }
  }

  /// Finishes what a crash left half done: prepared lines without a decision, ended carts, moves on their way.
  func finishCarts(shards: [Int]) async {
    var undecided: [(line: StockKey, cart: CartID, first: StockKey)] = []
    var ended: [(first: StockKey, cart: Cart)] = []
    for shard in shards {
      for key in directory.keys(shard: shard) {
        guard let keeper = directory.look(at: key).keeper else { continue }
        let errands = await keeper.unfinished()
        for line in errands.undecided { undecided.append((key, line.cart, line.first)) }
        for cart in errands.ended { ended.append((key, cart)) }
      }
    }
    await router.resolve(undecided)
    await router.spread(ended)
    let arrivals = arrivalsFound.withLock { found in
      defer { found = [] }
      return found
    }
    for (key, report) in arrivals {
      var commands = [KeyedCommand(key: key, command: .report(report))]
      var refused: [Int: Refusal] = [:]
      _ = await router.run(await router.locate(&commands, refused: &refused).map(\.command))
    }
    recoveryFound.withLock {
      $0.undecidedLines += undecided.count
      $0.unfinishedCarts += ended.count
    }
  }

  /// Lets go of the keepers of shards that lost entries, before their logs are fenced. Those that failed are reloaded,
  /// and new holds wait for a while; those that were lost are another's.
  func closeShards(of setbacks: Setbacks) {
    if !setbacks.failed.isEmpty { router.refuseHolds() }
    for (shard, _) in setbacks.failed {
      let keepers = directory.close(shard: shard)
      closedKeepers.withLock { $0 += keepers }
    }
    lose(setbacks.lost, because: "not owned any more")
  }

  /// Reloads the shards of a failed commit from the store, before any of their waiters goes on.
  func reload(_ setbacks: Setbacks) async throws(StoreFailure) {
    for (shard, failure) in setbacks.failed {
      logger.error("a commit failed, its shard is reloaded", metadata: ["shard": "\(shard)", "failure": "\(failure)"])
    }
    await retireClosedKeepers()
    if setbacks.failed.isEmpty { return }
    await readingTurn.enter()
    defer { readingTurn.leave() }
    for (shard, _) in setbacks.failed { try await reload(shard) }
    reloadedShards.withLock { $0 += setbacks.failed.map(\.shard) }
  }

  /// Reloads one shard, as soon as the store lets it be read: one that is away may come back with the claim as it was.
  /// A shard that was lost meanwhile is passed over; one that a stop finds unread is let go.
  private func reload(_ shard: Int) async throws(StoreFailure) {
    while let tenure = committer.tenures.tenure(of: shard) {
      if isNotOurs(shard) { return lose([shard], because: "not owned any more") }
      if isStopped.load(ordering: .acquiring) { return letGo(of: shard) }
      do throws(StoreFailure) {
        let state = try await durableState(of: shard, endingAt: tenure.head)
        return try await reopen(shard, as: state, after: tenure.head)
      } catch {
        guard case .unavailable = error else { throw error }
        logger.warning("a reload waits", metadata: ["shard": "\(shard)", "failure": "\(error)"])
      }
      do { try await clock.sleep(until: clock.now + settings.expiryPeriod) } catch { return letGo(of: shard) }
    }
  }

  /// A shard as it was before the commit that failed. A store that was rolled back says less than it once made durable,
  /// until its owner has written that again: no answer may come from it before.
  private func durableState(of shard: Int, endingAt head: ShardHead) async throws(StoreFailure) -> ShardState {
    let state = try await ShardState.read(shard: shard, from: store)
    guard state.head.number == head.number, state.head.hash == head.hash else {
      throw .unavailable("shard \(shard) ends at entry \(state.head.number), and ended at \(head.number)")
    }
    return state
  }

  private func reopen(_ shard: Int, as state: ShardState, after head: ShardHead) async throws(StoreFailure) {
    committer.tenures.restart(shard, after: head)
    committer.logs[shard].restart(after: head)
    // One that is being handed over has no keys here any more.
    if directory.isElsewhere(shard: shard) { return }
    if head.number > 0 { try place(state) }
    if !directory.open(shard: shard) { await forget([shard]) }
  }
}
