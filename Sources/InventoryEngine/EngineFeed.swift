import StockJournal
import StockLedger
import Synchronization

/// A feed, and the keys that have changed since they were last published.
final class FeedOutlet: Sendable {
  let feed: any AvailabilityFeed
  let changed = ChangedKeys()

  init(_ feed: any AvailabilityFeed) { self.feed = feed }
}

/// When which shards are published anew: all of them once a period, evenly.
struct FeedRefresh {
  private let period: Int64
  private let start: Timestamp
  private var done: Int64 = 0

  init(period: Int64, from start: Timestamp) {
    self.period = max(1, period)
    self.start = start
  }

  /// The shards whose turn has come since the last question; each at most once.
  mutating func takeDue(at now: Timestamp) -> [Int] {
    let shards = Int64(InventoryEngine.shardCount)
    let due = (now.milliseconds - start.milliseconds).multipliedReportingOverflow(by: shards).partialValue / period
    let first = max(done, due - shards)
    done = max(done, due)
    return (first..<done).map { Int($0 % shards) }
  }
}

extension InventoryEngine {
  /// Publishes what has changed, and everything else in its turn.
  func feed(_ outlet: FeedOutlet) async {
    var refresh = FeedRefresh(period: settings.feedRefresh, from: clock.now)
    while !isStopped.load(ordering: .acquiring) {
      do { try await clock.sleep(until: clock.now + settings.feedPeriod) } catch { return }
      let due = refresh.takeDue(at: clock.now)
      if directory.counts().known <= settings.feedRefreshKeysMax {
        for shard in due { outlet.changed.note(directory.keys(shard: shard)) }
      }
      await publish(outlet)
    }
  }

  private func publish(_ outlet: FeedOutlet) async {
    var changes: [AvailabilityChange] = []
    for key in outlet.changed.take().keys {
      guard directory.isOpen(shard: key.shard) else { continue }
      // What nobody confirms as ours is not told; it is when it is confirmed again.
      guard store.unconfirmedFor(shard: key.shard) == 0 else {
        outlet.changed.note([key])
        continue
      }
      guard let view = await durableView(of: key) else { continue }
      changes.append(AvailabilityChange(key: key, availableToSell: view.availableToSell))
      if changes.count == Self.feedBatchMax {
        await send(changes, to: outlet.feed)
        changes = []
      }
    }
    await send(changes, to: outlet.feed)
  }

  /// Changes that one call of a feed takes.
  private static let feedBatchMax = 1_000

  /// Without those of shards that went while the others were read.
  private func send(_ changes: [AvailabilityChange], to feed: any AvailabilityFeed) async {
    let ours = changes.filter { directory.isOpen(shard: $0.key.shard) }
    if !ours.isEmpty { await feed.publish(ours) }
  }
}
