import InventoryEngine
import RedisJournal
import StockJournal

/// Opens the engine of a service, and keeps it running while work is done: the one engine of a journal, or one of
/// several nodes that share a Redis.
func withServedEngine(
  _ options: ServeOptions, _ observing: Observing, _ flag: StopFlag, defaultLocations: [String: String] = [:],
  _ work: @escaping @Sendable (InventoryEngine, any EngineClock) async throws -> Void
) async throws {
  var settings = EngineSettings.ofProgram
  settings.clockJumpMax = options.acceptClock ? nil : EngineSettings().clockJumpMax
  settings.defaultLocations = defaultLocations
  let node = RedisNode(name: "\(options.share.node)", address: options.ownAddress)
  switch try options.place.place(node: options.share.nodes > 1 ? node : nil) {
  case .redis(let place) where options.share.nodes > 1:
    try await withNode(options.share, at: place, settings, observing, flag, work)
  case let place:
    let journal = try await place.open()
    let clock = try await journal.clock()
    let feed = options.share.readModel ? place.readModel : nil
    try await withEngine(on: journal, clock: clock, settings: settings, feed: feed, observing: observing) { engine in
      try await work(engine, clock)
    }
  }
}

/// Opens the engine of one of several nodes, and keeps it running and its share of the shards while work is done.
func withNode(
  _ share: NodeOptions, at place: RedisPlace, _ settings: EngineSettings, _ observing: Observing,
  _ flag: StopFlag,
  _ work: @escaping @Sendable (InventoryEngine, any EngineClock) async throws -> Void
) async throws {
  let place = RedisPlace(address: place.address, options: share.times.set(place.options))
  let journal = try await place.open(creates: place.options.creates)
  let clock = try await journal.clock()
  var settings = settings
  // A hand-over must not wait for snapshots; the next owner replays a few seconds more.
  settings.snapshotsOnStop = false
  let feed = share.readModel ? RedisReadModel(place.address) : nil
  try await withEngine(
    on: journal, clock: clock, settings: settings, shards: .some([]), feed: feed, observing: observing
  ) { engine in
    let watch = ShardWatch(
      engine: engine, journal: journal, node: share.node, of: share.nodes, lease: place.options.lease)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await watch.run(flag) }
      group.addTask { try await work(engine, clock) }
      try await group.next()
      try await group.next()
    }
  }
}

extension JournalStore {
  /// The clock of an engine on this journal; what is odd about the machine's is said.
  fileprivate func clock() async throws -> SystemClock {
    SystemClock(lastJournaled: try await lastTime()) { ahead in
      let words = ahead < 0 ? "behind" : "ahead of"
      Console.complain("the wall clock is \(grouped(ahead.magnitude / 1_000)) s \(words) the journal's; check it")
    }
  }
}

extension ServeOptions {
  /// What clients of other nodes are told where nothing else is said.
  fileprivate var ownAddress: String {
    share.address.isEmpty
      ? "\(door.tlsCert == nil ? "http" : "https")://\(door.address.written(port: door.address.port))" : share.address
  }
}
