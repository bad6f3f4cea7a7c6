import HeapModule
import StockLedger
import Synchronization

/// When which keeper wants to be rung: its next expiry, or a cart line that waits too long.
///
/// A keeper sets a timer only for a time before its last one, so that a hot key with a million equal lifetimes sets
/// one.
final class KeeperTimers: Sendable {
  private struct Alarm: Comparable, Sendable {
    let time: Int64
    let order: UInt64
    let keeper: StockKeeper

    static func < (left: Alarm, right: Alarm) -> Bool { (left.time, left.order) < (right.time, right.order) }
    static func == (left: Alarm, right: Alarm) -> Bool { left.time == right.time && left.order == right.order }
  }

  private struct State {
    var heap = Heap<Alarm>()
    var order: UInt64 = 0
  }

  private let state = Mutex(State())

  func set(_ time: Timestamp, for keeper: StockKeeper) {
    state.withLock { state in
      state.order += 1
      state.heap.insert(Alarm(time: time.milliseconds, order: state.order, keeper: keeper))
    }
  }

  /// Lets go of the keepers of shards that went elsewhere.
  func forget(_ shards: Set<Int>) {
    state.withLock { state in state.heap = Heap(state.heap.unordered.filter { !shards.contains($0.keeper.key.shard) }) }
  }

  /// Takes at most `limit` keepers that are due.
  func takeDue(at now: Timestamp, limit: Int) -> [StockKeeper] {
    state.withLock { state in
      var due: [StockKeeper] = []
      while due.count < limit, let first = state.heap.min, first.time <= now.milliseconds {
        due.append(first.keeper)
        state.heap.removeMin()
      }
      return due
    }
  }
}
