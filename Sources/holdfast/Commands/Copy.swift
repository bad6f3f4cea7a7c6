import ArgumentParser
import RedisJournal
import StockJournal
import StockLedger

/// A journal moved from one store to another, record for record, and verified there.
struct Copy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy a journal to another store, byte for byte, and verify it there.",
    discussion: """
      Directory to Redis, Redis to directory, or like to like; a place with :// is a Redis. The journal is copied as it
      is when this begins, with its newest snapshots. A copy that was interrupted goes on where it stopped when it is
      started again; anything else in the target is left alone and refused.
      """)

  @Option(help: "The journal: a directory, or redis://…")
  var from: String

  @Option(help: "Where it goes: a directory, or redis://… (with --create where there is no journal yet).")
  var to: String

  @OptionGroup var redis: RedisFlags
  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await perform(json: output.json) { flag in
      let source = try await FrozenJournal(redis.place(from).openExisting())
      let target = try await redis.place(to).open()
      let total = source.heads.reduce(0) { $0 + Int(clamping: $1.number) }
      let progress = Progress("copy", total: total, isQuiet: output.json)
      var copying = try await JournalCopying(from: source, to: target)
      while !flag.isRaised, let entries = try await copying.step() { progress.add(entries) }
      if !flag.isRaised { try await copying.copySnapshots() }
      progress.end()
      try await source.close()
      try await target.close()
      if let stopped = flag.outcome {
        Console.say("stopped; the same command goes on from here")
        return stopped
      }
      let copied = try await FrozenJournal(redis.place(to).openExisting())
      let found = try await Verification(of: copied, flag: flag)
      try await copied.close()
      let isSame = zip(source.heads, copied.heads).allSatisfy { $0.number <= $1.number }
      output.json
        ? Console.put(copying.json(found).text)
        : Console.put(
          "\(grouped(copying.records)) records with \(grouped(copying.entries)) entries copied, "
            + "\(grouped(copying.snapshots)) snapshots; "
            + (found.isWhole && isSame ? "the copy is whole" : "THE COPY IS NOT WHOLE: keep the original"))
      return found.isWhole && isSame ? .done : .broken
    }
  }
}

/// A copy under way: from each shard one record a commit, so that a commit of the target holds up to 256.
struct JournalCopying {
  private let source: FrozenJournal
  private let target: any JournalStore
  /// Per shard, records that were read and not written yet, oldest last.
  private var waiting: [[JournalRecord]] = Array(repeating: [], count: 256)
  private var reached: [UInt64]
  private(set) var records = 0
  private(set) var entries = 0
  private(set) var snapshots = 0

  /// Checks that what the target holds is a beginning of the source.
  init(from source: FrozenJournal, to target: any JournalStore) async throws {
    self.source = source
    self.target = target
    let heads = try await target.heads()
    reached = heads.map(\.number)
    for (shard, head) in heads.enumerated() where head.number > 0 {
      let same = try await source.records(shard: shard, after: head.number - 1, limit: 1).first
      guard same?.lastNumber == head.number, same?.hash == head.hash else {
        throw Complaint(
          "the target holds another journal: shard \(shard) ends at entry \(head.number), and the source differs there",
          do: "name an empty target")
      }
    }
  }

  /// Copies one commit; nil at the end.
  mutating func step() async throws -> Int? {
    var commit: [JournalRecord] = []
    for shard in waiting.indices {
      if waiting[shard].isEmpty {
        waiting[shard] = try await source.records(shard: shard, after: reached[shard], limit: 64).reversed()
      }
      guard let record = waiting[shard].popLast() else { continue }
      reached[shard] = record.lastNumber
      commit.append(record)
    }
    if commit.isEmpty { return nil }
    let outcomes =
      if let redis = target as? RedisJournal { try await redis.load(commit) } else { try await target.append(commit) }
    for (record, outcome) in zip(commit, outcomes) where outcome != .durable {
      throw Complaint(
        "the target did not take entry \(record.shard)-\(record.lastNumber): \(outcome)",
        do: "make room in it, stop who else uses it, and start the copy again: it goes on from here")
    }
    let count = commit.reduce(0) { $0 + $1.count }
    records += commit.count
    entries += count
    return count
  }

  /// Copies the newest snapshots, so that the target starts as fast as the source.
  mutating func copySnapshots() async throws {
    for shard in source.heads.indices where source.heads[shard].number > 0 {
      guard let snapshot = try await source.snapshot(shard: shard) else { continue }
      if let there = try await target.snapshot(shard: shard), there.through >= snapshot.through { continue }
      try await target.save(snapshot)
      snapshots += 1
    }
  }

  func json(_ found: Verification) -> JSONValue {
    .object([
      ("records", JSONValue(records)), ("entries", JSONValue(entries)), ("snapshots", JSONValue(snapshots)),
      ("whole", .boolean(found.isWhole)), ("digest", .string(found.digestFromZero.hexadecimal)),
      ("differences", .array(found.differences.map(JSONValue.string))),
    ])
  }
}
