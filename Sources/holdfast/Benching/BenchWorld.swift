import Foundation
import InventoryEngine
import StockJournal
import StockLedger

/// A fresh engine on an empty journal for one row, and what a run of it cost.
struct BenchWorld: Sendable {
  static let shop = "bench"
  let keys: [StockKey]
  let units: Int64

  /// - Parameters:
  ///   - keyCount: How many SKUs, one location each.
  ///   - units: Counted units of each.
  init(keyCount: Int, units: Int64) throws {
    keys = try (0..<keyCount).map { try StockKey(shop: Self.shop, sku: "sku-\($0)", location: "main") }
    self.units = units
  }

  /// Opens a fresh engine, counts every key in, and does the work.
  func run<Result: Sendable>(
    in place: JournalPlace, durability: EngineSettings.Durability,
    _ work: @escaping @Sendable (InventoryEngine) async throws -> Result
  ) async throws -> Result {
    let journal = try await place.open()
    guard try await journal.heads().allSatisfy({ $0.number == 0 }) else {
      try await journal.close()
      throw Complaint("\(place) holds a journal already", do: "a row is measured on an empty one")
    }
    var settings = EngineSettings.ofProgram
    settings.durability = durability
    // A row measures commits, not the snapshot that a clean stop takes; the recovery row takes its own.
    settings.snapshotsOnStop = false
    settings.snapshotEveryEntries = nil
    let clock = SystemClock()
    let counts = self
    return try await withEngine(on: journal, clock: clock, settings: settings) { engine in
      try await counts.countIn(engine, asOf: clock.now)
      return try await work(engine)
    }
  }

  private func countIn(_ engine: InventoryEngine, asOf: Timestamp) async throws {
    guard let source = Identifier("erp"), let delivery = Identifier("opening") else { return }
    let count = Count(units: units, asOf: asOf)
    for start in stride(from: 0, to: keys.count, by: 10_000) {
      let batch = keys[start..<min(start + 10_000, keys.count)].map {
        KeyedCommand(
          key: $0, command: .report(Report(source: source, delivery: delivery, body: .count(count))))
      }
      for answer in await engine.submit(batch) where answer.receipt == nil {
        throw Complaint("a count was not taken: \(answer)", do: "report this")
      }
    }
  }
}

/// A stretch of wall and processor time.
struct Stretch: Sendable {
  private let wall = ContinuousClock.now
  private let cpu = Stretch.cpuSeconds

  var seconds: Double { (ContinuousClock.now - wall) / .seconds(1) }
  /// Processor time of the whole process, both cores.
  var processorSeconds: Double { Self.cpuSeconds - cpu }

  private static var cpuSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Identifiers and choices as a client makes them: 128 random bits in UUID form, and a key by chance.
struct BenchChance: Sendable {
  private var state: UInt64

  init(task: Int, salt: UInt64) { state = UInt64(task) &* 0x9E37_79B9_7F4A_7C15 &+ salt }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state = state &+ 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func id() -> Identifier {
    Identifier(high: next(), low: next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }

  mutating func index(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }
}
