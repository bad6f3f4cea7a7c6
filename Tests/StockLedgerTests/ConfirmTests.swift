import StockLedger
import Testing

@Suite("A confirm turns held units into a claim")
struct ConfirmTests {
  @Test("a confirm moves net by nothing: reserved becomes open")
  func plain() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2)
    #expect(day.confirm("ann", as: "o1") == .yes(2))
    #expect(day.net == 3)
    #expect(day.reserved == 0)
    #expect(day.open == 2)
    #expect(day.units("ann") == [0, 2, 0, 0])
    #expect(day.level.reservation(KeyTranscript.id("ann"))?.claim == KeyTranscript.id("o1"))
  }

  @Test("a confirm again is the same answer")
  func duplicate() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2)
    day.confirm("ann", as: "o1", 2)
    #expect(day.confirm("ann", as: "o1", 2) == .again(2))
    #expect(day.confirm("ann", as: "o1") == .again(2))
    day.at(3_600)
    #expect(day.confirm("ann", as: "o1", 2, rehold: true) == .again(2))
    #expect(day.open == 2)
  }

  @Test("partial confirms are cumulative: the larger wins, in any order")
  func cumulative() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 4)
    #expect(day.confirm("ann", as: "o1", 1) == .yes(1))
    #expect(day.confirm("ann", as: "o1", 3) == .yes(3))
    #expect(day.confirm("ann", as: "o1", 2) == .again(3))
    #expect(day.units("ann") == [1, 3, 0, 0])
    #expect(day.confirm("ann", as: "o1", 5) == .no(.exceedsReservation(live: 1)))
    #expect(day.confirm("ann", as: "o1") == .yes(4))
    #expect(day.net == 1)
  }

  @Test("one reservation may become two lines, each with its own cumulative number")
  func twoClaims() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3)
    #expect(day.confirm("ann", as: "o1", 1) == .yes(1))
    #expect(day.confirm("ann", as: "o2", 2) == .yes(2))
    #expect(day.confirm("ann", as: "o1", 1) == .again(1))
    #expect(day.confirm("ann", as: "o3", 1) == .no(.alreadyConfirmed(as: KeyTranscript.id("o2"))))
    #expect(day.open == 3)
  }

  @Test("a shopper's new order does not take his old order's hold")
  func newOrderOldHold() {
    // woocommerce#67931: both were paid.
    var day = KeyTranscript(onHand: 1)
    day.hold("cart-of-ann", 1)
    #expect(day.confirm("cart-of-ann", as: "order-1") == .yes(1))
    #expect(
      day.confirm("cart-of-ann", as: "order-2", rehold: true)
        == .no(
          .alreadyConfirmed(as: KeyTranscript.id("order-1"))))
    #expect(day.open == 1)
  }

  @Test("an unknown and a released reservation are told apart")
  func notLive() {
    var day = KeyTranscript(onHand: 5)
    #expect(day.confirm("ann", as: "o1") == .no(.unknownReservation))
    day.hold("ann", 2)
    day.release("ann")
    #expect(day.confirm("ann", as: "o1") == .no(.reservationReleased))
    #expect(day.confirm("ann", as: "o1", 1, rehold: true) == .no(.reservationReleased))
    #expect(day.net == 5)
  }

  @Test("a partly released reservation confirms what is left of it")
  func partlyReleased() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3)
    day.release("ann", 1)
    #expect(day.confirm("ann", as: "o1", 3) == .no(.exceedsReservation(live: 2)))
    #expect(day.confirm("ann", as: "o1") == .yes(2))
    #expect(day.units("ann") == [0, 2, 1, 0])
  }

  @Test("a till's confirm makes a pending claim, named by its sale line")
  func sale() {
    var day = KeyTranscript(onHand: 5)
    day.hold("till-3", 1)
    #expect(day.confirm("till-3", as: "s1", kind: .sale) == .yes(1))
    #expect(day.level.numbers.pending == 1)
    #expect(day.open == 0)
    #expect(day.order("s1", 1, kind: .sale) == .yes(0))
    #expect(day.net == 4)
  }

  @Test("a claim of the other kind is refused, after what is wrong with the reservation")
  func kinds() {
    var day = KeyTranscript(onHand: 5)
    day.hold("till-3", 1)
    day.hold("ann", 1)
    day.hold("bob", 1, ttl: 1)
    day.confirm("till-3", as: "s1", kind: .sale)
    #expect(day.confirm("ann", as: "s1") == .no(.claimKindDiffers))
    day.at(5)
    #expect(day.confirm("bob", as: "s1") == .no(.reservationExpired))
  }
}

@Suite("Confirm meets order: the same demand, counted once")
struct ConfirmMeetsOrderTests {
  @Test("confirm first: the order finds the claim and adds nothing")
  func confirmFirst() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2)
    day.confirm("ann", as: "o1")
    #expect(day.order("o1", 2) == .yes(0))
    #expect(day.net == 3)
    #expect(day.open == 2)
  }

  @Test("order first: it counts beside the hold until the confirm finds it")
  func orderFirst() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2)
    #expect(day.order("o1", 2) == .yes(0))
    #expect(day.net == 1)
    #expect(day.confirm("ann", as: "o1") == .yes(2))
    #expect(day.net == 3)
    #expect(day.open == 2)
  }

  @Test(
    "either side first, in any parts, ends alike",
    arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1]])
  func anyOrder(order: [Int]) {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 3)
    for step in order {
      switch step {
      case 0: day.order("o1", 3)
      case 1: day.confirm("ann", as: "o1", 1)
      default: day.confirm("ann", as: "o1", 3)
      }
    }
    #expect(day.net == 6)
    #expect(day.open == 3)
    #expect(day.units("ann") == [0, 3, 0, 0])
  }

  @Test("an order that carries the reservation's reference is its confirm")
  func reference() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2, reference: "token")
    day.order("o1", 2, reference: "token")
    #expect(day.net == 3)
    #expect(day.units("ann") == [0, 2, 0, 0])
    #expect(day.confirm("ann", as: "o1") == .again(2))
    #expect(day.confirm("ann", as: "o2") == .no(.alreadyConfirmed(as: KeyTranscript.id("o1"))))
  }

  @Test("by its reference an order confirms up to the line's quantity, not more")
  func referencePart() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 3, reference: "token")
    day.order("o1", 2, reference: "token")
    #expect(day.units("ann") == [1, 2, 0, 0])
    #expect(day.net == 2)
    day.order("o2", 4, reference: "token")
    #expect(day.units("ann") == [0, 3, 0, 0])
    #expect(day.net == -1)
    #expect(day.level.numbers.shortfall == 1)
  }

  @Test("a reference of an ended reservation confirms nothing")
  func referenceTooLate() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2, ttl: 10, reference: "token")
    day.at(10)
    day.order("o1", 2, reference: "token")
    #expect(day.units("ann") == [0, 0, 0, 2])
    #expect(day.net == 3)
  }

  @Test("a confirm above the line's known total is refused")
  func exceedsClaim() {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 3)
    day.order("o1", 2)
    #expect(day.confirm("ann", as: "o1", 3) == .no(.exceedsClaim(total: 2)))
    #expect(day.confirm("ann", as: "o1", 2) == .yes(2))
    day.hold("bob", 1)
    #expect(day.confirm("bob", as: "o1", 1) == .no(.exceedsClaim(total: 2)))
    #expect(day.open == 2)
  }

  @Test("two reservations fill one line")
  func twoReservations() {
    var day = KeyTranscript(onHand: 9)
    day.hold("ann", 1)
    day.hold("bob", 2)
    day.confirm("ann", as: "o1")
    day.order("o1", 3)
    #expect(day.open == 3)
    #expect(day.net == 4)
    day.confirm("bob", as: "o1")
    #expect(day.net == 6)
    #expect(day.level.sources.claimIDs == [KeyTranscript.id("o1")])
  }

  @Test("cancelled units come back once, before or after the confirm")
  func cancel() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2)
    day.confirm("ann", as: "o1")
    day.order("o1", 2)
    day.stage(.cancel, "o1", "refund-1", 1)
    #expect(day.net == 4)
    day.stage(.cancel, "o1", "refund-1", 1)
    #expect(day.net == 4)
    day.stage(.cancel, "o1", "cancel-2", 2)
    #expect(day.net == 5)
    // PrestaShop#35460: a refund restocks, then the cancel restocks again.
    #expect(day.open == 0)
  }

  @Test("a confirm that comes after its order was cancelled holds nothing back")
  func confirmAfterCancel() {
    var day = KeyTranscript(onHand: 5)
    day.hold("ann", 2)
    day.order("o1", 2)
    day.stage(.cancel, "o1", "c1", 2)
    #expect(day.net == 3)
    #expect(day.confirm("ann", as: "o1") == .yes(2))
    #expect(day.net == 5)
    #expect(day.units("ann") == [0, 2, 0, 0])
  }
}
