import Foundation
import InventoryEngine
import Logging
import SQLiteJournal
import StockJournal
import StockLedger

extension Bench {
  /// How fast a journal is replayed, and how long an engine takes to open on a snapshot of a million keys.
  func recovery(in directory: String) async throws -> [BenchRow] {
    let entries = max(4_000, Int(4_000_000 * scale) / 4_000 * 4_000)
    let replayWorld = try BenchWorld(keyCount: 10_000, units: 1_000_000)
    try await replayWorld.run(in: .directory(DataDirectory(directory)), durability: .durable) { engine in
      _ = try await BenchLoad.holds(
        engine, keys: replayWorld.keys, count: entries, tasks: 4, batch: 1_000, salt: 5)
    }
    let replay = try await open(directory)
    try FileManager.default.removeItem(atPath: directory)
    let keyCount = max(1_000, Int(1_000_000 * scale))
    let snapshotWorld = try BenchWorld(keyCount: keyCount, units: 1_000)
    try await snapshotWorld.run(in: .directory(DataDirectory(directory)), durability: .durable) { engine in
      _ = await engine.saveSnapshots()
    }
    let snapshot = try await open(directory)
    let perSecond = Double(replay.report.entries) / replay.seconds
    return [
      BenchRow(
        measured: .recovery, label: "recovery: replay", value: "\(grouped(Int(perSecond))) entries/s",
        detail: "\(grouped(replay.report.entries)) entries in \(decimal(replay.seconds, places: 2)) s",
        numbers: [("entries_per_second", perSecond), ("seconds", replay.seconds)]),
      BenchRow(
        measured: .recovery, label: "recovery: snapshot of \(grouped(keyCount)) keys",
        value: "\(decimal(snapshot.seconds, places: 2)) s",
        detail: "\(grouped(snapshot.report.entries)) entries replayed after it",
        numbers: [("seconds", snapshot.seconds), ("keys", Double(keyCount))]),
    ]
  }

  private func open(_ directory: String) async throws -> (seconds: Double, report: RecoveryReport) {
    let journal = try await DataDirectory(directory).openExisting()
    let stretch = Stretch()
    let engine = try await InventoryEngine.open(
      store: journal, settings: .ofProgram, clock: SystemClock(),
      logger: ProgramLog.quiet.logger())
    let seconds = stretch.seconds
    try await journal.close()
    return (seconds, engine.recovery)
  }

  /// Resident memory with a million keys in memory, each with one live reservation.
  func memory(in directory: String) async throws -> BenchRow {
    let keyCount = max(1_000, Int(1_000_000 * scale))
    let world = try BenchWorld(keyCount: keyCount, units: 1_000)
    let bytes = try await world.run(in: .directory(DataDirectory(directory)), durability: .durable) { engine in
      var chance = BenchChance(task: 0, salt: 7)
      for start in stride(from: 0, to: keyCount, by: 1_000) {
        let commands = world.keys[start..<min(start + 1_000, keyCount)].map { key in
          KeyedCommand(
            key: key,
            command: .hold(HoldRequest(id: chance.id(), quantity: .one, lifetime: Limits.holdLifetimeMax)))
        }
        for answer in await engine.submit(commands) where answer.receipt == nil {
          throw Complaint("a hold was not granted: \(answer)", do: "report this")
        }
      }
      return Self.residentBytes
    }
    let perKey = Double(bytes) / Double(keyCount)
    return BenchRow(
      measured: .memory, label: "\(grouped(keyCount)) keys with a live reservation each",
      value: "\(decimal(Double(bytes) / 1_073_741_824, places: 2)) GiB resident",
      detail: "\(grouped(Int(perKey))) bytes a key, the program and the client's own keys included",
      numbers: [("resident_bytes", Double(bytes)), ("bytes_per_key", perKey)])
  }

  /// Memory of this process that is in RAM now.
  private static var residentBytes: Int {
    guard let status = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let fields = status.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
  }

  static func table(_ rows: [BenchRow]) -> String {
    var columns = Columns()
    columns.add("case", "measured", "reach", "")
    for row in rows { columns.add(row.label, row.value, row.measured.bar, row.detail) }
    return columns.text
  }

  static func json(_ rows: [BenchRow]) -> JSONValue {
    .array(
      rows.map { row in
        var fields: [(String, JSONValue)] = [("case", .string(row.measured.rawValue)), ("label", .string(row.label))]
        for (name, value) in row.numbers { fields.append((name, .number(value))) }
        return .object(fields)
      })
  }
}
