import StockLedger
import Testing

@testable import ShopifyAdmin
@testable import ShopifyEmulatorCore

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
    settle(&budget, leave(&budget, 0), status(available, of: maximum, rate: rate))
    return budget
  }

  /// Lets a call leave that may.
  private func leave(_ budget: inout PointBudget, _ cost: Int64) -> PointBudget.Ticket? {
    if case .leaves(let ticket) = budget.admit(cost, for: .write, at: Self.start) { ticket } else { nil }
  }

  private func settle(
    _ budget: inout PointBudget, _ ticket: PointBudget.Ticket?, _ status: AdminCost.ThrottleStatus?
  ) {
    guard let ticket else { return #expect(Bool(false), "it did not leave") }
    budget.settle(ticket, status: status, at: Self.start)
  }

  /// When a call may leave; nil where it has left.
  private func waits(
    _ budget: inout PointBudget, _ cost: Int64, _ purpose: PointBudget.Purpose = .write, at time: Int64 = 0
  ) -> Int64? {
    switch budget.admit(cost, for: purpose, at: Self.start + time) {
    case .leaves: nil
    case .waits(let until): until.milliseconds - Self.start.milliseconds
    }
  }

  @Test func beforeTheFirstAnswerOneReadIsOut() {
    var budget = PointBudget()
    guard case .leaves(let ticket) = budget.admit(1_000, for: .read, at: Self.start) else {
      return #expect(Bool(false), "nobody has said that it may not")
    }
    #expect(waits(&budget, 1_000, .read) == 20)
    #expect(waits(&budget, 10) == nil, "a write does not wait for it")
    settle(&budget, ticket, nil)
    #expect(waits(&budget, 1_000, .read) == 20, "the write is out")
  }

  @Test func aCallWaitsForItsPoints() {
    var budget = budget(4)
    #expect(waits(&budget, 10) == 60)
    #expect(waits(&budget, 10, at: 59) == 60)
    #expect(waits(&budget, 10, at: 60) == nil)
  }

  @Test func pointsOfCallsThatAreOutAreSpent() {
    var budget = budget(25)
    let (first, second) = (leave(&budget, 10), leave(&budget, 10))
    #expect(waits(&budget, 10) == 50)
    settle(&budget, first, status(15))
    #expect(waits(&budget, 10) == 50, "the second left later: it is not in what was said")
    settle(&budget, second, nil)
    #expect(waits(&budget, 10) == nil)
  }

  @Test func aWriteDoesNotPayForAReadTwice() {
    var budget = budget(1_000)
    guard case .leaves(let read) = budget.admit(750, for: .read, at: Self.start) else {
      return #expect(Bool(false), "there is enough for both")
    }
    settle(&budget, leave(&budget, 10), status(240))
    #expect(waits(&budget, 10) == nil, "the read left before: it is in the 240")
    #expect(waits(&budget, 100, .read) == 7_200, "a read is careful")
    settle(&budget, read, nil)
    #expect(waits(&budget, 100, .read) == nil)
  }

  @Test func anAnswerThatWasOvertakenIsOldNews() {
    var budget = budget(1_000)
    let (first, second) = (leave(&budget, 10), leave(&budget, 900))
    settle(&budget, second, status(90))
    settle(&budget, first, status(990))
    #expect(waits(&budget, 100) == 100, "90 are there, not 990")
  }

  @Test func readsLeaveRoomForWrites() {
    var budget = budget(800)
    #expect(waits(&budget, 750, .read) == 500)
    #expect(waits(&budget, 10) == nil)
  }

  @Test func ofASmallBucketAllOfItMustDo() {
    var budget = budget(500, of: 500)
    #expect(waits(&budget, 750, .read) == nil)
  }

  @Test func aShutDoorIsShutForAll() {
    var budget = budget(2_000)
    budget.close(until: Self.start + 2_000)
    #expect(waits(&budget, 10, at: 1_999) == 2_000)
    #expect(waits(&budget, 10, at: 2_000) == nil)
  }

  @Test(arguments: [Double.nan, -.infinity, .infinity, 1e300, -1, 0, 0.5])
  func numbersThatAreNoneAreBorne(_ number: Double) {
    var budget = budget(number, of: number, rate: number)
    for time in [Int64(0), .max - Self.start.milliseconds] {
      #expect(waits(&budget, .max, .read, at: time).map { $0 >= 0 } ?? true)
    }
  }

  // MARK: Against a bucket

  /// Calls that are out: what they are, what Shopify said of its bucket, and when that arrives.
  private struct Out {
    let ticket: PointBudget.Ticket
    let status: AdminCost.ThrottleStatus
    let arrivesAt: Timestamp
  }

  @Test(arguments: [EmulatedPlan.standard, .advanced, .plus, .enterprise], [UInt64(1), 2, 3])
  func noCallIsThrottledAndNoWriteWaitsForReads(_ plan: EmulatedPlan, _ seed: UInt64) {
    var (bucket, budget, now) = (PointBucket(plan: plan), PointBudget(), Self.start)
    var out: [Out] = []
    var state = seed
    /// Answers overtake each other: each is on its way for 1 to 200 ms.
    func draw(_ bound: UInt64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64((state >> 33) % bound)
    }
    func send(_ cost: Int64, _ ticket: PointBudget.Ticket) {
      let isTaken = bucket.take(cost)
      #expect(isTaken, "throttled with \(bucket.available) points")
      out.append(Out(ticket: ticket, status: status(of: bucket), arrivesAt: now + 1 + draw(200)))
    }
    var (reads, writes) = (0, 0)
    for step in 0..<20_000 {
      now = now + draw(10)
      bucket.fill(to: now)
      for call in out where call.arrivesAt <= now { budget.settle(call.ticket, status: call.status, at: now) }
      out.removeAll { $0.arrivesAt <= now }
      if case .leaves(let ticket) = budget.admit(750, for: .read, at: now) {
        reads += 1
        send(750, ticket)
      }
      // A fifth of what comes back is for writes; what nobody has said yet, nobody can wait for.
      guard step > 0, draw(10_000) < plan.restoreRate else { continue }
      guard case .leaves(let ticket) = budget.admit(10, for: .write, at: now) else {
        return #expect(Bool(false), "a write waits, with \(bucket.available) points")
      }
      writes += 1
      send(10, ticket)
    }
    #expect(reads > 5 && writes > 100)
  }

  private func status(of bucket: PointBucket) -> AdminCost.ThrottleStatus {
    AdminCost.ThrottleStatus(
      maximumAvailable: Double(bucket.plan.bucketSize), currentlyAvailable: Double(bucket.available),
      restoreRate: Double(bucket.plan.restoreRate))
  }
}
