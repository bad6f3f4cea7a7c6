import ChannelIntake
import StockLedger

/// What a replay came to, for people and for scripts.
struct ReplayReport {
  private let result: TraceRun.Result
  private let files: [TraceFile]

  init(_ result: TraceRun.Result, files: [TraceFile]) {
    self.result = result
    self.files = files
  }

  var text: String {
    let tally = result.tally
    var table = Columns()
    for file in files {
      let bad = file.errors.isEmpty ? "" : ", \(grouped(file.errors.count)) bad"
      table.add("rows of \(file.path)", grouped(file.rowCount) + bad)
      if case .retail(let trace) = file.content, trace.summary.otherRows > 0 {
        table.add("  no goods (postage, fees)", grouped(trace.summary.otherRows))
      }
    }
    if tally.cartsAsked > 0 {
      table.add(
        "carts asked", grouped(tally.cartsAsked), "\(grouped(tally.linesAsked)) lines",
        "\(grouped(tally.unitsAsked)) units")
      table.add(
        "carts granted", grouped(tally.cartsGranted), "\(grouped(tally.linesGranted)) lines",
        "\(grouped(tally.unitsGranted)) units")
      for (code, count) in tally.cartRefusals.sorted(by: { $0.key < $1.key }) {
        table.add("carts refused \(code)", grouped(count), "\(grouped(tally.shortLines)) short lines")
      }
      table.add("carts confirmed", grouped(tally.cartsConfirmed), "", "\(grouped(tally.unitsConfirmed)) units")
      table.add("carts expired", grouped(result.survey.cartsExpired))
      table.add("units cancelled", grouped(tally.unitsCancelled))
      table.add("units returned", grouped(tally.unitsReturned))
      table.add("units adjusted", grouped(tally.unitsAdjusted))
    }
    for (kind, count) in tally.accepted.sorted(by: { $0.key < $1.key }) {
      table.add("\(kind) accepted", grouped(count))
    }
    for (kind, count) in tally.refusals.sorted(by: { $0.key < $1.key }) { table.add("refused \(kind)", grouped(count)) }
    if tally.duplicates > 0 { table.add("duplicates", grouped(tally.duplicates)) }
    table.add("keys sold out", grouped(result.keysSoldOut), "of \(grouped(result.keys))")
    table.add(
      "oversold units", grouped(result.verdict.unitsOversold), "\(grouped(result.verdict.answers)) answers audited")
    table.add(
      "journal entries", grouped(result.survey.entries), "\(decimal(Double(result.survey.bytes) / 1e6, places: 2)) MB")
    table.add("time", "\(decimal(result.seconds, places: 2)) s")
    table.add("digest", result.digest.hexadecimal)
    return table.text + (result.verdict.first.map { "\n\($0)" } ?? "")
  }

  var json: JSONValue {
    let tally = result.tally
    return .object([
      ("rows", JSONValue(files.reduce(0) { $0 + $1.rowCount })),
      ("badRows", .array(files.flatMap { BadRows.json($0.errors, of: $0.path) })),
      (
        "carts",
        .object([
          ("asked", JSONValue(tally.cartsAsked)), ("granted", JSONValue(tally.cartsGranted)),
          ("refused", tally.cartRefusals.json), ("confirmed", JSONValue(tally.cartsConfirmed)),
          ("expired", JSONValue(result.survey.cartsExpired)),
        ])
      ),
      (
        "units",
        .object([
          ("asked", .integer(tally.unitsAsked)), ("granted", .integer(tally.unitsGranted)),
          ("confirmed", .integer(tally.unitsConfirmed)), ("cancelled", .integer(tally.unitsCancelled)),
          ("returned", .integer(tally.unitsReturned)), ("adjusted", .integer(tally.unitsAdjusted)),
        ])
      ),
      ("accepted", tally.accepted.json), ("refused", tally.refusals.json), ("duplicates", JSONValue(tally.duplicates)),
      ("keys", JSONValue(result.keys)), ("keysSoldOut", JSONValue(result.keysSoldOut)), ("audit", result.verdict.json),
      ("journal", result.survey.json), ("seconds", .string(decimal(result.seconds, places: 3))),
      ("digest", .string(result.digest.hexadecimal)),
    ])
  }
}

extension UInt64 {
  /// Sixteen hexadecimal digits.
  var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
