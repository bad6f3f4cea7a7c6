import StockLedger
import Testing

@Suite("Counts, adjustments, marks, owners")
struct OnHandTests {
  @Test("an adjustment at or before the count's as-of adds nothing; a newer count keeps the later ones")
  func adjustments() {
    var day = BookTranscript()
    day.say("erp", .adjust("a1", 5, at: 1))
    #expect(day.sums == [5, 0, 0, 0])
    day.say("erp", .count(100, at: 10))
    #expect(day.sums == [100, 0, 0, 0])
    day.say("erp", .adjust("a2", -3, at: 10))
    #expect(day.sums == [100, 0, 0, 0])
    day.say("erp", .adjust("a3", -3, at: 11))
    day.say("erp", .adjust("a4", 7, at: 20))
    #expect(day.sums == [104, 0, 0, 0])
    day.say("erp", .count(90, at: 15))
    #expect(day.sums == [97, 0, 0, 0])
    #expect(day.say("erp", .adjust("a4", 7, at: 20)) == .duplicate([]))
    #expect(day.say("erp", .adjust("a4", 8, at: 20)) == .refuse(.idReused))
    day.say("erp", .count(-4, at: 30))
    #expect(day.sums == [-4, 0, 0, 0])
  }

  @Test("between two sources, inside the skew, what lowers stock is not included and what raises it is")
  func adjustmentSkew() {
    var day = BookTranscript()
    day.say("erp", .count(100, at: 10))
    day.say("3pl", .adjust("down", -1, at: 8))
    #expect(day.sums == [99, 0, 0, 0])
    day.say("3pl", .adjust("up", 5, at: 12))
    #expect(day.sums == [99, 0, 0, 0])
    day.say("3pl", .adjust("earlier", -1, at: 7.9))
    day.say("3pl", .adjust("later", 5, at: 12.1))
    #expect(day.sums == [104, 0, 0, 0])
  }

  @Test("what is not newer is stale; the same delivery is a duplicate first; other content is refused")
  func marks() {
    var day = BookTranscript()
    day.say("erp", .count(100, at: 10), delivery: "c1")
    #expect(day.say("erp", .count(99, at: 10)) == .refuse(.stale))
    #expect(day.say("erp", .count(99, at: 9)) == .refuse(.stale))
    #expect(day.say("erp", .count(100, at: 10), delivery: "c1") == .duplicate([]))
    #expect(day.say("erp", .count(98, at: 11), delivery: "c1") == .refuse(.idReused))
    day.say("erp", .count(98, at: 11))
    #expect(day.sums == [98, 0, 0, 0])
    day.book.resetMark(.onHand, source: BookTranscript.id("erp"))
    #expect(day.say("erp", .count(97, at: 10.5)) == .accept([]))
  }

  @Test("a running number goes before the as-of; a gap is applied and flagged; a larger incarnation starts anew")
  func numbers() {
    var day = BookTranscript()
    day.say("erp", .count(100, at: 10), incarnation: 1, number: 5)
    #expect(day.say("erp", .count(99, at: 12), incarnation: 1, number: 5) == .refuse(.stale))
    #expect(day.say("erp", .count(99, at: 9), incarnation: 1, number: 6) == .accept([]))
    #expect(day.say("erp", .count(97, at: 13), delivery: "g", incarnation: 1, number: 8) == .accept(.gap))
    #expect(day.say("erp", .count(97, at: 13), delivery: "g", incarnation: 1, number: 8) == .duplicate(.gap))
    // The late number fills its gap where it is no absolute report.
    #expect(day.say("erp", .adjust("a1", 1, at: 14), incarnation: 1, number: 7) == .accept([]))
    #expect(day.say("erp", .count(96, at: 14), incarnation: 0, number: 99) == .refuse(.stale))
    #expect(day.say("erp", .count(95, at: 15), incarnation: 2, number: 1) == .accept([]))
    #expect(day.sums == [95, 0, 0, 0])
  }

  @Test("each component has one owner; a 3PL that counts may also ship")
  func owners() {
    var day = BookTranscript()
    day.policy.owners.onHand = BookTranscript.id("3pl")
    day.policy.owners.allocated = BookTranscript.id("wms")
    day.policy.owners.pending = BookTranscript.id("pos")
    day.policy.owners.open = BookTranscript.id("shopify")
    let no = { (owner: String) in SourceBook.Ruling.refuse(.notOwner(BookTranscript.id(owner))) }
    #expect(day.say("erp", .count(1, at: 1)) == no("3pl"))
    #expect(day.say("erp", .adjust("a", 1, at: 1)) == no("3pl"))
    #expect(day.say("pos", .order("o1", 1, at: 1)) == no("shopify"))
    #expect(day.say("shopify", .sale("s1", 1, at: 1)) == no("pos"))
    #expect(day.say("shopify", .stage(.allocate, "o1", "p", 1, at: 1)) == no("wms"))
    #expect(day.say("wms", .stage(.cancel, "o1", "c", 1, at: 1)) == no("shopify"))
    #expect(day.say("3pl", .stage(.allocate, "o1", "p", 1, at: 1)) == no("wms"))
    #expect(day.say("3pl", .stage(.ship, "o1", "b", 1, at: 1)) == .accept([]))
    #expect(day.say("wms", .stage(.ship, "o1", "b2", 1, at: 1)) == .accept([]))
    #expect(day.say("erp", .sum(.open, 1, at: 1)) == no("shopify"))
    #expect(day.sums == [0, 2, 0, 0])
  }

  @Test("ranges and times, at their exact ends")
  func ranges() {
    var day = BookTranscript()
    let max = Limits.unitsMax
    #expect(day.say("erp", .count(max + 1, at: 1)) == .refuse(.outOfRange(.count)))
    #expect(day.say("erp", .count(.min, at: 1)) == .refuse(.outOfRange(.count)))
    #expect(day.say("erp", .adjust("a", 0, at: 1)) == .refuse(.outOfRange(.adjustment)))
    #expect(day.say("erp", .adjust("a", .min, at: 1)) == .refuse(.outOfRange(.adjustment)))
    #expect(day.say("wms", .sum(.allocated, -1, at: 1)) == .refuse(.outOfRange(.aggregate)))
    #expect(day.say("wms", .sum(.onHand, 1, at: 1)) == .refuse(.outOfRange(.aggregate)))
    #expect(day.say("wms", .soFar(.ship, "o1", -1, at: 1)) == .refuse(.outOfRange(.quantity)))
    #expect(day.say("erp", .completeThrough(.open, Timestamp(milliseconds: -1))) == .refuse(.outOfRange(.time)))
    let last = day.now + Limits.futureMax
    #expect(day.say("erp", .completeThrough(.open, last + 1)) == .refuse(.timeInFuture))
    #expect(day.say("erp", .completeThrough(.open, last)) == .accept([]))
    day.say("erp", .count(max, at: 1))
    #expect(day.say("erp", .adjust("a", 1, at: 2)) == .refuse(.outOfRange(.adjustment)))
    #expect(day.say("wms", .sum(.allocated, max, at: 1)) == .accept(.aggregateOnly))
    #expect(day.say("wms", .stage(.ship, "o1", "b", 1, at: 2)) == .accept([]) || day.book.allocated <= max)
    #expect(day.sums[0] == max)
  }

  @Test("a delivery is remembered for seven days")
  func deliveryMemory() {
    var day = BookTranscript()
    let start = day.now
    day.say("shopify", .order("o1", 1, at: 1), delivery: "w1")
    day.book.prune(at: start + Limits.deliveryMemory)
    #expect(day.say("shopify", .order("o1", 1, at: 1), delivery: "w1") == .duplicate([]))
    day.book.prune(at: start + (Limits.deliveryMemory + 1))
    #expect(day.say("shopify", .order("o1", 1, at: 1), delivery: "w1") == .accept([]))
    #expect(day.sums == [0, 0, 0, 1])
  }
}
