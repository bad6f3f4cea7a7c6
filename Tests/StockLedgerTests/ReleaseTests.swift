import StockLedger
import Testing

@Suite("A release gives held units back, each once")
struct ReleaseTests {
  @Test("a release gives all back, and again gives nothing more")
  func twice() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2)
    #expect(day.release("ann") == .yes(2))
    #expect(day.net == 5)
    #expect(day.release("ann") == .again(2))
    #expect(day.net == 5)
  }

  @Test("a part can be given back, never more than is live")
  func part() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3)
    #expect(day.release("ann", 1) == .yes(1))
    #expect(day.release("ann", 3) == .no(.exceedsReservation(live: 2)))
    #expect(day.release("ann") == .yes(2))
    #expect(day.units("ann") == [0, 0, 3, 0])
    #expect(day.net == 5)
  }

  @Test("a release after the confirm frees nothing: the claim is freed by a cancel")
  func afterConfirm() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2)
    day.confirm("ann", as: "o1")
    #expect(day.release("ann") == .no(.alreadyConfirmed(as: KeyTranscript.id("o1"))))
    #expect(day.net == 3)
  }

  @Test("a release after a partial confirm gives back only what was left")
  func afterPartialConfirm() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3)
    day.confirm("ann", as: "o1", 2)
    #expect(day.release("ann") == .yes(1))
    #expect(day.net == 3)
  }

  @Test("expire and cancel both: the units come back once")
  func expireThenRelease() {
    // mollie/magento2#500: the cron and the cancelled payment both restocked.
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2, ttl: 60)
    day.at(60)
    #expect(day.release("ann") == .no(.reservationExpired))
    #expect(day.net == 5)
    #expect(day.units("ann") == [0, 0, 0, 2])
  }

  @Test("release and expire both: the units come back once")
  func releaseThenExpire() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2, ttl: 60)
    day.release("ann")
    day.at(60)
    #expect(day.ring() == [])
    #expect(day.net == 5)
    #expect(day.units("ann") == [0, 0, 2, 0])
  }

  @Test("an unknown reservation cannot be released")
  func unknown() {
    var day = KeyTranscript(onHand: 5)
    #expect(day.release("ann") == .no(.unknownReservation))
    #expect(day.release("ann", 4) == .no(.unknownReservation))
  }
}
