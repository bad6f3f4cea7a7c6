import Foundation
import JournalConformance
import SQLiteJournal
import StockJournal
import StockLedger

/// The files of a small store as a crash or a clean stop leaves them, and what must be read from them.
struct StoredWorld {
  /// How the store ended.
  enum Stop: CaseIterable {
    /// With a log that was never brought into the database.
    case crash
    /// With an empty log, and its heads put aside.
    case clean
  }

  var files: [String: [UInt8]] = [:]
  var records: [Int: [JournalRecord]] = [:]
  var snapshot: ShardSnapshot?
  /// Records of the last commit.
  let lastCommit = 1

  /// Five commits over two shards, snapshots, a trimmed record; a crash's files are copied while the store still runs.
  static func stored(_ stop: Stop) async throws -> StoredWorld {
    let directory = try TemporaryDirectory()
    var world = StoredWorld()
    var logs = [SampleLog(shard: 3), SampleLog(shard: 250)]
    func commit(_ indices: [Int], to store: SQLiteJournal) async throws {
      var records: [JournalRecord] = []
      for index in indices { records.append(logs[index].next(count: 2)) }
      for record in records { world.records[record.shard, default: []].append(record) }
      _ = try await store.append(records)
    }
    let first = try await SQLiteJournal.open(directory: directory.path)
    try await commit([0, 1], to: first)
    try await first.save(logs[0].snapshot())
    try await commit([0], to: first)
    world.snapshot = logs[0].snapshot()
    try await first.save(logs[0].snapshot())
    try await first.trim(shard: 3, through: 2)
    try await first.close()
    let second = try await SQLiteJournal.open(directory: directory.path)
    try await commit([0, 1], to: second)
    try await commit([1], to: second)
    try await commit([0], to: second)
    if stop == .clean { try await second.close() }
    for name in ["journal.sqlite", "heads"] + (stop == .crash ? ["journal.sqlite-wal"] : []) {
      world.files[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(name)")))
    }
    if stop == .crash { try await second.close() }
    return world
  }

  /// What opening some files came to.
  enum Outcome: Equatable {
    /// Refused at the start, or later at the read of what is damaged.
    case refused(String, atStart: Bool)
    /// Opened; so many records of the end are missing, and everything else is as it was.
    case opened(missing: Int)
    /// Opened, and something else is read than was written.
    case wrong(String)
  }

  /// Opens a copy in which one file is another.
  func outcome(replacing name: String, with bytes: [UInt8]) async throws -> Outcome {
    let directory = try TemporaryDirectory()
    for (file, content) in files {
      try Data(file == name ? bytes : content).write(to: URL(fileURLWithPath: "\(directory.path)/\(file)"))
    }
    let store: SQLiteJournal
    do throws(StoreFailure) {
      store = try await SQLiteJournal.open(directory: directory.path)
    } catch {
      return .refused(error.description, atStart: true)
    }
    do {
      let result = try await compare(store)
      try await store.close()
      return result
    } catch let failure as StoreFailure {
      return .refused(failure.description, atStart: false)
    }
  }

  private func compare(_ store: SQLiteJournal) async throws -> Outcome {
    var missing = 0
    let heads = try await store.heads()
    for (shard, written) in records.sorted(by: { $0.key < $1.key }) {
      let found = try await store.records(shard: shard, after: 0, limit: .max)
      guard found == Array(written.prefix(found.count)) else { return .wrong("records of shard \(shard)") }
      guard heads[shard] == found.last?.head else { return .wrong("head of shard \(shard)") }
      missing += written.count - found.count
    }
    guard try await store.snapshot(shard: 3) == snapshot else { return .wrong("snapshot") }
    for shard in heads.indices where records[shard] == nil && heads[shard] != ShardHead() {
      return .wrong("head of shard \(shard)")
    }
    return .opened(missing: missing)
  }
}
