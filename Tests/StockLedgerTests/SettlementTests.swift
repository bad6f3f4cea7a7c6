import StockLedger
import Testing

@Suite("Settlement: a count as of T that does or does not include what is counted already")
struct SettlementTests {
  @Test("the skew's boundary, exactly: strictly before as-of less 120 s")
  func boundary() {
    var day = BookTranscript()
    day.say("pos", .sale("before", 1, at: 8 - 0.001 / 60))
    day.say("pos", .sale("at", 1, at: 8))
    #expect(day.sums == [0, 0, 2, 0])
    day.say("erp", .count(10, at: 10))
    #expect(day.sums == [10, 0, 1, 0])
    // A policy with its own skew for the pair moves the boundary.
    day.policy.skews = [SourceSkew(count: BookTranscript.id("erp"), claims: BookTranscript.id("pos"), milliseconds: 0)]
    day.say("erp", .count(10, at: 10.01))
    #expect(day.sums == [10, 0, 0, 0])
  }

  @Test("includes settles at or before its time, without skew")
  func includes() {
    var day = BookTranscript()
    day.say("pos", .sale("s1", 1, at: 10))
    day.say("pos", .sale("s2", 1, at: 10 + 0.001 / 60))
    day.say("wms", .stage(.ship, "o1", "b1", 4, at: 9.5))
    day.say("erp", .count(10, at: 10, includes: [("pos", 10)]))
    #expect(day.sums == [10, 4, 1, 0])
    let back = day.say("erp", .count(10, at: 11, includes: [("pos", 9)]))
    #expect(back == .refuse(.includesWentBack(BookTranscript.id("pos"))))
    // A count that says nothing of the till keeps what was settled, and settles by time.
    day.say("erp", .count(10, at: 12.6, includes: [("wms", 9.5)]))
    #expect(day.sums == [10, 0, 0, 0])
  }

  @Test("what arrives after the count counts until the next one, and is flagged")
  func late() {
    var day = BookTranscript()
    day.say("erp", .count(10, at: 30))
    #expect(day.say("wms", .stage(.ship, "o1", "b1", 2, at: 5)) == .accept(.lateForCount))
    #expect(day.say("pos", .sale("s1", 1, at: 5)) == .accept(.lateForCount))
    #expect(day.sums == [10, 2, 1, 0])
    day.say("erp", .count(7, at: 40))
    #expect(day.sums == [7, 0, 0, 0])
  }

  @Test("a physical count, and an includes that covers it, settles also what arrives later")
  func physical() {
    var day = BookTranscript()
    day.say("erp", .count(10, at: 30, physical: true))
    #expect(day.say("wms", .stage(.ship, "o1", "b1", 2, at: 5)) == .accept([]))
    #expect(day.say("pos", .sale("s1", 1, at: 5)) == .accept([]))
    #expect(day.sums == [10, 0, 0, 0])
    day.say("pos", .sale("s2", 1, at: 29))
    #expect(day.sums == [10, 0, 1, 0])
    day.say("erp", .count(9, at: 31, includes: [("pos", 30)]))
    #expect(day.say("pos", .sale("s3", 1, at: 30)) == .accept([]))
    #expect(day.sums == [9, 0, 0, 0])
  }

  @Test("each ship settles by its own time, also a late one beside a settled one")
  func eachByItsTime() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 5, at: 0))
    day.say("wms", .stage(.ship, "o1", "b1", 2, at: 5))
    day.say("wms", .stage(.ship, "o1", "b2", 1, at: 25))
    day.say("erp", .count(10, at: 20))
    #expect(day.sums == [10, 1, 0, 2])
    day.say("wms", .stage(.ship, "o1", "b0", 1, at: 4))
    #expect(day.sums == [10, 2, 0, 1])
    day.say("wms", .soFar(.ship, "o1", 5, at: 50))
    #expect(day.sums == [10, 3, 0, 0])
  }

  @Test("a till's confirm is not settled until the till has named it")
  func unnamedSale() {
    var day = BookTranscript()
    day.confirm("r1", "s1", 2, kind: .sale)
    day.say("erp", .count(10, at: 60 * 24))
    #expect(day.sums == [10, 0, 2, 0])
    #expect(day.say("pos", .sale("s1", 2, at: 60)) == .accept(.lateForCount))
    #expect(day.sums == [10, 0, 2, 0])
    day.say("erp", .count(8, at: 60 * 24 + 1))
    #expect(day.sums == [8, 0, 0, 0])
  }

  @Test("a void frees what no count has settled")
  func voided() {
    var day = BookTranscript()
    day.say("pos", .sale("s1", 3, at: 0))
    day.say("pos", .stage(.cancel, "s1", "v1", 1, at: 1, kind: .sale))
    #expect(day.sums == [0, 0, 2, 0])
    day.say("erp", .count(8, at: 30))
    day.say("pos", .stage(.cancel, "s1", "v2", 1, at: 31, kind: .sale))
    #expect(day.sums == [8, 0, 0, 0])
  }
}
