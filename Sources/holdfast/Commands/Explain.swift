import ArgumentParser
import ChannelIntake
import Foundation
import InventoryEngine
import InventoryService
import StockJournal
import StockLedger

/// Why a number is what it is, or was.
struct Explain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the entries that made a key's number, now or at a time, and the formula.",
    discussion: """
      Each line is an entry that changed a number: what it did to each component and to what is available to sell (ATS),
      and who said what. Entries that changed none are left out: tail has them. A directory's service must be stopped;
      one that runs is asked with --url. Past what is kept: historyTrimmed, with the oldest time.
      """)

  @OptionGroup var named: KeyArguments

  @Option(help: "The moment: 2026-01-01T08:26:00Z, a day (its end, in UTC), or an entry as 17-1234. Now without it.")
  var at: String?

  @Option(help: "How many of the newest changes are shown one by one; the others are summed up.")
  var last = 50

  @Flag(help: "Show every change.")
  var all = false

  @OptionGroup var place: JournalOrService

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard last >= 1 else { throw ValidationError("--last is 1 or more") }
    guard try !named.stockKey.isItem else {
      throw ValidationError("an item has no number of its own: name a location")
    }
    _ = try moment(now: .distantPast)
  }

  func run() async throws {
    let key = try named.stockKey
    let moment = try moment(now: SystemClock().now)
    let count = all ? Int.max : last
    try await perform(json: output.json) { _ in
      let json: Data
      if let journal = try place.journal() {
        json = try await JournalExplanation(of: key, in: journal).ask(moment, last: count)
      } else {
        json = try await ServiceExplanation(of: key, at: place.url ?? "", place.headers()).ask(moment, last: count)
      }
      Console.put(
        output.json
          ? String(decoding: json, as: UTF8.self) : try JSONDecoder().decode(ExplainedKey.self, from: json).text)
      return .done
    }
  }

  /// The moment that is meant; nil for now. A day that is not over means now, too.
  private func moment(now: Timestamp) throws -> HistoryMoment? {
    guard let at else { return nil }
    if let entry = EntryNumber(at) {
      guard try Int(entry.shard) == named.stockKey.shard else {
        throw ValidationError("\(at) is an entry of shard \(entry.shard), the key's is \(try named.stockKey.shard)")
      }
      return .entry(entry.number)
    }
    if let time = Timestamp(iso8601: at) { return .time(time) }
    guard let end = Timestamp(iso8601: at + "T23:59:59.999Z") else {
      throw ValidationError("--at \(at) is no time as 2026-01-01T08:26:00Z, no day as 2026-01-01, no entry as 17-1234")
    }
    return end < now ? .time(end) : nil
  }
}
