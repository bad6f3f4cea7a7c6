import Foundation
import InventoryEngine
import Logging
import Reconciliation
import StockJournal
import StockLedger
import Synchronization

/// What a million keys cost the publisher and the reconciler: memory in use, and the time of a look that finds and
/// mends one key in a hundred. The channel and the journal are in this process, so its memory is theirs too; printed
/// are the differences.

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000

/// A channel that answers at once.
final class CountedChannel: ChannelPort {
  let numbers: Mutex<[Int64]>
  let keys: [StockKey]

  init(keys: [StockKey], units: Int64) {
    self.keys = keys
    numbers = Mutex(Array(repeating: units, count: keys.count))
  }

  private func place(of key: StockKey) -> Int { Int(key.sku.dropFirst(4)) ?? 0 }

  func write(_ rows: [PublicationOutbox.Row], key: Identifier) async -> PublicationOutbox.WriteAnswer {
    numbers.withLock { numbers in
      var faults: [Int: PublicationOutbox.RowFault] = [:]
      for (index, row) in rows.enumerated() where row.changeFrom.map({ $0 != numbers[place(of: row.key)] }) ?? false {
        faults[index] = .stale
      }
      if !faults.isEmpty { return .refused(faults) }
      for row in rows { numbers[place(of: row.key)] = row.quantity }
      return .accepted
    }
  }

  func read(_ keys: [StockKey]) async -> ChannelReading {
    numbers.withLock { numbers in .held(keys.map { numbers[place(of: $0)] }) }
  }

  func readAll(_ deliver: ([ChannelHolding]) async -> Void) async throws(ChannelFailure) {
    for start in stride(from: 0, to: keys.count, by: 2_000) {
      let holdings = (start..<min(start + 2_000, keys.count)).map { place in
        ChannelHolding(key: keys[place], available: numbers.withLock { $0[place] })
      }
      await deliver(holdings)
    }
  }
}

/// Resident memory, without what the allocator keeps for later: it gives that back when it is asked to.
func usedMiB() -> Int {
  if let trim = unsafe dlsym(nil, "malloc_trim") {
    _ = unsafe unsafeBitCast(trim, to: (@convention(c) (Int) -> Int32).self)(0)
  }
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  return pages * 4 / 1_024
}

func peakMiB() -> Int {
  let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
  return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 / 1_024 } ?? 0
}

var log = Logger(label: "million")
log.logLevel = .error
let logger = log
let clock = SystemClock()
var settings = EngineSettings()
settings.nonce = (1, 2)
settings.passivateAfter = 3_000
settings.passivationPeriod = 1_000
settings.snapshotAfter = nil
settings.snapshotEveryEntries = nil
settings.snapshotsOnStop = false
let engine = try await InventoryEngine.open(store: MemoryJournal(), settings: settings, clock: clock, logger: logger)

try await withThrowingTaskGroup(of: Void.self) { group in
  group.addTask { try await engine.run() }
  let keys = try (0..<count).map { try StockKey(shop: "main", sku: "SKU-\($0)", location: "leeds") }
  let erp = Identifier("erp") ?? .none
  for start in stride(from: 0, to: count, by: 10_000) {
    let batch = keys[start..<min(start + 10_000, count)].map { key in
      KeyedCommand(
        key: key, command: .report(Report(source: erp, saying: .count(Count(units: 100, asOf: clock.now)))))
    }
    _ = await engine.submit(batch)
  }
  try await clock.sleep(until: clock.now + 8_000)
  let before = usedMiB()
  print("\(count) keys: \(before) MiB with engine, journal and channel in one process")
  let channel = CountedChannel(keys: keys, units: 100)
  let place = PublishedShop(
    shop: "main", channel: Identifier("shopify") ?? .none, source: Identifier("shopify") ?? .none)
  let publisher = ChannelPublisher(of: place, by: engine, to: channel, logger: logger)
  group.addTask { await publisher.run() }
  let began = ContinuousClock.now
  repeat { try await clock.sleep(until: clock.now + 500) } while await !publisher.isAtRest(for: 1_000)
  print("taken up and at rest after \(ContinuousClock.now - began): \(usedMiB() - before) MiB more, peak \(peakMiB())")
  try await clock.sleep(until: clock.now + 8_000)
  print("with keys at rest: \(usedMiB() - before) MiB more")

  let reconciler = Reconciler(
    shop: "main", engine: engine, channel: .init(publisher: publisher, port: channel, orders: nil),
    store: ReportsInMemory(), logger: logger)
  let quiet = try await reconciler.reconcile()
  print("a look at all in step: \(quiet.endedAt.milliseconds - quiet.startedAt.milliseconds) ms")
  for place in stride(from: 0, to: count, by: 100) { channel.numbers.withLock { $0[place] += 3 } }
  let base = usedMiB()
  let start = ContinuousClock.now
  let report = try await reconciler.reconcile()
  print("found \(report.drifted) after \(ContinuousClock.now - start): \(usedMiB() - base) MiB more")
  repeat { try await clock.sleep(until: clock.now + 200) } while await !publisher.isAtRest(for: 60_000)
  let wrong = channel.numbers.withLock { $0.count { $0 != 100 } }
  let took = ContinuousClock.now - start
  print("mended after \(took), \(wrong) left; \(usedMiB() - before) MiB more in all, peak \(peakMiB())")
  try await engine.stop()
  group.cancelAll()
}
