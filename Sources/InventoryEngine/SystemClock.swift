#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
public import StockLedger
import Synchronization

/// The process's clock: a ``SteeredClock`` that reads the machine's.
///
/// Two readings that stay in user space and a short lock, about 0.1 µs: a turn's batch asks once.
public final class SystemClock: EngineClock {
  private let steered: Mutex<SteeredClock>
  private let isAlarmed = Atomic<Bool>(false)
  private let onAlarm: @Sendable (_ wallAhead: Int64) -> Void

  /// A clock that starts at the later of the wall and what was journaled last.
  ///
  /// - Parameters:
  ///   - lastJournaled: The newest entry's time of all owned shards.
  ///   - onAlarm: Hears once when the wall gets more than ``SteeredClock/alarmDistance`` off, at the start too, and
  ///     again after it had come back: by how many milliseconds the wall is ahead. Called within whatever asked for
  ///     the time.
  public init(
    lastJournaled: Timestamp = .distantPast, onAlarm: @escaping @Sendable (_ wallAhead: Int64) -> Void = { _ in }
  ) {
    steered = Mutex(SteeredClock(Self.read(), lastJournaled: lastJournaled))
    self.onAlarm = onAlarm
    tell(steered.withLock { $0.isAlarmed ? $0.wallAhead : nil })
  }

  /// The time now; never earlier than what was answered before.
  public var now: Timestamp {
    let (now, alarm) = steered.withLock { clock in
      let now = clock.advance(to: Self.read())
      return (now, clock.isAlarmed ? clock.wallAhead : nil)
    }
    if alarm != nil || isAlarmed.load(ordering: .relaxed) { tell(alarm) }
    return now
  }

  /// Returns at the given time or later; at once when it has passed. Steering may make it wait a little anew.
  public func sleep(until deadline: Timestamp) async throws {
    while true {
      let (left, over) = deadline.milliseconds.subtractingReportingOverflow(now.milliseconds)
      if !over && left <= 0 { return }
      // Asked again once a minute: an accepted jump may have brought the deadline near.
      try await Task.sleep(for: .milliseconds(over ? Int64(60_000) : min(left, 60_000)), clock: .continuous)
    }
  }

  /// Moves on to a time where now is before it: a shard was claimed whose journal has seen it.
  public func raise(to journaled: Timestamp) { steered.withLock { $0.raise(to: journaled) } }

  /// An operator says that the wall is right: now jumps forward to it, and never back.
  ///
  /// - Returns: Now.
  @discardableResult
  public func acceptWall() -> Timestamp { steered.withLock { $0.accept(Self.read()) } }

  /// How far the wall clock is ahead of now, in milliseconds; negative where it is behind.
  public var wallAhead: Int64 {
    steered.withLock { clock in
      clock.advance(to: Self.read())
      return clock.wallAhead
    }
  }

  private func tell(_ alarm: Int64?) {
    let wasAlarmed = isAlarmed.exchange(alarm != nil, ordering: .relaxed)
    if let alarm, !wasAlarmed { onAlarm(alarm) }
  }

  private static func read() -> SteeredClock.Reading {
    #if canImport(Glibc)
      // Counts suspension; the clock named "monotonic" does not.
      let counting = CLOCK_BOOTTIME
    #else
      // There, the clock named "monotonic" counts suspension.
      let counting = CLOCK_MONOTONIC
    #endif
    return SteeredClock.Reading(elapsed: nanoseconds(of: counting), wall: nanoseconds(of: CLOCK_REALTIME))
  }

  private static func nanoseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    let result = unsafe clock_gettime(clock, &time)
    invariant(result == 0, "clock \(clock) can be read")
    // A wall set past the year 2262 reads as its last nanosecond; the steering bound makes it harmless.
    let (seconds, over) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    return over ? (time.tv_sec < 0 ? .min : .max) : seconds.addingReportingOverflow(Int64(time.tv_nsec)).partialValue
  }
}
