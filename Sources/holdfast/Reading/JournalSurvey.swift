import StockJournal
import StockLedger

/// What a journal holds, counted entry by entry from its oldest record on.
struct JournalSurvey: Sendable {
  var records = 0
  var entries = 0
  /// Bytes of the records.
  var bytes: Int64 = 0
  /// Holds of one key that were granted.
  var holdsGranted = 0
  /// Confirms of one key's holds.
  var confirms = 0
  /// Holds of one key whose time was up.
  var holdsExpired = 0
  var cartsDecided = 0
  var cartsAbandoned = 0
  var cartsExpired = 0

  /// Reads all shards.
  init(of store: any JournalStore) async throws {
    for shard in 0..<(try await store.heads().count) {
      var number: UInt64 = 0
      while true {
        let batch = try await store.records(shard: shard, after: number, limit: 256)
        guard let last = batch.last else { break }
        for record in batch { try add(record) }
        number = last.lastNumber
      }
    }
  }

  private mutating func add(_ record: JournalRecord) throws(StoreFailure) {
    records += 1
    bytes += Int64(record.bytes.count)
    do throws(ByteError) {
      var sections = record.sections
      while let entry = try sections.next() {
        entries += 1
        switch entry.body {
        case .held: holdsGranted += 1
        case .confirmed: confirms += 1
        case .expired: holdsExpired += 1
        case .cartDecided: cartsDecided += 1
        case .cartAbandoned: cartsAbandoned += 1
        case .cartEnded(_, .expire, _): cartsExpired += 1
        default: break
        }
      }
    } catch {
      throw .damaged("shard \(record.shard), record \(record.firstNumber): \(error)")
    }
  }

  var json: JSONValue {
    .object([
      ("records", JSONValue(records)), ("entries", JSONValue(entries)), ("bytes", .integer(bytes)),
      ("holdsGranted", JSONValue(holdsGranted)), ("confirms", JSONValue(confirms)),
      ("holdsExpired", JSONValue(holdsExpired)), ("cartsDecided", JSONValue(cartsDecided)),
      ("cartsAbandoned", JSONValue(cartsAbandoned)), ("cartsExpired", JSONValue(cartsExpired)),
    ])
  }
}
