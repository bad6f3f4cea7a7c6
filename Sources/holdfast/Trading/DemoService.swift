import ChannelIntake
import Foundation
import StockLedger

/// The demo's last part: the service up, the trace traded by HTTP, and three requests to try.
struct DemoService: Sendable {
  let directory: DataDirectory
  let file: TraceFile
  let stock: StockRule
  let isQuiet: Bool

  /// True where somebody sits there who can try something, and end it with Ctrl-C.
  private var isWatched: Bool { !isQuiet && isatty(0) == 1 && isatty(1) == 1 }

  /// Trades, shows, and stays up until the flag is raised where a person looks on.
  ///
  /// - Returns: Nil where the flag was raised before the trade was whole.
  func run(_ flag: StopFlag) async throws -> HTTPTrade.Heard? {
    let place = RetailPlace()
    let service = try await ServiceChild.start(on: directory, shop: place.shop)
    let heard: HTTPTrade.Heard?
    do {
      heard = try await trade(place, at: service.base, flag)
      if let heard, !isQuiet { try await show(heard, at: service.base, place, flag) }
    } catch {
      _ = await service.stop()
      throw error
    }
    guard await service.stop() == 0 else { throw Complaint("the service did not stop in order", do: "") }
    return heard
  }

  private func trade(_ place: RetailPlace, at base: String, _ flag: StopFlag) async throws -> HTTPTrade.Heard? {
    guard case .retail(let trace) = file.content else {
      throw Complaint("\(file.path) is no CSV of order lines", do: "name one with --trace")
    }
    var orders: [RetailOrder] = []
    for case .order(let order) in trace.events { orders.append(order) }
    let counts = stock.plan(for: trace).map { ($0.sku, $0.units) }
    return try await HTTPTrade(base: base, place: place, counts: counts, orders: orders).run(flag)
  }

  private func show(_ heard: HTTPTrade.Heard, at base: String, _ place: RetailPlace, _ flag: StopFlag) async throws {
    Console.put("\n" + heard.text)
    let tries = try await Try.three(of: place, at: base, sku: try mostLeft(heard))
    if isWatched {
      Console.put("\nThe service is up. In another terminal:\n" + tries.map { "  " + $0.curl }.joined(separator: "\n"))
      Console.say("Ctrl-C ends it")
      return await flag.wait()
    }
    for one in tries {
      let answer = try await HTTPAnswer.ask(base + one.path, one.body)
      Console.put("\n$ \(one.curl)\n\(answer.body)")
    }
  }

  /// A SKU of which something is left to hold.
  private func mostLeft(_ heard: HTTPTrade.Heard) throws -> String {
    guard case .retail(let trace) = file.content else { return "" }
    let left = stock.plan(for: trace).map { ($0.units - (heard.sold[$0.sku] ?? 0), $0.sku) }
    // Of letters and digits alone, so that a shell takes it as it is.
    return left.filter { $0.1.allSatisfy { $0.isLetter || $0.isNumber } }.max { $0 < $1 }?.1 ?? ""
  }

  /// A request to try.
  private struct Try {
    let curl: String
    let path: String
    let body: String?

    static func three(of place: RetailPlace, at base: String, sku: String) async throws -> [Try] {
      let hold = #"{"sku":"\#(sku)","location":"\#(place.location)","units":2,"reservation":"try-1"}"#
      let end = "/v1/holds/\(sku)/\(place.location)/try-1/release"
      return [
        Try(curl: "curl -s \(base)/v1/stock/\(sku)", path: "/v1/stock/\(sku)", body: nil),
        Try(curl: "curl -s \(base)/v1/holds -d '\(hold)'", path: "/v1/holds", body: hold),
        Try(curl: "curl -s -X POST \(base)\(end)", path: end, body: ""),
      ]
    }
  }
}

extension HTTPTrade.Heard {
  /// True where clients and service agree, and nothing was sold twice.
  var isSound: Bool { wrong.isEmpty && refused.keys.allSatisfy { $0 == "insufficientStock" } }

  var text: String {
    var table = Columns()
    table.add("", "by HTTP")
    table.add("requests", grouped(requests))
    table.add("requests per second", grouped(Int(Double(requests) / max(seconds, 0.001))))
    table.add("99 of 100 answered within", "\(decimal(waitP99)) ms")
    table.add("carts granted", grouped(granted))
    for (code, count) in refused.sorted(by: { $0.key < $1.key }) { table.add("carts refused \(code)", grouped(count)) }
    table.add("carts confirmed", grouped(confirmed))
    table.add("SKUs where books differ", grouped(wrong.count))
    return table.text
  }

  var json: JSONValue {
    .object([
      ("requests", JSONValue(requests)), ("granted", JSONValue(granted)), ("confirmed", JSONValue(confirmed)),
      ("refused", refused.json), ("requestsPerSecond", JSONValue(Int(Double(requests) / max(seconds, 0.001)))),
      ("waitP99Milliseconds", .number(waitP99)), ("booksDiffer", .array(wrong.map { .string($0) })),
    ])
  }
}
