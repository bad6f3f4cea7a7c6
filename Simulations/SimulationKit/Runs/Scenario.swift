import StockLedger

/// Which troubles a run has.
public enum SimulatedFaults: String, Hashable, Sendable, CaseIterable {
  /// Those of the scenario.
  case asPlanned
  /// None.
  case none
  /// Every kind that the scenario's world knows.
  case all
}

/// A world, and what is set in it: a scenario file as a value.
public struct Scenario: Hashable, Sendable {
  /// What kind of world it is.
  public enum World: String, Hashable, Sendable, CaseIterable {
    /// Shoppers, carts, batches and an ERP around the engine. Every answer is audited.
    case storefront
    /// The engine with its publisher against an emulated Shopify. At the end both sides must be equal.
    case shopify
  }

  /// What is not set.
  public enum Base: String, Hashable, Sendable, CaseIterable {
    /// The world's defaults, without troubles.
    case calm
    /// Drawn by each seed anew, troubles too: some seeds have none, some have all. Of the storefront only.
    case drawn
    /// Every trouble of the world. Of Shopify only.
    case troubled
    /// The same, with an ERP that loses reports, and reconciliation at work. Of Shopify only.
    case reconciled
  }

  /// Its name: letters, digits and hyphens.
  public var name: String
  /// What it shows, in a sentence.
  public var about: String
  /// Its world.
  public var world: World
  /// What is not set.
  public var base: Base
  /// What is set, by the names of the world's fields.
  public var settings: [String: Int64]

  /// A scenario; ``fault`` says whether it is one.
  public init(
    name: String, about: String = "", world: World, base: Base = .calm, settings: [String: Int64] = [:]
  ) {
    self.name = name
    self.about = about
    self.world = world
    self.base = base
    self.settings = settings
  }

  /// The bases of a world.
  public static func bases(of world: World) -> [Base] {
    switch world {
    case .storefront: [.calm, .drawn]
    case .shopify: [.calm, .troubled, .reconciled]
    }
  }

  /// The names, ranges and meanings of a world's fields.
  public static func fields(
    of world: World
  ) -> [(name: String, range: ClosedRange<Int64>, isSwitch: Bool, about: String)] {
    switch world {
    case .storefront: StorefrontPlan.fields.map { ($0.name, $0.range, $0.isSwitch, $0.about) }
    case .shopify: ShopifyTradePlan.fields.map { ($0.name, $0.range, $0.isSwitch, $0.about) }
    }
  }

  /// Why it cannot be run, in words that say what to do; nil where it can.
  public var fault: String? {
    let bases = Self.bases(of: world)
    if !bases.contains(base) {
      return "the world \(world) has no base \"\(base)\": one of \(bases.map(\.rawValue).joined(separator: ", "))"
    }
    let fields = Self.fields(of: world)
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard let field = fields.first(where: { $0.name == name }) else {
        let names = fields.map(\.name).joined(separator: ", ")
        return "the world \(world) has no field \"\(name)\": it has \(names)"
      }
      if !field.range.contains(value) {
        return "\(name) is \(value), and may be \(field.range.lowerBound) to \(field.range.upperBound)"
      }
    }
    return nil
  }

  // MARK: Running it

  /// Runs one seed to its end. What goes wrong in it is told, not thrown.
  ///
  /// - Parameters:
  ///   - seed: Decides everything.
  ///   - eventsKept: As of ``RunTrace/init(eventsKept:)``.
  public func run(
    seed: UInt64, faults: SimulatedFaults = .asPlanned, eventsKept: Int = RunTrace.lastEventsMax
  ) -> SimulatedRun {
    do {
      switch world {
      case .storefront:
        let outcome = try Storefront.run(
          seed: seed, plan: base == .drawn ? nil : StorefrontPlan(), changedBy: { change(&$0, faults) },
          eventsKept: eventsKept)
        return SimulatedRun(seed, outcome)
      case .shopify:
        return SimulatedRun(seed, try ShopifyTrade.run(seed: seed, plan: trade(faults), eventsKept: eventsKept))
      }
    } catch let failure as SimulationFailure {
      return SimulatedRun(seed: seed, trace: failure.trace, violations: ["\(failure)"], seen: [:])
    } catch {
      return SimulatedRun(seed: seed, trace: RunTrace(), violations: ["the run ended early: \(error)"], seen: [:])
    }
  }

  /// What a field is in the run of a seed; 0 where the world has no such field.
  func value(of name: String, seed: UInt64, faults: SimulatedFaults) -> Int64 {
    switch world {
    case .storefront:
      var plan = base == .drawn ? Storefront.plan(drawnBy: seed) : StorefrontPlan()
      change(&plan, faults)
      return StorefrontPlan.fields.first { $0.name == name }?.get(plan) ?? 0
    case .shopify:
      let plan = trade(faults)
      return ShopifyTradePlan.fields.first { $0.name == name }?.get(plan) ?? 0
    }
  }

  private func change(_ plan: inout StorefrontPlan, _ faults: SimulatedFaults) {
    plan.set(faults)
    apply(StorefrontPlan.fields, to: &plan)
  }

  private func trade(_ faults: SimulatedFaults) -> ShopifyTradePlan {
    var plan: ShopifyTradePlan =
      switch base {
      case .troubled: .troubled
      case .reconciled: .reconciled
      case .calm, .drawn: ShopifyTradePlan()
      }
    plan.set(faults)
    apply(ShopifyTradePlan.fields, to: &plan)
    return plan
  }

  private func apply<Plan>(_ fields: [PlanField<Plan>], to plan: inout Plan) {
    for field in fields { if let value = settings[field.name] { field.set(&plan, value) } }
  }
}

/// What one seed showed.
public struct SimulatedRun: Hashable, Sendable {
  /// The seed.
  public let seed: UInt64
  /// What the executor did: equal for equal seeds, in any process.
  public let trace: RunTrace
  /// What must not happen and did, in words; empty in an honest run.
  public let violations: [String]
  /// How often what happened.
  public let seen: [String: Int]

  /// A run that showed this.
  public init(seed: UInt64, trace: RunTrace, violations: [String], seen: [String: Int]) {
    self.seed = seed
    self.trace = trace
    self.violations = violations
    self.seen = seen
  }

  fileprivate init(_ seed: UInt64, _ outcome: StorefrontOutcome) {
    var violations = outcome.report.contradictions.map { "\($0)" }
    violations += outcome.lost.map { "lost after it was acknowledged: \($0)" } + outcome.differences
    let unchecked = outcome.report.keysUnchecked
    if !unchecked.isEmpty { violations.append("not checked to the end: \(unchecked)") }
    var seen = outcome.sometimes
    seen["unit granted"] = Int(clamping: outcome.report.unitsGranted)
    self.init(seed: seed, trace: outcome.trace, violations: violations, seen: seen)
  }

  fileprivate init(_ seed: UInt64, _ outcome: ShopifyTradeOutcome) {
    self.init(seed: seed, trace: outcome.trace ?? RunTrace(), violations: outcome.faults, seen: outcome.seen)
  }
}
