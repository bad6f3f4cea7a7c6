@testable import StockLedger
import Testing

@Suite("Publications are sent in the order of what it costs to be late")
struct PublicationOrderTests {
  private static let start = Timestamp(milliseconds: 1_700_000_000_000)

  private func order(_ change: (inout PublicationOrderRules) -> Void = { _ in }) -> PublicationOrder<Int> {
    var rules = PublicationOrderRules()
    change(&rules)
    return PublicationOrder(rules: rules)
  }

  @Test("what falls to nothing first, then falls, then rises; of each the oldest")
  func urgency() {
    var order = order { $0.batchMax = 2 }
    order.add(1, .rise, isHot: false, at: Self.start)
    order.add(2, .fall, isHot: false, at: Self.start + 1)
    order.add(3, .fall, isHot: false, at: Self.start)
    order.add(4, .soldOut, isHot: false, at: Self.start + 2)
    #expect(order.nextBatch(at: Self.start + 2) == [4, 3])
    #expect(order.nextBatch(at: Self.start + 2) == [2, 1])
    #expect(order.count == 0)
    #expect(order.nextBatch(at: Self.start + 2).isEmpty)
    #expect(order.nextTime() == nil)
  }

  @Test("since when the oldest waits is known, whatever it waits for and however often that changed")
  func waitingSince() {
    var order = order { $0.riseDelay = 500 }
    #expect(order.waitingSince() == nil)
    order.add(1, .rise, isHot: false, at: Self.start)
    order.add(2, .soldOut, isHot: true, at: Self.start + 100)
    #expect(order.waitingSince() == Self.start)
    order.add(1, .fall, isHot: false, at: Self.start + 200)
    #expect(order.waitingSince() == Self.start)
    order.remove(1)
    #expect(order.waitingSince() == Self.start + 100)
    #expect(order.nextBatch(at: Self.start + 200) == [2])
    #expect(order.waitingSince() == nil)
  }

  @Test("a batch has at most 250 rows, and has them whenever so many wait")
  func fullBatches() {
    var order = order()
    for subject in 0..<10_000 { order.add(subject, .fall, isHot: false, at: Self.start) }
    var sent: Set<Int> = []
    for _ in 0..<40 {
      let batch = order.nextBatch(at: Self.start)
      #expect(batch.count == 250)
      sent.formUnion(batch)
    }
    #expect(sent.count == 10_000)
    #expect(order.count == 0)
  }

  @Test("a sell-out behind 20,000 rises is in the next batch")
  func soldOutFirst() {
    var order = order()
    for subject in 0..<20_000 { order.add(subject, .rise, isHot: false, at: Self.start) }
    _ = order.nextBatch(at: Self.start)
    order.add(90_000, .soldOut, isHot: false, at: Self.start + 10)
    #expect(order.nextBatch(at: Self.start + 10).first == 90_000)
  }

  @Test("rises wait their delay, sell-outs and falls do not")
  func riseDelay() {
    var order = order { $0.riseDelay = 1_000 }
    order.add(1, .rise, isHot: false, at: Self.start)
    order.add(2, .soldOut, isHot: false, at: Self.start)
    #expect(order.nextTime() == Self.start)
    #expect(order.nextBatch(at: Self.start) == [2])
    #expect(order.nextTime() == Self.start + 1_000)
    #expect(order.nextBatch(at: Self.start + 999).isEmpty)
    #expect(order.nextBatch(at: Self.start + 1_000) == [1])
  }

  @Test("a rise that turns into a fall is sent at once; a fall that turns into a rise keeps its place")
  func turning() {
    var order = order { $0.riseDelay = 1_000 }
    order.add(1, .rise, isHot: false, at: Self.start)
    order.add(1, .soldOut, isHot: false, at: Self.start + 5)
    order.add(2, .fall, isHot: false, at: Self.start)
    order.add(2, .rise, isHot: false, at: Self.start + 900)
    #expect(order.count == 2)
    #expect(order.nextBatch(at: Self.start + 900) == [1])
    #expect(order.nextBatch(at: Self.start + 1_000) == [2])
  }

  @Test("a subject that is taken out is not sent")
  func removed() {
    var order = order()
    order.add(1, .fall, isHot: false, at: Self.start)
    order.add(2, .fall, isHot: true, at: Self.start)
    order.remove(1)
    order.remove(2)
    order.remove(3)
    #expect(order.count == 0)
    #expect(order.nextTime() == nil)
    #expect(order.nextBatch(at: Self.start).isEmpty)
  }

  @Test("hot subjects go in small batches of their own")
  func hot() {
    var order = order()
    for subject in 0..<30 { order.add(subject, .fall, isHot: subject < 15, at: Self.start) }
    var sizes: [Int] = []
    while order.count > 0 {
      let batch = order.nextBatch(at: Self.start)
      #expect(Set(batch.map { $0 < 15 }).count == 1, "all calm or all hot")
      sizes.append(batch.count)
    }
    #expect(sizes.sorted() == [5, 10, 15])
  }

  @Test("rises are not starved by a stream of falls: a tenth of each batch is theirs")
  func risesUnderFalls() {
    var order = order { $0.batchMax = 20 }
    for subject in 0..<50 { order.add(subject, .rise, isHot: false, at: Self.start) }
    var sent: Set<Int> = []
    for turn in 0..<25 {
      let now = Self.start + Int64(turn + 1) * 100
      // More falls than a batch takes, every time.
      for subject in 0..<30 { order.add(1_000 + turn * 30 + subject, .fall, isHot: false, at: now) }
      let batch = order.nextBatch(at: now)
      #expect(batch.count == 20)
      #expect(batch.filter { $0 >= 1_000 }.count == 18)
      sent.formUnion(batch.filter { $0 < 1_000 })
    }
    #expect(sent.count == 50)
  }

  @Test("a hot rise is not starved by calm sell-outs, nor a calm rise by hot ones", arguments: [true, false])
  func lanes(isHot: Bool) {
    var order = order()
    order.add(1, .rise, isHot: isHot, at: Self.start)
    var batches = 0
    while order.count > 0 && batches < 20 {
      order.add(100 + batches, .soldOut, isHot: !isHot, at: Self.start + Int64(batches))
      batches += 1
      if order.nextBatch(at: Self.start + Int64(batches)).contains(1) { break }
    }
    #expect(batches == PublicationOrderRules().turnsPassedOverMax + 1)
  }

  @Test("memory is that of who waits, however often their numbers change")
  func memory() {
    var order = order()
    for turn in 0..<20_000 {
      order.add(turn % 10, turn % 3 == 0 ? .rise : .fall, isHot: turn % 7 == 0, at: Self.start + Int64(turn))
    }
    #expect(order.count == 10)
    #expect(order.places <= 2 * (2 * 10 + 65))
  }

  @Test("whatever happens, everybody who waits is sent once, by the rules", arguments: 1...60)
  func anyTraffic(seed: Int) {
    var chance = LevelChance(state: UInt64(seed))
    var order = order {
      $0.batchMax = 12
      $0.hotBatchMax = 5
      $0.riseDelay = 700
    }
    var model: [Int: (urgency: PublicationUrgency, isHot: Bool, since: Timestamp)] = [:]
    var now = Self.start
    for _ in 0..<600 {
      now = now + Int64(chance.draw(0...60))
      let subject = chance.draw(0...79)
      switch chance.draw(0...9) {
      case 0:
        order.remove(subject)
        model[subject] = nil
      case 1, 2:
        let batch = order.nextBatch(at: now)
        let ready = model.filter { $0.value.urgency != .rise || $0.value.since + 700 <= now }
        #expect(Set(batch).count == batch.count)
        #expect(batch.allSatisfy { ready[$0] != nil })
        #expect(batch.isEmpty == ready.isEmpty)
        guard let isHot = batch.first.flatMap({ ready[$0]?.isHot }) else { continue }
        let lane = ready.filter { $0.value.isHot == isHot }
        #expect(batch.count == min(lane.count, isHot ? 5 : 12))
        // At most one place is not by urgency: that of whoever has waited longest.
        let left = lane.filter { !batch.contains($0.key) }.map(\.value.urgency).min() ?? .rise
        #expect(batch.filter { (ready[$0]?.urgency ?? .rise) > left }.count <= 1)
        for sent in batch { model[sent] = nil }
      default:
        let urgency = chance.pick(PublicationUrgency.allCases)
        let isHot = chance.isOne(in: 4)
        order.add(subject, urgency, isHot: isHot, at: now)
        model[subject] = (urgency, isHot, model[subject]?.since ?? now)
      }
      #expect(order.count == model.count)
    }
    now = now + 10_000
    while !model.isEmpty {
      let batch = order.nextBatch(at: now)
      #expect(!batch.isEmpty)
      if batch.isEmpty { return }
      for sent in batch { model[sent] = nil }
    }
    #expect(order.nextBatch(at: now).isEmpty)
  }
}
