import SimulationKit
import StockLedger
import Testing

@Suite("The auditor and carts")
struct AuditedCartTests {
  let leeds: StockKey
  let york: StockKey
  let cart: Identifier
  let now = VirtualClock.startDefault

  init() throws {
    leeds = try StockKey(shop: "shop", sku: "1", location: "leeds")
    york = try StockKey(shop: "shop", sku: "1", location: "york")
    cart = try #require(Identifier("cart-1"))
  }

  func receipt(_ key: StockKey, entry: UInt64, units: Int64 = 0, ats: Int64) -> Receipt {
    Receipt(
      units: units, expiresAt: now + 600_000, availableToSell: ats,
      entry: EntryNumber(shard: UInt8(key.shard), number: entry))
  }

  /// Five units of each key, then the cart of two and two is asked for.
  func counted(_ auditor: inout Auditor) throws -> Auditor.Ticket {
    for (number, key) in [leeds, york].enumerated() {
      let count = try AuditScript.counted(5, asOf: now)
      let ticket = auditor.asked(count, of: key, at: now)
      auditor.answered(ticket, .accepted(receipt(key, entry: UInt64(number + 1), ats: 5)), at: now)
    }
    let two = try AuditScript.units(2)
    return auditor.askedCart(cart, lines: [(leeds, two), (york, two)], at: now)
  }

  @Test("a granted cart is held in every line, to its end")
  func whole() throws {
    var auditor = Auditor()
    let ticket = try counted(&auditor)
    auditor.answeredCart(
      ticket,
      .granted([
        (leeds, receipt(leeds, entry: 3, units: 2, ats: 3)), (york, receipt(york, entry: 4, units: 2, ats: 3)),
      ]), at: now)
    let claims = [
      CartClaim(line: leeds, claim: try AuditScript.id("o/1")), CartClaim(line: york, claim: try AuditScript.id("o/2")),
    ]
    let asked = auditor.askedCartEnd(cart, .confirm, claims: claims)
    let end = try #require(asked)
    auditor.answered(end, .accepted(receipt(leeds, entry: 5, ats: 3)), at: now)
    for key in [leeds, york] { auditor.rested(key, availableToSell: 3, at: now + 14_400_000) }
    #expect(auditor.report().contradictions == [])
    #expect(auditor.report().unitsGranted == 4)
  }

  @Test("a cart granted without one of its lines")
  func half() throws {
    var auditor = Auditor()
    let ticket = try counted(&auditor)
    auditor.answeredCart(ticket, .granted([(leeds, receipt(leeds, entry: 3, units: 2, ats: 3))]), at: now)
    #expect(auditor.report().contradictions.map(\.kind) == [.halfCart])
    #expect(auditor.report().first?.key == york)
  }

  @Test("a refused cart that still holds a line shows at rest", arguments: [(Int64(5), true), (3, false)])
  func refused(ats: Int64, isHonest: Bool) throws {
    var auditor = Auditor()
    let ticket = try counted(&auditor)
    auditor.answeredCart(ticket, .refused(.insufficientStock(available: 1)), at: now)
    auditor.rested(leeds, availableToSell: 5, at: now)
    auditor.rested(york, availableToSell: ats, at: now)
    #expect(auditor.report().contradictions.map(\.kind) == (isHonest ? [] : [.wrongNumber]))
  }

  @Test("a released cart that still holds a line shows at rest", arguments: [(Int64(5), true), (3, false)])
  func released(ats: Int64, isHonest: Bool) throws {
    var auditor = Auditor()
    let ticket = try counted(&auditor)
    auditor.answeredCart(
      ticket,
      .granted([
        (leeds, receipt(leeds, entry: 3, units: 2, ats: 3)), (york, receipt(york, entry: 4, units: 2, ats: 3)),
      ]), at: now)
    let asked = auditor.askedCartEnd(cart, .release)
    let end = try #require(asked)
    auditor.answered(end, .accepted(receipt(leeds, entry: 5, ats: 5)), at: now)
    auditor.rested(leeds, availableToSell: 5, at: now)
    auditor.rested(york, availableToSell: ats, at: now)
    #expect(auditor.report().contradictions.map(\.kind) == (isHonest ? [] : [.wrongNumber]))
  }

  @Test("a cart that ends by its time is free at rest")
  func expired() throws {
    var auditor = Auditor()
    let ticket = try counted(&auditor)
    auditor.answeredCart(
      ticket,
      .granted([
        (leeds, receipt(leeds, entry: 3, units: 2, ats: 3)), (york, receipt(york, entry: 4, units: 2, ats: 3)),
      ]), at: now)
    for key in [leeds, york] { auditor.rested(key, availableToSell: 5, at: now + 600_001) }
    #expect(auditor.report().contradictions == [])
  }
}
