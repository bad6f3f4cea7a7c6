public import StockJournal
public import StockLedger

/// One entry of a key's history, with what was so before and after it.
public struct TracedEntry: Sendable {
  /// What happened.
  public let entry: JournalEntry
  /// Where it stands in the journal.
  public let place: EntryNumber
  /// The key's numbers before it; nil where what came before is not kept any more.
  public let before: StockNumbers?
  /// The key's numbers after it; nil where they are not known.
  public let after: StockNumbers?
}

/// Replays one key from its shard's records; a value that reads nothing by itself.
///
/// It starts from what is known of the key: nothing yet (a new level), its image in a snapshot, or, where older records
/// were let go, no state at all until the entry is passed as of which an image tells it.
public struct KeyReplay: Sendable {
  /// A key's state as of one of its entries.
  public struct Known: Sendable {
    /// The state.
    public var level: StockLevel
    /// The entry's number; 0 = the key had none.
    public var number: UInt64

    /// A state as of an entry.
    public init(level: StockLevel, number: UInt64) {
      self.level = level
      self.number = number
    }

    /// A key of which nothing has been said.
    public static func nothing(of key: StockKey) -> Known {
      Known(level: StockLevel(spansLocations: key.isItem), number: 0)
    }
  }

  /// The key.
  public let key: StockKey
  /// The state so far; nil while it is not known.
  public private(set) var known: Known?
  /// The time of the last entry that was applied or adopted.
  public private(set) var time = Timestamp.distantPast
  /// True where the replay was asked to stop before an entry that its start holds already: an older start is needed.
  public private(set) var startsTooLate = false
  private let start: Known

  /// A replay of a key.
  ///
  /// - Parameters:
  ///   - start: What is known; entries up to its own are passed over.
  ///   - isAtStart: False where the records begin earlier than `start`, and what was so there is not known.
  public init(of key: StockKey, from start: Known, isAtStart: Bool = true) {
    self.key = key
    self.start = start
    known = isAtStart ? start : nil
  }

  /// Applies the key's entries of the next record.
  ///
  /// - Parameters:
  ///   - isPast: Asked before each entry; where it says true, nothing more is applied.
  ///   - visit: Hears of each entry that was applied, and of those before the state is known.
  /// - Returns: False where `isPast` ended it.
  /// - Throws: ``ByteError`` where the record cannot be read.
  public mutating func replay(
    _ record: JournalRecord, until isPast: (UInt64, Timestamp) -> Bool, _ visit: (TracedEntry) -> Void = { _ in }
  ) throws(ByteError) -> Bool {
    var sections = record.sections
    var number = record.firstNumber - 1
    var isOwn = false
    while let entry = try sections.next() {
      number += 1
      if sections.isSectionStart { isOwn = sections.bytes[sections.pathRange].elementsEqual(key.path) }
      guard isOwn else { continue }
      if isPast(number, entry.at) {
        startsTooLate = known.map { $0.number >= number } ?? false
        return false
      }
      if let known, number <= known.number { continue }
      let place = EntryNumber(shard: UInt8(record.shard), number: number)
      visit(take(entry, at: place))
    }
    guard number == record.lastNumber else { throw ByteError(offset: 0, expected: "\(record.count) entries") }
    return true
  }

  private mutating func take(_ entry: JournalEntry, at place: EntryNumber) -> TracedEntry {
    if known == nil && place.number > start.number { known = start }
    let before = known?.level.numbers
    if known != nil {
      known?.level.apply(entry)
      known?.number = place.number
    } else if place.number == start.number {
      known = start
    }
    time = entry.at
    return TracedEntry(entry: entry, place: place, before: before, after: known?.level.numbers)
  }
}
