public import StockLedger

/// What a run did, folded into one number: every pick of the executor, every jump of time and every labelled event.
///
/// Two runs of one seed have equal traces, or something in the run was not handed in. The last events are kept as text,
/// so that a failure can say what led to it.
public struct RunTrace: Hashable, Sendable, CustomStringConvertible {
  /// The order hash: of picks, jumps of time and events, in the order they came.
  public private(set) var hash: UInt64 = 0x686F_6C64_6661_7374
  /// Jobs that ran.
  public private(set) var picks: UInt64 = 0
  /// Labelled events.
  public private(set) var events: UInt64 = 0
  /// The newest events with their times, oldest first; at most as many as are kept.
  public private(set) var lastEvents: [Event] = []
  private let eventsKept: Int

  /// Something that happened, in words.
  public struct Event: Hashable, Sendable, CustomStringConvertible {
    /// When, by the run's clock.
    public let at: Timestamp
    /// What.
    public let words: String
    /// Both, as `2010-12-01T08:00:00.120Z hold …`.
    public var description: String { "\(at) \(words)" }
  }

  /// How many events are kept as text: enough to see what led to a failure, few enough for a thousand runs in memory.
  public static let lastEventsMax = 64

  /// An empty trace.
  ///
  /// - Parameter eventsKept: How many events are kept as text: `Int.max` tells the whole story.
  public init(eventsKept: Int = Self.lastEventsMax) { self.eventsKept = eventsKept }

  mutating func picked(_ job: UInt64, of ready: Int) {
    picks += 1
    fold(job)
    fold(UInt64(ready))
  }

  mutating func jumped(to milliseconds: Int64) { fold(UInt64(bitPattern: milliseconds)) }

  mutating func noted(_ event: String, at now: Timestamp) {
    events += 1
    var word: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in event.utf8 { word = (word ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    fold(word)
    // Dropping half at once keeps this cheap; one removal from the front per event was a fifth of a short run.
    if lastEvents.count / 2 >= eventsKept { lastEvents.removeFirst(eventsKept) }
    lastEvents.append(Event(at: now, words: event))
  }

  func trimmed() -> RunTrace {
    var trace = self
    trace.lastEvents = Array(lastEvents.suffix(eventsKept))
    return trace
  }

  private mutating func fold(_ word: UInt64) { hash = SplitMix64.mixed(hash &+ 0x9E37_79B9_7F4A_7C15 ^ word) }

  /// The hash in hexadecimal and the counts: `5f3a… after 1204 picks, 310 events`.
  public var description: String { "\(String(hash, radix: 16)) after \(picks) picks, \(events) events" }
}
