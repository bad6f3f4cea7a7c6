import StockLedger
import Testing

@Suite("An extension sets the expiry, absolutely")
struct ExtendTests {
  @Test("a later expiry keeps the units, an earlier one frees them sooner")
  func laterAndEarlier() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 1, ttl: 60)
    #expect(day.extend("ann", to: 300) == .yes(1))
    day.at(60)
    #expect(day.ring() == [])
    #expect(day.extend("ann", to: 120) == .yes(1))
    day.at(119)
    #expect(day.ring() == [])
    day.at(120)
    #expect(day.ring() == [.expired(KeyTranscript.id("ann"))])
  }

  @Test("the same expiry again is a duplicate")
  func duplicate() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 1, ttl: 60)
    #expect(day.extend("ann", to: 60) == .again(1))
    #expect(day.extend("ann", to: 90) == .yes(1))
    #expect(day.extend("ann", to: 90) == .again(1))
  }

  @Test("there and back again, the units end once")
  func thereAndBack() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 1, ttl: 60)
    day.extend("ann", to: 90)
    day.extend("ann", to: 60)
    day.extend("ann", to: 90)
    day.extend("ann", to: 60)
    day.at(60)
    #expect(day.ring() == [.expired(KeyTranscript.id("ann"))])
    day.at(90)
    #expect(day.ring() == [])
    #expect(day.net == 5)
  }

  @Test("it is after now, and at most four hours after the hold, however often it is moved")
  func bounds() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 1, ttl: 7_200)
    #expect(day.extend("ann", to: 14_401) == .no(.outOfRange(.lifetime)))
    #expect(day.extend("ann", to: 14_400) == .yes(1))
    day.at(100)
    #expect(day.extend("ann", to: 100) == .no(.outOfRange(.lifetime)))
    #expect(day.extend("ann", to: 14_401) == .no(.outOfRange(.lifetime)))
    #expect(day.extend("ann", to: 101) == .yes(1))
    #expect(
      day.ask(.extend(KeyTranscript.id("ann"), expiresAt: Timestamp(milliseconds: .max))) == .no(.outOfRange(.lifetime))
    )
    #expect(
      day.ask(.extend(KeyTranscript.id("ann"), expiresAt: Timestamp(milliseconds: .min))) == .no(.outOfRange(.lifetime))
    )
  }

  @Test("what has ended is not extended, and the answer says how it ended")
  func ended() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 1, ttl: 60)
    day.hold("bob", 1)
    day.hold("cat", 1)
    day.release("bob")
    day.confirm("cat", as: "o1")
    day.at(60)
    #expect(day.extend("ann", to: 100) == .no(.reservationExpired))
    #expect(day.extend("bob", to: 100) == .no(.reservationReleased))
    #expect(day.extend("cat", to: 100) == .no(.alreadyConfirmed(as: KeyTranscript.id("o1"))))
    #expect(day.extend("dan", to: 100) == .no(.unknownReservation))
  }

  @Test("a partly confirmed reservation is extended for what is left")
  func partly() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3, ttl: 60)
    day.confirm("ann", as: "o1", 1)
    #expect(day.extend("ann", to: 90) == .yes(2))
    day.at(90)
    day.ring()
    #expect(day.units("ann") == [0, 1, 0, 2])
  }

  @Test("a thousand extensions of one hold leave one expiry")
  func many() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 1, ttl: 60)
    for second in Int64(100)..<300 { #expect(day.extend("ann", to: second) == .yes(1)) }
    day.at(298)
    #expect(day.ring() == [])
    day.at(299)
    #expect(day.ring().count == 1)
  }
}
