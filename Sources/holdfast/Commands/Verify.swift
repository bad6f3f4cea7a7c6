import ArgumentParser
import StockJournal

/// Whether a journal tells one story.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check every record, snapshot and key: replay from zero = from snapshots = live.",
    discussion: """
      Nothing is appended. Exit code 1: stored bytes are damaged, or the store cannot be used. 3: the replays differ,
      or an invariant is broken; keep a copy of the journal then. A Redis may be in use meanwhile: what is verified is
      the journal as it was when this began.
      --repair makes snapshots anew that do not read, or do not say what the entries say: in a directory that no service
      has open, after a copy of its files was kept in it. Entries are never changed.
      """)

  @OptionGroup var named: PlaceOptions

  @Flag(help: "Make snapshots anew where they differ from the entries; only with --data.")
  var repair = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if repair && named.data == nil {
      throw ValidationError("--repair is of a directory: give --data; copy a Redis to one first")
    }
  }

  func run() async throws {
    try await perform(json: output.json) { flag in
      let place = try named.place()
      let mended = try await mended(place, flag)
      if let stopped = flag.outcome { return stopped }
      let journal = try await FrozenJournal(place.openExisting())
      let entries = journal.heads.reduce(0) { $0 + Int(clamping: $1.number) }
      let progress = Progress("verify", total: entries, isQuiet: output.json)
      let found = try await journal.closing { try await Verification(of: journal, flag: flag, progress: progress) }
      progress.end()
      if let stopped = flag.outcome { return stopped }
      if output.json {
        Console.put(
          JSONValue.object([
            ("whole", .boolean(found.isWhole)), ("keys", JSONValue(found.keys)), ("entries", JSONValue(found.entries)),
            ("snapshots", JSONValue(found.snapshots)), ("repaired", .array(mended.differences.map(JSONValue.string))),
            ("copy", mended.copy.map(JSONValue.string) ?? .null), ("shardsTrimmed", JSONValue(found.shardsTrimmed)),
            ("digestFromZero", .string(found.digestFromZero.hexadecimal)),
            ("digestFromSnapshots", .string(found.digestFromSnapshots.hexadecimal)),
            ("digestLive", .string(found.digestLive.hexadecimal)),
            ("differences", .array(found.differences.map(JSONValue.string))),
          ]).text)
      } else {
        for difference in mended.differences { Console.put("repaired: \(difference)") }
        if let copy = mended.copy { Console.put("what there was before is kept in \(copy)") }
        var table = Columns()
        table.add("keys", grouped(found.keys))
        table.add("entries", grouped(found.entries))
        table.add("shards with a snapshot", grouped(found.snapshots))
        if found.shardsTrimmed > 0 {
          table.add(
            "shards with older history", grouped(found.shardsTrimmed), "gone, or archived on another machine: --archive"
          )
        }
        table.add("replay from zero", found.digestFromZero.hexadecimal)
        table.add("replay from snapshots", found.digestFromSnapshots.hexadecimal)
        table.add("live", found.digestLive.hexadecimal)
        Console.put(table.text)
        for difference in found.differences { Console.put(difference) }
        Console.put(
          found.isWhole ? "whole: all three are equal, every invariant holds" : "NOT WHOLE: keep a copy of \(place)")
      }
      return found.isWhole ? .done : .broken
    }
  }

  /// Puts right what is derived from the entries, where that is asked for.
  private func mended(_ place: JournalPlace, _ flag: StopFlag) async throws -> SnapshotRepair {
    guard repair, case .directory(let directory) = place else { return SnapshotRepair() }
    let journal: any JournalStore = try await directory.openExisting(acceptsDamagedSnapshots: true)
    return try await journal.closing {
      try await SnapshotRepair(of: journal, flag: flag, keepingCopy: directory.keepCopy)
    }
  }
}

extension JournalStore {
  /// Does something, and closes the journal whatever came of it: one that was not closed opens as after a crash.
  fileprivate func closing<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
      let value = try await work()
      try await close()
      return value
    } catch {
      // What went wrong first is what is told.
      try? await close()
      throw error
    }
  }
}
