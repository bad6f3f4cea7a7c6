import ChannelIntake
import StockLedger
import Testing

/// The stream of rows: lines, chunks, limits, and bytes that nobody meant.
struct DeliveryReaderTests {
  private func rows(_ bytes: [UInt8]) -> [IntakeRow] {
    var reader = DeliveryReader()
    return reader.read(bytes) + reader.finish()
  }

  private func codes(_ rows: [IntakeRow]) -> [String] {
    rows.map { row in
      switch row.outcome {
      case .success: "\(row.line) good"
      case .failure(let error): "\(row.line) \(error.reason.code)"
      }
    }
  }

  @Test func goodRowsGoOnAndBadOnesAreToldByLine() {
    let good = DeliveryFormTests.count
    let text = "\u{FEFF}\(good)\r\n\n{\"kind\":\"count\"}\n\(good)\n\r\nnonsense\r\n\(good)"
    #expect(codes(rows(Array(text.utf8))) == ["1 good", "3 missingField", "4 good", "6 notJSON", "7 good"])
  }

  @Test func aRowOfFullLengthPassesAndALongerOneIsPassedOver() {
    let good = DeliveryFormTests.count
    let full = good + String(repeating: " ", count: DeliveryForm.rowBytesMax - good.utf8.count)
    let endless = String(repeating: "x", count: 1_000_000)
    let text = "\u{FEFF}\(full)\r\n\(full)\r\n\(full) \n\(endless)\n\(good)\n\(endless)"
    #expect(
      codes(rows(Array(text.utf8)))
        == ["1 good", "2 good", "3 tooLong", "4 tooLong", "5 good", "6 tooLong"])
  }

  @Test func anyChunkingGivesTheSameRows() {
    var random = SeededRandom(seed: 2)
    let text = "\u{FEFF}" + DeliveryFormTests.valid.joined(separator: "\r\n") + "\n\nbad\n" + DeliveryFormTests.count
    let bytes = Array(text.utf8)
    let whole = rows(bytes)
    #expect(whole.count == DeliveryFormTests.valid.count + 2)
    for round in 0..<200 {
      var reader = DeliveryReader()
      var pieces: [IntakeRow] = []
      for chunk in random.chunks(bytes, chunkMax: 1 + round % 40) { pieces += reader.read(chunk) }
      pieces += reader.finish()
      #expect(pieces == whole)
    }
  }

  @Test func afterTheEndAnotherInputStartsAtLineOne() {
    var reader = DeliveryReader()
    _ = reader.read(Array("a\nb\nc".utf8))
    _ = reader.finish()
    #expect(codes(reader.read(Array("d\n".utf8))) == ["1 notJSON"])
  }

  @Test func noBytesTrap() {
    var random = SeededRandom(seed: 3)
    let alphabet = Array(#"{}[]":,\u-+.eE0123456789 TZ"#.utf8) + [0x00, 0x0A, 0x0D, 0xC0, 0xED, 0xF4, 0xFF]
    let seeds = (DeliveryFormTests.valid + DeliveryScopeTests.valid).map { Array($0.utf8) }
    var good = 0
    var bad = 0
    for round in 0..<20_000 {
      let row = random.mutated(seeds[round % seeds.count], with: alphabet)
      for row in rows(row) {
        if case .success(let keyed) = row.outcome {
          good += 1
          switch keyed.command {
          case .setScope(let patch): #expect(patch.problem == nil)
          case .setPolicy(let policy):
            #expect(keyed.key.isItem && keyed.key != keyed.key.shopKey && policy.problem == nil)
          case .report(let report) where report.namesLine: #expect(keyed.key != keyed.key.shopKey)
          default: #expect(!keyed.key.isItem)
          }
        } else {
          bad += 1
        }
      }
    }
    // Both kinds must occur, or the mutations are too wild or too tame to say anything.
    #expect(good > 500)
    #expect(bad > 5_000)
  }
}

extension Report {
  /// True for a report that may leave its location out.
  fileprivate var namesLine: Bool {
    switch body {
    case .demand, .stage: true
    default: false
    }
  }
}
