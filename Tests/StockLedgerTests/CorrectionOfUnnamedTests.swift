@testable import StockLedger
import Testing

@Suite("A claim without a name is ended in the ledger and in the publication at once")
struct CorrectionOfUnnamedTests {
  private let web = KeyTranscript.id("web")
  private let claim = Publication.claim(1, channel: KeyTranscript.id("web"))

  /// Ten on hand, of which the channel has lost two to nobody: the ledger counts them.
  private func missing() -> KeyTranscript {
    var day = KeyTranscript(onHand: 10)
    day.publish(.reading)
    day.publish(.read(available: 10))
    day.publish(.hint(available: 8))
    day.at(10)
    day.publish(.reading)
    day.publish(.read(available: 8))
    day.book(2, of: claim, version: 1)
    day.publish(.claimed(number: 1, units: 2))
    #expect(day.net == 8)
    #expect(day.level.publication(at: web).action(at: day.now) == .rest)
    return day
  }

  @Test("it leaves what settling and an empty line leave; its order, heard afterwards, is new demand")
  func ends() throws {
    var day = missing()
    var twin = day
    #expect(day.correct("r1", .unnamed(web, number: 1, from: 2), reason: .orderUnseen) == .yes(2))
    twin.publish(.settled(number: 1))
    twin.book(0, of: claim, version: 2)
    var (ours, theirs) = (day.level, twin.level)
    ours.sources.records.deliveries = RecentDeliveries()
    theirs.sources.records.deliveries = RecentDeliveries()
    #expect(ours == theirs)
    #expect(ours.image == theirs.image)
    #expect(day.net == 10)
    #expect(day.level.publication(at: web).unattributed == [])
    #expect(day.level.publication(at: web).action(at: day.now) == .send(quantity: 10, changeFrom: 8))
    let order = NamedChange(.order, document: KeyTranscript.id("o1"), units: .one, madeAt: KeyTranscript.second(5))
    day.order("o1", 1)
    day.publish(.order(order, .nobody))
    #expect(day.net == 9)
    #expect(day.level.publication(at: web).action(at: day.now) == .send(quantity: 9, changeFrom: 8))
    #expect(day.correct("r1", .unnamed(web, number: 1, from: 2), reason: .orderUnseen) == .again(2))
    #expect(day.replayed.image == day.level.image)
    #expect(try StockLevel(image: day.level.image) == day.level)
  }

  @Test("another number of units, another claim or another channel is not what was read")
  func compared() {
    var day = missing()
    #expect(day.correct("r1", .unnamed(web, number: 1, from: 3)) == .no(.changedMeanwhile(now: 2)))
    #expect(day.correct("r1", .unnamed(web, number: 2, from: 2)) == .no(.changedMeanwhile(now: 0)))
    #expect(
      day.correct("r1", .unnamed(KeyTranscript.id("till"), number: 1, from: 2)) == .no(.changedMeanwhile(now: 0)))
    #expect(day.net == 8)
  }

  @Test("while a call is out it waits: the answer may name the units")
  func callOut() {
    var day = missing()
    day.hold("h1", 1)
    #expect(day.publish(.sending(key: KeyTranscript.id("k1"))).isAccepted)
    #expect(day.correct("r1", .unnamed(web, number: 1, from: 2)) == .no(.callIsOut))
    day.publish(.answered(.accepted))
    #expect(day.correct("r1", .unnamed(web, number: 1, from: 2)) == .yes(2))
    #expect(day.net == 9)
  }

  @Test("one that the ledger does not know yet is ended in the publication alone")
  func unbooked() {
    var day = KeyTranscript(onHand: 10)
    day.publish(.reading)
    day.publish(.read(available: 10))
    day.publish(.hint(available: 8))
    day.at(10)
    day.publish(.reading)
    day.publish(.read(available: 8))
    #expect(day.correct("r1", .unnamed(web, number: 1, from: 2)) == .yes(2))
    #expect(day.net == 10)
    #expect(day.level.sources.claimCount == 0)
    #expect(day.correct("u1", .unnamedAgain(web, number: 1, units: 2)) == .no(.exceedsClaim(total: 0)))
  }

  @Test("taken back, it is open under its number again, and an order of that time takes it")
  func undo() {
    var day = missing()
    let before = day.level
    day.correct("r1", .unnamed(web, number: 1, from: 2))
    #expect(day.correct("u1", .unnamedAgain(web, number: 1, units: 2), reason: .undone) == .yes(-2))
    #expect(day.net == 8)
    #expect(day.level.publication(at: web).unattributed.map(\.units) == [2])
    #expect(day.level.publication(at: web).action(at: day.now) == .rest)
    #expect(day.level.numbers == before.numbers)
    #expect(day.correct("u2", .unnamedAgain(web, number: 1, units: 2)) == .no(.changedMeanwhile(now: 2)))
    #expect(day.correct("u2", .unnamedAgain(web, number: 2, units: 2)) == .no(.exceedsClaim(total: 0)))
    let order = NamedChange(.order, document: KeyTranscript.id("o1"), units: .one, madeAt: KeyTranscript.second(5))
    day.publish(.order(order, .nobody))
    day.order("o1", 1)
    #expect(day.correct("r2", .unnamed(web, number: 1, from: 2)) != .yes(2))
    #expect(day.replayed.image == day.level.image)
  }
}

extension KeyTranscript {
  /// Makes the ledger hold so many units of a claim without a name.
  fileprivate mutating func book(_ units: Int64, of claim: ClaimID, version: Int64) {
    report(
      "shopify",
      .lineState(
        LineState(
          claim: claim, version: version, units: units, unitsInAll: units, occurredAt: now, changedAt: now)))
  }
}
