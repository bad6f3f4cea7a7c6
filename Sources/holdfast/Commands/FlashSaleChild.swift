import ArgumentParser
import Foundation
import StockLedger

/// The first half of the demo's flash sale, in a process that kills itself in the middle of it.
struct FlashSaleChild: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flash-sale-until-killed",
    abstract: "The demo's flash sale, up to the moment at which it kills itself.", shouldDisplay: false)

  @Option var data: String
  @Option var start: Int64
  @Option var buyers: Int
  @Option var killAfter: Int

  func run() async throws {
    try await perform(json: false) { flag in
      var plan = SalePlan(start: Timestamp(milliseconds: start))
      plan.buyers = buyers
      let killAfter = self.killAfter
      let sale = plan
      let key = try plan.key
      let clock = SteppedClock(at: plan.start)
      let confirmed = SharedCount()
      let journal = try await DataDirectory(data).open()
      try await withEngine(on: journal, clock: clock) { engine in
        let crowd = Crowd(
          plan: sale, key: key, engine: engine, clock: clock, witness: PipeWitness(), flag: flag,
          come: SharedCount()
        ) {
          // No handler runs and nothing is flushed: as if the power had gone for this process.
          if confirmed.next() == killAfter { kill(getpid(), SIGKILL) }
        }
        await crowd.open()
        await crowd.sell(.init(toAsk: Array(0..<sale.buyers), toConfirm: []))
      }
      return .done
    }
  }
}
