import Foundation
import StoreThread
import Synchronization

/// Asks a store's thread for the same work again and again; skips a turn while the last one waits.
final class Ticker: Sendable {
  private final class State: Sendable {
    let isEnding = Atomic<Bool>(false)
    let isWaiting = Atomic<Bool>(false)
  }

  private let state = State()

  /// Starts a thread that only sleeps and asks.
  init(thread: StoreThread, every milliseconds: Int64, _ work: @escaping @Sendable () -> Void) {
    let state = state
    let sleeper = Thread {
      while !state.isEnding.load(ordering: .acquiring) {
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
        guard !state.isWaiting.exchange(true, ordering: .acquiringAndReleasing) else { continue }
        thread.post {
          if !state.isEnding.load(ordering: .acquiring) { work() }
          state.isWaiting.store(false, ordering: .releasing)
        }
      }
    }
    sleeper.name = "holdfast-lease"
    sleeper.stackSize = 1 << 16
    sleeper.start()
  }

  /// No more turns; one that is under way ends by itself.
  func end() { state.isEnding.store(true, ordering: .releasing) }
}
