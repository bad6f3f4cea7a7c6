import ArgumentParser
import ChannelIntake
import StockLedger

/// Replays real trade into an empty journal, audited answer by answer.
struct Replay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Replay order lines (CSV) or deliveries (JSON lines) into a new journal.",
    discussion: """
      Orders become carts that hold and then confirm; C lines cancel that buyer's newest open claims of the SKU, the
      rest returns to the books; other negative lines are adjustments. Files are replayed one after the other.
      Exit code 2: some rows were bad and left out. 3: the auditor found an oversell.
      """)

  @Argument(help: "CSV of order lines, or JSON lines of the delivery form; - for stdin.")
  var files: [String]

  @OptionGroup var named: PlaceOptions

  @Option(help: "max, or a factor of the trace's own speed such as 60x.")
  var speed = Pace.max

  @Option(help: "Opening stock of CSV files: ample, share:S or units:N.", transform: { try StockRule($0) })
  var stock = StockRule.ample

  @Option(help: "Shop of the CSV's SKUs.")
  var shop = "retail"

  @Option(help: "Location of the CSV's SKUs.")
  var location = "main"

  @Option(help: "Milliseconds of trace time that one batch may span; 0 keeps every entry at its exact time.")
  var window: Int = 1_000

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if files.isEmpty { throw ValidationError("name at least one file") }
    if window < 0 || window > 3_600_000 { throw ValidationError("--window is 0 to 3600000 milliseconds") }
  }

  func run() async throws {
    try await perform(json: output.json) { flag in
      var read: [TraceFile] = []
      for path in files { read.append(try TraceFile(path: path)) }
      for file in read { BadRows.say(file.errors, of: file.path) }
      let trace = TraceRun(
        files: read, place: RetailPlace(shop: shop, location: location), stock: stock, pace: speed,
        window: Int64(window), isQuiet: output.json)
      let result = try await trace.run(into: named.place(), flag: flag)
      let badRows = read.reduce(0) { $0 + $1.errors.count }
      if output.json {
        Console.put(ReplayReport(result, files: read).json.text)
      } else {
        Console.put(ReplayReport(result, files: read).text)
      }
      if result.verdict.unitsOversold > 0 { return .broken }
      return badRows > 0 ? .badRows : .done
    }
  }
}
