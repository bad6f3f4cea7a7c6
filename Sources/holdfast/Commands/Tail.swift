import ArgumentParser
import Foundation
import InventoryService
import StockJournal
import StockLedger

/// The journal as JSON lines.
struct Tail: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print journal entries as JSON lines, from an entry or a cursor on.",
    discussion: """
      Entries of a shard come in their order, those of different shards by time. At the end the cursor that goes on
      from there is said on stderr. --follow looks again twice a second: in a Redis while others write to it, in a
      directory whenever the process that uses it has ended.
      """)

  @OptionGroup var named: PlaceOptions

  @Option(help: "From this entry on, as <shard>-<number>, or after a cursor.")
  var from: String?

  @Option(help: "Only this shard, 0 to 255.")
  var shard: Int?

  @Flag(help: "Wait for more.")
  var follow = false

  @Flag(help: "Entries are JSON in any case; with this the cursor is the last line of stdout.")
  var json = false

  func validate() throws {
    if let shard, !(0...255).contains(shard) { throw ValidationError("--shard is 0 to 255") }
  }

  func run() async throws {
    try await perform(json: json) { flag in
      var cursor = TailCursor()
      var shards = shard.map { [$0] } ?? Array(0...255)
      if let from {
        let read = try TailCursor.read(from)
        cursor = read.cursor
        if let only = read.shard {
          if let shard, shard != only {
            throw Complaint("--from names shard \(only), --shard \(shard)", do: "leave one out")
          }
          shards = [only]
        }
      }
      let place = try named.place()
      try await print(&cursor, of: place, shards, flag)
      var seen = FileMark(place)
      while follow && !flag.isRaised {
        try await Task.sleep(for: .milliseconds(500))
        let mark = FileMark(place)
        if mark == seen && mark != nil { continue }
        do {
          try await print(&cursor, of: place, shards, flag)
          seen = FileMark(place)
        } catch StoreFailure.owned { continue }
      }
      let end = JSONValue.object([("cursor", .string(cursor.text))]).text
      if json { Console.put(end) } else { Console.say("go on with --from \(cursor.text)") }
      return .done
    }
  }

  private func print(
    _ cursor: inout TailCursor, of place: JournalPlace, _ shards: [Int], _ flag: StopFlag
  ) async throws {
    let journal = try await FrozenJournal(place.openExisting())
    var reading = try await JournalReading(journal, after: cursor, shards: shards)
    var lines = ""
    while !flag.isRaised, let found = try await reading.next() {
      lines += String(decoding: EntryJSON.line(found.entry, key: found.key, at: found.at), as: UTF8.self) + "\n"
      if lines.utf8.count > 1 << 16 {
        Console.putRaw(lines)
        lines = ""
      }
    }
    Console.putRaw(lines)
    cursor = reading.cursor
    try await journal.close()
  }
}

/// Whether a journal's files have changed: looked at before the directory is asked for, which its user would notice. A
/// Redis has none: it may be asked at any time.
struct FileMark: Equatable, Sendable {
  private let dates: [Date?]

  init?(_ place: JournalPlace) {
    guard case .directory(let directory) = place else { return nil }
    dates = ["journal.sqlite", "journal.sqlite-wal", "heads"].map { name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: directory.path + "/" + name)
      return attributes?[.modificationDate] as? Date
    }
  }
}
