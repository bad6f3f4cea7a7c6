/// Bounds of an outbox's calls.
public struct PublicationOutboxRules: Hashable, Sendable {
  /// Batches and their order.
  public var order = PublicationOrderRules()
  /// Milliseconds until a call without an answer is repeated; doubled by each one more in a row.
  public var backoffMin: Int64 = 500
  /// The longest wait: a channel that comes back is found within half a minute.
  public var backoffMax: Int64 = 30_000
  /// Milliseconds until a key that the channel does not know is asked for again: somebody has to make it there.
  public var unknownKeyWait: Int64 = 600_000
  /// Calls in a row without an answer after which one at a time is tried: a channel that is down is not stormed.
  public var failuresMax = 3
  /// Calls out at once: more would only wait in the channel's bucket, with the newest numbers left behind.
  public var callsMax = 4

  /// The defaults.
  public init() {}
}

/// Whether a channel answers: after some calls without an answer, one at a time, ever later; one answer closes it.
public struct PublicationCircuit: Hashable, Sendable {
  /// Bounds.
  let rules: PublicationOutboxRules
  /// Calls in a row without an answer.
  public private(set) var failures = 0
  /// No call leaves before this.
  public private(set) var opensAt = Timestamp.distantPast

  init(rules: PublicationOutboxRules) { self.rules = rules }

  /// True where the channel is taken to be down.
  public var isOpen: Bool { failures >= rules.failuresMax }

  /// Whether another call may leave, with so many awaited.
  func lets(at now: Timestamp, awaited: Int) -> Bool {
    now >= opensAt && awaited < (isOpen ? 1 : rules.callsMax)
  }

  /// A call had no answer.
  ///
  /// - Returns: When it may be tried again.
  mutating func failed(at now: Timestamp) -> Timestamp {
    let wait = min(rules.backoffMax, rules.backoffMin << Int64(min(failures, 16)))
    failures = min(failures + 1, 64)
    if isOpen { opensAt = max(opensAt, now + wait) }
    return now + wait
  }

  /// A call was answered, whatever it said.
  mutating func answered() { failures = 0 }

  /// The channel takes no call before a time.
  mutating func wait(until time: Timestamp) { opensAt = max(opensAt, time) }
}
