import JournalConformance
import StockJournal
import StockLedger
import Testing

@Suite struct SnapshotCodecTests {
  @Test func readsBackOverManyParts() throws {
    var log = SampleLog(shard: 12)
    _ = log.next()
    let snapshot = log.snapshot(images: 6, imageBytes: 50)
    // 30 bytes a part: images are larger than parts, and cuts fall anywhere.
    let parts = SnapshotCodec.parts(of: snapshot, payloadMax: 30)
    #expect(parts.count > 10)
    #expect(try SnapshotCodec.snapshot(from: parts) == snapshot)
    var empty = snapshot
    empty.images = []
    #expect(try SnapshotCodec.snapshot(from: SnapshotCodec.parts(of: empty)) == empty)
  }

  @Test func partsBelongTogether() throws {
    var log = SampleLog(shard: 12)
    _ = log.next()
    let parts = SnapshotCodec.parts(of: log.snapshot(images: 3), payloadMax: 60)
    _ = log.next()
    let later = SnapshotCodec.parts(of: log.snapshot(images: 3), payloadMax: 60)
    #expect(parts.count == later.count)
    #expect(throws: SnapshotError(part: 0, problem: .missing)) { try SnapshotCodec.snapshot(from: []) }
    #expect(throws: SnapshotError(part: parts.count - 1, problem: .missing)) {
      try SnapshotCodec.snapshot(from: Array(parts.dropLast()))
    }
    for index in 1..<parts.count {
      var mixed = parts
      mixed[index] = later[index]
      #expect(throws: SnapshotError(part: index, problem: .otherSnapshot)) { try SnapshotCodec.snapshot(from: mixed) }
      var swapped = parts
      swapped.swapAt(index, index - 1)
      #expect(throws: SnapshotError.self) { try SnapshotCodec.snapshot(from: swapped) }
    }
  }

  @Test func everyFlippedBitIsRefused() throws {
    let parts = SnapshotCodec.parts(of: try EveryEntry.snapshot(), payloadMax: 70)
    for part in parts.indices {
      for bit in 0..<(parts[part].count * 8) {
        var damaged = parts
        damaged[part][bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(throws: SnapshotError.self) { try SnapshotCodec.snapshot(from: damaged) }
      }
    }
  }
}
