import SimulationKit
import Testing

@Suite("Scenarios: a world, what is set in it, and what a seed makes of it")
struct ScenarioTests {
  private let drawn = Scenario(name: "drawn", world: .storefront, base: .drawn)

  @Test("without faults nothing is troubled, with all of them everything is; what is set stands above both")
  func faults() {
    var calm: [String: Int] = [:]
    var troubled: [String: Int] = [:]
    for seed in UInt64(0)..<20 {
      for (run, seen) in [(drawn.run(seed: seed, faults: .none), false), (drawn.run(seed: seed, faults: .all), true)] {
        #expect(run.violations == [], "seed \(seed)")
        if seen { troubled.merge(run.seen, uniquingKeysWith: +) } else { calm.merge(run.seen, uniquingKeysWith: +) }
      }
    }
    for trouble in ["crash", "full disk", "pause", "passivation", "snapshot"] {
      #expect(calm[trouble] == nil, "\(trouble) without faults")
      #expect(troubled[trouble, default: 0] > 0, "no \(trouble) with every fault")
    }
    var once = drawn
    once.settings = ["crashes": 1]
    #expect(once.run(seed: 3, faults: .none).seen["crash"] == 1)
    #expect(once.run(seed: 3, faults: .all).seen["crash"] == 1)
  }

  @Test("the same seed is the same run, however much of its story is kept; another seed is another")
  func traces() {
    let once = drawn.run(seed: 11)
    let told = drawn.run(seed: 11, eventsKept: .max)
    #expect(once.trace.hash == told.trace.hash)
    #expect(once.seen == told.seen)
    #expect(UInt64(told.trace.lastEvents.count) == told.trace.events)
    #expect(told.trace.lastEvents.suffix(RunTrace.lastEventsMax) == once.trace.lastEvents[...])
    #expect(drawn.run(seed: 12).trace.hash != once.trace.hash)
  }

  @Test("what cannot be run says what to do")
  func faultsInWords() throws {
    var scenario = drawn
    #expect(scenario.fault == nil)
    scenario.settings = ["shopers": 3]
    #expect(try #require(scenario.fault).contains("no field \"shopers\""))
    scenario.settings = ["shoppers": 0]
    #expect(scenario.fault == "shoppers is 0, and may be 1 to 64")
    scenario.settings = [:]
    scenario.base = .reconciled
    #expect(try #require(scenario.fault).contains("one of calm, drawn"))
  }

  @Test("each field is in its range at its world's defaults, and can be set to both ends of it")
  func fields() {
    for field in StorefrontPlan.fields { check(field, StorefrontPlan()) }
    for plan in [ShopifyTradePlan(), .troubled, .reconciled] {
      for field in ShopifyTradePlan.fields { check(field, plan) }
    }
    for world in Scenario.World.allCases {
      let names = Scenario.fields(of: world).map(\.name)
      #expect(Set(names).count == names.count)
    }
  }

  private func check<Plan>(_ field: PlanField<Plan>, _ plan: Plan) {
    #expect(field.range.contains(field.get(plan)), "\(field.name)")
    var changed = plan
    for end in [field.range.lowerBound, field.range.upperBound] {
      field.set(&changed, end)
      #expect(field.get(changed) == end, "\(field.name)")
    }
  }

  // MARK: Smaller

  /// Fails where three keys, a crash and ten visits meet, by an odd seed.
  private func broken(_ scenario: Scenario, _ seed: UInt64, _: SimulatedFaults) -> SimulatedRun {
    let plan = Storefront.plan(drawnBy: seed)
    let isBroken =
      scenario.settings["keys", default: Int64(plan.keys)] >= 3
      && scenario.settings["crashes", default: Int64(plan.crashes)] >= 1
      && scenario.settings["stockMax", default: plan.stockMax] >= 5 && seed % 2 == 1
    return SimulatedRun(seed: seed, trace: RunTrace(), violations: isBroken ? ["broken"] : [], seen: [:])
  }

  @Test("a failing run is made as small as it goes on failing, and fails again by what was found")
  func shrinks() throws {
    let failing = try #require(
      (UInt64(1)...400).lazy.map { broken(drawn, $0, .asPlanned) }.first { !$0.violations.isEmpty })
    let found = Shrinker.shrink(drawn, failing, faults: .asPlanned, running: broken)
    #expect(found.scenario.settings["keys"] == 3)
    #expect(found.scenario.settings["crashes"] ?? 1 == 1)
    #expect(found.scenario.settings["stockMax"] == 5)
    #expect(found.scenario.settings["shoppers"] == 1)
    #expect(found.scenario.settings["visits"] == 1)
    #expect(found.violations == ["broken"])
    #expect(broken(found.scenario, found.seed, .asPlanned).violations == ["broken"])
    #expect(found.scenario.fault == nil)
  }

  @Test("making it smaller ends, and what never fails smaller stays what it was")
  func shrinksToItself() {
    let only = SimulatedRun(seed: .max, trace: RunTrace(), violations: ["once"], seen: [:])
    let found = Shrinker.shrink(drawn, only, faults: .none, runsMax: 50) { _, seed, _ in
      SimulatedRun(seed: seed, trace: RunTrace(), violations: [], seen: [:])
    }
    #expect(found.scenario == drawn)
    #expect(found.seed == .max)
    #expect(found.runs <= 50)
  }
}
