import StockJournal
import StockLedger

/// A correction of every kind and for every reason. Frozen: the golden record holds exactly these.
enum EveryCorrection {
  static func list() throws -> [JournalEntry] {
    let changes: [Correction.Change] = [
      .onHand(delta: -1_000_000_000, from: 9_007_199_254_740_992), .onHand(delta: 1, from: -9_007_199_254_740_992),
      .claim(EveryEntry.id("line-1"), units: 3, from: 3), .claim(EveryEntry.id("line-1"), units: -3, from: 0),
      .unnamed(EveryEntry.id("shopify"), number: 1, from: 2),
      .unnamedAgain(EveryEntry.id("shopify"), number: .max, units: 1_000_000_000),
    ]
    let plain = changes.enumerated().map { index, change in
      Correction(
        document: EveryEntry.id("row-\(index)"), report: EveryEntry.id("2026-11-23-1"), reason: .unexplained,
        change: change)
    }
    let reasons = CorrectionReason.allCases.map {
      Correction(document: EveryEntry.id("row"), report: .none, reason: $0, change: .onHand(delta: 1, from: 0))
    }
    return (plain + reasons).enumerated().map {
      JournalEntry(at: EveryEntry.at + Int64($0), body: .corrected($1))
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
