import InventoryEngine
import Logging
import SimulationKit
import StockJournal
import StockLedger

// A fixed run of holds on one thread, for callgrind: the same binary gives the same number of instructions, whatever
// else the machine does. Two runs of different length are subtracted, so that start and end do not count.
// Scripts/count-instructions does that. Argument: how many holds, a multiple of 1,000.

let holds = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 20_000
guard let source = Identifier("erp"), let delivery = Identifier("opening") else { fatalError("identifiers are texts") }

let executor = SeededExecutor(seed: 1, order: .arrival)
let granted = try executor.run {
  let keys = try (0..<1_000).map { try StockKey(shop: "count", sku: "sku-\($0)", location: "main") }
  let clock = executor.clock
  var settings = EngineSettings()
  settings.snapshotsOnStop = false
  let engine = try await InventoryEngine.open(
    store: MemoryJournal(), settings: settings, clock: clock, logger: Logger(label: "count"))
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await engine.run() }
    let count = Report(source: source, delivery: delivery, body: .count(Count(units: 1_000_000, asOf: clock.now)))
    _ = await engine.submit(keys.map { KeyedCommand(key: $0, command: .report(count)) })
    var granted = 0
    for batch in 0..<(holds / 1_000) {
      let commands = (0..<1_000).map { index in
        let id = ReservationID(high: UInt64(batch), low: 1 << 63 | UInt64(index))
        // Half of a batch meets a key of its own, half one hot key: both kinds of turn are in the number.
        let key = keys[index % 2 == 0 ? index : 1]
        return KeyedCommand(key: key, command: .hold(HoldRequest(id: id, quantity: .one, lifetime: 900_000)))
      }
      for answer in await engine.submit(commands) where answer.receipt != nil { granted += 1 }
    }
    try await engine.stop()
    try await group.waitForAll()
    return granted
  }
}
guard granted == holds else { fatalError("\(granted) of \(holds) holds were granted") }
print("\(granted) holds granted")
