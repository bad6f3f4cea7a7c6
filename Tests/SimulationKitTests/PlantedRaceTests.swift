import SimulationKit
import StockLedger
import Testing

@Suite("Planted bugs in a toy keeper")
struct PlantedRaceTests {
  /// Four shoppers over two keys: hold, then confirm, release or let it expire; each hold is asked for twice by chance.
  static func run(seed: UInt64, bug: ToyKeeper.Bug) throws -> (trace: RunTrace, report: AuditReport, swept: Int64) {
    let executor = SeededExecutor(seed: seed)
    let clock = executor.clock
    let witness = Witness()
    let sweep = SharedSweep()
    let keys = try ["leeds", "york"].map { try StockKey(shop: "shop", sku: "22423", location: $0) }
    var chance = executor.makeGenerator()
    let shoppers = (0..<4).map { _ in chance.split() }
    try executor.run {
      let keepers = keys.map { ToyKeeper(bug: bug, clock: clock, key: $0) }
      let ask: @Sendable (Command, Int) async -> Answer = { command, place in
        sweep.change { $0.asked(command, of: keys[place], at: clock.now) }
        let answer = await witness.ask(command, of: keys[place], now: { clock.now }) {
          await keepers[place].put(command)
        }
        sweep.change { $0.answered(command, of: keys[place], answer, at: clock.now) }
        executor.note("\(place) \(answer)")
        return answer
      }
      for place in keys.indices { _ = await ask(try AuditScript.counted(4, asOf: clock.now), place) }
      await withThrowingTaskGroup { group in
        for (shopper, generator) in shoppers.enumerated() {
          group.addTask {
            var chance = generator
            for visit in 0..<6 {
              let place = chance.index(below: 2)
              let id = try AuditScript.id("\(shopper)-\(visit)")
              let hold = HoldRequest(
                id: id, quantity: try AuditScript.units(chance.number(in: 1...3)), lifetime: 60_000)
              let answer = await ask(.hold(hold), place)
              if chance.chance(perMille: 300) { _ = await ask(.hold(hold), place) }
              guard answer.receipt != nil else { continue }
              switch chance.below(3) {
              case 0: _ = await ask(.confirm(ConfirmRequest(id: id, claim: id)), place)
              case 1:
                _ = await ask(.release(id, nil), place)
                if chance.chance(perMille: 300) { _ = await ask(.release(id, nil), place) }
              default: try await clock.sleep(for: .milliseconds(chance.number(in: 1...90_000)))
              }
            }
          }
        }
      }
    }
    return (executor.trace, witness.report(), sweep.change { $0.unitsOversold })
  }

  @Test("no bug: nothing found in 400 seeds, and the same seed is the same run")
  func honest() throws {
    for seed in UInt64(0)..<400 {
      let once = try Self.run(seed: seed, bug: .none)
      #expect(once.report.contradictions == [], "seed \(seed)")
      #expect(once.swept == 0, "seed \(seed)")
      #expect(once.report.operations > 5)
      let again = try Self.run(seed: seed, bug: .none)
      #expect(once.trace == again.trace, "seed \(seed)")
      #expect(once.report == again.report)
    }
  }

  @Test("an await between check and change oversells within 50 seeds; both audits see it")
  func awaitBetween() throws {
    var caught: [UInt64] = []
    var swept: [UInt64] = []
    for seed in UInt64(0)..<50 {
      let run = try Self.run(seed: seed, bug: .awaitsBetweenCheckAndChange)
      if run.report.unitsOversold > 0 { caught.append(seed) }
      if run.swept > 0 { swept.append(seed) }
    }
    #expect(caught.count >= 5, "caught by \(caught)")
    #expect(!swept.isEmpty && Set(swept).isSubset(of: caught), "the exact audit finds all that the sweep finds")
  }

  @Test(
    "other bugs are caught within 20 seeds, by their name",
    arguments: [
      (ToyKeeper.Bug.forgetsDuplicates, Contradiction.Kind.grantedTwice), (.freesTwice, .endedTwice),
    ])
  func caught(bug: ToyKeeper.Bug, kind: Contradiction.Kind) throws {
    let found = try (UInt64(0)..<20).contains { seed in
      try Self.run(seed: seed, bug: bug).report.contradictions.contains { $0.kind == kind }
    }
    #expect(found)
  }
}
