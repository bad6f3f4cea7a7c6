import StockJournal
import StockLedger

/// A publication's entry of every kind, and of every shape that a kind has. Frozen: the golden record holds exactly
/// these.
enum EveryPublication {
  static func list() throws -> [JournalEntry] {
    let at = EveryEntry.at
    let key = EveryEntry.id("f81d4fae-7dec-41d0-a765-00a0c91e6bf6")
    let order = NamedChange(.order, document: EveryEntry.id("466157049"), units: .one, madeAt: at - 900)
    let restock = NamedChange(
      .restock, document: EveryEntry.id("509562969"), units: Quantity(1_000_000_000) ?? .one, madeAt: .distantPast)
    let entries: [PublicationEntry] = [
      .named(order), .named(restock), .hinted(available: nil), .hinted(available: -3), .reading,
      .read(available: 9_007_199_254_740_992), .read(available: -1), .readFailed(retryAt: at + 60_000),
      .sending(.init(key: key, quantity: 0, changeFrom: 4)),
      .sending(.init(key: key, quantity: 1_000_000_000, changeFrom: nil)), .repeating, .accepted, .stale, .notTaken,
      .unknown(retryAt: at), .throttled(retryAt: .distantFuture), .stopped(.staleInARow), .stopped(.outcomeLost),
      .stopped(.keyMismatch), .claimed(number: 1, units: 2), .claimed(number: .max, units: 0), .handedOver(number: 1),
      .settled(number: 1), .suspended, .resumed, .forced, .retried, .dropped(target: 7), .reconciled(available: 12),
    ]
    let rejected = PublicationEntry.Rejection.allCases.map { PublicationEntry.stopped(.rejected($0)) }
    let later: [PublicationEntry] = [.takenUp(available: 12, readAt: at - 5), .takenUp(available: -1, readAt: at)]
    return (entries + rejected + later).enumerated().map { index, entry in
      JournalEntry(
        at: at + Int64(index), body: .published(index % 2 == 0 ? .none : EveryEntry.id("shopify"), entry))
    }
  }

  static func payload() throws -> [UInt8] {
    var payload: [UInt8] = []
    EntryCodec.appendSection(key: try EveryEntry.key("leeds"), entries: try list(), to: &payload)
    return payload
  }

  static func record() throws -> JournalRecord {
    JournalRecord.seal(
      shard: try EveryEntry.key("leeds").shard, epoch: 3, nonce: RecordNonce(first: 3, second: 5), firstNumber: 1_000,
      count: try list().count, time: EveryEntry.at + 60, previous: RecordHash(first: 1, second: 2),
      payload: try payload())
  }
}
