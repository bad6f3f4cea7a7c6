import ArgumentParser
import Foundation
import Histogram
import InventoryEngine
import StockJournal
import StockLedger

/// Measures the engine on this machine, each row in a directory of its own that is removed after it.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure holds, confirms, carts, recovery and memory on this machine.",
    discussion: """
      Batches of 1,000 from 4 tasks unless the row says otherwise; durable means synced to disk before the answer.
      Rows depend on the machine and on what else it does: compare only figures of one run. With --store one row is
      measured on an empty Redis; Scripts/bench-redis starts one for each row, beside the peer that it is compared with.
      """)

  @Option(name: .customLong("case"), parsing: .upToNextOption, help: "Rows to measure; all by default.")
  var cases: [BenchCase] = []

  @Option(help: "How much work a row does: 1 is the published size.")
  var scale = 1.0

  @Option(help: "Sync every so many milliseconds instead of before each answer; a crash may lose that window.")
  var relaxed: Int?

  @Option(help: "Where the rows' directories are made.")
  var data: String?

  @Option(help: "Measure one row on this Redis, which must be empty, instead of on a directory.")
  var store: String?

  @Option(help: "Clients that ask at the same time; 4, and 16 on a Redis, whose round trip is longer.")
  var tasks: Int?

  @OptionGroup var redis: RedisFlags
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if store != nil && (cases.count != 1 || cases == [.recovery] || cases == [.memory]) {
      throw ValidationError("--store takes one --case, and not recovery or memory")
    }
    if let tasks, !(1...256).contains(tasks) { throw ValidationError("--tasks is 1 to 256") }
    if !(scale > 0 && scale <= 100) { throw ValidationError("--scale is above 0, up to 100") }
    if let relaxed, relaxed < 1 || relaxed > 60_000 { throw ValidationError("--relaxed is 1 to 60000 milliseconds") }
  }

  func run() async throws {
    try await perform(json: output.json) { flag in
      var rows: [BenchRow] = []
      for measured in cases.isEmpty ? BenchCase.allCases : cases {
        if flag.isRaised { break }
        Console.say("measuring: \(measured.title)")
        rows += try await measure(measured)
      }
      output.json ? Console.put(Self.json(rows).text) : Console.put(Self.table(rows))
      return .done
    }
  }

  private var durability: EngineSettings.Durability { relaxed.map { .relaxed(every: Int64($0)) } ?? .durable }

  private var clients: Int { tasks ?? (store == nil ? 4 : 16) }

  private func scaled(_ count: Int, step: Int) -> Int { max(step, Int(Double(count) * scale) / step * step) }

  private func withDirectory<Result>(_ work: (String) async throws -> Result) async throws -> Result {
    let parent = data ?? FileManager.default.temporaryDirectory.path
    let directory = parent + "/holdfast-bench-\(getpid())"
    try? FileManager.default.removeItem(atPath: directory)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await work(directory)
  }

  private func measure(_ measured: BenchCase) async throws -> [BenchRow] {
    try await withDirectory { directory in
      let place = try store.map { try redis.place($0) } ?? .directory(DataDirectory(directory))
      switch measured {
      case .uniform:
        return [try await holds(measured, keys: 10_000, units: 1_000_000, count: 4_000_000, in: place)]
      case .hot: return [try await holds(measured, keys: 1, units: 1_000_000_000, count: 4_000_000, in: place)]
      case .soldOut: return [try await holds(measured, keys: 1, units: 1_000, count: 20_000_000, in: place)]
      case .pairs:
        let count = scaled(4_000_000, step: clients * 2_000)
        return [
          try await rate(measured, keys: 10_000, units: 1_000_000, count: count, in: place) { engine, keys, salt in
            try await BenchLoad.pairs(engine, keys: keys, count: count, tasks: clients, batch: 1_000, salt: salt)
          }
        ]
      case .carts:
        let count = scaled(400_000, step: clients * 1_000)
        return [
          try await rate(measured, keys: 10_000, units: 1_000_000, count: count, in: place) { engine, keys, salt in
            try await BenchLoad.carts(engine, keys: keys, count: count, tasks: clients, batch: 1_000, salt: salt)
          }
        ]
      case .single: return [try await single(in: place)]
      case .recovery: return try await recovery(in: directory)
      case .memory: return [try await memory(in: directory)]
      }
    }
  }

  /// A row of holds in batches; where there are fewer units than holds, all of them are answered all the same.
  private func holds(
    _ measured: BenchCase, keys: Int, units: Int64, count: Int, in place: JournalPlace
  ) async throws -> BenchRow {
    let count = scaled(count, step: clients * 1_000)
    let isShort = Int64(count) > units * Int64(keys)
    return try await rate(measured, keys: keys, units: units, count: count, in: place) { engine, keys, salt in
      let granted = try await BenchLoad.holds(
        engine, keys: keys, count: count, tasks: clients, batch: 1_000, salt: salt)
      return isShort ? count : granted
    }
  }

  private func rate(
    _ measured: BenchCase, keys: Int, units: Int64, count: Int, in place: JournalPlace,
    _ load: @escaping @Sendable (InventoryEngine, [StockKey], UInt64) async throws -> Int
  ) async throws -> BenchRow {
    let world = try BenchWorld(keyCount: keys, units: units)
    return try await world.run(in: place, durability: durability) { engine in
      let before = engine.counters
      let stretch = Stretch()
      let done = try await load(engine, world.keys, 1)
      let (seconds, cpu) = (stretch.seconds, stretch.processorSeconds)
      guard done == count else { throw Complaint("\(count - done) of \(count) were refused", do: "report this") }
      let after = engine.counters
      let commits = after.commits - before.commits
      let perSecond = Double(count) / seconds
      let bytes = Double(after.bytes - before.bytes)
      return BenchRow(
        measured: measured, label: measured.title, value: "\(grouped(Int(perSecond))) /s",
        detail: "\(decimal(cpu / Double(count) * 1e6, places: 2)) µs of processor each, \(grouped(commits)) syncs, "
          + "\(decimal(bytes / 1e6)) MB journal",
        numbers: [
          ("per_second", perSecond), ("processor_us_each", cpu / Double(count) * 1e6), ("syncs", Double(commits)),
          ("journal_bytes", bytes), ("count", Double(count)),
        ])
    }
  }

  private func single(in place: JournalPlace) async throws -> BenchRow {
    let count = scaled(1_000_000, step: 256)
    let world = try BenchWorld(keyCount: 10_000, units: 1_000_000)
    return try await world.run(in: place, durability: durability) { engine in
      let before = engine.counters
      let stretch = Stretch()
      let latencies = try await BenchLoad.singles(engine, keys: world.keys, count: count, tasks: 256, salt: 3)
      let perSecond = Double(count) / stretch.seconds
      let p50 = Double(latencies.valueAtPercentile(50)) / 1_000
      let p99 = Double(latencies.valueAtPercentile(99)) / 1_000
      return BenchRow(
        measured: .single, label: BenchCase.single.title, value: "\(grouped(Int(perSecond))) /s",
        detail: "p50 \(decimal(p50, places: 2)) ms, p99 \(decimal(p99, places: 2)) ms, "
          + "\(grouped(engine.counters.commits - before.commits)) syncs",
        numbers: [("per_second", perSecond), ("p50_ms", p50), ("p99_ms", p99), ("count", Double(count))])
    }
  }
}
