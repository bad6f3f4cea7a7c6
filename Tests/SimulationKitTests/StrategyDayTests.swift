import StockLedger
import Testing

@testable import SimulationKit

/// The ways of syncing stock on days drawn by seed.
@Suite("Strategies, day by day")
struct StrategyDayTests {
  private static func shop(traffic: Int64 = 1, latencyMax: Int64 = 1_000, loss: UInt64 = 10) -> StrategyPlan {
    var plan = StrategyPlan()
    plan.traffic = traffic
    plan.latencyMax = latencyMax
    plan.lossPerMille = loss
    plan.tradingTime = 1_800_000
    plan.settlingTime = 1_800_000
    plan.unitsAtFirst = 3
    plan.webBuyers = 60
    plan.tillCustomers = 25
    return plan
  }

  @Test("the same seed is the same run; another is not", arguments: StrategyKind.allCases)
  func replays(_ kind: StrategyKind) throws {
    let first = try StrategyRun.run(kind, plan: Self.shop(), seed: 5)
    #expect(try StrategyRun.run(kind, plan: Self.shop(), seed: 5) == first)
    #expect(try StrategyRun.run(kind, plan: Self.shop(), seed: 6).trace != first.trace)
  }

  @Test("units and orders add up, and goods that come in are the same for all")
  func conservation() throws {
    let seed: UInt64 = 11
    let plan = Self.shop(traffic: 2)
    let day = TradingDay(of: plan, seed: seed)
    let came = day.events.reduce(plan.stockAtFirst * Int64(plan.skus)) { units, event in
      if case .goods(let goods) = event.what { units + goods.units } else { units }
    }
    for kind in StrategyKind.allCases {
      let market = try StrategyRun.run(kind, plan: plan, day: day, seed: seed).market
      let (shelves, tally) = (market.shelves, market.tally)
      #expect(shelves.allSatisfy { $0.units >= 0 && $0.came == $0.units + $0.left && $0.heldForPayers == 0 }, "\(kind)")
      #expect(shelves.reduce(0) { $0 + $1.came } == came, "\(kind)")
      let open = shelves.reduce(0) { $0 + $1.promises.count }
      let ended = tally.sent + tally.cancelled + tally.oversold + tally.worldShort
      #expect(tally.promised == ended + open, "\(kind)")
      let stolen = Int(shelves.reduce(0) { $0 + $1.left }) - tally.sent - tally.soldAtTills
      #expect((0...Int(plan.thefts * plan.traffic)).contains(stolen), "\(kind)")
    }
  }

  @Test("where everybody holds first, nothing is oversold, whatever is late or lost", arguments: 0..<2 as Range<UInt64>)
  func heldNeverOversells(_ seed: UInt64) throws {
    let plan = Self.shop(traffic: 2, latencyMax: 10_000, loss: 50)
    let held = try StrategyRun.run(.holds, plan: plan, seed: seed)
    #expect(held.oversold == 0)
    #expect(held.promised > 20 && held.soldOut > 0, "nothing sold out: nothing was shown")
    #expect(try StrategyRun.run(.push, plan: plan, seed: seed).oversold > 0)
  }

  @Test("with us, Shopify's numbers are true for good once everything has been told")
  func converges() throws {
    for kind in [StrategyKind.holdfast, .holds] {
      let outcome = try StrategyRun.run(kind, plan: Self.shop(loss: 50), seed: 3)
      #expect(outcome.convergedAfter != nil, "\(kind)")
    }
  }

  @Test("a day is drawn from its seed; busier shops have more of everything")
  func days() {
    let plan = Self.shop()
    #expect(TradingDay(of: plan, seed: 1) == TradingDay(of: plan, seed: 1))
    #expect(TradingDay(of: plan, seed: 1) != TradingDay(of: plan, seed: 2))
    let busy = TradingDay(of: Self.shop(traffic: 5), seed: 1)
    #expect(busy.events.count == 5 * TradingDay(of: plan, seed: 1).events.count)
    #expect(zip(busy.events, busy.events.dropFirst()).allSatisfy { $0.at <= $1.at })
  }

  @Test("drift and undersold unit-hours, by hand")
  func meter() {
    var plan = Self.shop()
    plan.skus = 2
    let opening = Timestamp(milliseconds: 0)
    var meter = DriftMeter(plan, opening: opening)
    meter.take([(offered: 3, free: 5), (offered: 4, free: 4)], at: opening)
    meter.take([(offered: 9, free: 5), (offered: 4, free: 4)], at: opening + 10_000)
    meter.take([(offered: 0, free: 100), (offered: 0, free: 0)], at: opening + plan.tradingTime)
    var outcome = StrategyOutcome()
    meter.write(to: &outcome)
    #expect(outcome.driftMean == 1.5 && outcome.driftMax == 4)
    #expect(outcome.undersoldUnitHours == 2.0 * 10_000 / 3_600_000)
    #expect(meter.wrongAt == opening + plan.tradingTime)
  }

  @Test("a sweep is the middle and what differs from it in one thing")
  func sweep() {
    let sweep = StrategySweep()
    #expect(sweep.plans.count == 7 && sweep.plans[0] == sweep.base)
    #expect(sweep.plans(along: \.traffic).map(\.traffic) == [1, 5, 20])
    #expect(sweep.plans(along: \.latencyMax).map(\.latencyMax) == [100, 1_000, 10_000])
    #expect(StrategySweep(traffic: [4], latencies: [50], losses: [0]).plans.count == 1)
    let spread = Spread(of: [4, 1, 3, 2])
    #expect(spread.median == 2.5 && spread.low == 1 && spread.high == 4)
    #expect(Spread(of: []).median == 0)
  }
}
