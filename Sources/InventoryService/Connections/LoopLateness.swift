import NIOCore
import Synchronization

/// How late the threads of connections are: each is woken at even times, and notes how much later than that it was.
///
/// All that comes in over a connection waits for its thread, before anything of ours has seen it. A thread that is late
/// has more to do than it can, whatever it is.
final class LoopLateness: Sendable {
  private final class Mark: Sendable {
    /// When the thread is to be woken next, in nanoseconds of the system's clock.
    let due = Atomic<UInt64>(.max)
    /// How late it was the last time, in nanoseconds.
    let last = Atomic<UInt64>(0)

    func wake(again period: TimeAmount) {
      let now = NIODeadline.now()
      last.store(late(at: now), ordering: .relaxed)
      due.store((now + period).uptimeNanoseconds, ordering: .relaxed)
    }

    /// How late it is now, while it has not been woken.
    func late(at now: NIODeadline) -> UInt64 {
      let due = due.load(ordering: .relaxed)
      return now.uptimeNanoseconds > due ? now.uptimeNanoseconds - due : 0
    }
  }

  private static let period = TimeAmount.milliseconds(10)

  private let loops: [any EventLoop]
  private let marks: [Mark]

  init(_ group: any EventLoopGroup) {
    loops = Array(group.makeIterator())
    marks = loops.map { _ in Mark() }
  }

  /// How late the latest of them is, or was when it was woken last.
  var current: Duration {
    let now = NIODeadline.now()
    let nanoseconds = marks.map { max($0.late(at: now), $0.last.load(ordering: .relaxed)) }.max() ?? 0
    return .nanoseconds(Int64(clamping: nanoseconds))
  }

  /// Watches until it is cancelled.
  func run() async {
    let tasks = zip(loops, marks).map { loop, mark in
      loop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.period) { _ in mark.wake(again: Self.period) }
    }
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    for task in tasks { task.cancel() }
  }
}
