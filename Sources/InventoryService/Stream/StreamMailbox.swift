import StockLedger

/// What waits for one listener, each key once: a pure machine.
///
/// A reader that is slow hears of a key as it is when it comes to hear of it. One that is too slow even for that is
/// let go, so that what it does not read fills no memory.
struct StreamMailbox: Sendable {
  /// What a listener's task has to send.
  struct Delivery: Sendable {
    var changes: [StockChange] = []
    var reset: StreamFrame.Reset?
    /// True where only a sign of life is due.
    var isKeepAlive = false
    var end: StreamFrame.End?
  }

  private let keysMax: Int
  private var changes: [StockKey: StockChange] = [:]
  private var order: [StockKey] = []
  private var reset: StreamFrame.Reset?
  private var wantsKeepAlive = false
  private var end: StreamFrame.End?
  private var hasEnded = false

  init(keysMax: Int) { self.keysMax = keysMax }

  mutating func put(_ change: StockChange) {
    guard end == nil else { return }
    if let waiting = changes[change.key] {
      changes[change.key] = waiting.followed(by: change)
      return
    }
    guard order.count < keysMax else { return finish(.tooSlow) }
    changes[change.key] = change
    order.append(change.key)
  }

  /// What was told before is not to be relied on.
  mutating func put(_ reset: StreamFrame.Reset) { self.reset = reset }

  mutating func keepAlive() { wantsKeepAlive = true }

  /// Nothing is sent after this but that it is so; what waits goes with it where the reader merely ends.
  mutating func finish(_ reason: StreamFrame.End) {
    if end != nil { return }
    end = reason
    if reason != .stopping { (changes, order) = ([:], []) }
  }

  /// True where there is something to send.
  var hasMail: Bool { !order.isEmpty || reset != nil || wantsKeepAlive || (end != nil && !hasEnded) }

  /// True once the end was taken.
  var isOver: Bool { hasEnded }

  mutating func take() -> Delivery {
    let isKeepAlive = wantsKeepAlive && order.isEmpty && reset == nil && end == nil
    let delivery = Delivery(
      changes: order.compactMap { changes[$0] }, reset: reset, isKeepAlive: isKeepAlive, end: end)
    (changes, order, reset, wantsKeepAlive) = ([:], [], nil, false)
    hasEnded = end != nil
    return delivery
  }
}
