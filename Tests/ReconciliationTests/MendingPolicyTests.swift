import StockLedger
import Testing

@testable import Reconciliation

@Suite("What may be mended without asking")
struct MendingPolicyTests {
  private let key = try? StockKey(shop: "main", sku: "MUG", location: "leeds")

  private func row(
    _ driftClass: DriftClass = .unexplained, ours: Int64, theirs: Int64, _ mending: Mending? = nil
  ) throws -> DriftRow {
    let change = Correction.Change.onHand(delta: theirs - ours, from: ours)
    return DriftRow(
      key: try #require(key), side: .ourselves, ours: ours, theirs: theirs, driftClass: driftClass, cause: "a test",
      mending: mending ?? .correct(change, .unexplained))
  }

  private func state(
    _ row: DriftRow, _ policy: MendingPolicy = MendingPolicy(), price: Int64? = nil, corrections: Int = 0
  ) -> MendingState { policy.state(of: row, price: price, corrections: corrections) }

  @Test func whatLowersANumberGoesThroughWhateverItsSize() throws {
    #expect(state(try row(ours: 5_000, theirs: 0)) == .planned)
  }

  @Test func aRiseWithinUnitsAndShareGoesThrough() throws {
    #expect(state(try row(ours: 95, theirs: 105)) == .planned)
  }

  @Test func aRiseBeyondUnitsIsAskedAbout() throws {
    #expect(state(try row(ours: 989, theirs: 1_000)) == .held)
  }

  @Test func aRiseBeyondItsShareIsAskedAbout() throws {
    #expect(state(try row(ours: 2, theirs: 10)) == .held)
  }

  @Test func oneUnitIsNeverTooLargeAShare() throws {
    #expect(state(try row(ours: 0, theirs: 1)) == .planned)
  }

  @Test func whereMoneyCountsAnUnknownPriceIsAskedAbout() throws {
    var policy = MendingPolicy()
    policy.moneyMax = 5_000
    #expect(state(try row(ours: 95, theirs: 100), policy, price: 1_000) == .planned)
    #expect(state(try row(ours: 95, theirs: 100), policy, price: 1_001) == .held)
    #expect(state(try row(ours: 95, theirs: 100), policy) == .held)
    #expect(state(try row(ours: 95, theirs: 90), policy) == .planned, "a fall costs nobody an oversold unit")
  }

  @Test func aKeyThatIsCorrectedAgainAndAgainIsParked() throws {
    #expect(state(try row(ours: 10, theirs: 9), corrections: 2) == .planned)
    #expect(state(try row(ours: 10, theirs: 9), corrections: 3) == .parked)
  }

  @Test func aClassCanAlwaysBeAskedAbout() throws {
    var policy = MendingPolicy()
    policy.asks = [.unexplained]
    #expect(state(try row(ours: 10, theirs: 9), policy) == .held)
  }

  @Test func whereThePublisherComparesNobodyIsAsked() throws {
    #expect(state(try row(ours: 0, theirs: 90_000, .lookAgain(available: 90_000)), corrections: 9) == .planned)
    #expect(state(try row(ours: 0, theirs: 90_000, Mending.none)) == .noted)
  }

  @Test func productsPastTheEndOfNumbersAreAskedAbout() throws {
    var policy = MendingPolicy()
    policy.unitsMax = .max
    policy.moneyMax = .max
    #expect(state(try row(ours: 0, theirs: 1_000_000_000), policy, price: .max) == .held)
  }

  @Test func correctionsAreRememberedForAnHour() throws {
    let key = try #require(key)
    var times = CorrectionTimes()
    times.note(key, at: Timestamp(milliseconds: 1_000))
    times.note(key, at: Timestamp(milliseconds: 2_000))
    #expect(times.count(of: key, at: Timestamp(milliseconds: 3_600_999)) == 2)
    #expect(times.count(of: key, at: Timestamp(milliseconds: 3_601_000)) == 1)
    times.forget(before: Timestamp(milliseconds: 3_602_000))
    #expect(times.count(of: key, at: Timestamp(milliseconds: 3_601_000)) == 0)
  }
}
