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
      """)

  @OptionGroup var named: PlaceOptions

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await perform(json: output.json) { flag in
      let place = try named.place()
      let journal = try await FrozenJournal(place.openExisting())
      let entries = journal.heads.reduce(0) { $0 + Int(clamping: $1.number) }
      let progress = Progress("verify", total: entries, isQuiet: output.json)
      let found = try await Verification(of: journal, flag: flag, progress: progress)
      progress.end()
      try await journal.close()
      if let stopped = flag.outcome { return stopped }
      if output.json {
        Console.put(
          JSONValue.object([
            ("whole", .boolean(found.isWhole)), ("keys", JSONValue(found.keys)), ("entries", JSONValue(found.entries)),
            ("snapshots", JSONValue(found.snapshots)), ("shardsTrimmed", JSONValue(found.shardsTrimmed)),
            ("digestFromZero", .string(found.digestFromZero.hexadecimal)),
            ("digestFromSnapshots", .string(found.digestFromSnapshots.hexadecimal)),
            ("digestLive", .string(found.digestLive.hexadecimal)),
            ("differences", .array(found.differences.map(JSONValue.string))),
          ]).text)
      } else {
        var table = Columns()
        table.add("keys", grouped(found.keys))
        table.add("entries", grouped(found.entries))
        table.add("shards with a snapshot", grouped(found.snapshots))
        if found.shardsTrimmed > 0 {
          table.add("shards with older history", grouped(found.shardsTrimmed), "archived on another machine: --archive")
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
}
