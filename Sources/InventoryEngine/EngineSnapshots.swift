import Logging
import StockJournal
import StockLedger
import Synchronization

/// Up to which entry a shard's last snapshot goes, and since when; of a shard without one, since when it is here.
struct SnapshotMark {
  var number: UInt64 = 0
  var at = Timestamp.distantPast
}

extension InventoryEngine {
  /// Saves the snapshots that are due by the number of new entries, or by time.
  func saveDueSnapshots() async {
    if let every = settings.snapshotEveryEntries, newEntries >= every { await saveSnapshots() }
    guard let after = settings.snapshotAfter else { return }
    let now = clock.now
    await saveSnapshots { $0.at + after <= now }
  }

  /// Durable entries of all owned shards since their last snapshots.
  private var newEntries: UInt64 {
    snapshotMarks.withLock { marks in
      zip(marks, committer.tenures.all).reduce(0) { sum, shard in
        sum + (shard.1.map { $0.head.number - min($0.head.number, shard.0.number) } ?? 0)
      }
    }
  }

  /// Saves a snapshot of every owned shard with new entries: all of them, because a commit's row leaves the journal
  /// when the records of all its shards have.
  ///
  /// - Returns: How many were saved; a failure is logged, and the journal stays whole.
  @discardableResult
  public func saveSnapshots() async -> Int { await saveSnapshots { _ in true } }

  @discardableResult
  private func saveSnapshots(where isDue: (SnapshotMark) -> Bool) async -> Int {
    var count = 0
    for shard in committer.logs.indices {
      let mark = snapshotMarks.withLock { $0[shard] }
      guard let tenure = committer.tenures.tenure(of: shard), tenure.head.number > mark.number, isDue(mark) else {
        continue
      }
      do throws(StoreFailure) {
        if try await saveSnapshot(shard: shard, through: tenure.head) { count += 1 }
      } catch {
        logger.error("a snapshot was not saved", metadata: ["shard": "\(shard)", "failure": "\(error)"])
      }
    }
    return count
  }

  /// - Parameter head: Durable, and applied by every keeper: images taken from now on hold at least all up to it.
  /// - Returns: False where the shard is being reloaded or has gone.
  private func saveSnapshot(shard: Int, through head: ShardHead) async throws(StoreFailure) -> Bool {
    let failuresBefore = committer.tenures.failureCount
    let takenAt = clock.now
    // A shard that is being reloaded has only some of its keys: its snapshot would be a hole.
    guard directory.isOpen(shard: shard) else { return false }
    let images = await images(shard: shard)
    // What a failed commit lost may be in these images, and a shard that has gone may have left some out.
    guard committer.tenures.failedAt(shard: shard) <= failuresBefore, directory.isOpen(shard: shard) else {
      return false
    }
    let snapshot = ShardSnapshot(
      shard: shard, through: head.number, hash: head.hash, time: head.time,
      images: images.filter { $0.number > 0 }.sorted { $0.key < $1.key })
    try await store.save(snapshot)
    let previous = snapshotMarks.withLock { marks in
      defer { marks[shard] = SnapshotMark(number: head.number, at: takenAt) }
      return marks[shard].number
    }
    if previous > 0 { try await store.trim(shard: shard, through: previous) }
    return true
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
        let active = if let keeper = found.keeper { keeper } else { await directory.keeper(for: key) }
        // Gone elsewhere with its shard.
        guard let keeper = active else { break }
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
}
