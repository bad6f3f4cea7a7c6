public import StockJournal
/// What every store must do, as runnable cases: one suite, every store behind ``JournalStore``.
public struct JournalConformance: Sendable {
  /// Makes an empty store.
  public let make: @Sendable () async throws -> any JournalStore
  /// Ends a store as a clean stop does and opens what it left.
  public let reopen: @Sendable (any JournalStore) async throws -> any JournalStore
  /// True where several nodes share the store: then a claim is a record, and appends are checked against it.
  public let isShared: Bool

  /// The suite for a store.
  public init(
    isShared: Bool = false,
    make: @escaping @Sendable () async throws -> any JournalStore,
    reopen: @escaping @Sendable (any JournalStore) async throws -> any JournalStore
  ) {
    self.isShared = isShared
    self.make = make
    self.reopen = reopen
  }

  /// One case: what must be so.
  public enum Case: String, CaseIterable, Sendable {
    /// A new store has 256 heads at nothing, no records, no snapshots.
    case startsEmpty
    /// What was appended is read back, byte for byte, also over several shards in one commit.
    case readsBack
    /// Reading goes on from any entry, at most so many records at a time.
    case pages
    /// A clean stop and start lose and change nothing.
    case reopens
    /// A commit with a record that does not continue its log is refused as a whole.
    case refusesWhole
    /// The newest snapshot comes back; the last two are kept.
    case keepsSnapshots
    /// A snapshot of a record that is not there, or older than one that is kept, is refused.
    case refusesForeignSnapshots
    /// The log is trimmed only up to the older of two snapshots, and stays readable.
    case trims
    /// A closed store says so.
    case closes
    /// A claim repeated under its nonce is granted as it was.
    case claimsTwice
    /// What was given up can be claimed again, under a larger epoch, and its log goes on.
    case claimsAgain
    /// A shared store refuses a record under another nonce than the claim's; others have no second owner.
    case tellsNonces
  }

  /// Runs a case.
  ///
  /// - Throws: ``ConformanceError`` that says what was found instead.
  public func run(_ name: Case) async throws {
    let store = try await make()
    switch name {
    case .startsEmpty: try await startsEmpty(store)
    case .readsBack: try await readsBack(store)
    case .pages: try await pages(store)
    case .reopens: try await reopens(store)
    case .refusesWhole: try await refusesWhole(store)
    case .keepsSnapshots: try await keepsSnapshots(store)
    case .refusesForeignSnapshots: try await refusesForeignSnapshots(store)
    case .trims: try await trims(store)
    case .closes: try await closes(store)
    case .claimsTwice: try await claimsTwice(store)
    case .claimsAgain: try await claimsAgain(store)
    case .tellsNonces: try await tellsNonces(store)
    }
  }

  private func startsEmpty(_ store: any JournalStore) async throws {
    try check(await store.heads(), [ShardHead](repeating: ShardHead(), count: 256), "heads")
    for shard in [0, 255] {
      try check(await store.records(shard: shard, after: 0, limit: 10), [], "records of shard \(shard)")
      try check(await store.snapshot(shard: shard), nil, "snapshot of shard \(shard)")
    }
    try check(await store.append([]), [], "outcomes of an empty commit")
  }

  private func readsBack(_ store: any JournalStore) async throws {
    var logs = try await claim([0, 17, 255], in: store)
    let starts = logs.map(\.head.number)
    var written: [[JournalRecord]] = [[], [], []]
    for round in 1...5 {
      var commit: [JournalRecord] = []
      for index in logs.indices where (round + index) % 2 == 0 {
        commit.append(logs[index].next(count: round))
        written[index].append(commit[commit.count - 1])
      }
      let outcomes = try await store.append(commit)
      try check(outcomes, Array(repeating: .durable, count: commit.count), "outcomes of round \(round)")
    }
    let heads = try await store.heads()
    for (index, log) in logs.enumerated() {
      try check(heads[log.shard], log.head, "head of shard \(log.shard)")
      let records = try await store.records(shard: log.shard, after: starts[index], limit: .max)
      try check(records, written[index], "records of shard \(log.shard)")
      try check(records.map(\.hash), written[index].map(\.hash), "hashes of shard \(log.shard)")
    }
  }

  private func pages(_ store: any JournalStore) async throws {
    var log = try await claim(4, in: store)
    let start = log.head.number
    let records = [log.next(count: 3), log.next(count: 3), log.next(count: 3)]
    for record in records { _ = try await store.append([record]) }
    try check(await store.records(shard: 4, after: start, limit: 2), Array(records[0...1]), "the first page")
    try check(await store.records(shard: 4, after: start + 6, limit: 2), [records[2]], "the second page")
    try check(await store.records(shard: 4, after: start + 5, limit: 2), Array(records[1...2]), "from inside a record")
    try check(await store.records(shard: 4, after: start + 9, limit: 2), [], "after the end")
    try check(await store.records(shard: 4, after: .max, limit: 2), [], "far after the end")
    try check(await store.records(shard: 4, after: start, limit: 0), [], "a limit of nothing")
    try check(await store.records(shard: 5, after: 0, limit: 2), [], "another shard")
  }

  private func reopens(_ store: any JournalStore) async throws {
    var log = try await claim(200, in: store)
    let first = log.next(count: 2)
    _ = try await store.append([first])
    let second = try await reopen(store)
    try check(await second.heads()[200], log.head, "head after a restart")
    log = try await claim(200, in: second, time: 2)
    let start = log.head.number
    let last = log.next()
    try check(await second.append([last]), [.durable], "an append after a restart")
    let third = try await reopen(second)
    let before = first.firstNumber - 1
    try check(await third.records(shard: 200, after: before, limit: 1), [first], "the first record, two restarts later")
    try check(await third.records(shard: 200, after: start, limit: 9), [last], "the last record after a restart")
    try await third.close()
  }

  private func refusesWhole(_ store: any JournalStore) async throws {
    let logs = try await claim([1, 2], in: store)
    var good = logs[0]
    var other = logs[1]
    let start = good.head.number
    let first = other.next()
    _ = try await store.append([first])
    let heads = try await store.heads()
    var skipped = other
    _ = skipped.next()
    var older = other
    let wrong = [
      ("a gap", skipped.next()), ("the same record again", first),
      ("a lower epoch", older.next(epoch: other.epoch - 1)),
    ]
    for (name, record) in wrong {
      var log = good
      let outcomes = try await store.append([log.next(), record])
      guard outcomes.count == 2, outcomes.allSatisfy({ $0 != .durable }) else {
        throw ConformanceError("\(name): a refused commit was answered \(outcomes)")
      }
      try check(await store.heads(), heads, "heads after \(name)")
      try check(await store.records(shard: 1, after: start, limit: 9), [], "records beside \(name)")
    }
    let outcomes = try await store.append([good.next(), other.next()])
    try check(outcomes, [.durable, .durable], "the right commit after it")
  }

  private func keepsSnapshots(_ store: any JournalStore) async throws {
    var log = try await claim(9, in: store)
    var snapshots: [ShardSnapshot] = []
    for count in 1...4 {
      _ = try await store.append([log.next(count: count)])
      snapshots.append(log.snapshot(images: count))
      try await store.save(snapshots[count - 1])
      try check(await store.snapshot(shard: 9), snapshots[count - 1], "the newest snapshot")
    }
    try await store.save(snapshots[3])
    try check(await store.snapshot(shard: 9), snapshots[3], "a snapshot saved twice")
    try check(await store.snapshot(shard: 8), nil, "another shard's snapshot")
    let again = try await reopen(store)
    try check(await again.snapshot(shard: 9), snapshots[3], "the newest snapshot after a restart")
    try check(await again.heads()[9], log.head, "the head after a restart")
    try await again.close()
  }

  private func refusesForeignSnapshots(_ store: any JournalStore) async throws {
    var log = try await claim(3, in: store)
    let start = log.head.number
    _ = try await store.append([log.next(count: 4)])
    let old = log.snapshot()
    _ = try await store.append([log.next()])
    let kept = log.snapshot()
    try await store.save(kept)
    _ = log.next()
    var inside = kept
    inside.through = start + 3
    var otherHash = kept
    otherHash.hash.first ^= 1
    for (name, wrong) in [
      ("ahead of the log", log.snapshot()), ("inside a record", inside), ("another hash", otherHash), ("older", old),
    ] {
      do {
        try await store.save(wrong)
        throw ConformanceError("a snapshot was kept that is \(name)")
      } catch is StoreFailure {}
      try check(await store.snapshot(shard: 3), kept, "the snapshot after one that is \(name)")
    }
  }

  private func trims(_ store: any JournalStore) async throws {
    var log = try await claim(30, in: store)
    let start = log.head.number
    var records: [JournalRecord] = []
    for round in 1...6 {
      records.append(log.next(count: 2))
      _ = try await store.append([records[round - 1]])
      if round == 3 || round == 5 { try await store.save(log.snapshot()) }
      // Refused without an effect: one snapshot only, or past the older one.
      try await store.trim(shard: 30, through: start + 10)
    }
    try await store.trim(shard: 30, through: start + 6)
    try check(await store.records(shard: 30, after: start, limit: .max), records, "records after trimming")
    try check(await store.records(shard: 30, after: start + 4, limit: 2), Array(records[2...3]), "a page over the cut")
    let again = try await reopen(store)
    try check(
      await again.records(shard: 30, after: start, limit: .max), records, "records after trimming and a restart")
    try check(await again.heads()[30], log.head, "the head after trimming and a restart")
    try await again.close()
  }

  private func closes(_ store: any JournalStore) async throws {
    var log = SampleLog(shard: 0)
    try await store.close()
    do {
      let outcomes = try await store.append([log.next()])
      throw ConformanceError("a closed store answered \(outcomes)")
    } catch is StoreFailure {}
  }

  func check<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) throws {
    if found != expected { throw ConformanceError("\(what): \(found) instead of \(expected)") }
  }
}

/// A store that does not do what every store must.
public struct ConformanceError: Error, CustomStringConvertible {
  /// What was found instead of what.
  public let description: String

  /// A store that does not do what every store must.
  public init(_ description: String) { self.description = description }
}
