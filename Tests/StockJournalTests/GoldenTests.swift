import Foundation
import StockJournal
import StockLedger
import Testing

/// Frozen bytes of every format version: they are read for ever, and version 1 is still written so.
@Suite struct GoldenTests {
  @Test func recordOfVersion1() throws {
    let bytes = try Self.golden("v1-record.hex")
    let record = try JournalRecord(bytes: bytes)
    #expect(record == (try EveryEntry.record()))
    #expect(record.hash == RecordHash(first: 0x2917_3681_cb95_a669, second: 0x1c30_21e6_e840_6bf8))
    var reader = record.sections
    var entries: [JournalEntry] = []
    while let entry = try reader.next() { entries.append(entry) }
    let expected = try EveryEntry.list()
    #expect(entries == expected + [expected[0], expected[1]])
  }

  @Test func claimOfVersion1() throws {
    let bytes = try Self.golden("v1-claim.hex")
    let record = try JournalRecord(bytes: bytes)
    #expect(record == Self.claim())
    #expect(record.hash == RecordHash(first: 0x0bc2_d4f2_5eb0_f4d9, second: 0x8851_8dfc_a604_25fa))
    var reader = record.sections
    #expect(try reader.next() == JournalEntry(at: EveryEntry.at, body: .claimed(node: "leeds-1")))
    #expect(try reader.key() == .journal)
    #expect(try reader.next() == nil)
  }

  @Test func publicationsOfVersion1() throws {
    let bytes = try Self.golden("v1-publications.hex")
    let record = try JournalRecord(bytes: bytes)
    #expect(record == (try EveryPublication.record()))
    var reader = record.sections
    var entries: [JournalEntry] = []
    while let entry = try reader.next() { entries.append(entry) }
    #expect(entries == (try EveryPublication.list()))
  }

  @Test func correctionsOfVersion1() throws {
    let bytes = try Self.golden("v1-corrections.hex")
    let record = try JournalRecord(bytes: bytes)
    #expect(record == (try EveryCorrection.record()))
    var reader = record.sections
    var entries: [JournalEntry] = []
    while let entry = try reader.next() { entries.append(entry) }
    #expect(entries == (try EveryCorrection.list()))
  }

  private static func claim() -> JournalRecord {
    var payload: [UInt8] = []
    let entry = JournalEntry(at: EveryEntry.at, body: .claimed(node: "leeds-1"))
    EntryCodec.appendSection(key: .journal, entry: entry, to: &payload)
    return JournalRecord.seal(
      shard: 17, epoch: 4, nonce: RecordNonce(first: 3, second: 5), firstNumber: 1_031, count: 1, time: EveryEntry.at,
      previous: RecordHash(first: 1, second: 2), payload: payload)
  }

  @Test func snapshotOfVersion1() throws {
    let bytes = try Self.golden("v1-snapshot.hex")
    #expect(try SnapshotCodec.snapshot(from: [bytes]) == EveryEntry.snapshot())
    #expect(SnapshotCodec.parts(of: try EveryEntry.snapshot()) == [bytes])
  }

  private static func golden(_ name: String) throws -> [UInt8] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name)")
    let digits = try String(contentsOf: file, encoding: .utf8).compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
