import StockJournal
import StockLedger
import Testing

@Suite struct EntryCodecTests {
  @Test func everyKindReadsBack() throws {
    var reader = SectionReader(try EveryEntry.payload())
    let expected = try EveryEntry.list()
    for (index, entry) in expected.enumerated() {
      #expect(try reader.next() == entry)
      #expect(reader.isSectionStart == (index == 0))
      #expect(try reader.key() == EveryEntry.key("leeds"))
    }
    #expect(try reader.next() == expected[0])
    #expect(try reader.key() == EveryEntry.key("york"))
    #expect(reader.bytes[reader.pathRange].elementsEqual(try EveryEntry.key("york").path))
    #expect(try reader.next() == expected[1])
    #expect(try reader.key().isItem)
    #expect(try reader.next() == nil)
    #expect(try reader.next() == nil)
  }

  @Test func everyPublicationReadsBack() throws {
    var reader = SectionReader(try EveryPublication.payload())
    for entry in try EveryPublication.list() { #expect(try reader.next() == entry) }
    #expect(try reader.next() == nil)
  }

  @Test func everyCorrectionReadsBack() throws {
    let payload = try EveryCorrection.payload()
    var reader = SectionReader(payload)
    for entry in try EveryCorrection.list() { #expect(try reader.next() == entry) }
    #expect(try reader.next() == nil)
    for end in 1..<payload.count {
      var reader = SectionReader(payload, range: 0..<end)
      #expect(throws: ByteError.self) { while try reader.next() != nil {} }
    }
  }

  /// Two entries a write: what it says before it leaves, and that it was accepted.
  @Test func aPublishedNumberIsSmall() throws {
    let write = PublicationEntry.Write(key: EveryEntry.id("k"), quantity: 9, changeFrom: 10)
    let entries = [PublicationEntry.sending(write), .accepted].enumerated().map { index, entry in
      JournalEntry(at: EveryEntry.at + Int64(index) * 80, body: .published(.none, entry))
    }
    let key = try StockKey(shop: "kiosk", sku: "SKU-000001", location: "leeds-1")
    var first: [UInt8] = []
    EntryCodec.appendSection(key: key, entry: entries[0], to: &first)
    var both: [UInt8] = []
    EntryCodec.appendSection(key: key, entries: entries, to: &both)
    #expect(first.count == 53)
    #expect(both.count == 57)
  }

  @Test func everyCutOfPublicationsIsAnErrorOrNothing() throws {
    let payload = try EveryPublication.payload()
    for end in 1..<payload.count {
      var reader = SectionReader(payload, range: 0..<end)
      #expect(throws: ByteError.self) { while try reader.next() != nil {} }
    }
  }

  @Test func theStateOfALineReadsBack() throws {
    let gone = LineState.Departure(
      document: EveryEntry.id("box"), isWrittenOff: true, units: .one, occurredAt: EveryEntry.at - 9)
    let bodies = [
      LineState(
        claim: EveryEntry.id("o1"), version: .max, units: Limits.quantityMax, unitsInAll: 7, departures: [gone],
        occurredAt: .distantPast, changedAt: EveryEntry.at + 1, memo: Array(repeating: 7, count: Limits.memoBytesMax)),
      LineState(
        claim: EveryEntry.id("o2"), version: 1, units: 0, unitsInAll: 0, occurredAt: EveryEntry.at,
        changedAt: EveryEntry.at),
      LineState(
        claim: EveryEntry.id("o3"), version: 2, units: 3, unitsInAll: 5, heldInAll: 2, occurredAt: EveryEntry.at,
        changedAt: EveryEntry.at),
    ]
    let entries = bodies.map {
      JournalEntry(
        at: EveryEntry.at, body: .reported(Report(source: EveryEntry.id("shopify"), saying: .lineState($0))))
    }
    var bytes: [UInt8] = []
    EntryCodec.appendSection(key: try EveryEntry.key("leeds"), entries: entries, to: &bytes)
    var reader = SectionReader(bytes)
    for entry in entries { #expect(try reader.next() == entry) }
    for end in 1..<200 {
      var reader = SectionReader(bytes, range: 0..<end)
      #expect(throws: ByteError.self) { while try reader.next() != nil {} }
    }
  }

  @Test func aPlainHoldIsSmall() throws {
    var bytes: [UInt8] = []
    let key = try StockKey(shop: "kiosk", sku: "SKU-000001", location: "leeds-1")
    EntryCodec.appendSection(key: key, entry: try EveryEntry.list()[0], to: &bytes)
    #expect(key.path.count == 24)
    #expect(bytes.count == 54)
  }

  @Test func extremeTimesReadBack() throws {
    let times: [Int64] = [.min, -1, 0, 1, .max]
    var entries: [JournalEntry] = []
    for at in times {
      for expiry in times {
        entries.append(
          JournalEntry(
            at: Timestamp(milliseconds: at),
            body: .extended(EveryEntry.id("r"), expiresAt: Timestamp(milliseconds: expiry))))
      }
    }
    var bytes: [UInt8] = []
    EntryCodec.appendSection(key: try EveryEntry.key("leeds"), entries: entries, to: &bytes)
    var reader = SectionReader(bytes)
    for entry in entries { #expect(try reader.next() == entry) }
  }

  @Test func everyCutIsAnErrorOrASectionLess() throws {
    let payload = try EveryEntry.payload()
    var whole = 0
    for end in 0..<payload.count {
      var reader = SectionReader(payload, range: 0..<end)
      do {
        while try reader.next() != nil {}
        whole += 1
      } catch {
        #expect(error.offset <= end)
      }
    }
    // Nothing, the first section, the first two.
    #expect(whole == 3)
  }

  /// What reads must be what the writer would have written: no two forms of one entry.
  @Test func whatReadsIsCanonical() throws {
    let payload = try EveryEntry.payload() + EveryPublication.payload() + EveryCorrection.payload()
    var readable = 0
    for bit in 0..<(payload.count * 8) {
      var damaged = payload
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let again = Self.rewritten(damaged) else { continue }
      readable += 1
      #expect(again == damaged, "bit \(bit)")
    }
    #expect(readable > 1_000)
  }

  /// Reads a payload and writes it again, section by section; nil where it does not read.
  private static func rewritten(_ payload: [UInt8]) -> [UInt8]? {
    var reader = SectionReader(payload)
    var sections: [(StockKey, [JournalEntry])] = []
    do {
      while let entry = try reader.next() {
        if reader.isSectionStart { sections.append((try reader.key(), [])) }
        sections[sections.count - 1].1.append(entry)
      }
    } catch {
      return nil
    }
    var bytes: [UInt8] = []
    for (key, entries) in sections { EntryCodec.appendSection(key: key, entries: entries, to: &bytes) }
    return bytes
  }
}
