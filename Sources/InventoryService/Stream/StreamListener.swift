import NIOCore
import StockLedger
import Synchronization

/// One open stream: a mailbox, and the task that sends what comes into it.
final class StreamListener: Sendable {
  private struct State {
    var mailbox: StreamMailbox
    var sleeper: CheckedContinuation<Void, Never>?
    var isCancelled = false
    /// When it last began to wait, or to send.
    var since = ContinuousClock.now
  }

  /// How long a stream is silent: half of what proxies bear, mostly.
  static let silenceMax: Duration = .seconds(15)
  /// How long one write may take until the reader is given up.
  static let writeMax: Duration = .seconds(30)

  let filter: StreamFilter
  private let isStillAllowed: @Sendable () -> Bool
  private let channel: any Channel
  private let onGone: @Sendable () -> Void
  private let state: Mutex<State>

  /// - Parameter onGone: Called when nobody holds it any more.
  init(
    _ filter: StreamFilter, keysMax: Int, channel: any Channel, isStillAllowed: @escaping @Sendable () -> Bool,
    onGone: @escaping @Sendable () -> Void
  ) {
    self.filter = filter
    self.channel = channel
    self.isStillAllowed = isStillAllowed
    self.onGone = onGone
    state = Mutex(State(mailbox: StreamMailbox(keysMax: keysMax)))
    // Who waits for mail writes nothing, and would not notice.
    channel.closeFuture.whenComplete { [weak self] _ in self?.hangUp() }
  }

  deinit { onGone() }

  // MARK: The hub's side

  func put(_ change: StockChange) { post { $0.put(change) } }
  func put(_ reset: StreamFrame.Reset) { post { $0.put(reset) } }
  func finish(_ reason: StreamFrame.End) { post { $0.finish(reason) } }

  /// Looks after it, once a second: a sign of life where it is silent, its end where its key or its reader is gone.
  func tick() {
    if !isStillAllowed() { return finish(.keyEnded) }
    let (isWaiting, since) = state.withLock { ($0.sleeper != nil, $0.since) }
    let time = ContinuousClock.now - since
    if isWaiting && time >= Self.silenceMax { post { $0.keepAlive() } }
    if !isWaiting && time >= Self.writeMax { channel.close(promise: nil) }
  }

  private func post(_ change: (inout StreamMailbox) -> Void) {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      change(&state.mailbox)
      guard state.mailbox.hasMail else { return nil }
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  // MARK: The sender's side

  /// Returns when something is to be sent, after the end, and when the task is cancelled.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          state.since = .now
          if state.mailbox.hasMail || state.mailbox.isOver || state.isCancelled { return true }
          state.sleeper = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      hangUp()
    }
  }

  /// Nobody is there any more: what waits is not sent.
  private func hangUp() {
    let sleeper = state.withLock { state in
      state.isCancelled = true
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  /// What is to be sent now; nil after the end, and where the task is cancelled.
  func take() -> StreamMailbox.Delivery? {
    state.withLock { state in
      state.since = .now
      return state.mailbox.isOver || state.isCancelled ? nil : state.mailbox.take()
    }
  }
}
