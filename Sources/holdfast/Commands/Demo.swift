import ArgumentParser
import ChannelIntake
import Foundation
import InventoryEngine
import StockLedger

/// What `make run` shows: real trade, a flash sale with a kill in the middle, one table, trade with an emulated
/// Shopify, and the real trade once more by HTTP.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Replay a trace, hold a flash sale, kill it half way, recover, trade with a Shopify, and by HTTP.",
    discussion: """
      Works in a temporary directory and leaves nothing behind, unless --data names one to keep. On a terminal the
      service stays up at the end, with three requests to try, until Ctrl-C; elsewhere the three are asked and shown.
      """)

  @Option(help: "Keep the journals here: trace/, flash-sale/, shopify/ and service/.")
  var data: String?

  @Option(help: "The trace to replay.")
  var trace = "Simulations/Traces/online-retail-2010-12.csv"

  @Option(help: "Opening stock of the trace.", transform: { try StockRule($0) })
  var stock = StockRule.soldOutInPart

  @Option(help: "Buyers of the flash sale.")
  var buyers = 200_000

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if buyers < 10_000 || buyers > 10_000_000 { throw ValidationError("--buyers is 10000 to 10000000") }
  }

  func run() async throws {
    // Ctrl-C is how the service at the end is ended; before that it is an interruption.
    try await perform(json: output.json, stopping: .isDone) { flag in
      let place = try DemoPlace(kept: data)
      defer { place.end() }
      let file = try TraceFile(path: trace)
      BadRows.say(file.errors, of: file.path)
      let traceRun = TraceRun(
        files: [file], place: RetailPlace(), stock: stock, window: 1_000, isQuiet: output.json)
      let replayed = try await traceRun.run(into: .directory(DataDirectory(place.path + "/trace")), flag: flag)
      if let stopped = flag.outcome { return stopped }
      var plan = SalePlan(start: SystemClock().now)
      plan.buyers = buyers
      let sale = FlashSale(plan: plan, directory: DataDirectory(place.path + "/flash-sale"), isQuiet: output.json)
      guard let sold = try await sale.run(flag) else { return flag.outcome ?? .interrupted }
      let table = DemoTable(replayed, sold, file: file)
      if !output.json { Console.put(table.text) }
      let shopify = DemoShopify(directory: DataDirectory(place.path + "/shopify"))
      guard let published = try await shopify.run(flag) else { return flag.outcome ?? .interrupted }
      if !output.json { Console.put("\n" + published.text) }
      let service = DemoService(
        directory: DataDirectory(place.path + "/service"), file: file, stock: stock, isQuiet: output.json)
      guard let heard = try await service.run(flag) else { return flag.outcome ?? .interrupted }
      if output.json {
        Console.put(JSONValue.object(table.jsonFields + [("shopify", published.json), ("service", heard.json)]).text)
      }
      if place.isKept { Console.say("the journals are in \(place.path): try holdfast verify, show, tail on them") }
      return table.isSound && published.isSound && heard.isSound ? .done : .broken
    }
  }
}

/// Where the demo's journals are: a directory of the person's, or one that is gone afterwards.
struct DemoPlace: Sendable {
  let path: String
  let isKept: Bool

  init(kept: String?) throws(Complaint) {
    isKept = kept != nil
    path = kept ?? NSTemporaryDirectory() + "/holdfast-demo-\(getpid())"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Complaint("\(path) cannot be made", do: "name a directory that can be written with --data, or set TMPDIR")
    }
  }

  func end() { if !isKept { try? FileManager.default.removeItem(atPath: path) } }
}
