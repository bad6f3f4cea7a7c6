import StockJournal
import StockLedger

/// Reads entries of some shards after a cursor, merged by time; entries of a shard keep their order.
struct JournalReading {
  private struct Shard {
    let shard: Int
    var record: JournalRecord
    var sections: SectionReader
    var number: UInt64
    var entry: JournalEntry
  }

  private let store: any JournalStore
  private var open: [Shard] = []
  private(set) var cursor: TailCursor

  /// Stands before the first entry after the cursor.
  init(_ store: any JournalStore, after cursor: TailCursor, shards: [Int]) async throws {
    self.store = store
    self.cursor = cursor
    for shard in shards {
      if let first = try await Self.start(store, shard: shard, after: cursor.numbers[shard]) { open.append(first) }
    }
  }

  /// The next entry; nil at the end of what was there.
  mutating func next() async throws -> (entry: JournalEntry, key: StockKey, at: EntryNumber)? {
    // A linear look over at most 256 shards: printing an entry costs more.
    guard
      let place = open.indices.min(by: { (open[$0].entry.at, open[$0].shard) < (open[$1].entry.at, open[$1].shard) })
    else { return nil }
    let shard = open[place].shard
    do {
      let found = (
        open[place].entry, try open[place].sections.key(),
        EntryNumber(shard: UInt8(shard), number: open[place].number)
      )
      cursor.numbers[shard] = open[place].number
      if let next = try open[place].sections.next() {
        open[place].entry = next
        open[place].number += 1
      } else if let next = try await Self.start(store, shard: shard, after: open[place].number) {
        open[place] = next
      } else {
        open.remove(at: place)
      }
      return found
    } catch let error as ByteError {
      throw StoreFailure.damaged("shard \(shard), entry \(cursor.numbers[shard] + 1): \(error)")
    }
  }

  private static func start(_ store: any JournalStore, shard: Int, after number: UInt64) async throws -> Shard? {
    guard let record = try await store.records(shard: shard, after: number, limit: 1).first else { return nil }
    var sections = record.sections
    var at = record.firstNumber
    while let entry = try sections.next() {
      if at > number { return Shard(shard: shard, record: record, sections: sections, number: at, entry: entry) }
      at += 1
    }
    return nil
  }
}
