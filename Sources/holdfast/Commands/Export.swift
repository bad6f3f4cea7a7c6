import ArgumentParser
import ChannelIntake
import InventoryEngine
import StockJournal
import StockLedger

/// The last count of every key, as the file that `import` takes.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the last stock count of every key as CSV.",
    discussion: """
      shop,sku,location,units,as_of,source: what was counted and when, so that importing the file again changes nothing.
      Adjustments, claims and holds since the count are not in it; show tells them.
      """)

  @OptionGroup var named: PlaceOptions

  @Option(name: .shortAndLong, help: "Write to this file, not to stdout.")
  var out: String?

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await perform(json: output.json) { flag in
      let journal = try await named.place().openExisting()
      var lines: [StockCountLine] = []
      var adjusted = 0
      var uncounted = 0
      for shard in 0..<(try await journal.heads().count) {
        if flag.isRaised { break }
        try await ShardState.read(shard: shard, from: journal).forEachLevel { key, level, _ in
          guard !key.isItem else { return }
          guard let count = level.sources.lastCount else {
            uncounted += 1
            return
          }
          if count.laterAdjustments > 0 { adjusted += 1 }
          lines.append(
            StockCountLine(key: key, units: count.units, asOf: count.asOf, source: count.source.description))
        }
      }
      try await journal.close()
      lines.sort { $0.key < $1.key }
      let text: String
      if output.json {
        text = lines.map { line in
          JSONValue.object(
            [("kind", .string("count"))] + line.key.jsonFields + [
              ("source", .string(line.source)), ("delivery", .string("c@\(line.asOf.milliseconds)")),
              ("units", .integer(line.units)), ("asOf", JSONValue(line.asOf)),
            ]
          ).text + "\n"
        }.joined()
      } else {
        text = StockCountCSV.headerRow + lines.map(StockCountCSV.row).joined()
      }
      if let out { try writeFile(out, text) } else { Console.putRaw(text) }
      Console.say("\(grouped(lines.count)) counts written")
      if adjusted > 0 { Console.say("\(grouped(adjusted)) of these keys have adjustments since their count") }
      if uncounted > 0 { Console.say("\(grouped(uncounted)) keys have never been counted and are left out") }
      return .done
    }
  }
}
