import ChannelIntake
import InventoryEngine
import StockJournal
import StockLedger

/// A whole replay: files, opening stock, trade, audit, and what the journal holds afterwards.
struct TraceRun: Sendable {
  var files: [TraceFile]
  var place: RetailPlace
  var stock: StockRule
  var pace = Pace.max
  var window: Int64
  var isQuiet: Bool

  /// What came of a replay.
  struct Result: Sendable {
    var tally: ReplayTally
    var verdict: Verdict
    var survey: JournalSurvey
    var seconds: Double
    var diskBytes: Int64
    var digest: UInt64
    var keysSoldOut: Int
    var keys: Int
  }

  /// Replays into an empty directory.
  func run(into directory: JournalPlace, flag: StopFlag) async throws -> Result {
    let steps = files.flatMap(\.steps)
    guard let first = steps.lazy.compactMap(\.at).first else {
      throw Complaint("there is no good row in the trace", do: "look at the lines named above")
    }
    let journal = try await directory.open()
    guard try await journal.heads().allSatisfy({ $0.number == 0 }) else {
      try await journal.close()
      throw Complaint(
        "\(directory) holds a journal already", do: "name an empty directory, or an empty Redis: its audit starts at 0")
    }
    let counts = try openingCounts(asOf: first - 1)
    let clock = SteppedClock(at: first - 1)
    let progress = Progress("replay", total: steps.count, isQuiet: isQuiet)
    let result = try await withEngine(on: journal, clock: clock) { engine in
      let front = AuditedFront(engine, clock: clock)
      let start = ContinuousClock.now
      for answer in await front.submit(counts) where answer.receipt == nil {
        throw Complaint("an opening count was not taken: \(answer)", do: "report this with the file")
      }
      var replayer = Replayer(
        front: front, clock: clock, place: place, pace: pace, window: window, flag: flag, progress: progress)
      try await replayer.replay(steps)
      let seconds = (ContinuousClock.now - start).seconds
      progress.end()
      var soldOut = 0
      let keys = engine.keys().filter { !$0.isItem }
      for key in keys where await engine.stock(key)?.availableToSell == 0 { soldOut += 1 }
      return (replayer.tally, front.verdict, seconds, await engine.digest(), soldOut, keys.count)
    }
    let reopened = try await directory.openExisting()
    let survey = try await JournalSurvey(of: reopened)
    try await reopened.close()
    return Result(
      tally: result.0, verdict: result.1, survey: survey, seconds: result.2, diskBytes: directory.bytes ?? survey.bytes,
      digest: result.3, keysSoldOut: result.4, keys: result.5)
  }

  /// One count per SKU of the retail files, by the rule over all of them.
  private func openingCounts(asOf: Timestamp) throws -> [KeyedCommand] {
    var units: [StockKey: Int64] = [:]
    var order: [StockKey] = []
    for case .retail(let trace) in files.map(\.content) {
      for line in stock.plan(for: trace) {
        let key = try place.key(line.sku)
        if units[key] == nil { order.append(key) }
        if case .units = stock { units[key] = line.units } else { units[key, default: 0] += line.units }
      }
    }
    return order.map { key in
      let count = Count(units: min(units[key] ?? 0, Limits.unitsMax), asOf: asOf)
      let delivery = RetailPlace.identifier("c@\(asOf.milliseconds)")
      return KeyedCommand(
        key: key, command: .report(Report(source: place.books, delivery: delivery, body: .count(count))))
    }
  }
}
