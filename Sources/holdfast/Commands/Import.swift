import ArgumentParser
import ChannelIntake
import InventoryEngine
import StockJournal
import StockLedger

/// Takes a file of stock counts.
struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take stock counts from CSV: shop,sku,location,units,as_of[,source].",
    discussion: """
      A count is absolute and true as of its time; an older one than is known is stale and changes nothing, the same one
      again is a duplicate. Exit code 2: some rows were bad or refused, the others went on.
      """)

  @Argument(help: "The file, or - for stdin.")
  var file: String

  @OptionGroup var named: PlaceOptions

  @Option(help: "Who counts, where a row does not say.")
  var source = "erp"

  @Flag(help: "Show what would change, and change nothing.")
  var dryRun = false

  @Flag(help: "Accept that the wall clock is more than a day ahead of the journal: holds whose time is up will end.")
  var acceptClock = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if Identifier(source) == nil { throw ValidationError("--source is a name of 1 to 128 bytes") }
  }

  func run() async throws {
    try await perform(json: output.json) { flag in
      let bytes = try readFile(file)
      var reader = StockCountCSV(source: source)
      let rows = reader.read(bytes) + reader.finish()
      let place = try named.place()
      var result = ImportResult(file: file, isDryRun: dryRun)
      if dryRun && place.isMissing {
        result.preview(rows, levels: [:], now: SystemClock().now)
      } else {
        let journal = try await place.open()
        if dryRun {
          let now = SystemClock(lastJournaled: try await journal.lastTime()).now
          result.preview(rows, levels: try await levels(of: rows, in: journal), now: now)
          try await journal.close()
        } else {
          result = try await take(rows, into: journal, result, flag)
        }
      }
      BadRows.say(result.errors, of: file)
      Console.put(output.json ? result.json.text : result.text)
      return result.errors.isEmpty && result.refused.isEmpty ? .done : .badRows
    }
  }

  private func levels(of rows: [IntakeRow], in journal: any JournalStore) async throws -> [StockKey: StockLevel] {
    var wanted: [Int: Set<StockKey>] = [:]
    for case .success(let row) in rows.map(\.outcome) { wanted[row.key.shard, default: []].insert(row.key) }
    var levels: [StockKey: StockLevel] = [:]
    for (shard, keys) in wanted {
      let state = try await ShardState.read(shard: shard, from: journal)
      try state.forEachLevel { key, level, _ in if keys.contains(key) { levels[key] = level } }
    }
    return levels
  }

  private func take(
    _ rows: [IntakeRow], into journal: any JournalStore, _ empty: ImportResult, _ flag: StopFlag
  ) async throws -> ImportResult {
    let clock = SystemClock(lastJournaled: try await journal.lastTime()) { ahead in
      let words = ahead < 0 ? "behind" : "ahead of"
      Console.complain("the wall clock is \(grouped(ahead.magnitude / 1_000)) s \(words) the journal's; check it")
    }
    var settings = EngineSettings()
    if acceptClock { settings.clockJumpMax = nil }
    let progress = Progress("import", total: rows.count, isQuiet: output.json)
    return try await withEngine(on: journal, clock: clock, settings: settings) { engine in
      var result = empty
      var rest = rows[...]
      while !rest.isEmpty && !flag.isRaised {
        let batch = rest.prefix(10_000)
        rest = rest.dropFirst(batch.count)
        var good: [(line: Int, row: KeyedCommand)] = []
        for row in batch {
          switch row.outcome {
          case .success(let command): good.append((row.line, command))
          case .failure(let error): result.errors.append(error)
          }
        }
        for (row, answer) in zip(good, await engine.submit(good.map(\.row))) { result.count(row.line, row.row, answer) }
        progress.add(batch.count)
      }
      progress.end()
      if result.unknown > 0 {
        throw Complaint(
          "the store failed; \(result.unknown) counts are unknown", do: "make room and import the file again")
      }
      return result
    }
  }
}

/// What an import did, or would do.
struct ImportResult: Sendable {
  /// A count that changes a key.
  struct Change: Sendable {
    var line: Int
    var key: StockKey
    var from: Int64
    var to: Int64
  }

  let file: String
  let isDryRun: Bool
  var errors: [RowError] = []
  var taken = 0
  var duplicates = 0
  var refused: [(line: Int, key: StockKey, code: String)] = []
  var unknown = 0
  var changes: [Change] = []

  init(file: String, isDryRun: Bool) {
    self.file = file
    self.isDryRun = isDryRun
  }

  mutating func count(_ line: Int, _ row: KeyedCommand, _ answer: Answer) {
    switch answer {
    case .accepted(let receipt): if receipt.isDuplicate { duplicates += 1 } else { taken += 1 }
    case .refused(let refusal): refused.append((line, row.key, refusal.code))
    case .unknown: unknown += 1
    }
  }

  /// Decides every row on copies of the levels: the same rules, and nothing is kept.
  mutating func preview(_ rows: [IntakeRow], levels: [StockKey: StockLevel], now: Timestamp) {
    var levels = levels
    for row in rows {
      switch row.outcome {
      case .failure(let error): errors.append(error)
      case .success(let command):
        var level = levels[command.key] ?? StockLevel()
        let before = level.numbers.onHand
        switch level.decide(command.command, now: now) {
        case .refuse(let refusal): refused.append((row.line, command.key, refusal.code))
        case .duplicate: duplicates += 1
        case .accept(let body, _):
          taken += 1
          level.apply(JournalEntry(at: now, body: body))
          levels[command.key] = level
          if level.numbers.onHand != before {
            changes.append(Change(line: row.line, key: command.key, from: before, to: level.numbers.onHand))
          }
        }
      }
    }
  }

  var text: String {
    var text = ""
    for change in changes.prefix(BadRows.toldMax) {
      text += "line \(change.line), \(change.key): on hand \(grouped(change.from)) → \(grouped(change.to))\n"
    }
    if changes.count > BadRows.toldMax { text += "\(grouped(changes.count)) changes in all; --json lists every one\n" }
    for one in refused.prefix(BadRows.toldMax) { text += "line \(one.line), \(one.key): refused, \(one.code)\n" }
    if refused.count > BadRows.toldMax { text += "\(grouped(refused.count)) refused in all; --json lists every one\n" }
    var table = Columns()
    table.add(isDryRun ? "counts that would be taken" : "counts taken", grouped(taken))
    table.add("duplicates", grouped(duplicates))
    table.add("refused", grouped(refused.count))
    table.add("bad rows", grouped(errors.count))
    return text + table.text
  }

  var json: JSONValue {
    .object([
      ("dryRun", .boolean(isDryRun)), ("taken", JSONValue(taken)), ("duplicates", JSONValue(duplicates)),
      (
        "refused",
        .array(
          refused.map {
            .object([("line", JSONValue($0.line))] + $0.key.jsonFields + [("reason", .string($0.code))])
          })
      ),
      ("badRows", .array(BadRows.json(errors, of: file))),
      (
        "changes",
        .array(
          changes.map {
            .object(
              [("line", JSONValue($0.line))] + $0.key.jsonFields + [
                ("from", .integer($0.from)), ("to", .integer($0.to)),
              ])
          })
      ),
    ])
  }
}
