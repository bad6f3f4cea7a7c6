public import StockLedger

/// The engine's time as a pure machine: readings go in, now comes out; it never goes back and never jumps by itself.
///
/// It goes on with a clock that also counts suspension, and the wall clock steers it by at most one part in a hundred.
/// So a wall clock that is set back, forth or to 1970 ends no reservation that is not due and keeps none alive. What is
/// more than ``alarmDistance`` off is alarmed; only ``accept(_:)``, an operator's word, jumps. Source: docs/domain.md,
/// "Clock".
///
/// Tried: steering by the distance from a start point. A wall that jumped between two readings then moved now by twice
/// the bound in the time between them.
public struct SteeredClock: Sendable {
  /// One look at both clocks.
  public struct Reading: Hashable, Sendable {
    /// Nanoseconds of a clock that never goes back and also counts suspension; its start does not matter.
    public var elapsed: Int64
    /// Nanoseconds since 1970 by the wall clock, which anybody may set.
    public var wall: Int64

    /// One look at both clocks.
    public init(elapsed: Int64, wall: Int64) {
      self.elapsed = elapsed
      self.wall = wall
    }
  }

  /// Milliseconds between now and the wall from which on an operator is told: one minute.
  public static let alarmDistance: Int64 = 60_000
  private static let steeredOneIn: Int128 = 100
  private static let nanoseconds: Int128 = 1_000_000

  private var lastElapsed: Int64
  /// Nanoseconds since 1970: wide enough that no reading overflows.
  private var time: Int128
  /// Elapsed nanoseconds that have not yet bought a whole nanosecond of steering.
  private var unsteered: Int128 = 0
  /// How far the wall clock is ahead of now, in milliseconds; negative where it is behind. As of the last reading.
  public private(set) var wallAhead: Int64 = 0

  /// A clock that starts at the later of the wall and what was journaled last.
  ///
  /// - Parameters:
  ///   - reading: Both clocks now.
  ///   - lastJournaled: The newest entry's time of all owned shards.
  public init(_ reading: Reading, lastJournaled: Timestamp = .distantPast) {
    lastElapsed = reading.elapsed
    time = Int128(reading.wall)
    raise(to: lastJournaled)
    note(wall: reading.wall)
  }

  /// Now, as of the last reading.
  public var now: Timestamp {
    let (quotient, remainder) = time.quotientAndRemainder(dividingBy: Self.nanoseconds)
    return Timestamp(milliseconds: Int64(clamping: remainder < 0 ? quotient - 1 : quotient))
  }

  /// True where the wall is more than ``alarmDistance`` off: somebody has to look at one of the clocks.
  public var isAlarmed: Bool { wallAhead.magnitude > UInt64(Self.alarmDistance) }

  /// Goes on to a reading. A reading that is older than the last one moves nothing.
  ///
  /// - Returns: Now; never earlier than before.
  @discardableResult
  public mutating func advance(to reading: Reading) -> Timestamp {
    let passed = max(0, Int128(reading.elapsed) - Int128(lastElapsed))
    lastElapsed = max(lastElapsed, reading.elapsed)
    time += passed
    let credit = unsteered + passed
    let most = credit / Self.steeredOneIn
    unsteered = credit % Self.steeredOneIn
    time += min(max(Int128(reading.wall) - time, -most), most)
    note(wall: reading.wall)
    return now
  }

  /// Moves on to a time where now is before it: a shard was claimed whose journal has seen it.
  public mutating func raise(to journaled: Timestamp) {
    let ahead = max(0, Int128(journaled.milliseconds) * Self.nanoseconds - time)
    time += ahead
    wallAhead = Int64(clamping: Int128(wallAhead) - ahead / Self.nanoseconds)
  }

  /// An operator says that the wall is right: now jumps forward to it. Never back: a wall behind is waited for.
  ///
  /// - Returns: Now.
  @discardableResult
  public mutating func accept(_ reading: Reading) -> Timestamp {
    advance(to: reading)
    time = max(time, Int128(reading.wall))
    note(wall: reading.wall)
    return now
  }

  private mutating func note(wall: Int64) {
    wallAhead = Int64(clamping: (Int128(wall) - time) / Self.nanoseconds)
  }
}
