import InventoryEngine
import Metrics
import StockLedger
import Synchronization

/// Brings what changes durably to every stream that wants it.
///
/// It watches the engine only while somebody listens. Memory is bounded: so many streams, so many keys that wait for
/// each, and one standing per key that has changed lately.
final class StreamHub: Sendable {
  fileprivate struct State {
    /// By shop, then by the SKU that they name; nil for those that want all.
    var listeners: [String: [String?: [ObjectIdentifier: StreamListener]]] = [:]
    var counts: [String: Int] = [:]
    var count = 0
    var standings: [StockKey: StockStanding] = [:]
    /// How far what was told reaches; nil while nobody watches.
    var through: Timestamp?
    var starters: [CheckedContinuation<Void, Never>] = []
    var sleeper: CheckedContinuation<Void, Never>?
    /// False while a watch begins or ends.
    var isWatching = false
    var isEnded = false
  }

  /// Standings that are remembered: about 20 MB. Past it they are forgotten, and what is out of the ordinary is told
  /// once more.
  private static let standingsMax = 100_000
  /// What one resumption reads of the journal at most: a tenth of a second of a core.
  private static let entriesMax = 50_000
  /// How long the engine is watched after the last listener has gone: most come back.
  private static let lingerMax = 30

  private let engine: InventoryEngine
  private let settings: ServiceSettings
  private let meters: ServiceMeters
  private let resumptions = AsyncGate(permits: 2)
  private let state = Mutex(State())

  init(engine: InventoryEngine, settings: ServiceSettings, meters: ServiceMeters) {
    self.engine = engine
    self.settings = settings
    self.meters = meters
  }

  // MARK: Listeners

  /// Makes room for one more stream of a shop.
  ///
  /// - Returns: Nil where there are too many.
  func listener(_ filter: StreamFilter, of call: Call) -> StreamListener? {
    let hasRoom = state.withLock { state in
      let count = state.counts[filter.shop, default: 0]
      guard state.count < settings.streamsMax, count < settings.streamsPerShopMax else { return false }
      state.count += 1
      state.counts[filter.shop] = count + 1
      return true
    }
    guard hasRoom else { return nil }
    meters.listeners.increment()
    return StreamListener(
      filter, keysMax: settings.streamKeysMax, channel: call.context.channel, isStillAllowed: call.isStillAllowed,
      onGone: { [weak self] in self?.leaveRoom(filter.shop) })
  }

  private func leaveRoom(_ shop: String) {
    meters.listeners.decrement()
    state.withLock { state in
      state.count -= 1
      let left = state.counts[shop, default: 1] - 1
      state.counts[shop] = left == 0 ? nil : left
    }
  }

  /// From when this returns, the listener hears of everything that was not durable before.
  ///
  /// - Parameter cursor: How far it had come before; nil where it is new.
  /// - Returns: How far it has come now.
  func join(_ listener: StreamListener, after cursor: StreamCursor?) async -> StreamCursor {
    let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.isEnded { listener.finish(.stopping) }
      let filter = listener.filter
      state.listeners[filter.shop, default: [:]][filter.sku, default: [:]][ObjectIdentifier(listener)] = listener
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
    await waitUntilWatching()
    if let cursor { await resume(listener, after: cursor) }
    return reached
  }

  /// How far what was told reaches: read just before a mailbox is emptied, which then goes at least so far.
  var reached: StreamCursor { StreamCursor(state.withLock { $0.through } ?? .distantPast) }

  func leave(_ listener: StreamListener) {
    state.withLock { state in
      let filter = listener.filter
      state.listeners[filter.shop]?[filter.sku]?[ObjectIdentifier(listener)] = nil
      if state.listeners[filter.shop]?[filter.sku]?.isEmpty == true { state.listeners[filter.shop]?[filter.sku] = nil }
      if state.listeners[filter.shop]?.isEmpty == true { state.listeners[filter.shop] = nil }
    }
  }

  private func waitUntilWatching() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.through != nil || state.isEnded { return true }
        state.starters.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
  }

  /// Puts what was missed into the mailbox, or says that it cannot be told.
  private func resume(_ listener: StreamListener, after cursor: StreamCursor) async {
    let filter = listener.filter
    // Reads of the journal wait for each other, and commits wait for none of them for long.
    let views: [StockView]? = await resumptions.pass {
      try? await engine.stockWritten(since: cursor.resumesFrom, entriesMax: Self.entriesMax) { filter.admits($0) }
    }
    guard let views, views.count < settings.streamKeysMax else { return listener.put(.tooFarBack) }
    for view in views {
      listener.put(StockChange(key: view.key, before: nil, now: StockStanding(view), entry: view.entry))
    }
  }

  // MARK: Running

  /// Watches the engine whenever somebody listens. Returns after ``end()``.
  func run() async {
    while await waitForListener() {
      state.withLock { $0.isWatching = true }
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await self.engine.watchStock { self.deliver($0) } }
        group.addTask { await self.lookAfterListeners() }
        await group.next()
        group.cancelAll()
      }
      state.withLock { $0.stopWatching() }
      // An engine that has stopped is not watched in a circle.
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Ends every stream, each with the word that it is so.
  func end() {
    let (listeners, starters, sleeper) = state.withLock { state in
      state.isEnded = true
      defer { (state.starters, state.sleeper) = ([], nil) }
      return (state.all, state.starters, state.sleeper)
    }
    for listener in listeners { listener.finish(.stopping) }
    for starter in starters { starter.resume() }
    sleeper?.resume()
  }

  /// Returns when there is a listener; false after ``end()``, and where the task is cancelled.
  private func waitForListener() async -> Bool {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if state.isEnded || !state.listeners.isEmpty { return true }
          state.sleeper = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      end()
    }
    return state.withLock { !$0.isEnded }
  }

  /// Once a second, until nobody has listened for a while.
  private func lookAfterListeners() async {
    var idleFor = 0
    while idleFor < Self.lingerMax {
      do { try await Task.sleep(for: .seconds(1)) } catch { return }
      let (listeners, isEnded) = state.withLock { ($0.all, $0.isEnded) }
      if isEnded { return }
      idleFor = listeners.isEmpty ? idleFor + 1 : 0
      for listener in listeners { listener.tick() }
      // Who comes from now on waits for the next watch.
      if idleFor == Self.lingerMax, state.withLock({ !$0.stopWatchingIfIdle() }) { idleFor = 0 }
    }
  }

  /// Brings changes to whom they concern.
  private func deliver(_ changes: StockChanges) {
    let starters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard state.isWatching else { return [] }
      if changes.hasMoved { for listener in state.all { listener.put(.moved) } }
      for view in changes.views { state.deliver(view, standingsMax: Self.standingsMax) }
      state.through = changes.through
      defer { state.starters = [] }
      return state.starters
    }
    for starter in starters { starter.resume() }
  }
}

extension StreamHub.State {
  /// Every listener.
  fileprivate var all: [StreamListener] { listeners.values.flatMap { $0.values.flatMap(\.values) } }

  fileprivate mutating func stopWatching() {
    isWatching = false
    through = nil
    standings = [:]
  }

  /// - Returns: False where somebody has come meanwhile.
  fileprivate mutating func stopWatchingIfIdle() -> Bool {
    guard listeners.isEmpty else { return false }
    stopWatching()
    return true
  }

  fileprivate mutating func deliver(_ view: StockView, standingsMax: Int) {
    if standings.count >= standingsMax { standings = [:] }
    let now = StockStanding(view)
    let before = standings.updateValue(now, forKey: view.key)
    guard before != now, let ofShop = listeners[view.key.shop] else { return }
    let change = StockChange(key: view.key, before: before, now: now, entry: view.entry)
    for sku in [nil, view.key.sku] {
      for listener in (ofShop[sku] ?? [:]).values where listener.filter.admits(view.key) { listener.put(change) }
    }
  }
}
