import StockLedger
import Testing

@testable import SimulationKit

/// The ways of syncing stock on days written by hand: what each is known to do badly, and what it does well.
@Suite("Strategies, scene by scene")
struct StrategySceneTests {
  /// One SKU, so many units, calls of up to 100 ms, nothing lost.
  private static func shop(units: Int64, latencyMax: Int64 = 100) -> StrategyPlan {
    var plan = StrategyPlan()
    plan.traffic = 1
    plan.skus = 1
    plan.unitsAtFirst = units
    plan.latencyMax = latencyMax
    plan.lossPerMille = 0
    plan.tradingTime = 1_200_000
    plan.settlingTime = 1_200_000
    return plan
  }

  private static func buyer(_ number: Int, at: Int64, paysAfter: Int64 = 15_000) -> TradingDay.Event {
    .init(at: at, what: .webBuyer(.init(number: number, sku: 0, paysAfter: paysAfter)))
  }

  private static func till(_ number: Int, at: Int64) -> TradingDay.Event {
    .init(at: at, what: .tillCustomer(.init(number: number, sku: 0)))
  }

  private static func goods(_ units: Int64, at: Int64) -> TradingDay.Event {
    .init(at: at, what: .goods(.init(document: 0, sku: 0, units: units, bookedAfter: 0)))
  }

  private func run(
    _ kind: StrategyKind, _ plan: StrategyPlan, _ events: [TradingDay.Event]
  ) throws -> StrategyOutcome {
    try StrategyRun.run(kind, plan: plan, day: TradingDay(events), seed: 1).outcome
  }

  @Test("push: two orders are open, one unit comes in, and the ERP's number puts all three on sale")
  func pushForgetsOpenOrders() throws {
    let day = [Self.buyer(1, at: 0), Self.buyer(2, at: 0), Self.goods(1, at: 60_000)]
    let more = (3...6).map { Self.buyer($0, at: 120_000) }
    let pushed = try run(.push, Self.shop(units: 2), day + more)
    #expect(pushed.promised == 5 && pushed.oversold == 2 && pushed.worldShort == 0)
    for kind in [StrategyKind.aggregation, .holdfast, .holds] {
      let other = try run(kind, Self.shop(units: 2), day + more)
      #expect(other.promised == 3 && other.oversold == 0 && other.soldOut == 3, "\(kind)")
    }
  }

  @Test("refresh: a till sells the last unit after the copy was made, and Shopify sells it again")
  func refreshIsStale() throws {
    let day = [Self.till(1, at: 60_000), Self.buyer(1, at: 120_000)]
    for kind in [StrategyKind.push, .refresh, .reservation] {
      let stale = try run(kind, Self.shop(units: 1), day)
      #expect(stale.soldAtTills == 1 && stale.promised == 1 && stale.oversold == 1, "\(kind)")
    }
    for kind in [StrategyKind.aggregation, .holdfast, .holds] {
      let fresh = try run(kind, Self.shop(units: 1), day)
      #expect(fresh.soldAtTills == 1 && fresh.promised == 0 && fresh.soldOut == 1, "\(kind)")
    }
  }

  @Test("refresh heals by itself what nobody told it; a parcel that the ERP has not booked costs it one more round")
  func refreshHeals() throws {
    let outcome = try run(.refresh, Self.shop(units: 5), [Self.till(1, at: 60_000), Self.buyer(1, at: 120_000)])
    #expect(outcome.oversold == 0)
    #expect(outcome.convergedAfter.map { (900_000..<1_800_000).contains($0) } == true)
  }

  @Test("reservation: two checkouts want the last unit; one gets in, and the other is told before it pays")
  func reservationStopsTheRace() throws {
    let day = [Self.buyer(1, at: 0, paysAfter: 200_000), Self.buyer(2, at: 10_000)]
    for kind in [StrategyKind.reservation, .holds] {
      let held = try run(kind, Self.shop(units: 1), day)
      #expect(held.promised == 1 && held.soldOut == 1 && held.oversold == 0, "\(kind)")
    }
  }

  @Test("reservation: who leaves without a word keeps the last unit from the next buyer")
  func reservationOfNobody() throws {
    let ghost = TradingDay.WebBuyer(number: 1, sku: 0, paysAfter: 15_000, abandons: true)
    let day = [TradingDay.Event(at: 0, what: .webBuyer(ghost)), Self.buyer(2, at: 60_000)]
    for kind in [StrategyKind.reservation, .holds] {
      let outcome = try run(kind, Self.shop(units: 1), day)
      #expect(outcome.promised == 0 && outcome.undersold == 1, "\(kind)")
    }
    #expect(try run(.holdfast, Self.shop(units: 1), day).promised == 1)
  }

  @Test("a buyer who pays after the hold's ten minutes gets a new one, where there is a unit")
  func latePayer() throws {
    let late = Self.buyer(1, at: 0, paysAfter: 700_000)
    for kind in [StrategyKind.reservation, .holds] {
      #expect(try run(kind, Self.shop(units: 1), [late]).promised == 1, "\(kind)")
      let overtaken = try run(kind, Self.shop(units: 1), [late, Self.buyer(2, at: 650_000)])
      #expect(overtaken.promised == 1 && overtaken.soldOut == 1 && overtaken.oversold == 0, "\(kind)")
    }
  }

  @Test("aggregation: within the cache's half minute a unit is sold twice; published at once, it is not")
  func aggregationIsHalfAMinuteOld() throws {
    let day = [Self.till(1, at: 33_000), Self.buyer(1, at: 36_000, paysAfter: 10_000)]
    let cached = try run(.aggregation, Self.shop(units: 1), day)
    #expect(cached.promised == 1 && cached.oversold == 1)
    let published = try run(.holdfast, Self.shop(units: 1), day)
    #expect(published.promised == 0 && published.oversold == 0)
  }

  @Test("published: what travels for ten seconds is sold twice meanwhile; where everybody asks first, it is not")
  func newsTravels() throws {
    let plan = Self.shop(units: 1, latencyMax: 10_000)
    let day = [Self.till(1, at: 60_000), Self.buyer(1, at: 60_100, paysAfter: 1)]
    let published = try run(.holdfast, plan, day)
    #expect(published.soldAtTills == 1 && published.promised == 1 && published.oversold == 1)
    let held = try run(.holds, plan, day)
    #expect(held.soldAtTills + held.promised == 1 && held.oversold == 0 && held.soldOut == 1)
  }

  @Test("a theft is the world's: it is counted apart, whatever the strategy")
  func theft() throws {
    let day = [TradingDay.Event(at: 0, what: .theft(sku: 0)), Self.buyer(1, at: 60_000)]
    for kind in StrategyKind.allCases {
      let outcome = try run(kind, Self.shop(units: 1), day)
      #expect(outcome.promised == 1 && outcome.worldShort == 1 && outcome.oversold == 0, "\(kind)")
    }
  }

  @Test("a till that asks first leaves a web order its unit; one that does not, takes it")
  func tillAsksFirst() throws {
    let day = [Self.buyer(1, at: 0), Self.till(1, at: 60_000)]
    let tells = try run(.holdfast, Self.shop(units: 1), day)
    #expect(tells.soldAtTills == 1 && tells.worldShort == 1 && tells.oversold == 0)
    let asks = try run(.holds, Self.shop(units: 1), day)
    #expect(asks.soldAtTills == 0 && asks.worldShort == 0 && asks.soldOut == 1)
  }
}
