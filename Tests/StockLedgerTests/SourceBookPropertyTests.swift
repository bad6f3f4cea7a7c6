@testable import StockLedger
import Testing

/// SplitMix64: a small seeded generator, so that every run draws the same.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

@Suite("Any stream of reports keeps the book's rules")
struct SourceBookPropertyTests {
  /// A report of claims and adjustments only: what may come in any order.
  private func independent(_ chance: inout SplitMix64) -> (String, Report.Body) {
    let claim = "o\(chance.draw(1...4))"
    let sale = "s\(chance.draw(1...3))"
    let minute = Double(chance.draw(0...90))
    let units = Int64(chance.draw(1...6))
    // A document's name fixes its content, as from a source that does not reuse names.
    let document = "x\(units)-\(Int(minute))"
    switch chance.draw(0...11) {
    case 0, 1: return ("shopify", .order(claim, units, at: minute))
    case 2: return ("pos", .sale(sale, units, at: minute))
    case 3: return ("wms", .stage(.allocate, claim, document, units, at: minute))
    case 4: return ("wms", .stage(.deallocate, claim, document, units, at: minute))
    case 5: return ("wms", .stage(.ship, claim, document, units, at: minute))
    case 6: return ("shopify", .stage(.cancel, claim, document, units, at: minute))
    case 7: return ("shopify", .stage(.writeOff, claim, document, units, at: minute))
    case 8: return ("wms", .soFar(chance.draw(0...1) == 0 ? .ship : .allocate, claim, units, at: minute))
    case 9: return ("pos", .stage(.cancel, sale, document, units, at: minute, kind: .sale))
    case 10: return ("shopify", .move(chance.draw(0...1) == 0 ? .arrives : .leaves, claim, document, units, at: minute))
    default: return ("erp", .adjust(document, units - 7, at: minute))
    }
  }

  private func any(_ chance: inout SplitMix64, step: Int) -> (String, Report.Body) {
    let minute = Double(step)
    let units = Int64(chance.draw(0...20))
    switch chance.draw(0...20) {
    case 0: return ("erp", .count(units, at: minute, physical: chance.draw(0...3) == 0))
    case 1: return ("erp", .count(units, at: minute, includes: [("wms", Double(chance.draw(0...90)))]))
    case 2: return ("shopify", .sum(.open, units, at: minute, out: chance.draw(0...1) == 0 ? nil : Int64(step)))
    case 3: return ("wms", .sum(.allocated, units, at: minute))
    case 4: return ("pos", .sum(.pending, units, at: minute, since: Double(chance.draw(0...90))))
    case 5: return ("wms", .completeThrough(.allocated, BookTranscript.minute(minute)))
    case 6: return ("shopify", state(of: "o\(chance.draw(1...4))", &chance, step: step))
    default: return independent(&chance)
    }
  }

  private func state(of claim: String, _ chance: inout SplitMix64, step: Int) -> Report.Body {
    let gone = (0..<chance.draw(0...2)).map { number in
      LineState.Departure(
        document: BookTranscript.id("box\(number)"), units: .one, occurredAt: BookTranscript.minute(Double(number)))
    }
    let units = Int64(gone.count + chance.draw(0...4))
    return .lineState(
      LineState(
        claim: BookTranscript.id(claim), version: Int64(step + 1), units: units, unitsInAll: units,
        heldInAll: chance.draw(0...3) == 0 ? units : 0, departures: gone,
        occurredAt: BookTranscript.minute(0), changedAt: BookTranscript.minute(Double(step)), memo: [1]))
  }

  /// Ends units of a claim, or gives some back; all that follows is as if they were not there.
  private func correct(_ day: inout BookTranscript, _ chance: inout SplitMix64) {
    let claim = BookTranscript.id(chance.draw(0...2) == 0 ? "s\(chance.draw(1...3))" : "o\(chance.draw(1...4))")
    let counted = day.book.countedUnits(of: claim)
    let corrected = day.book.correctedUnits(of: claim)
    let sums = day.sums.reduce(0, +)
    if counted > 0 {
      let units = Int64(chance.draw(1...Int(counted)))
      day.book.end(units, of: claim, at: day.now)
      #expect(day.book.countedUnits(of: claim) == counted - units)
      #expect(day.sums.reduce(0, +) == sums - units)
    } else if corrected > 0 {
      day.book.end(-corrected, of: claim, at: day.now)
      #expect(day.sums.reduce(0, +) == sums + corrected)
    }
    day.book.checkInvariants()
  }

  /// A long stream of everything, with confirms between; `say` checks the invariants after each step.
  private func stream(seed: UInt64, steps: Int) -> BookTranscript {
    var chance = SplitMix64(state: seed)
    var day = BookTranscript()
    for step in 0..<steps {
      if chance.draw(0...9) == 0 {
        let isSale = chance.draw(0...2) == 0
        let new = day.confirm(
          "r\(chance.draw(1...5))", isSale ? "s\(chance.draw(1...3))" : "o\(chance.draw(1...4))",
          Int64(chance.draw(1...3)), kind: isSale ? .sale : .order)
        #expect(new >= 0)
      }
      if chance.draw(0...7) == 0 { correct(&day, &chance) }
      let (source, body) = any(&chance, step: step)
      let delivery = "seed\(seed)step\(step)"
      let ruling = day.say(source, body, delivery: delivery)
      if case .accept(let flags) = ruling {
        let image = day.image
        #expect(day.say(source, body, delivery: delivery) == .duplicate(flags))
        #expect(day.image == image)
      }
      if chance.draw(0...40) == 0 { day.now = day.now + 86_400_000 * Int64(chance.draw(1...9)) }
      day.book.prune(at: day.now)
    }
    return day
  }

  @Test("the invariants hold after each step, duplicates change no byte, images come back whole", arguments: 1...40)
  func streams(seed: Int) throws {
    let day = stream(seed: UInt64(seed), steps: 120)
    let image = day.image
    var reader = ByteReader(image)
    var again = day
    again.book = try SourceBook(from: &reader)
    #expect(reader.isAtEnd)
    #expect(again.image == image)
    #expect(again.book == day.book)
    again.book.checkInvariants()
  }

  @Test("independent reports end in the same bytes in any order", arguments: 1...40)
  func anyOrder(seed: Int) {
    var chance = SplitMix64(state: UInt64(seed))
    var reports: [(Int, String, Report.Body)] = []
    for number in 0..<25 {
      let (source, body) = independent(&chance)
      reports.append((number, source, body))
    }
    func book(_ reports: [(Int, String, Report.Body)]) -> [UInt8] {
      var day = BookTranscript()
      // Every report is applied, also one that says nothing new, so that the remembered deliveries are the same.
      for (number, source, body) in reports {
        let report = Report(
          source: BookTranscript.id(source), delivery: BookTranscript.id("n\(number)"), body: body)
        guard case .refuse = day.book.rule(on: report, policy: day.policy, now: day.now) else {
          _ = day.book.apply(report, policy: day.policy, at: day.now)
          continue
        }
      }
      day.book.checkInvariants()
      return withoutFlags(day)
    }
    let first = book(reports)
    for _ in 0..<4 {
      reports.shuffle(using: &chance)
      #expect(book(reports) == first)
    }
  }

  /// A day's state without its remembered deliveries, whose flags tell what was odd on arrival.
  private func withoutFlags(_ day: BookTranscript) -> [UInt8] {
    var day = day
    day.book.prune(at: day.now + (Limits.deliveryMemory + 1))
    return day.image
  }

  @Test("truncated and flipped images throw or give another valid book, and never trap")
  func damage() {
    let image = stream(seed: 7, steps: 24).image
    var thrown = 0
    for count in 0..<image.count {
      var reader = ByteReader(Array(image[..<count]))
      if (try? SourceBook(from: &reader)) == nil { thrown += 1 }
    }
    #expect(thrown == image.count)
    var valid = 0
    for bit in 0..<(image.count * 8) {
      var bytes = image
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      var reader = ByteReader(bytes)
      guard let book = try? SourceBook(from: &reader) else { continue }
      book.checkInvariants()
      var writer = ByteWriter()
      book.write(to: &writer)
      #expect(writer.bytes == Array(bytes[..<reader.offset]))
      valid += 1
    }
    #expect(valid > 0)
  }
}
