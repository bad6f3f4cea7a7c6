import StockLedger
import Testing

@Suite("A reservation ends by itself at its expiry, not before and not later")
struct ExpiryTests {
  @Test("paid after the hold expired: the confirm is refused and the units are free")
  func paidTooLate() {
    // MultiSafepay#28
    var day = KeyTranscript(onHand: 1)
    day.hold("ann", 1, ttl: 600)
    day.at(700)
    #expect(day.confirm("ann", as: "o1") == .no(.reservationExpired))
    #expect(day.hold("bob", 1) == .yes(1))
  }

  @Test("a millisecond before the expiry a confirm passes; at the expiry it is refused")
  func exactly() {
    var day = KeyTranscript(onHand: 2)
    day.hold("ann", 1, ttl: 600)
    day.hold("bob", 1, ttl: 600)
    day.now = KeyTranscript.second(600) - 1
    #expect(day.confirm("ann", as: "o1") == .yes(1))
    #expect(day.hold("cat", 1) == .no(.insufficientStock(available: 0)))
    day.now = KeyTranscript.second(600)
    #expect(day.confirm("bob", as: "o2") == .no(.reservationExpired))
    #expect(day.hold("cat", 1) == .yes(1))
  }

  @Test("expiry is an entry with the time of the turn that noticed it")
  func entry() {
    var day = KeyTranscript(onHand: 3)
    day.hold("ann", 2, ttl: 60)
    day.at(75)
    #expect(day.hold("bob", 3) == .yes(3))
    #expect(day.entries.map(\.body).contains(.expired(KeyTranscript.id("ann"))))
    #expect(day.entries.last?.at == KeyTranscript.second(75))
    #expect(day.replayed == day.level)
  }

  @Test("what is due ends in the order of expiry, ties in one fixed order, before anything is decided")
  func order() {
    var day = KeyTranscript(onHand: 30)
    for (id, seconds) in [("c", 30), ("a", 10), ("b", 20), ("d", 40)] as [(String, Int64)] {
      day.hold(id, 1, ttl: seconds)
    }
    day.at(30)
    #expect(day.ring() == ["a", "b", "c"].map { .expired(KeyTranscript.id($0)) })
    #expect(day.level.liveCount == 1)
    #expect(day.reserved == 1)
  }

  @Test("late, early, twice, never: the timer changes nothing about when units are free")
  func timers() {
    var day = KeyTranscript(onHand: 1)
    day.hold("ann", 1, ttl: 60)
    day.at(59)
    #expect(day.ring() == [])
    day.at(60)
    #expect(day.ring().count == 1)
    #expect(day.ring() == [])
    #expect(day.hold("bob", 1, ttl: 60) == .yes(1))
    // Nobody rings at 120; the next buyer's turn does.
    day.at(9_000)
    #expect(day.hold("cat", 1) == .yes(1))
  }

  @Test("with rehold, an expired reservation is admitted anew while its channel sees the units")
  func rehold() {
    var day = KeyTranscript(onHand: 2)
    day.hold("ann", 2, ttl: 60)
    day.at(60)
    #expect(day.confirm("ann", as: "o1", rehold: true) == .yes(2))
    #expect(day.net == 0)
    #expect(day.open == 2)
    #expect(day.units("ann") == [0, 2, 0, 0])
    #expect(day.confirm("ann", as: "o1", rehold: true) == .again(2))
  }

  @Test("with rehold, what was sold meanwhile is not admitted")
  func reholdRefused() {
    var day = KeyTranscript(onHand: 2)
    day.hold("ann", 2, ttl: 60)
    day.at(60)
    day.hold("bob", 1)
    #expect(day.confirm("ann", as: "o1", rehold: true) == .no(.insufficientStock(available: 1)))
    #expect(day.confirm("ann", as: "o1", 1, rehold: true) == .yes(1))
    #expect(day.net == 0)
  }

  @Test("units confirmed late are spent: a second claim does not find them again")
  func reholdOnce() {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 2, ttl: 60)
    day.at(60)
    #expect(day.confirm("ann", as: "o1", rehold: true) == .yes(2))
    #expect(
      day.confirm("ann", as: "o2", rehold: true) == .no(.alreadyConfirmed(as: KeyTranscript.id("o1"))))
    #expect(day.confirm("ann", as: "o2", 1, rehold: true) == .no(.alreadyConfirmed(as: KeyTranscript.id("o1"))))
    #expect(day.net == 7)
  }

  @Test("units that an order brought after the expiry are found by the late confirm, and net does not move")
  func lateConfirmFindsOrder() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2, ttl: 60)
    day.at(90)
    day.order("o1", 2)
    #expect(day.net == 3)
    #expect(day.confirm("ann", as: "o1") == .yes(2))
    #expect(day.net == 3)
    #expect(day.confirm("ann", as: "o1") == .again(2))
  }

  @Test("they are found also where the key has nothing left")
  func lateConfirmWithoutStock() {
    var day = KeyTranscript(onHand: 2)
    day.hold("ann", 2, ttl: 60)
    day.at(90)
    day.hold("bob", 2)
    day.order("o1", 2)
    #expect(day.net == -2)
    #expect(day.confirm("ann", as: "o1") == .yes(2))
    #expect(day.net == -2)
    #expect(day.level.uncoveredClaims == [KeyTranscript.id("o1")])
  }

  @Test("a late confirm that finds a part asks for the rest anew")
  func lateConfirmFindsPart() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3, ttl: 60)
    day.at(90)
    day.order("o1", 1)
    #expect(day.confirm("ann", as: "o1", 1) == .yes(1))
    #expect(day.confirm("ann", as: "o1", 2) == .no(.reservationExpired))
    #expect(day.confirm("ann", as: "o2", 3) == .no(.exceedsReservation(live: 0)))
    #expect(day.confirm("ann", as: "o2", 2, rehold: true) == .yes(2))
    #expect(day.net == 2)
  }

  @Test("after a partial confirm, the rest that expired is expired, whether a number is named or not")
  func restExpired() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3, ttl: 60)
    day.confirm("ann", as: "o1", 1)
    day.at(60)
    #expect(day.confirm("ann", as: "o1", 1) == .again(1))
    #expect(day.confirm("ann", as: "o1") == .no(.reservationExpired))
    #expect(day.confirm("ann", as: "o1", rehold: true) == .yes(3))
    #expect(day.units("ann") == [0, 3, 0, 0])
  }

  @Test("after a partial release, a late confirm means what had expired")
  func releasedAndExpired() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3, ttl: 60)
    day.release("ann", 1)
    day.at(60)
    #expect(day.confirm("ann", as: "o1") == .no(.reservationExpired))
    #expect(day.confirm("ann", as: "o1", rehold: true) == .yes(2))
    #expect(day.net == 3)
  }
}

@Suite("Ids are remembered for their window, by the times of entries")
struct MemoryTests {
  /// Something that is an entry and touches no reservation.
  private func tick(_ day: inout KeyTranscript) { day.policy { $0.safetyBuffer = $0.safetyBuffer == 0 ? 1 : 0 } }

  @Test("an ended reservation is forgotten an hour and five minutes after it was requested")
  func window() {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 1)
    day.release("ann")
    day.now = KeyTranscript.second(3_900) - 1
    tick(&day)
    #expect(day.hold("ann", 1) == .again(1))
    day.at(3_900)
    tick(&day)
    #expect(day.level.reservation(KeyTranscript.id("ann")) == nil)
    #expect(day.release("ann") == .no(.unknownReservation))
  }

  @Test("the window starts at the later of request and acceptance")
  func requestedAhead() {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 1, requestedAt: day.now + 300_000)
    day.hold("bob", 1, requestedAt: day.now - 3_600_000)
    day.release("ann")
    day.release("bob")
    day.now = KeyTranscript.second(3_900)
    tick(&day)
    #expect(day.level.reservation(KeyTranscript.id("bob")) == nil)
    #expect(day.level.reservation(KeyTranscript.id("ann")) != nil)
    day.at(4_200)
    tick(&day)
    #expect(day.level.reservation(KeyTranscript.id("ann")) == nil)
  }

  @Test("without entries nothing is forgotten: a refusal leaves no trace")
  func entriesOnly() {
    var day = KeyTranscript(onHand: 1)
    day.hold("ann", 1)
    day.release("ann")
    day.at(100_000)
    #expect(day.hold("bob", 5) == .no(.insufficientStock(available: 1)))
    #expect(day.hold("ann", 1) == .again(1))
    tick(&day)
    #expect(day.level.reservation(KeyTranscript.id("ann")) == nil)
  }

  @Test("a live reservation is never forgotten, and one that ended late is remembered an hour longer")
  func endedLate() {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 1, ttl: 14_400)
    day.at(14_000)
    tick(&day)
    #expect(day.hold("ann", 1) == .again(1))
    day.confirm("ann", as: "o1")
    day.at(17_599)
    tick(&day)
    #expect(day.confirm("ann", as: "o1") == .again(1))
    day.at(17_600)
    tick(&day)
    #expect(day.confirm("ann", as: "o1") == .no(.unknownReservation))
  }

  @Test("replay forgets at the same entries")
  func replay() {
    var day = KeyTranscript(onHand: 9)
    for step in Int64(0)..<200 {
      day.at(step * 97)
      day.hold("h\(step)", 1, ttl: 60)
      day.release("h\(step - step % 3)")
    }
    #expect(day.level.sortedReservations.count < 60)
    #expect(day.replayed.image == day.level.image)
  }
}
