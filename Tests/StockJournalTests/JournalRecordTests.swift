import JournalConformance
import StockJournal
import StockLedger
import Testing

@Suite struct JournalRecordTests {
  @Test func checksumVectors() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
    // RFC 3720, appendix B.4.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    let bytes = (0..<100).map { UInt8($0 * 7 % 251) }
    for cut in 0...100 {
      var split = CRC32C()
      split.update(bytes.span.extracting(0..<cut))
      split.update(bytes.span.extracting(cut..<100))
      #expect(split.value == CRC32C.checksum(bytes))
    }
  }

  @Test func hashVectors() {
    func digest(_ count: Int) -> String {
      var hash = SipHash128(key0: 0x0706_0504_0302_0100, key1: 0x0F0E_0D0C_0B0A_0908)
      let input = (0..<count).map { UInt8($0) }
      hash.update(input.span)
      let (first, second) = hash.finish()
      return hex([first, second].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } })
    }
    #expect(digest(0) == "a3817f04ba25a8e66df67214c7550293")
    #expect(digest(1) == "da87c1d86b99af44347659119b22fc45")
  }

  @Test func readsBack() throws {
    let record = try EveryEntry.record()
    let read = try JournalRecord(bytes: record.bytes)
    #expect(read == record)
    #expect(read.hash == record.hash)
    #expect(read.epoch == 3)
    #expect(read.nonce == record.nonce)
    #expect(read.firstNumber == 1_000)
    #expect(read.lastNumber == 1_030)
    #expect(read.time == record.time)
    #expect(read.previous == RecordHash(first: 1, second: 2))
    #expect(Array(read.bytes[read.payloadRange]) == (try EveryEntry.payload()))
  }

  @Test func everyFlippedBitIsRefused() throws {
    let record = try EveryEntry.record()
    for bit in 0..<(record.bytes.count * 8) {
      var damaged = record.bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: RecordError.self) { try JournalRecord(bytes: damaged) }
    }
  }

  @Test func everyOtherLengthIsRefused() throws {
    let bytes = try EveryEntry.record().bytes
    for end in 0..<bytes.count {
      #expect(throws: RecordError.self) { try JournalRecord(bytes: Array(bytes[0..<end])) }
    }
    #expect(throws: RecordError(.length(expected: bytes.count, found: bytes.count + 1), offset: 44)) {
      try JournalRecord(bytes: bytes + [0])
    }
  }

  @Test func aNewerFormatIsToldFromDamage() throws {
    var bytes = try EveryEntry.record().bytes
    bytes[4] = 2
    #expect(throws: RecordError(.headerChecksum, offset: 72)) { try JournalRecord(bytes: bytes) }
    let sum = CRC32C.checksum(bytes, 0..<72)
    for index in 0..<4 { bytes[72 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index)) }
    let error = #expect(throws: RecordError.self) { try JournalRecord(bytes: bytes) }
    #expect(error?.problem == .newerFormat(found: 2))
    guard case .newerFormat = error?.failure(at: "here") else {
      Issue.record("a newer format is reported as \(String(describing: error))")
      return
    }
  }

  @Test func theChainSaysWhatDoesNotFollow() throws {
    var log = SampleLog(shard: 7)
    let records = [log.next(epoch: 2), log.next(count: 2, epoch: 2), log.next(epoch: 3)]
    var chain = RecordChain(shard: 7)
    #expect(refusal(of: records[1], by: chain) == RecordError(.number(expected: 1, found: 2)))
    try chain.accept(records[0])
    var other = SampleLog(shard: 7)
    _ = other.next(epoch: 1)
    #expect(refusal(of: other.next(count: 2, epoch: 2), by: chain) == RecordError(.previousHash, offset: 56))
    var foreign = SampleLog(shard: 8)
    #expect(refusal(of: foreign.next(), by: chain) == RecordError(.shard(expected: 7, found: 8)))
    try chain.accept(records[1])
    #expect(chain.head.number == 3)
    try chain.accept(records[2])
    var lower = log
    #expect(refusal(of: lower.next(epoch: 2), by: chain) == RecordError(.epoch(last: 3, found: 2)))
    #expect(chain.head == log.head)
  }
}

private func refusal(of record: JournalRecord, by chain: RecordChain) -> RecordError? {
  var chain = chain
  do throws(RecordError) {
    try chain.accept(record)
    return nil
  } catch {
    return error
  }
}

func hex(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef")
  return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
