import StockLedger
import Testing

@Suite("A cart's steps at one key")
struct CartRulesTests {
  private let cart = KeyTranscript.id("cart")
  private let here = KeyTranscript.key("leeds")
  private let there = KeyTranscript.key("york")
  private let claims = [
    CartClaim(line: KeyTranscript.key("leeds"), claim: KeyTranscript.id("o1")),
    CartClaim(line: KeyTranscript.key("york"), claim: KeyTranscript.id("o2")),
  ]

  private func prepare(_ day: inout KeyTranscript, _ units: Int64, reference: String = "") -> KeyTranscript.Said {
    let hold = HoldRequest(
      id: cart, quantity: Quantity(units) ?? .one, lifetime: 600_000, reference: KeyTranscript.id(reference))
    return day.ask(.cart(.prepare(CartLine(hold: hold, first: here))))
  }

  private func decide(_ day: inout KeyTranscript, expiresAt seconds: Int64 = 600) -> KeyTranscript.Said {
    day.ask(
      .cart(.decide(CartDecision(id: cart, lines: [here, there], expiresAt: KeyTranscript.second(seconds)))))
  }

  @Test("a prepared line subtracts at once, from everything that is seen and decided")
  func prepared() {
    var day = KeyTranscript(onHand: 3)
    #expect(prepare(&day, 2) == .yes(2))
    #expect(day.ats == 1)
    #expect(day.hold("bob", 2) == .no(.insufficientStock(available: 1)))
    #expect(prepare(&day, 2) == .again(2))
    #expect(prepare(&day, 3) == .no(.idReused))
    #expect(!day.level.isAtRest)
    #expect(day.level.openCartLines.map(\.cart) == [cart])
    #expect(day.level.openCartLines.map(\.place.first) == [here])
  }

  @Test("a short line is refused with what it could have had")
  func short() {
    var day = KeyTranscript(onHand: 3)
    #expect(prepare(&day, 4) == .no(.insufficientStock(available: 3)))
    #expect(day.level.isAtRest)
  }

  @Test("a line and a plain hold do not share an id, and a line is not ended by itself")
  func belongsToCart() {
    var day = KeyTranscript(onHand: 9)
    day.hold("cart", 1)
    #expect(prepare(&day, 1) == .no(.idReused))
    day = KeyTranscript(onHand: 9)
    _ = prepare(&day, 1)
    #expect(day.hold("cart", 1) == .no(.idReused))
    #expect(day.confirm("cart", as: "o1") == .no(.belongsToCart(cart)))
    #expect(day.release("cart") == .no(.belongsToCart(cart)))
    #expect(day.extend("cart", to: 700) == .no(.belongsToCart(cart)))
  }

  @Test("a line has no expiry of its own: its units wait for the first key's word")
  func noExpiry() {
    var day = KeyTranscript(onHand: 3)
    _ = prepare(&day, 2)
    day.at(100_000)
    #expect(day.ring() == [])
    #expect(day.ats == 1)
  }

  @Test("decided, then asked to abandon: the decision stands")
  func decidedFirst() {
    var day = KeyTranscript()
    #expect(decide(&day) == .yes(0))
    #expect(day.ask(.cart(.abandon(cart))) == .no(.cartDecided))
    #expect(decide(&day) == .again(0))
    #expect(day.level.cart(cart)?.state == .decided)
  }

  @Test("abandoned, then decided: it never stands")
  func abandonedFirst() {
    var day = KeyTranscript()
    #expect(day.ask(.cart(.abandon(cart))) == .yes(0))
    #expect(decide(&day) == .no(.cartAbandoned))
    #expect(day.ask(.cart(.abandon(cart))) == .again(0))
    #expect(day.ask(.cart(.end(cart, .confirm, claims: claims))) == .no(.cartAbandoned))
    #expect(day.level.isAtRest)
  }

  @Test("the same id with other lines is another cart, and refused")
  func otherLines() {
    var day = KeyTranscript()
    _ = decide(&day)
    let other = CartDecision(id: cart, lines: [here], expiresAt: KeyTranscript.second(600))
    #expect(day.ask(.cart(.decide(other))) == .no(.idReused))
    let none = CartDecision(id: KeyTranscript.id("c2"), lines: [], expiresAt: KeyTranscript.second(600))
    #expect(day.ask(.cart(.decide(none))) == .no(.outOfRange(.lines)))
  }

  @Test("an abandoned line is freed once, and the same cart is not prepared here again")
  func abandonedLine() {
    var day = KeyTranscript(onHand: 3)
    _ = prepare(&day, 2)
    #expect(day.ask(.cart(.endLine(cart, .abandon, claim: nil))) == .yes(2))
    #expect(day.ask(.cart(.endLine(cart, .abandon, claim: nil))) == .again(0))
    #expect(day.net == 3)
    #expect(prepare(&day, 2) == .no(.cartAbandoned))
    #expect(day.level.isAtRest)
  }

  @Test("a confirmed cart turns each line into its claim, whoever hears of it twice")
  func confirmed() {
    var day = KeyTranscript(onHand: 3)
    _ = prepare(&day, 2)
    _ = decide(&day)
    #expect(day.ask(.cart(.end(cart, .confirm, claims: [claims[0]]))) == .no(.outOfRange(.lines)))
    #expect(day.ask(.cart(.end(cart, .confirm, claims: claims))) == .yes(2))
    #expect(day.ask(.cart(.end(cart, .confirm, claims: claims))) == .again(2))
    #expect(
      day.ask(.cart(.end(cart, .confirm, claims: claims.reversed())))
        == .no(.alreadyConfirmed(as: KeyTranscript.id("o1"))))
    #expect(day.ask(.cart(.endLine(cart, .confirm, claim: nil))) == .no(.outOfRange(.lines)))
    #expect(day.ask(.cart(.endLine(cart, .confirm, claim: claims[0]))) == .yes(2))
    #expect(day.ask(.cart(.endLine(cart, .confirm, claim: claims[0]))) == .again(0))
    #expect(day.net == 1)
    #expect(day.open == 2)
    #expect(day.level.cartsToSpread.map(\.id) == [cart])
  }

  @Test("the first key keeps a cart until every line has acknowledged its end")
  func acknowledged() {
    var day = KeyTranscript()
    _ = decide(&day)
    #expect(day.ask(.cart(.acknowledge(cart, line: here))) == .again(0))
    day.ask(.cart(.end(cart, .release, claims: [])))
    #expect(day.ask(.cart(.acknowledge(cart, line: here))) == .yes(0))
    #expect(day.ask(.cart(.acknowledge(cart, line: here))) == .again(0))
    #expect(!day.level.isAtRest)
    day.at(50_000)
    day.policy { $0.safetyBuffer = 1 }
    #expect(day.level.cart(cart) != nil)
    #expect(day.ask(.cart(.acknowledge(cart, line: there))) == .yes(0))
    #expect(day.level.isAtRest)
    // It had been remembered long enough: the last acknowledgement lets it go.
    #expect(day.level.cart(cart) == nil)
    #expect(day.ask(.cart(.end(cart, .release, claims: []))) == .no(.unknownCart))
  }

  @Test("a cart expires with one entry at its first key, and a confirm at that moment is refused")
  func expiry() {
    var day = KeyTranscript()
    _ = decide(&day)
    day.at(600)
    #expect(day.ask(.cart(.end(cart, .confirm, claims: claims))) == .no(.reservationExpired))
    #expect(day.entries.last?.body == .cartEnded(cart, .expire, claims: []))
    #expect(day.level.cart(cart)?.state == .ended(.expire, at: KeyTranscript.second(600)))
    #expect(day.ask(.cart(.abandon(cart))) == .no(.cartDecided))
  }

  @Test("a cart is extended at its first key, at most four hours after it was decided")
  func extended() {
    var day = KeyTranscript()
    let unknown = KeyTranscript.id("c9")
    #expect(day.ask(.cart(.extend(unknown, expiresAt: KeyTranscript.second(900)))) == .no(.unknownCart))
    _ = decide(&day)
    day.at(300)
    #expect(day.ask(.cart(.extend(cart, expiresAt: KeyTranscript.second(900)))) == .yes(0))
    #expect(day.ask(.cart(.extend(cart, expiresAt: KeyTranscript.second(900)))) == .again(0))
    #expect(day.ask(.cart(.extend(cart, expiresAt: KeyTranscript.second(300)))) == .no(.outOfRange(.lifetime)))
    #expect(day.ask(.cart(.extend(cart, expiresAt: KeyTranscript.second(14_401)))) == .no(.outOfRange(.lifetime)))
    day.at(600)
    #expect(day.ring() == [])
    day.at(900)
    #expect(day.ring().count == 1)
    #expect(day.ask(.cart(.extend(cart, expiresAt: KeyTranscript.second(999)))) == .no(.reservationExpired))
  }

  @Test("an order's report confirms its own line first; the cart's end then finds what is still reserved")
  func orderFirst() {
    var day = KeyTranscript(onHand: 5)
    _ = prepare(&day, 3, reference: "token")
    day.order("o1", 1, reference: "token")
    #expect(day.units("cart") == [2, 1, 0, 0])
    #expect(day.ask(.cart(.endLine(cart, .release, claim: nil))) == .yes(2))
    #expect(day.net == 4)
    #expect(day.open == 1)
  }

  @Test("a line that an order confirmed whole has no place to wait at any more")
  func orderWhole() {
    var day = KeyTranscript(onHand: 5)
    _ = prepare(&day, 2, reference: "token")
    day.order("o1", 2, reference: "token")
    #expect(day.level.openCartLines.isEmpty)
    #expect(day.level.isAtRest)
    #expect(day.ask(.cart(.endLine(cart, .expire, claim: nil))) == .again(0))
    #expect(day.open == 2)
    #expect(day.net == 3)
  }

  @Test("a line whose confirm comes after its order finds the order's units")
  func lineAfterOrder() {
    var day = KeyTranscript(onHand: 5)
    _ = prepare(&day, 2)
    day.order("o1", 2)
    #expect(day.net == 1)
    day.ask(.cart(.endLine(cart, .confirm, claim: claims[0])))
    #expect(day.net == 3)
  }

  @Test("a line's new expiry changes nothing but what is shown")
  func lineExtended() {
    var day = KeyTranscript(onHand: 5)
    #expect(day.ask(.cart(.extendLine(cart, expiresAt: KeyTranscript.second(700)))) == .no(.unknownReservation))
    _ = prepare(&day, 2)
    #expect(day.ask(.cart(.extendLine(cart, expiresAt: KeyTranscript.second(700)))) == .yes(0))
    #expect(day.ask(.cart(.extendLine(cart, expiresAt: KeyTranscript.second(700)))) == .again(0))
    day.at(701)
    #expect(day.ring() == [])
    day.ask(.cart(.endLine(cart, .expire, claim: nil)))
    #expect(day.ask(.cart(.extendLine(cart, expiresAt: KeyTranscript.second(800)))) == .no(.reservationExpired))
  }
}
