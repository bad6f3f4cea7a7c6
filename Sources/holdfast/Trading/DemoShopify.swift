import Foundation
import InventoryEngine
import StockLedger

/// Trade with an emulated Shopify: its buyers, the ERP's goods here, and the service that writes its stock there. At
/// the end both sides have the same numbers.
struct DemoShopify: Sendable {
  static let shop = "main"
  private static let token = "demo-token"
  private static let secret = "demo-secret"
  /// Fewer units than are asked for: some of it sells out.
  private static let units: Int64 = 32
  private static let variants = 40
  private static let batches = 100
  private static let batch = 20

  let directory: DataDirectory

  /// What came of it.
  struct Outcome: Sendable {
    var ordered = 0
    var soldOut = 0
    var seconds = 0.0
    var secondsToEqual = 0.0
    var writes: Int64 = 0
    var writesOverOrders: Int64 = 0
    /// Levels that differ at the end.
    var different: [String] = []
  }

  /// Trades to the end.
  ///
  /// - Returns: Nil where the flag was raised before that.
  func run(_ flag: StopFlag) async throws -> Outcome? {
    guard
      let there = try await ServiceChild.start([
        "shopify", "emulate", "--port", "0", "--variants", "\(Self.variants)", "--units", "\(Self.units)",
        "--locations",
        "leeds,york", "--token", Self.token, "--secret", Self.secret, "--plan", "plus",
      ])
    else { throw Complaint("the emulated Shopify did not start", do: "holdfast shopify emulate says why") }
    do {
      let outcome = try await trade(with: there.base, flag)
      _ = await there.stop()
      return outcome
    } catch {
      _ = await there.stop()
      throw error
    }
  }

  private func trade(with there: String, _ flag: StopFlag) async throws -> Outcome? {
    let file = directory.path + ".shops.json"
    try await writeShops(to: file, there)
    let secrets = ["DEMO_TOKEN": Self.token, "DEMO_SECRET": Self.secret]
    guard
      let here = try await ServiceChild.start(
        [
          "serve", "--data", directory.path, "--shop", Self.shop, "--listen", "127.0.0.1:0", "--shopify-shops", file,
        ], environment: secrets)
    else { throw Complaint("the service did not start", do: "holdfast serve --data \(directory.path) says why") }
    do {
      let outcome = try await trade(there: there, here: here.base, file, secrets, flag)
      guard await here.stop() == 0 else { throw Complaint("the service did not stop in order", do: "") }
      return outcome
    } catch {
      _ = await here.stop()
      throw error
    }
  }

  /// Shopify's ids of the locations are its own: the file of shops names them.
  private func writeShops(to file: String, _ there: String) async throws {
    var names: [String: String] = [:]
    for level in try await levels(there) { names["\(level.locationId)"] = level.location }
    let entry: [String: Any] = [
      "shop": Self.shop, "domain": "holdfast-test.myshopify.com", "secretEnv": "DEMO_SECRET",
      "accessTokenEnv": "DEMO_TOKEN", "adminAddress": there, "defaultLocation": "leeds", "locations": names,
    ]
    try JSONSerialization.data(withJSONObject: [entry]).write(to: URL(fileURLWithPath: file))
  }

  private func trade(
    there: String, here: String, _ file: String, _ secrets: [String: String], _ flag: StopFlag
  ) async throws -> Outcome? {
    try await subscribe(there, to: here, file, secrets)
    let counted = try await levels(there).map {
      #"{"kind":"count","sku":"\#($0.sku)","location":"\#($0.location)","units":\#(Self.units),"asOf":"\#(now)"}"#
    }
    _ = try await ask(here + "/v1/ingest/erp", counted.joined(separator: "\n"), type: "application/jsonl")
    var outcome = Outcome()
    _ = try await equal(there, here, within: 60, flag)
    let begun = ContinuousClock.now
    for number in 0..<Self.batches {
      if flag.outcome != nil { return nil }
      let answer = try await ask(there + "/emulator/orders", orders(number))
      outcome.ordered += answer.matches(of: /"order":/).count
      outcome.soldOut += answer.matches(of: /"refused":/).count
      _ = try await ask(here + "/v1/ingest/erp", goods(number), type: "application/jsonl")
    }
    outcome.seconds = begun.duration(to: .now) / .seconds(1)
    let traded = ContinuousClock.now
    outcome.different = try await equal(there, here, within: 60, flag)
    outcome.secondsToEqual = traded.duration(to: .now) / .seconds(1)
    let audit = try JSONDecoder().decode(Audit.self, from: Data(try await ask(there + "/emulator/audit", nil).utf8))
    outcome.writes = audit.writes
    outcome.writesOverOrders = audit.writesAboveUntoldOrders
    return outcome
  }

  private func subscribe(_ there: String, to here: String, _ file: String, _ secrets: [String: String]) async throws {
    let setup = Process()
    setup.executableURL = URL(fileURLWithPath: "/proc/self/exe")
    setup.arguments = ["shopify", "setup", "--shopify-shops", file, "--shop", Self.shop, "--address", here]
    setup.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix(Setting.prefix) }
      .merging(secrets) { $1 }
    setup.standardOutput = FileHandle.nullDevice
    let (ended, end) = AsyncStream.makeStream(of: Int32.self)
    setup.terminationHandler = { process in
      end.yield(process.terminationStatus)
      end.finish()
    }
    try setup.run()
    for await status in ended where status == 1 {
      throw Complaint("the shop was not set up", do: "holdfast shopify setup says why")
    }
  }

  // MARK: What is asked

  private struct Level: Decodable {
    let sku: String
    let location: String
    let locationId: Int64
    let available: Int64
  }

  private struct Audit: Decodable {
    let writes: Int64
    let writesAboveUntoldOrders: Int64
  }

  private struct Page: Decodable {
    struct View: Decodable {
      let sku: String
      let location: String
      let availableToSell: Int64
    }
    let stock: [View]
  }

  private var now: String { SystemClock().now.description }

  private func levels(_ there: String) async throws -> [Level] {
    try await ask(there + "/emulator/levels", nil).split(separator: "\n").map {
      try JSONDecoder().decode(Level.self, from: Data($0.utf8))
    }
  }

  /// Orders of one or two units, by Shopify's own checkout.
  private func orders(_ number: Int) -> String {
    let rows = (0..<Self.batch).map { place in
      #"{"sku":"SKU-\#((number * 7 + place * 3) % Self.variants + 1)","quantity":\#((number + place) % 2 + 1)}"#
    }
    return #"{"orders":[\#(rows.joined(separator: ","))]}"#
  }

  /// What the ERP books in.
  private func goods(_ number: Int) -> String {
    let place = #""sku":"SKU-\#(number % Self.variants + 1)","location":"leeds""#
    return #"{"kind":"adjustment",\#(place),"document":"g-\#(number)","delta":3,"occurredAt":"\#(now)"}"#
  }

  /// Waits until both sides have the same numbers.
  ///
  /// - Returns: What differs when the time is over.
  private func equal(_ there: String, _ here: String, within seconds: Int, _ flag: StopFlag) async throws -> [String] {
    var different: [String] = []
    var equal = 0
    for _ in 0..<(seconds * 5) where equal < 3 && flag.outcome == nil {
      let ours = try JSONDecoder().decode(
        Page.self, from: Data(try await ask(here + "/v1/stock?limit=1000", nil).utf8))
      let known = Dictionary(ours.stock.map { ("\($0.sku) \($0.location)", $0.availableToSell) }) { first, _ in first }
      different = try await levels(there).filter { known["\($0.sku) \($0.location)"] != $0.available }
        .map { "\($0.sku) at \($0.location)" }
      let isQuiet = try await ask(there + "/emulator/quiet", nil).contains(#""quiet":true"#)
      equal = isQuiet && different.isEmpty ? equal + 1 : 0
      try await Task.sleep(for: .milliseconds(200))
    }
    return different
  }

  private func ask(_ url: String, _ body: String?, type: String = "application/json") async throws -> String {
    let answer = try await HTTPAnswer.ask(
      url, body, headers: ["X-Shopify-Access-Token": Self.token, "Content-Type": type])
    guard answer.status < 400 else { throw Complaint("\(url) answered \(answer.status): \(answer.body)", do: "") }
    return answer.body
  }
}

extension DemoShopify.Outcome {
  /// True where both sides are equal, and no write went over an order.
  var isSound: Bool { different.isEmpty && writesOverOrders == 0 && ordered > 0 }

  var text: String {
    var table = Columns()
    table.add("", "with an emulated Shopify")
    table.add("orders at Shopify", grouped(ordered))
    table.add("orders that found nothing left", grouped(soldOut))
    table.add("numbers written to Shopify", grouped(writes))
    table.add("writes over an order not heard of", grouped(writesOverOrders))
    table.add("seconds until both are equal", decimal(secondsToEqual))
    table.add("levels that differ", grouped(different.count))
    return table.text
  }

  var json: JSONValue {
    .object([
      ("orders", JSONValue(ordered)), ("soldOut", JSONValue(soldOut)), ("writes", JSONValue(Int(writes))),
      ("writesOverOrders", JSONValue(Int(writesOverOrders))), ("secondsUntilEqual", .number(secondsToEqual)),
      ("different", .array(different.map { .string($0) })),
    ])
  }
}
