import StockLedger

/// The network between a shop's systems: everything takes its time, and some of it never arrives.
struct SourceLink: Sendable {
  /// How long an asker waits for an answer before it takes the call for lost, in milliseconds.
  static let patience: Int64 = 5_000
  /// How long it then waits before it asks again, in milliseconds.
  static let pause: Int64 = 2_000

  let clock: VirtualClock
  let chance: SharedChance
  let latencyMax: Int64
  let lossPerMille: UInt64

  init(_ plan: StrategyPlan, clock: VirtualClock, chance: SeededGenerator) {
    self.clock = clock
    self.chance = SharedChance(chance)
    latencyMax = plan.latencyMax
    lossPerMille = plan.lossPerMille
  }

  /// One call; nil where it, or its answer, was lost.
  func ask<Answer: Sendable>(_ work: @Sendable () async -> Answer) async -> Answer? {
    guard await travels() else { return nil }
    let answer = await work()
    return await travels() ? answer : nil
  }

  /// The same call until it is answered: what is asked must be safe to ask twice. Nil where the day is over.
  func insist<Answer: Sendable>(_ work: @Sendable () async -> Answer) async -> Answer? {
    while !Task.isCancelled {
      if let answer = await ask(work) { return answer }
      try? await clock.sleep(until: clock.now + Self.pause)
    }
    return nil
  }

  private func travels() async -> Bool {
    let isLost = isLost
    try? await clock.sleep(until: clock.now + (isLost ? Self.patience : chance.number(in: 1...latencyMax)))
    return !isLost
  }

  /// Draws whether something is lost on one way.
  var isLost: Bool { UInt64(chance.number(in: 0...999)) < lossPerMille }
}
