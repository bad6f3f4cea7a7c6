import StockLedger
import Testing

@Suite("Aggregates and what falls out of them")
struct AggregateTests {
  @Test("a component is its last aggregate plus the claims after it")
  func covered() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 2, at: 5))
    #expect(day.say("shopify", .sum(.open, 10, at: 6)) == .accept(.aggregateOnly))
    #expect(day.sums == [0, 0, 0, 10])
    day.say("shopify", .order("o2", 3, at: 7))
    day.say("shopify", .order("o3", 1, at: 6))
    #expect(day.sums == [0, 0, 0, 13])
    day.say("shopify", .sum(.open, 14, at: 8))
    #expect(day.sums == [0, 0, 0, 14])
  }

  @Test("a confirm's claim is covered by no aggregate until its source names it")
  func unnamed() {
    var day = BookTranscript()
    day.confirm("r1", "o1", 2)
    day.say("shopify", .sum(.open, 10, at: 60 * 24))
    #expect(day.sums == [0, 0, 0, 12])
    day.say("shopify", .order("o1", 2, at: 60))
    #expect(day.sums == [0, 0, 0, 10])
  }

  @Test("what falls unnamed out of open is kept until the warehouse's absolute word")
  func fallenToWarehouse() {
    var day = BookTranscript()
    day.say("shopify", .sum(.open, 10, at: 10))
    day.say("shopify", .sum(.open, 6, at: 20))
    #expect(day.sums == [0, 0, 0, 10])
    day.say("erp", .count(50, at: 60))
    day.say("wms", .stage(.allocate, "o9", "p1", 1, at: 61))
    day.say("erp", .adjust("a1", 1, at: 61))
    #expect(day.sums == [51, 1, 0, 10])
    day.say("wms", .completeThrough(.allocated, BookTranscript.minute(22)))
    #expect(day.sums == [51, 1, 0, 10])
    day.say("wms", .completeThrough(.allocated, BookTranscript.minute(22.01)))
    #expect(day.sums == [51, 1, 0, 6])
    day.say("shopify", .sum(.open, 5, at: 70))
    #expect(day.sums == [51, 1, 0, 6])
    day.say("wms", .sum(.allocated, 4, at: 80))
    #expect(day.sums == [51, 4, 0, 5])
  }

  @Test("units that named reports took out do not fall")
  func namedOut() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 4, at: 1))
    day.say("shopify", .sum(.open, 10, at: 10))
    day.say("wms", .stage(.allocate, "o1", "p1", 2, at: 11))
    day.say("shopify", .stage(.cancel, "o1", "c1", 1, at: 12))
    #expect(day.sums == [0, 2, 0, 10])
    day.say("shopify", .sum(.open, 6, at: 20))
    #expect(day.sums == [0, 2, 0, 7])
  }

  @Test("with `out` a rise cannot hide a fall")
  func out() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 4, at: 1))
    #expect(day.say("shopify", .sum(.open, 10, at: 10, out: 100)) == .accept([]))
    day.say("wms", .stage(.allocate, "o1", "p1", 2, at: 11))
    day.say("shopify", .sum(.open, 12, at: 20, out: 105))
    #expect(day.sums == [0, 2, 0, 15])
  }

  @Test("what falls out of allocated is freed by a count by the settlement rule")
  func fallenToCount() {
    var day = BookTranscript()
    day.say("wms", .sum(.allocated, 10, at: 10))
    day.say("wms", .sum(.allocated, 7, at: 20))
    #expect(day.sums == [0, 10, 0, 0])
    day.say("erp", .count(50, at: 22))
    #expect(day.sums == [50, 10, 0, 0])
    day.say("erp", .count(47, at: 22.5))
    #expect(day.sums == [47, 7, 0, 0])
  }

  @Test("a shipped unit counts until a count has it, whatever the allocated aggregate says")
  func shippedIsNotCovered() {
    var day = BookTranscript()
    day.say("wms", .stage(.allocate, "o1", "p1", 3, at: 1))
    day.say("wms", .sum(.allocated, 10, at: 10))
    day.say("wms", .stage(.ship, "o1", "b1", 3, at: 11))
    #expect(day.sums == [0, 10, 0, 0])
    day.say("wms", .sum(.allocated, 7, at: 12))
    #expect(day.sums == [0, 10, 0, 0])
    day.say("erp", .count(47, at: 60))
    #expect(day.sums == [47, 7, 0, 0])
  }

  @Test("what falls when pending's start moves is freed by that count, also one already here")
  func pendingSince() {
    var day = BookTranscript()
    day.say("erp", .count(50, at: 0))
    day.say("pos", .sum(.pending, 8, at: 10, since: 0))
    day.say("erp", .count(43, at: 11))
    #expect(day.sums == [43, 0, 8, 0])
    day.say("pos", .sum(.pending, 1, at: 12, since: 11))
    #expect(day.sums == [43, 0, 1, 0])
    day.say("pos", .sum(.pending, 0, at: 30, since: 29))
    #expect(day.sums == [43, 0, 1, 0])
    day.say("erp", .count(42, at: 29))
    #expect(day.sums == [42, 0, 0, 0])
  }

  @Test("where nobody takes over, a fall frees at once and is flagged")
  func nobody() {
    var day = BookTranscript()
    day.policy.openFallsTo = .nobody
    day.say("shopify", .sum(.open, 10, at: 10))
    #expect(day.say("shopify", .sum(.open, 6, at: 20)) == .accept([.aggregateOnly, .freedAtOnce]))
    #expect(day.sums == [0, 0, 0, 6])
  }

  @Test("after 48 hours fallen units go to reconciliation, and an operator frees them")
  func overdue() {
    var day = BookTranscript()
    day.say("shopify", .sum(.open, 10, at: 10))
    day.say("shopify", .sum(.open, 6, at: 20))
    #expect(day.book.fallenOverdue(now: day.now + (Limits.fallenMax - 1)).isEmpty)
    let overdue = day.book.fallenOverdue(now: day.now + Limits.fallenMax)
    #expect(overdue.map(\.units) == [4] && overdue.map(\.component) == [.open])
    day.book.freeFallen(.open, upTo: BookTranscript.minute(19))
    #expect(day.sums == [0, 0, 0, 10])
    day.book.freeFallen(.open, upTo: BookTranscript.minute(20))
    #expect(day.sums == [0, 0, 0, 6])
  }

  @Test("many falls stay bounded and lose no unit")
  func bounded() {
    var day = BookTranscript()
    for step in 0...200 { day.say("shopify", .sum(.open, Int64(1_000 - step), at: Double(step))) }
    #expect(day.sums == [0, 0, 0, 1_000])
  }
}
