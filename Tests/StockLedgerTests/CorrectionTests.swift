import StockLedger
import Testing

@Suite("A correction is compared, named, and counted once")
struct CorrectionTests {
  private static func claim(_ name: String, _ units: Int64, from: Int64) -> Correction.Change {
    .claim(KeyTranscript.id(name), units: units, from: from)
  }

  @Test("two reports that saw the same drift: the second finds it mended; the same row twice is one")
  func twoReports() {
    var day = KeyTranscript(onHand: 10)
    #expect(day.correct("r1-7", .onHand(delta: 2, from: 10)) == .yes(2))
    #expect(day.net == 12)
    #expect(day.correct("r2-3", .onHand(delta: 2, from: 10), report: "rep2") == .no(.changedMeanwhile(now: 12)))
    #expect(day.correct("r1-7", .onHand(delta: 2, from: 10)) == .again(2))
    #expect(day.correct("r1-7", .onHand(delta: 2, from: 12)) == .no(.idReused))
    #expect(day.correct("r1-7", .onHand(delta: 2, from: 10), report: "rep2") == .no(.idReused))
    #expect(day.net == 12)
    // Past seven days the name alone is known, as long as no count has covered it.
    day.at(8 * 86_400)
    day.hold("h1", 1)
    #expect(day.correct("r1-7", .onHand(delta: 2, from: 12)) == .again(2))
    #expect(day.correct("r1-7", .onHand(delta: 1, from: 12)) == .no(.idReused))
    day.count(12)
    #expect(!day.level.sources.counts(correction: KeyTranscript.id("r1-7")))
    #expect(day.replayed.image == day.level.image)
  }

  @Test("a count that covers its time drops it; one that adds yields to a count within the skew before, too")
  func laterCount() {
    var day = KeyTranscript(onHand: 10)
    day.at(1_000)
    day.correct("less", .onHand(delta: -3, from: 10))
    day.correct("more", .onHand(delta: 5, from: 7))
    #expect(day.net == 12)
    day.at(1_010)
    day.report("erp", .count(Count(units: 20, asOf: KeyTranscript.second(870))))
    #expect(day.net == 22)
    day.report("erp", .count(Count(units: 20, asOf: KeyTranscript.second(990))))
    #expect(day.net == 17)
    #expect(day.level.sources.counts(correction: KeyTranscript.id("less")))
    day.report("erp", .count(Count(units: 17, asOf: KeyTranscript.second(1_000))))
    #expect(day.net == 17)
    // A count that is here already does not cover a correction that was compared with what it left.
    #expect(day.correct("again", .onHand(delta: 1, from: 17)) == .yes(1))
    #expect(day.net == 18)
    day.at(1_200)
    day.count(30)
    #expect(day.net == 30)
  }

  @Test("a claim that a webhook has moved meanwhile is not corrected")
  func claimMoved() {
    var day = KeyTranscript(onHand: 10)
    day.order("o1", 5)
    #expect(day.level.sources.countedUnits(of: KeyTranscript.id("o1")) == 5)
    day.stage(.cancel, "o1", "refund", 1)
    #expect(day.correct("r1", Self.claim("o1", 5, from: 5)) == .no(.changedMeanwhile(now: 4)))
    #expect(day.correct("r2", Self.claim("o1", 3, from: 4)) == .yes(3))
    #expect(day.open == 1)
    #expect(day.correct("r3", Self.claim("nobody's", 1, from: 1)) == .no(.changedMeanwhile(now: 0)))
    #expect(day.correct("r2", Self.claim("o1", 3, from: 4), reason: .unexplained) == .again(3))
    #expect(day.replayed.image == day.level.image)
  }

  @Test("a cancel that was missed and comes after all frees nothing twice, and hides no later unit")
  func lateCancel() {
    var day = KeyTranscript(onHand: 10)
    day.order("o1", 3)
    day.correct("r1", Self.claim("o1", 3, from: 3), reason: .claimOrphaned)
    #expect(day.net == 10)
    day.stage(.cancel, "o1", "refund", 3)
    #expect(day.net == 10)
    day.at(60)
    day.order("o1", 5)
    #expect(day.net == 8)
  }

  @Test("what a cancel takes out were the corrected units first: others would be freed twice")
  func otherCancel() {
    var day = KeyTranscript(onHand: 10)
    day.order("o1", 5)
    day.correct("r1", Self.claim("o1", 2, from: 5))
    day.stage(.cancel, "o1", "refund", 3)
    #expect(day.open == 2)
  }

  @Test("goods that leave count until a count settles them, whatever a correction thought of them")
  func shipsAfterAll() {
    var day = KeyTranscript(onHand: 10)
    day.order("o1", 3)
    day.correct("r1", Self.claim("o1", 3, from: 3), reason: .claimOrphaned)
    day.at(60)
    day.stage(.ship, "o1", "parcel", 2)
    #expect(day.level.numbers.allocated == 2)
    #expect(day.net == 8)
    day.at(600)
    day.count(8)
    // The count took two units out, and nobody says that the corrected one is not among them: it counts again.
    #expect([day.net, day.open] == [7, 1])
  }

  @Test("it ends what is open first, then what the warehouse has, then what has left")
  func stages() {
    var day = KeyTranscript(onHand: 20)
    day.order("o1", 6)
    day.stage(.allocate, "o1", "pick", 4)
    day.stage(.ship, "o1", "parcel", 1)
    #expect([day.open, day.level.numbers.allocated] == [2, 4])
    day.correct("r1", Self.claim("o1", 3, from: 6))
    #expect([day.open, day.level.numbers.allocated] == [0, 3])
    day.correct("r2", Self.claim("o1", 3, from: 3))
    #expect(day.net == 20)
    #expect(day.level.sources.correctedUnits(of: KeyTranscript.id("o1")) == 6)
    var till = KeyTranscript(onHand: 5)
    till.order("s1", 2, kind: .sale)
    #expect(till.correct("r1", Self.claim("s1", 2, from: 2), reason: .doubleCounted) == .yes(2))
    #expect(till.net == 5)
  }

  @Test("a confirm finds no corrected unit: what its reservation held goes on counting")
  func confirms() {
    var day = KeyTranscript(onHand: 10)
    day.hold("h1", 3)
    day.order("o1", 3)
    #expect(day.net == 4)
    day.correct("r1", Self.claim("o1", 3, from: 3), reason: .doubleCounted)
    #expect(day.net == 7)
    #expect(day.confirm("h1", as: "o1") == .yes(3))
    #expect([day.net, day.open] == [7, 3])
    // A reservation that has run out finds nothing either, and is admitted anew or not at all.
    day.hold("h2", 2, ttl: 10)
    day.order("o2", 2)
    day.correct("r2", Self.claim("o2", 2, from: 2), reason: .claimOrphaned)
    day.at(60)
    day.ring()
    #expect(day.net == 7)
    #expect(day.confirm("h2", as: "o2") == .no(.reservationExpired))
    #expect(day.confirm("h2", as: "o2", rehold: true) == .yes(2))
    #expect([day.net, day.open] == [5, 5])
  }

  @Test("holds stand, even where a correction leaves less than they hold")
  func holdsStand() {
    var day = KeyTranscript(onHand: 5)
    day.hold("h1", 4)
    #expect(day.correct("r1", .onHand(delta: -3, from: 5)) == .yes(-3))
    #expect([day.net, day.ats, day.reserved] == [-2, 0, 4])
    #expect(day.confirm("h1", as: "o1") == .yes(4))
    #expect(day.level.uncoveredClaims == [KeyTranscript.id("o1")])
  }

  @Test("the newest word on a whole line takes the place of its correction")
  func lineState() {
    var day = KeyTranscript(onHand: 10)
    func state(_ version: Int64, _ units: Int64) -> Report.Body {
      .lineState(
        LineState(
          claim: KeyTranscript.id("o1"), version: version, units: units, unitsInAll: units,
          occurredAt: KeyTranscript.start, changedAt: KeyTranscript.start + version))
    }
    day.report("shopify", state(1, 4))
    day.correct("r1", Self.claim("o1", 4, from: 4), reason: .claimOrphaned)
    #expect(day.net == 10)
    #expect(day.report("shopify", state(1, 4)) == .again(0))
    #expect(day.net == 10)
    day.report("shopify", state(2, 3))
    #expect(day.net == 7)
  }

  @Test("a quota and a customer's limit get back what was ended")
  func quota() {
    var day = KeyTranscript(onHand: 20)
    day.policy {
      $0.channels = [ChannelPolicy(channel: KeyTranscript.id("web"), quota: 5)]
      $0.customerLimit = CustomerLimit(units: 4)
    }
    day.order("o1", 4, channel: "web", customer: "ann")
    #expect(day.hold("h1", 2, channel: "web", customer: "ann") == .no(.customerLimit(available: 0)))
    day.correct("r1", Self.claim("o1", 3, from: 4), reason: .claimOrphaned)
    #expect(day.level.available(to: KeyTranscript.id("web")) == 4)
    #expect(day.hold("h1", 2, channel: "web", customer: "ann") == .yes(2))
  }

  @Test("beside a sum only what the sum does not cover is ended, and a later sum takes from it first")
  func sums() {
    var day = KeyTranscript(onHand: 20)
    day.order("o1", 2)
    day.at(60)
    day.report("shopify", .aggregate(Aggregate(component: .open, units: 2, asOf: day.now)))
    #expect(day.open == 2)
    #expect(day.correct("r1", Self.claim("o1", 1, from: 0)) == .no(.outOfRange(.quantity)))
    day.at(120)
    day.order("o1", 5)
    #expect(day.open == 5)
    #expect(day.correct("r2", Self.claim("o1", 3, from: 3)) == .yes(3))
    #expect(day.open == 2)
    day.at(180)
    day.report("shopify", .aggregate(Aggregate(component: .open, units: 5, asOf: day.now)))
    #expect(day.open == 5)
    #expect(day.level.sources.correctedUnits(of: KeyTranscript.id("o1")) == 0)
  }

  @Test("each can be taken back, once")
  func undo() {
    var day = KeyTranscript(onHand: 10)
    day.correct("r1", .onHand(delta: -4, from: 10))
    #expect(day.correct("u1", .onHand(delta: 4, from: 6), reason: .undone) == .yes(4))
    #expect(day.correct("u1-again", .onHand(delta: 4, from: 6), reason: .undone) == .no(.changedMeanwhile(now: 10)))
    day.order("o1", 3)
    day.correct("r2", Self.claim("o1", 2, from: 3))
    #expect(day.correct("u2", Self.claim("o1", -3, from: 1), reason: .undone) == .no(.exceedsClaim(total: 2)))
    #expect(day.correct("u3", Self.claim("o1", -2, from: 1), reason: .undone) == .yes(-2))
    #expect(day.correct("u4", Self.claim("o1", -2, from: 1), reason: .undone) == .no(.changedMeanwhile(now: 3)))
    #expect(day.correct("u5", Self.claim("o1", -1, from: 3), reason: .undone) == .no(.exceedsClaim(total: 0)))
    #expect(day.net == 7)
    #expect(day.replayed.image == day.level.image)
  }

  @Test("what no correction can be is refused before it is compared")
  func ranges() {
    var day = KeyTranscript(onHand: 10)
    let most = Limits.unitsMax
    let wrong: [(Correction.Change, Refusal.Field)] = [
      (.onHand(delta: 0, from: 10), .adjustment), (.onHand(delta: Limits.quantityMax + 1, from: 10), .adjustment),
      (.onHand(delta: .min, from: 10), .adjustment), (.onHand(delta: 1, from: most), .adjustment),
      (.onHand(delta: 1, from: .max), .adjustment), (Self.claim("o1", 0, from: 0), .quantity),
      (Self.claim("o1", 2, from: 1), .quantity), (Self.claim("o1", -1, from: -1), .quantity),
      (Self.claim("o1", .min, from: 1), .quantity), (.unnamed(KeyTranscript.id("web"), number: 0, from: 1), .quantity),
      (.unnamed(KeyTranscript.id("web"), number: 1, from: 0), .quantity),
      (.unnamedAgain(KeyTranscript.id("web"), number: 1, units: -1), .quantity),
    ]
    for (change, field) in wrong { #expect(day.correct("r1", change) == .no(.outOfRange(field)), "\(change)") }
    #expect(day.correct("", .onHand(delta: 1, from: 10)) == .no(.idReused))
    // A document of the owner's is not a correction's.
    let receipt = Adjustment(document: KeyTranscript.id("grn"), delta: 1, occurredAt: KeyTranscript.second(1))
    day.report("erp", .adjustment(receipt))
    #expect(day.correct("grn", .onHand(delta: 1, from: 11)) == .no(.idReused))
  }

  @Test("nobody reports under the corrections' name, and no owner stands in their way")
  func owners() {
    var day = KeyTranscript(onHand: 10)
    day.policy { $0.owners.onHand = KeyTranscript.id("erp") }
    #expect(day.correct("r1", .onHand(delta: 1, from: 10)) == .yes(1))
    let count = Report.Body.count(Count(units: 3, asOf: day.now))
    #expect(day.report("reconciliation", count) == .no(.notOwner(KeyTranscript.id("erp"))))
    var item = KeyTranscript()
    item.level = StockLevel(spansLocations: true)
    #expect(item.correct("r1", .onHand(delta: 1, from: 0)) == .no(.locationUnknown))
    item.order("o1", 2)
    #expect(item.correct("r2", Self.claim("o1", 2, from: 2)) == .yes(2))
  }
}
