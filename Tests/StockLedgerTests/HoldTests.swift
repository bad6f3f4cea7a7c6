@testable import StockLedger
import Testing

@Suite("A hold is granted, or told how much there is")
struct HoldTests {
  @Test("last unit, two buyers: one is granted, the other is told that nothing is left")
  func lastUnitTwoBuyers() {
    // saleor#543, magento2#25653, vendure#3508
    var day = KeyTranscript(onHand: 1)
    #expect(day.hold("ann", 1) == .yes(1))
    #expect(day.hold("bob", 1) == .no(.insufficientStock(available: 0)))
    #expect(day.ats == 0)
    #expect(day.net == 0)
  }

  @Test("a hold takes all or nothing, and the refusal says how much there was")
  func allOrNothing() {
    var day = KeyTranscript(onHand: 5)
    #expect(day.hold("ann", 6) == .no(.insufficientStock(available: 5)))
    #expect(day.hold("ann", 5) == .yes(5))
    #expect(day.hold("bob", 1) == .no(.insufficientStock(available: 0)))
  }

  @Test("an unknown key has nothing to sell")
  func unknownKey() {
    var day = KeyTranscript()
    #expect(day.hold("ann", 1) == .no(.insufficientStock(available: 0)))
    #expect(day.level.isAtRest)
    #expect(day.entries.isEmpty)
  }

  @Test("the same hold again is the same answer, with the first expiry, and takes nothing more")
  func duplicate() {
    var day = KeyTranscript(onHand: 5)
    #expect(day.hold("ann", 2) == .yes(2))
    day.at(60)
    #expect(day.hold("ann", 2, ttl: 1_200) == .again(2))
    #expect(day.level.reservation(KeyTranscript.id("ann"))?.expiresAt == KeyTranscript.second(600))
    #expect(day.reserved == 2)
  }

  @Test("the same id with other content is refused, whatever differs")
  func idReused() {
    var day = KeyTranscript(onHand: 9)
    #expect(day.hold("ann", 2, channel: "web", customer: "c1", reference: "t1") == .yes(2))
    #expect(day.hold("ann", 3, channel: "web", customer: "c1", reference: "t1") == .no(.idReused))
    #expect(day.hold("ann", 2, channel: "app", customer: "c1", reference: "t1") == .no(.idReused))
    #expect(day.hold("ann", 2, channel: "web", customer: "c2", reference: "t1") == .no(.idReused))
    #expect(day.hold("ann", 2, channel: "web", customer: "c1", reference: "t2") == .no(.idReused))
    #expect(day.reserved == 2)
  }

  @Test("a duplicate is answered alike after its reservation ended: it is not granted anew")
  func duplicateAfterEnd() {
    var day = KeyTranscript(onHand: 3)
    day.hold("ann", 1)
    day.hold("bob", 1)
    day.hold("cat", 1)
    day.release("ann")
    day.confirm("bob", as: "o1")
    day.at(600)
    for id in ["ann", "bob", "cat"] { #expect(day.hold(id, 1) == .again(1)) }
    #expect(day.units("cat") == [0, 0, 0, 1])
    #expect(day.reserved == 0)
  }

  @Test("a hold requested an hour ago passes, a millisecond older is too old")
  func requestAge() {
    var day = KeyTranscript(onHand: 5)
    let now = day.now
    #expect(day.hold("ann", 1, requestedAt: now - 3_600_000) == .yes(1))
    #expect(day.hold("bob", 1, requestedAt: now - 3_600_001) == .no(.requestTooOld))
  }

  @Test("a hold requested five minutes ahead passes, a millisecond more is in the future")
  func requestAhead() {
    var day = KeyTranscript(onHand: 5)
    let now = day.now
    #expect(day.hold("ann", 1, requestedAt: now + 300_000) == .yes(1))
    #expect(day.hold("bob", 1, requestedAt: now + 300_001) == .no(.timeInFuture))
    #expect(day.hold("cat", 1, requestedAt: Timestamp(milliseconds: -1)) == .no(.outOfRange(.time)))
    #expect(day.hold("dan", 1, requestedAt: Timestamp(milliseconds: .max)) == .no(.outOfRange(.time)))
    #expect(day.hold("eve", 1, requestedAt: Timestamp(milliseconds: .min)) == .no(.outOfRange(.time)))
  }

  @Test("a duplicate of an accepted hold is a duplicate however old its request has become")
  func oldDuplicate() {
    var day = KeyTranscript(onHand: 5)
    let requested = day.now
    #expect(day.hold("ann", 1, ttl: 14_400, requestedAt: requested) == .yes(1))
    day.at(7_200)
    #expect(day.hold("ann", 1, ttl: 14_400, requestedAt: requested) == .again(1))
  }

  @Test("a lifetime is a millisecond to four hours", arguments: [(0, false), (1, true), (14_400_000, true)])
  func lifetimes(milliseconds: Int64, isGood: Bool) {
    var day = KeyTranscript(onHand: 5)
    let hold = HoldRequest(id: KeyTranscript.id("ann"), quantity: .one, lifetime: milliseconds)
    #expect(day.ask(.hold(hold)) == (isGood ? .yes(1) : .no(.outOfRange(.lifetime))))
  }

  @Test("lifetimes past the bounds are refused, and none of them overflows", arguments: [-1, .min, 14_400_001, .max])
  func badLifetimes(milliseconds: Int64) {
    var day = KeyTranscript(onHand: 5)
    let hold = HoldRequest(id: KeyTranscript.id("ann"), quantity: .one, lifetime: milliseconds)
    #expect(day.ask(.hold(hold)) == .no(.outOfRange(.lifetime)))
  }

  @Test("what is wrong by itself is said before what there is room for")
  func precedence() {
    var day = KeyTranscript(onHand: 1)
    #expect(day.hold("ann", 9, ttl: 0, requestedAt: day.now - 9_999_999) == .no(.outOfRange(.lifetime)))
    #expect(day.hold("ann", 9, requestedAt: day.now - 9_999_999) == .no(.requestTooOld))
    #expect(day.hold("ann", 9) == .no(.insufficientStock(available: 1)))
  }

  @Test("the largest quantity is held and given back")
  func largest() {
    var day = KeyTranscript(onHand: Limits.unitsMax)
    #expect(day.hold("ann", Limits.quantityMax) == .yes(Limits.quantityMax))
    #expect(day.net == Limits.unitsMax - Limits.quantityMax)
    #expect(day.release("ann") == .yes(Limits.quantityMax))
    #expect(day.net == Limits.unitsMax)
  }

  @Test("a key with too many remembered ids refuses new holds only, and says when there is room")
  func tooManyIds() {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 1)
    day.hold("bob", 1)
    day.release("ann")
    let hold = HoldRequest(id: KeyTranscript.id("cat"), quantity: .one)
    func refusal(_ day: KeyTranscript, max: Int) -> Refusal? {
      day.level.admit(hold, now: day.now, reservationsMax: max)
    }
    #expect(refusal(day, max: 3) == nil)
    #expect(refusal(day, max: 2) == .tooManyIds(retryAfter: Limits.reservationMemory))
    day.at(3_899)
    #expect(refusal(day, max: 2) == .tooManyIds(retryAfter: 1_000))
    // The window of "ann" is over: the hold that is applied next forgets it.
    day.at(3_900)
    #expect(refusal(day, max: 2) == nil)
  }

  @Test("where every remembered id is live, the refusal names a full window")
  func tooManyLiveIds() {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 1)
    let hold = HoldRequest(id: KeyTranscript.id("cat"), quantity: .one)
    let refusal = day.level.admit(hold, now: day.now, reservationsMax: 1)
    #expect(refusal == .tooManyIds(retryAfter: Limits.reservationMemory))
  }
}
