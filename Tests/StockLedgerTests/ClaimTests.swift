import StockLedger
import Testing

@Suite("Claims: demand counted once")
struct ClaimTests {
  @Test("an order line goes from open to allocated to shipped, and a count ends it")
  func stages() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 5, at: 0))
    #expect(day.sums == [0, 0, 0, 5])
    day.say("wms", .stage(.allocate, "o1", "pick1", 4, at: 1))
    #expect(day.sums == [0, 4, 0, 1])
    day.say("wms", .stage(.deallocate, "o1", "back1", 1, at: 2))
    #expect(day.sums == [0, 3, 0, 2])
    day.say("wms", .stage(.ship, "o1", "box1", 3, at: 3))
    #expect(day.sums == [0, 3, 0, 2])
    day.say("erp", .count(100, at: 60))
    #expect(day.sums == [100, 0, 0, 2])
  }

  @Test("the order after the confirm adds nothing, the confirm after the order finds its units")
  func confirmMeetsOrder() {
    var day = BookTranscript()
    #expect(day.confirm("r1", "o1", 2) == 2)
    day.say("shopify", .order("o1", 2, at: 0))
    #expect(day.sums == [0, 0, 0, 2])
    day.say("shopify", .order("o2", 3, at: 0))
    let found = day.book.confirmFinding(reservation: BookTranscript.id("r2"), claim: BookTranscript.id("o2"))
    #expect(found.known && found.unabsorbed == 3 && found.total == 3 && found.kind == .order)
    #expect(day.confirm("r2", "o2", 3) == 0)
    #expect(day.sums == [0, 0, 0, 5])
    let after = day.book.confirmFinding(reservation: BookTranscript.id("r2"), claim: BookTranscript.id("o2"))
    #expect(after.alreadyConfirmed == 3 && after.unabsorbed == 0)
  }

  @Test("two reservations confirm one line; an unknown claim finds nothing")
  func twoReservations() {
    var day = BookTranscript()
    #expect(day.confirm("r2", "o1", 2) == 2)
    #expect(day.confirm("r1", "o1", 1) == 1)
    #expect(day.confirm("r2", "o1", 1) == 1)
    day.say("shopify", .order("o1", 5, at: 0))
    let found = day.book.confirmFinding(reservation: BookTranscript.id("r2"), claim: BookTranscript.id("o1"))
    #expect(found.alreadyConfirmed == 3 && found.unabsorbed == 1 && found.confirmed == 4)
    #expect(!day.book.confirmFinding(reservation: .none, claim: BookTranscript.id("o9")).known)
  }

  @Test("what later stages told before the create is taken from the total")
  func createAfterShip() {
    var day = BookTranscript()
    day.say("wms", .stage(.ship, "o1", "box1", 2, at: 5))
    day.say("shopify", .stage(.cancel, "o1", "c1", 1, at: 6))
    #expect(day.sums == [0, 2, 0, 0])
    day.say("shopify", .order("o1", 5, at: 0))
    #expect(day.sums == [0, 2, 0, 2])
  }

  @Test("refund restocks, then cancel restocks again: never more than remains")
  func refundThenCancel() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 2, at: 0))
    #expect(day.say("shopify", .stage(.cancel, "o1", "refund1", 2, at: 1)) == .accept([]))
    #expect(day.sums == [0, 0, 0, 0])
    #expect(day.say("shopify", .stage(.cancel, "o1", "cancel1", 2, at: 2)) == .accept(.clipped))
    #expect(day.sums == [0, 0, 0, 0])
    // An order edit raises the line: the second cancel was void and stays void.
    day.say("shopify", .order("o1", 5, at: 3))
    #expect(day.sums == [0, 0, 0, 3])
  }

  @Test("cancel after ship changes nothing, RETURN neither")
  func cancelAfterShip() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 3, at: 0))
    day.say("wms", .soFar(.ship, "o1", 3, at: 1))
    #expect(day.say("shopify", .stage(.cancel, "o1", "c1", 3, at: 2)) == .accept(.clipped))
    day.say("shopify", .stage(.returned, "o1", "ret1", 3, at: 3))
    #expect(day.sums == [0, 3, 0, 0])
  }

  @Test("NO_RESTOCK moves unshipped units to shipped, until a count settles them by the refund's time")
  func writeOff() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 3, at: 0))
    day.say("wms", .soFar(.ship, "o1", 2, at: 1))
    day.say("shopify", .stage(.writeOff, "o1", "refund1", 2, at: 10))
    #expect(day.sums == [0, 3, 0, 0])
    day.say("erp", .count(50, at: 6))
    #expect(day.sums == [50, 1, 0, 0])
    day.say("erp", .count(49, at: 20))
    #expect(day.sums == [49, 0, 0, 0])
  }

  @Test("a document counts once; the larger cumulative wins; other content under a known document is refused")
  func documents() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 9, at: 0))
    day.say("wms", .stage(.allocate, "o1", "p1", 2, at: 1))
    #expect(day.say("wms", .stage(.allocate, "o1", "p1", 2, at: 1)) == .duplicate([]))
    #expect(day.say("wms", .stage(.allocate, "o1", "p1", 3, at: 1)) == .refuse(.idReused))
    day.say("wms", .soFar(.allocate, "o1", 5, at: 3))
    #expect(day.say("wms", .soFar(.allocate, "o1", 5, at: 3)) == .duplicate([]))
    #expect(day.say("wms", .soFar(.allocate, "o1", 4, at: 4)) == .duplicate([]))
    #expect(day.sums == [0, 5, 0, 4])
  }

  @Test("one claim's stage has a bound, and a cumulative report still helps")
  func tooMany() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 1_000, at: 0))
    for document in 1...256 { day.say("wms", .stage(.ship, "o1", "box\(document)", 1, at: 1)) }
    #expect(day.say("wms", .stage(.ship, "o1", "box257", 1, at: 1)) == .refuse(.tooManyReports))
    day.say("wms", .soFar(.ship, "o1", 300, at: 2))
    #expect(day.sums == [0, 300, 0, 700])
  }

  @Test("a smaller total changes nothing, a larger one raises; the other kind of demand is refused")
  func edits() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 4, at: 0))
    #expect(day.say("shopify", .order("o1", 3, at: 5)) == .accept([]))
    #expect(day.sums == [0, 0, 0, 4])
    day.say("shopify", .order("o1", 6, at: 6))
    #expect(day.sums == [0, 0, 0, 6])
    #expect(day.say("pos", .sale("o1", 1, at: 7)) == .refuse(.claimKindDiffers))
    #expect(day.say("wms", .stage(.ship, "s1", "x", 1, at: 7, kind: .sale)) == .refuse(.claimKindDiffers))
  }

  @Test("units move between locations; allocated ones stay")
  func moves() {
    var old = BookTranscript()
    var new = BookTranscript()
    old.say("shopify", .order("o1", 5, at: 0))
    old.say("wms", .soFar(.allocate, "o1", 3, at: 1))
    new.say("shopify", .move(.arrives, "o1", "m1", 2, at: 2))
    #expect(new.sums == [0, 0, 0, 2])
    #expect(old.say("shopify", .move(.leaves, "o1", "m1", 2, at: 2)) == .accept([]))
    #expect(old.sums == [0, 3, 0, 0])
    #expect(old.say("shopify", .move(.leaves, "o1", "m2", 2, at: 3)) == .accept(.clipped))
    #expect(old.sums == [0, 3, 0, 0])
    new.say("wms", .soFar(.allocate, "o1", 2, at: 4))
    #expect(new.sums == [0, 2, 0, 0])
    #expect(new.say("shopify", .move(.arrives, "o1", "m1", 2, at: 2)) == .duplicate([]))
  }

  @Test("a confirm's claim that its source never names goes to reconciliation after six hours")
  func unnamed() {
    var day = BookTranscript()
    day.confirm("r1", "o1", 1)
    let confirmed = day.now
    #expect(day.book.unnamedOverdue(now: confirmed + (Limits.unnamedClaimMax - 1)).isEmpty)
    #expect(day.book.unnamedOverdue(now: confirmed + Limits.unnamedClaimMax) == [BookTranscript.id("o1")])
    day.say("shopify", .order("o1", 1, at: 0))
    #expect(day.book.unnamedOverdue(now: confirmed + Limits.unnamedClaimMax).isEmpty)
  }

  @Test("the claims that a shortfall leaves uncovered are named, newest first")
  func uncovered() {
    var day = BookTranscript()
    day.say("shopify", .order("o1", 2, at: 1))
    day.say("shopify", .order("o2", 2, at: 2))
    day.say("shopify", .order("o3", 2, at: 3))
    day.say("wms", .soFar(.ship, "o3", 2, at: 4))
    #expect(day.book.uncovered(shortfall: 1) == [BookTranscript.id("o2")])
    #expect(day.book.uncovered(shortfall: 3) == [BookTranscript.id("o2"), BookTranscript.id("o1")])
    #expect(day.book.uncovered(shortfall: 0).isEmpty)
  }

  @Test("quota use survives settlement and forgetting, not cancels")
  func quotaUse() {
    var day = BookTranscript()
    let web = BookTranscript.id("web")
    let ann = BookTranscript.id("ann")
    let start = day.now
    day.confirm("r1", "o1", 3)
    day.say("shopify", .order("o1", 3, at: 60 * 24))
    #expect(day.book.confirmedUnits(channel: web, since: start) == 3)
    #expect(day.book.confirmedUnits(channel: web, since: start + 1) == 0)
    day.say("shopify", .stage(.cancel, "o1", "c1", 1, at: 60 * 24))
    day.say("wms", .soFar(.ship, "o1", 2, at: 60 * 24))
    day.now = start + 3_600_000
    day.say("erp", .count(9, at: 60 * 24 + 30))
    #expect(day.sums == [9, 0, 0, 0])
    #expect(day.book.confirmedUnits(customer: ann, since: start) == 2)
    day.book.prune(at: day.now + Limits.claimMemory)
    #expect(day.book.claimCount == 1)
    day.book.prune(at: day.now + (Limits.claimMemory + 1))
    #expect(day.book.claimCount == 0)
    #expect(day.book.confirmedUnits(channel: web, since: start) == 2)
    #expect(day.book.confirmedUnits(customer: ann, since: start) == 2)
    #expect(day.book.confirmedUnits(channel: web, since: start + 900_000) == 0)
    day.book.checkInvariants()
  }

  @Test("past the memory of claims, demand counts and is flagged, and a cancel changes nothing")
  func pastMemory() {
    var day = BookTranscript()
    day.now = BookTranscript.minute(60 * 24 * 40)
    #expect(day.say("shopify", .stage(.cancel, "o1", "c1", 1, at: 0)) == .accept(.pastMemory))
    #expect(day.say("shopify", .order("o1", 2, at: 0)) == .accept(.pastMemory))
    #expect(day.sums == [0, 0, 0, 2])
  }
}
