public import StockJournal
public import StockLedger

/// A moment of a key's past.
public enum HistoryMoment: Hashable, Sendable {
  /// After this entry of the key's shard, whichever key it belongs to.
  case entry(UInt64)
  /// At this time: its entries included, and what was due by then ended.
  case time(Timestamp)
}

/// Why a key's past is not told.
public enum HistoryFailure: Error, Hashable, Sendable {
  /// The moment has not come yet, or is not durable yet.
  case notYet
  /// The key had no entry then.
  case unknownThen
  /// What was so then is not kept any more: the oldest moment that can be told is after this entry, of this time.
  case trimmed(oldest: EntryNumber, at: Timestamp)
  /// More entries of the shard would have to be read than ``KeyHistory/entriesMax``.
  case tooLong
  /// Too many questions about the past at once; ask again after so many milliseconds.
  case overloaded(retryAfter: Int64)
  /// The key's shard lives elsewhere.
  case elsewhere
  /// The store is away; ask again later.
  case storeUnavailable(String)
  /// What the store gave is not what was written, and never will be.
  case damaged(String)
  /// The store did not give what it should, and will not.
  case storeFailed(String)

  init(_ failure: StoreFailure) {
    self =
      switch failure {
      case .unavailable: .storeUnavailable("\(failure)")
      case .damaged: .damaged("\(failure)")
      default: .storeFailed("\(failure)")
      }
  }
}

/// A page of a key's entries.
public struct HistoryPage: Sendable {
  /// The entries, in the order asked for.
  public var entries: [TracedEntry]
  /// True where there are more of them.
  public var hasMore: Bool
}

/// One key's past, replayed from its shard's records: its state at a moment, and its entries with what each changed.
///
/// It starts from the newest snapshot where that is old enough, else from the oldest record, reads a page of records at
/// a time and keeps one key's state. It needs no engine: any store that can be read will do.
public struct KeyHistory: Sendable {
  /// Entries of the shard, of all its keys, that one question may read: some ten seconds of one core.
  public static let entriesMax = 10_000_000
  /// Records read at once: a commit never waits long behind a question, and what many questions hold stays small where
  /// each record is a large batch's.
  private static let recordsPerRead = 16
  /// How far times within a shard may be out of order: a turn takes its time just before it is written, and lies
  /// between the two only as long as its thread is kept waiting.
  private static let disorderMax: Int64 = 60_000

  private let key: StockKey
  private let store: any JournalStore
  private let head: ShardHead
  private let entriesMax: Int

  /// The past of a key.
  ///
  /// - Parameters:
  ///   - head: Where the shard's log durably ends: nothing is told after it.
  ///   - entriesMax: The most entries of the shard that a question reads.
  public init(
    of key: StockKey, in store: any JournalStore, through head: ShardHead, entriesMax: Int = KeyHistory.entriesMax
  ) {
    self.key = key
    self.store = store
    self.head = head
    self.entriesMax = entriesMax
  }

  // MARK: A moment

  /// The key's state at a moment, and its last entry then.
  public func state(at moment: HistoryMoment) async throws(HistoryFailure) -> (level: StockLevel, entry: EntryNumber) {
    if case .entry(let number) = moment, number > head.number { throw .notYet }
    let snapshot = try await snapshot()
    var replay: KeyReplay?
    if let snapshot, snapshot.isBefore(moment) {
      let found = try await replayed(from: Start(snapshot, key), to: moment)
      if !found.startsTooLate { replay = found }
    }
    if replay == nil { replay = try await replayed(from: try await oldest(snapshot), to: moment) }
    let found = try known(by: replay, snapshot)
    return (ended(found.level, at: moment), found.entry)
  }

  /// The state that a replay came to, and the key's last entry in it.
  private func known(
    by replay: KeyReplay?, _ snapshot: KeySnapshot?
  ) throws(HistoryFailure) -> (level: StockLevel, entry: EntryNumber) {
    guard let known = replay?.known else {
      throw .trimmed(
        oldest: EntryNumber(shard: UInt8(key.shard), number: snapshot?.through ?? head.number),
        at: snapshot?.time ?? head.time)
    }
    guard known.number > 0 else { throw .unknownThen }
    return (known.level, EntryNumber(shard: UInt8(key.shard), number: known.number))
  }

  /// What made the key's numbers at a moment: its newest entries that changed one, and what was so before those.
  ///
  /// - Parameter count: The most entries that are told, at least 1.
  public func explanation(at moment: HistoryMoment, last count: Int) async throws(HistoryFailure) -> StockExplanation {
    if case .entry(let number) = moment, number > head.number { throw .notYet }
    let snapshot = try await snapshot()
    var account: Account?
    if let snapshot, snapshot.isBefore(moment) {
      let found = try await accounted(from: Start(snapshot, key), to: moment, last: count)
      if !found.replay.startsTooLate { account = found }
      if let account, account.trail.isFull || account.isWhole { return try explained(account, at: moment, snapshot) }
    }
    // The snapshot's sums stand for what is too long to be read again, or is not kept.
    let start = try await oldest(snapshot)
    if var account, start.number > 0 {
      account.isTrimmed = true
      return try explained(account, at: moment, snapshot)
    }
    do throws(HistoryFailure) {
      return try explained(try await accounted(from: start, to: moment, last: count), at: moment, snapshot)
    } catch {
      guard error == .tooLong, let account else { throw error }
      return try explained(account, at: moment, snapshot)
    }
  }

  /// A replay to a moment, with the steps that it took.
  private struct Account {
    var replay: KeyReplay
    var trail: ExplanationTrail
    /// True where the replay began before the key's first entry.
    let isWhole: Bool
    var isTrimmed: Bool
  }

  private func accounted(
    from start: Start, to moment: HistoryMoment, last count: Int
  ) async throws(HistoryFailure) -> Account {
    let known = start.replay.known
    var trail = ExplanationTrail(last: count, from: known?.level.numbers)
    let replay = try await replayed(from: start, to: moment) { trail.take($0) }
    return Account(replay: replay, trail: trail, isWhole: known?.number == 0, isTrimmed: known == nil)
  }

  private func explained(
    _ account: Account, at moment: HistoryMoment, _ snapshot: KeySnapshot?
  ) throws(HistoryFailure) -> StockExplanation {
    let known = try known(by: account.replay, snapshot)
    var trail = account.trail
    let level = ended(known.level, at: moment) { trail.take($0, at: nil, $1, $2) }
    let time: Timestamp? = if case .time(let time) = moment { time } else { nil }
    let stock = StockView(key: key, level: level, entry: known.entry, at: time ?? head.time)
    return trail.explanation(of: stock, at: time, isWhole: account.isWhole, isTrimmed: account.isTrimmed)
  }

  /// A level as a read at a time would have found it: what was due had ended, although its entry came later.
  private func ended(
    _ level: StockLevel, at moment: HistoryMoment,
    _ visit: (JournalEntry, StockNumbers, StockNumbers) -> Void = { _, _, _ in }
  ) -> StockLevel {
    var level = level
    if case .time(let time) = moment {
      while let due = level.dueEntry(at: time) {
        let before = level.numbers
        level.apply(due)
        visit(due, before, level.numbers)
      }
    }
    return level
  }

  private func replayed(
    from start: Start, to moment: HistoryMoment, _ visit: (TracedEntry) -> Void = { _ in }
  ) async throws(HistoryFailure) -> KeyReplay {
    var replay = start.replay
    try await walk(after: start.number) { record throws(ByteError) in
      let goesOn = try replay.replay(
        record,
        until: { number, at in
          switch moment {
          case .entry(let last): number > last
          case .time(let time): at > time
          }
        }, visit)
      if case .time(let time) = moment, record.time > time + Self.disorderMax { return false }
      return goesOn
    }
    return replay
  }

  // MARK: Entries

  /// The key's entries after a number, oldest first.
  public func entries(after number: UInt64, limit: Int) async throws(HistoryFailure) -> HistoryPage {
    let snapshot = try await snapshot()
    let isEnough = snapshot.map { $0.known.number <= number } ?? false
    let start = if let snapshot, isEnough { Start(snapshot, key) } else { try await oldest(snapshot) }
    var replay = start.replay
    var found: [TracedEntry] = []
    try await walk(after: start.number) { record throws(ByteError) in
      _ = try replay.replay(record, until: { _, _ in false }) { traced in
        if traced.place.number > number { found.append(traced) }
      }
      return found.count <= limit
    }
    return HistoryPage(entries: Array(found.prefix(limit)), hasMore: found.count > limit)
  }

  /// The key's entries before a number, newest first.
  public func entries(before number: UInt64, limit: Int) async throws(HistoryFailure) -> HistoryPage {
    let snapshot = try await snapshot()
    if let snapshot, snapshot.known.number < number {
      let found = try await newest(from: Start(snapshot, key), before: number, keeping: limit + 1)
      // The entry that the image is of comes before those that were found.
      let isAll = snapshot.known.number == 0
      if found.count >= limit || isAll {
        return HistoryPage(entries: found.suffix(limit).reversed(), hasMore: found.count > limit || !isAll)
      }
    }
    let found = try await newest(from: try await oldest(snapshot), before: number, keeping: limit + 1)
    return HistoryPage(entries: found.suffix(limit).reversed(), hasMore: found.count > limit)
  }

  private func newest(
    from start: Start, before number: UInt64, keeping count: Int
  ) async throws(HistoryFailure) -> [TracedEntry] {
    var replay = start.replay
    var found: [TracedEntry] = []
    try await walk(after: start.number) { record throws(ByteError) in
      try replay.replay(record, until: { place, _ in place >= number }) { traced in
        found.append(traced)
        if found.count >= 2 * count { found.removeFirst(count) }
      }
    }
    return found.suffix(count)
  }

  // MARK: Reading

  /// Where a replay starts: after an entry of the shard, with what is known of the key.
  private struct Start {
    let number: UInt64
    let replay: KeyReplay

    init(number: UInt64, replay: KeyReplay) {
      self.number = number
      self.replay = replay
    }

    init(_ snapshot: KeySnapshot, _ key: StockKey) {
      self.init(number: snapshot.through, replay: KeyReplay(of: key, from: snapshot.known))
    }
  }

  /// The start of the oldest kept record. Where older ones were let go the key's state is not known there.
  private func oldest(_ snapshot: KeySnapshot?) async throws(HistoryFailure) -> Start {
    let known = snapshot?.known
    var first: UInt64
    do throws(StoreFailure) {
      first = try await store.records(shard: key.shard, after: 0, limit: 1).first?.firstNumber ?? 1
    } catch {
      guard case .historyTrimmed(_, let since) = error else { throw HistoryFailure(error) }
      first = since
    }
    if first <= 1 { return Start(number: 0, replay: KeyReplay(of: key, from: .nothing(of: key))) }
    // Without any snapshot nothing ever tells the state: no entry has a number that high.
    let start = known ?? KeyReplay.Known(level: StockLevel(), number: .max)
    return Start(number: first - 1, replay: KeyReplay(of: key, from: start, isAtStart: false))
  }

  /// Reads durable records in their order until told to stop.
  private func walk(
    after number: UInt64, _ take: (JournalRecord) throws(ByteError) -> Bool
  ) async throws(HistoryFailure) {
    var number = number
    var left = entriesMax
    while number < head.number {
      let records: [JournalRecord]
      do throws(StoreFailure) {
        records = try await store.records(shard: key.shard, after: number, limit: Self.recordsPerRead)
      } catch { throw HistoryFailure(error) }
      if records.isEmpty { return }
      for record in records {
        if record.lastNumber > head.number { return }
        left -= record.count
        if left < 0 { throw .tooLong }
        do throws(ByteError) { if try !take(record) { return } } catch {
          throw HistoryFailure(.damaged("shard \(key.shard), record \(record.firstNumber): \(error)"))
        }
        number = record.lastNumber
      }
    }
  }

  private func snapshot() async throws(HistoryFailure) -> KeySnapshot? {
    do throws(StoreFailure) {
      guard let snapshot = try await store.snapshot(shard: key.shard), snapshot.through <= head.number else {
        return nil
      }
      return try KeySnapshot(of: key, in: snapshot)
    } catch { throw HistoryFailure(error) }
  }
}

/// What a shard's snapshot says of one key.
private struct KeySnapshot {
  /// The key's state; of an entry after ``through``, where it was written while the snapshot was taken.
  let known: KeyReplay.Known
  /// Up to this entry the shard's records need not be read.
  let through: UInt64
  /// The time of the newest entry up to there.
  let time: Timestamp

  init(of key: StockKey, in snapshot: ShardSnapshot) throws(StoreFailure) {
    through = snapshot.through
    time = snapshot.time
    guard let image = snapshot.images.first(where: { $0.key == key }) else {
      known = .nothing(of: key)
      return
    }
    do throws(ByteError) {
      known = KeyReplay.Known(level: try StockLevel(image: image.bytes), number: image.number)
    } catch {
      throw .damaged("shard \(key.shard), image of \(key): \(error)")
    }
  }

  /// Whether a replay to a moment may start here. Of a time only the records say whether the image is too new.
  func isBefore(_ moment: HistoryMoment) -> Bool {
    switch moment {
    case .entry(let number): known.number <= number
    case .time(let time): self.time <= time
    }
  }
}
