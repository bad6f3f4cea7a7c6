public import StockJournal
public import StockLedger
import Synchronization

/// What has durably changed since the last time.
public struct StockChanges: Sendable {
  /// The keys that changed, each once and as it durably is now, in the order of their first change.
  public let views: [StockView]
  /// Whatever was written before this time is in these changes or in earlier ones.
  public let through: Timestamp
  /// True where shards came or went: of their keys, changes may have been missed.
  public let hasMoved: Bool
}

/// Durable changes as they happen, for whoever shows them on.
extension InventoryEngine {
  /// Hands over what changes durably, every ``EngineSettings/feedPeriod``, until the caller's task is cancelled or the
  /// engine stops. Costs turns nothing while nobody watches.
  ///
  /// A key that changes often is told once a period, as it is then. The first call brings no keys: it says that
  /// everything which is not durable yet will be told.
  public func watchStock(_ deliver: (StockChanges) async -> Void) async {
    let changed = ChangedKeys()
    var through = clock.now
    watches.add(changed)
    defer { watches.remove(changed) }
    // What was appended before anybody noted it can be read from the journal once these commits are over.
    await committer.waitDurable(for: committer.commitOfEverything)
    var owned = ownedShards
    await deliver(StockChanges(views: [], through: through, hasMoved: false))
    while !isStopped.load(ordering: .acquiring) {
      do { try await clock.sleep(until: clock.now + settings.feedPeriod) } catch { return }
      let taken = changed.take()
      let (views, left) = await durableViews(of: taken.keys)
      if left.isEmpty { through = max(through, taken.through) }
      changed.note(left)
      let known = owned
      owned = ownedShards
      if views.isEmpty && known == owned && left.isEmpty && taken.through < through { continue }
      await deliver(StockChanges(views: views, through: through, hasMoved: known != owned))
    }
  }

  /// Keys that were written at or after a time, each as it durably is now: what somebody missed who has heard
  /// everything before.
  ///
  /// Read from the journal, shard by shard, and only as far as it has to be.
  ///
  /// - Parameters:
  ///   - entriesMax: How many entries are read at most, in all shards: those since, and up to 64 older ones of each.
  ///   - isWanted: Which keys.
  /// - Returns: Nil where more were written since, or the journal does not reach back so far here.
  public func stockWritten(
    since time: Timestamp, entriesMax: Int, where isWanted: (StockKey) -> Bool
  ) async throws(StoreFailure) -> [StockView]? {
    var keys: Set<StockKey> = []
    var left = entriesMax
    for shard in ownedShards {
      guard let head = committer.tenures.tenure(of: shard)?.head, head.number > 0, head.time >= time else { continue }
      do throws(StoreFailure) {
        guard let start = try await firstNumber(of: shard, since: time, head: head.number, within: left) else {
          return nil
        }
        left -= Int(clamping: head.number - start)
        try await note(&keys, of: shard, after: start, since: time, where: isWanted)
      } catch {
        if case .historyTrimmed = error { return nil }
        throw error
      }
    }
    return await durableViews(of: keys.sorted()).views
  }

  /// An entry's number after which come all that were written at or after a time: found in growing steps from the end,
  /// since who asks has mostly been away for moments.
  private func firstNumber(
    of shard: Int, since time: Timestamp, head: UInt64, within limit: Int
  ) async throws(StoreFailure) -> UInt64? {
    var step: UInt64 = 64
    while true {
      let number = head - min(head, step)
      if number == 0 { return head <= UInt64(max(0, limit)) ? 0 : nil }
      guard let record = try await store.records(shard: shard, after: number, limit: 1).first else { return nil }
      if record.time < time { return number }
      if step > UInt64(max(0, limit)) { return nil }
      step *= 4
    }
  }

  private func note(
    _ keys: inout Set<StockKey>, of shard: Int, after start: UInt64, since time: Timestamp,
    where isWanted: (StockKey) -> Bool
  ) async throws(StoreFailure) {
    var number = start
    while true {
      let records = try await store.records(shard: shard, after: number, limit: 256)
      guard let last = records.last else { return }
      number = last.lastNumber
      for record in records where record.time >= time {
        do throws(ByteError) { try Self.note(&keys, of: record, where: isWanted) } catch {
          throw .damaged("shard \(shard), record \(record.firstNumber): \(error)")
        }
      }
    }
  }

  private static func note(
    _ keys: inout Set<StockKey>, of record: JournalRecord, where isWanted: (StockKey) -> Bool
  ) throws(ByteError) {
    var sections = record.sections
    while let entry = try sections.next() {
      // A claim is the journal's own entry: of no key.
      if case .claimed = entry.body { continue }
      guard sections.isSectionStart else { continue }
      let key = try sections.key()
      if !key.isItem && isWanted(key) { keys.insert(key) }
    }
  }

  // MARK: Durable views

  /// Keys as they durably are; and those that nobody can tell now, but later. Keys of shards that live elsewhere are
  /// passed over.
  private func durableViews(of keys: [StockKey]) async -> (views: [StockView], left: [StockKey]) {
    var views: [StockView] = []
    var left: [StockKey] = []
    for key in keys where !directory.isElsewhere(shard: key.shard) {
      if directory.isOpen(shard: key.shard), store.unconfirmedFor(shard: key.shard) == 0,
        let view = await durableView(of: key)
      {
        if view.entry.number > 0 { views.append(view) }
      } else {
        left.append(key)
      }
    }
    return (views, left)
  }

  /// A key as it surely is, without a wait; nil where it is on its way into memory or out of it.
  func durableView(of key: StockKey) async -> StockView? {
    let found = directory.look(at: key)
    if let image = found.image {
      guard let level = try? StockLevel(image: image.bytes) else { return nil }
      let entry = EntryNumber(shard: UInt8(key.shard), number: image.number)
      return StockView(key: key, level: level, entry: entry, at: clock.now)
    }
    return await found.keeper?.durableView(completed: committer.completedCommit, at: clock.now, age: 0)?.content
  }
}
