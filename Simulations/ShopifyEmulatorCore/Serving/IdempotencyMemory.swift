import StockLedger

/// What was asked under each idempotency key, and what was answered, for as long as the window lasts.
struct IdempotencyMemory: Sendable {
  /// What a key that is known means for a request that carries it.
  enum Meeting: Sendable {
    case new
    /// The same request again: it gets the same answer, and nothing happens.
    case replay(Thing)
    /// Another request under the same key.
    case mismatch
    /// The first request has not been answered yet.
    case concurrent
  }

  private struct Entry: Sendable {
    let print: Fingerprint
    let payload: Thing
    let busyUntil: Timestamp
  }

  private let window: Int64
  private var entries: [String: Entry] = [:]
  /// Keys in the order in which they came, for the end of their window.
  private var ages: [(key: String, at: Timestamp)] = []
  private var oldest = 0

  init(window: Int64) { self.window = window }

  /// Keys that are remembered.
  var count: Int { entries.count }

  mutating func meet(_ key: String, _ print: Fingerprint, at now: Timestamp) -> Meeting {
    forget(before: now - window)
    guard let entry = entries[key] else { return .new }
    guard entry.print == print else { return .mismatch }
    return now < entry.busyUntil ? .concurrent : .replay(entry.payload)
  }

  mutating func remember(
    _ key: String, _ print: Fingerprint, _ payload: Thing, busyUntil: Timestamp, at now: Timestamp
  ) {
    entries[key] = Entry(print: print, payload: payload, busyUntil: busyUntil)
    ages.append((key, now))
  }

  private mutating func forget(before time: Timestamp) {
    while oldest < ages.count, ages[oldest].at <= time {
      entries[ages[oldest].key] = nil
      oldest += 1
    }
    // The list is cut now and then, not at each step.
    if oldest > 1_000 && oldest > ages.count / 2 {
      ages.removeFirst(oldest)
      oldest = 0
    }
  }
}

/// 128 bits of a mutation's name and coerced arguments: the same operation with the same parameters has the same.
struct Fingerprint: Hashable, Sendable {
  private let first: UInt64
  private let second: UInt64

  init(of field: PlannedField) {
    var bytes = Array(field.name.utf8)
    JSON.object(field.arguments).write(into: &bytes)
    var digest = SipHash128(key0: 0x686f_6c64, key1: 0x6661_7374)
    digest.update(bytes.span)
    (first, second) = digest.finish()
  }
}
