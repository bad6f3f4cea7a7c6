import StockLedger
import Testing

@testable import ShopifyAdmin

/// What may leave, by what Shopify says of its bucket.
@Suite("Point budget")
struct PointBudgetTests {
  private static let start = Timestamp(milliseconds: 1_775_000_000_000)

  private func status(_ available: Double, of maximum: Double = 2_000, rate: Double = 100) -> AdminCost.ThrottleStatus {
    AdminCost.ThrottleStatus(maximumAvailable: maximum, currentlyAvailable: available, restoreRate: rate)
  }

  /// A budget of which Shopify has said so much.
  private func budget(_ available: Double, of maximum: Double = 2_000, rate: Double = 100) -> PointBudget {
    var budget = PointBudget()
    budget.settle(0, status: status(available, of: maximum, rate: rate), at: Self.start)
    return budget
  }

  @Test func nothingIsAssumedBeforeTheFirstAnswer() {
    var budget = PointBudget()
    for _ in 0..<100 { #expect(budget.admit(1_000, for: .read, at: Self.start) == nil) }
  }

  @Test func aCallWaitsForItsPoints() {
    var budget = budget(4)
    #expect(budget.admit(10, for: .write, at: Self.start) == Self.start + 60)
    #expect(budget.admit(10, for: .write, at: Self.start + 59) == Self.start + 60)
    #expect(budget.admit(10, for: .write, at: Self.start + 60) == nil)
  }

  @Test func pointsOfCallsThatAreOutAreSpent() {
    var budget = budget(25)
    #expect(budget.admit(10, for: .write, at: Self.start) == nil)
    #expect(budget.admit(10, for: .write, at: Self.start) == nil)
    #expect(budget.admit(10, for: .write, at: Self.start) == Self.start + 50)
    budget.settle(10, status: status(15), at: Self.start)
    #expect(budget.admit(10, for: .write, at: Self.start) == Self.start + 50, "one is out still")
    budget.settle(10, status: nil, at: Self.start)
    #expect(budget.admit(10, for: .write, at: Self.start) == nil)
  }

  @Test func readsLeaveRoomForWrites() {
    var budget = budget(800)
    #expect(budget.admit(750, for: .read, at: Self.start) == Self.start + 500)
    #expect(budget.admit(10, for: .write, at: Self.start) == nil)
  }

  @Test func ofASmallBucketAllOfItMustDo() {
    var budget = budget(500, of: 500)
    #expect(budget.admit(750, for: .read, at: Self.start) == nil)
  }

  @Test func aShutDoorIsShutForAll() {
    var budget = budget(2_000)
    budget.close(until: Self.start + 2_000)
    #expect(budget.admit(10, for: .write, at: Self.start + 1_999) == Self.start + 2_000)
    #expect(budget.admit(10, for: .write, at: Self.start + 2_000) == nil)
  }

  @Test(arguments: [Double.nan, -.infinity, .infinity, 1e300, -1, 0, 0.5])
  func numbersThatAreNoneAreBorne(_ number: Double) {
    var budget = budget(number, of: number, rate: number)
    let time = budget.admit(.max / 4_000, for: .read, at: Timestamp(milliseconds: .max))
    #expect(time.map { $0 >= Self.start } ?? true)
  }
}
