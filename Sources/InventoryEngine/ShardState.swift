public import StockJournal
public import StockLedger

/// One shard's keys as its snapshot and journal tell them: what recovery, reload and verify build, and replay applies
/// to.
///
/// Keys that only a snapshot names stay images until an entry touches them, so that a million keys load in seconds.
public struct ShardState: Sendable {
  private final class Place: @unchecked Sendable {
    // Owned by one ShardState at a time; a box so that applying an entry never copies a level.
    var level: StockLevel
    var number: UInt64
    init(level: StockLevel, number: UInt64) {
      self.level = level
      self.number = number
    }
  }

  /// The shard, 0 to 255.
  public let shard: Int
  /// Where the log ended when this was read.
  public private(set) var head = ShardHead()
  /// The newest entry's time.
  public private(set) var time = Timestamp.distantPast
  /// Entries applied from the journal.
  public private(set) var replayed = 0
  /// Moves that arrived somewhere in the tail, in order: recovery completes them.
  public private(set) var arrivals: [(key: StockKey, report: Report)] = []
  private var images: [StockKey: KeyImage] = [:]
  private var places: [StockKey: Place] = [:]

  /// An empty shard.
  public init(shard: Int) { self.shard = shard }

  /// A shard as of a snapshot.
  public init(_ snapshot: ShardSnapshot) {
    shard = snapshot.shard
    time = snapshot.time
    head = ShardHead(number: snapshot.through, hash: snapshot.hash, time: snapshot.time)
    images.reserveCapacity(snapshot.images.count)
    for image in snapshot.images { images[image.key] = image }
  }

  /// Applies a record's entries; those that an image holds already are passed over.
  ///
  /// - Throws: ``StoreFailure/damaged(_:)`` where an image or an entry cannot be read.
  public mutating func replay(_ record: JournalRecord) throws(StoreFailure) {
    do throws(ByteError) {
      var sections = record.sections
      var number = record.firstNumber
      var place: Place?
      while let entry = try sections.next() {
        if case .claimed = entry.body {
          // The journal's own entry: no key's state.
          place = nil
          number += 1
          replayed += 1
          continue
        }
        if sections.isSectionStart || place == nil { place = try self.place(of: try sections.key()) }
        if let place, number > place.number {
          place.level.apply(entry)
          place.number = number
          if case .reported(let report) = entry.body, case .move(let move) = report.body, move.direction == .arrives {
            arrivals.append((try sections.key(), report))
          }
        }
        number += 1
        replayed += 1
      }
      guard number == record.firstNumber + UInt64(record.count) else {
        throw ByteError(offset: 0, expected: "\(record.count) entries")
      }
    } catch {
      throw .damaged("shard \(shard), record \(record.firstNumber): \(error)")
    }
    head = record.head
    time = max(time, record.time)
  }

  private mutating func place(of key: StockKey) throws(ByteError) -> Place {
    if let place = places[key] { return place }
    let place: Place
    if let image = images.removeValue(forKey: key) {
      place = Place(level: try StockLevel(image: image.bytes), number: image.number)
    } else {
      place = Place(level: StockLevel(spansLocations: key.isItem), number: 0)
    }
    places[key] = place
    return place
  }

  /// How many keys it knows.
  public var keyCount: Int { images.count + places.count }

  /// All keys, sorted, each with its level.
  ///
  /// - Throws: ``StoreFailure/damaged(_:)`` where an image cannot be read.
  public func forEachLevel(_ body: (StockKey, StockLevel, UInt64) -> Void) throws(StoreFailure) {
    for key in (Array(images.keys) + Array(places.keys)).sorted() {
      if let place = places[key] {
        body(key, place.level, place.number)
      } else if let image = images[key] {
        do throws(ByteError) { body(key, try StockLevel(image: image.bytes), image.number) } catch {
          throw .damaged("shard \(shard), image of \(key): \(error)")
        }
      }
    }
  }

  /// Images that no entry has touched since the snapshot, by key.
  public var untouchedImages: [KeyImage] { images.values.sorted { $0.key < $1.key } }

  /// Keys that entries have touched, with their levels, by key.
  public func forEachTouched(_ body: (StockKey, StockLevel, UInt64) -> Void) {
    for key in places.keys.sorted() { if let place = places[key] { body(key, place.level, place.number) } }
  }

  /// A digest of every key's whole state: equal for replay from zero, from a snapshot, and the live engine.
  public func digest() throws(StoreFailure) -> UInt64 {
    var digest = LevelDigest()
    try forEachLevel { key, level, number in digest.add(key, image: level.image, number: number) }
    return digest.value
  }

  /// Reads a shard from a store: its newest snapshot, unless told otherwise, and the records after it.
  public static func read(
    shard: Int, from store: any JournalStore, usingSnapshot: Bool = true
  ) async throws(StoreFailure) -> ShardState {
    var state = ShardState(shard: shard)
    if usingSnapshot, let snapshot = try await store.snapshot(shard: shard) { state = ShardState(snapshot) }
    while true {
      let records = try await store.records(shard: shard, after: state.head.number, limit: 256)
      if records.isEmpty {
        state.forEachTouched { _, level, _ in level.checkInvariants() }
        return state
      }
      for record in records { try state.replay(record) }
    }
  }

  /// Reads many shards: their snapshots, then all their records in one pass, the next page while this one is applied.
  ///
  /// - Returns: One state per shard, in their order.
  public static func readAll(
    _ shards: [Int], from store: any JournalStore, usingSnapshots: Bool = true
  ) async throws(StoreFailure) -> [ShardState] {
    // Shards that are not asked for are passed over by a number that no entry reaches.
    var numbers = Array(repeating: UInt64.max, count: 256)
    var states: [ShardState] = []
    for shard in shards {
      var state = ShardState(shard: shard)
      if usingSnapshots, let snapshot = try await store.snapshot(shard: shard) { state = ShardState(snapshot) }
      numbers[shard] = state.head.number
      states.append(state)
    }
    let lanes = (0..<ReplayLane.count).map { lane in ReplayLane(states.filter { $0.shard % ReplayLane.count == lane }) }
    let after = numbers
    var page = try await store.page(after: after, from: .start)
    while true {
      let (cursor, records) = (page.next, page.records)
      async let next = nextPage(of: store, after: after, from: cursor)
      try await replay(records, in: lanes)
      switch await next {
      case .success(let following?): page = following
      case .success(nil): return try await finish(lanes)
      case .failure(let failure): throw failure
      }
    }
  }

  private static func replay(_ records: [JournalRecord], in lanes: [ReplayLane]) async throws(StoreFailure) {
    let failures = await withTaskGroup(of: StoreFailure?.self) { group in
      for lane in lanes { group.addTask { await lane.replay(records) } }
      return await group.reduce(into: [StoreFailure]()) { if let failure = $1 { $0.append(failure) } }
    }
    if let failure = failures.first { throw failure }
  }

  private static func finish(_ lanes: [ReplayLane]) async throws(StoreFailure) -> [ShardState] {
    let states = await withTaskGroup(of: [ShardState].self) { group in
      for lane in lanes { group.addTask { await lane.finish() } }
      return await group.reduce(into: [ShardState]()) { $0 += $1 }
    }
    return states.sorted { $0.shard < $1.shard }
  }

  @concurrent
  private static func nextPage(
    of store: any JournalStore, after numbers: [UInt64], from cursor: PageCursor?
  ) async -> Result<RecordPage?, StoreFailure> {
    guard let cursor else { return .success(nil) }
    do throws(StoreFailure) { return .success(try await store.page(after: numbers, from: cursor)) } catch {
      return .failure(error)
    }
  }
}

/// Some of the shards of a recovery: lanes apply the same page beside each other, each its own shards' records.
private actor ReplayLane {
  /// One per core of the machines that this is built for; more only cost hops.
  static let count = 2

  private var states: [ShardState]
  /// Where each shard's state stands; −1 for shards of other lanes.
  private var places: [Int]

  init(_ states: [ShardState]) {
    self.states = states
    places = Array(repeating: -1, count: 256)
    for (place, state) in states.enumerated() { places[state.shard] = place }
  }

  func replay(_ records: [JournalRecord]) -> StoreFailure? {
    for record in records where places[record.shard] >= 0 {
      do throws(StoreFailure) { try states[places[record.shard]].replay(record) } catch { return error }
    }
    return nil
  }

  /// The states, their invariants checked from first principles.
  func finish() -> [ShardState] {
    for state in states { state.forEachTouched { _, level, _ in level.checkInvariants() } }
    defer { states = [] }
    return states
  }
}

/// A digest over the images of many keys; the order of the keys does not matter.
public struct LevelDigest: Sendable {
  /// The digest so far.
  public private(set) var value: UInt64 = 0

  /// A digest of nothing.
  public init() {}

  /// Adds one key's state.
  public mutating func add(_ key: StockKey, image: [UInt8], number: UInt64) {
    var hash = SipHash128(key0: key.keyHash, key1: number)
    hash.update(key.path.span)
    hash.update(image.span)
    value = value &+ hash.finish().first
  }

  /// Adds another digest's keys.
  public mutating func add(_ other: LevelDigest) { value = value &+ other.value }
}
