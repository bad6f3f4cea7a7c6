import ChannelIntake
import SimulationKit
import StockLedger

/// The demo's result: the trace and the flash sale side by side.
struct DemoTable {
  private let trace: TraceRun.Result
  private let sale: FlashSale.Result
  private let file: TraceFile

  init(_ trace: TraceRun.Result, _ sale: FlashSale.Result, file: TraceFile) {
    self.trace = trace
    self.sale = sale
    self.file = file
  }

  private var unitsOversold: Int64 { trace.verdict.unitsOversold + sale.audit.unitsOversold }

  /// True where all that is promised held.
  var isSound: Bool {
    unitsOversold == 0 && trace.verdict.first == nil && sale.audit.first == nil && sale.lost.isEmpty
      && sale.verification.isWhole
  }

  private func rate(_ count: Int, _ seconds: Double) -> String { grouped(Int(Double(count) / max(seconds, 0.001))) }
  private func megabytes(_ bytes: Int64) -> String { decimal(Double(bytes) / 1e6, places: 2) }

  var text: String {
    let tally = trace.tally
    var table = Columns()
    table.add("", "real trade", "flash sale")
    table.add("order lines, buyers asked", grouped(tally.linesAsked), grouped(sale.asked))
    table.add("granted", grouped(tally.linesGranted), grouped(sale.granted))
    for code in Set(tally.cartRefusals.keys).union(sale.refusals.keys).sorted() {
      table.add(
        "refused \(code)", tally.cartRefusals[code].map { "\(grouped($0)) carts" } ?? "0",
        grouped(sale.refusals[code] ?? 0))
    }
    table.add("confirmed", "\(grouped(tally.cartsConfirmed)) carts", grouped(sale.confirmed))
    table.add("expired", "\(grouped(trace.survey.cartsExpired)) carts", grouped(sale.survey.holdsExpired))
    table.add("units confirmed", grouped(tally.unitsConfirmed), grouped(sale.confirmed))
    table.add("units left over", "", grouped(sale.availableAtEnd))
    table.add(
      "units cancelled, returned", "\(grouped(tally.unitsCancelled)), \(grouped(tally.unitsReturned))", "")
    table.add("keys sold out", "\(grouped(trace.keysSoldOut)) of \(grouped(trace.keys))", "")
    table.add("OVERSOLD UNITS", grouped(trace.verdict.unitsOversold), grouped(sale.audit.unitsOversold))
    table.add("answers audited", grouped(trace.verdict.answers), grouped(sale.audit.operations))
    table.add("journal entries", grouped(trace.survey.entries), grouped(sale.survey.entries))
    table.add("journal MB", megabytes(trace.survey.bytes), megabytes(sale.survey.bytes))
    table.add("holds per second", rate(tally.linesAsked, trace.seconds), rate(sale.asked, sale.seconds))
    table.add(
      "acknowledged before kill -9", "", "\(grouped(sale.acknowledgedGrants + sale.acknowledgedConfirms))")
    table.add("of these lost", "", grouped(sale.lost.count))
    table.add("recovery", "", "\(decimal(sale.recovery.milliseconds)) ms")
    table.add("replay = live", "", sale.verification.isWhole ? "yes" : "NO")
    var text = table.text
    if let first = trace.verdict.first { text += "\n\(first)" }
    if let first = sale.audit.first { text += "\n\(first)" }
    for lost in sale.lost.prefix(10) { text += "\nlost: \(lost)" }
    for difference in sale.verification.differences.prefix(10) { text += "\n\(difference)" }
    return text
  }

  var jsonFields: [(String, JSONValue)] {
    [
      ("trace", ReplayReport(trace, files: [file]).json),
      (
        "flashSale",
        .object([
          ("asked", JSONValue(sale.asked)), ("granted", JSONValue(sale.granted)), ("refused", sale.refusals.json),
          ("confirmed", JSONValue(sale.confirmed)), ("expired", JSONValue(sale.survey.holdsExpired)),
          ("availableAtEnd", .integer(sale.availableAtEnd)), ("unitsOversold", .integer(sale.audit.unitsOversold)),
          ("contradictions", JSONValue(sale.audit.contradictions.count)),
          ("acknowledgedBeforeKill", JSONValue(sale.acknowledgedGrants + sale.acknowledgedConfirms)),
          ("lost", JSONValue(sale.lost.count)), ("journal", sale.survey.json),
          ("holdsPerSecond", JSONValue(Int(Double(sale.asked) / max(sale.seconds, 0.001)))),
          ("recoveryMilliseconds", .string(decimal(sale.recovery.milliseconds, places: 3))),
          ("digestLive", .string(sale.verification.digestLive.hexadecimal)),
          ("digestFromZero", .string(sale.verification.digestFromZero.hexadecimal)),
        ])
      ),
      ("sound", .boolean(isSound)),
    ]
  }
}
