import ChannelIntake
import Foundation
import InventoryEngine
import StockLedger

/// The orders of a trace once more, by HTTP clients that know nothing of the engine but its answers.
struct HTTPTrade: Sendable {
  let base: String
  let place: RetailPlace
  /// Opening stock: units of every SKU.
  let counts: [(sku: String, units: Int64)]
  let orders: [RetailOrder]

  /// What the clients heard.
  struct Heard: Sendable {
    var requests = 0
    var seconds = 0.0
    var granted = 0
    var confirmed = 0
    var refused: [String: Int] = [:]
    /// By SKU, units in carts whose confirm was answered.
    var sold: [String: Int64] = [:]
    /// Of every request, in milliseconds.
    var waits: [Double] = []
    /// SKUs of which more was sold than counted, or of which the service says another number than its clients.
    var wrong: [String] = []

    mutating func add(_ other: Heard) {
      requests += other.requests
      granted += other.granted
      confirmed += other.confirmed
      refused.merge(other.refused, uniquingKeysWith: +)
      sold.merge(other.sold, uniquingKeysWith: +)
      waits += other.waits
    }

    var waitP99: Double { waits.sorted().dropLast(waits.count / 100).last ?? 0 }
  }

  /// Clients at once: as many as one service has storefronts, not as many as it could bear.
  private static let clients = 16

  /// Counts, then trades, then asks what is left.
  ///
  /// - Returns: Nil where the flag was raised before that was done.
  func run(_ flag: StopFlag) async throws -> Heard? {
    var heard = Heard()
    let begun = ContinuousClock.now
    let asOf = SystemClock().now - 1_000
    for start in stride(from: 0, to: counts.count, by: 1_000) {
      let lines = counts[start..<min(start + 1_000, counts.count)].map { count(of: $0.sku, $0.units, asOf: asOf) }
      let answer = try await ask("/v1/commands", lines.joined(separator: "\n"), &heard)
      guard answer.status == 200 else { throw Complaint("counts were not taken: \(answer.body)", do: "") }
    }
    try await withThrowingTaskGroup(of: Heard.self) { group in
      for client in 0..<Self.clients {
        let share = stride(from: client, to: orders.count, by: Self.clients).map { orders[$0] }
        group.addTask { try await trade(share, flag) }
      }
      for try await one in group { heard.add(one) }
    }
    for (sku, units) in counts where !flag.isRaised {
      if try await left(of: sku, &heard) != units - (heard.sold[sku] ?? 0) { heard.wrong.append(sku) }
    }
    if flag.isRaised { return nil }
    heard.seconds = (ContinuousClock.now - begun).seconds
    return heard
  }

  private func trade(_ orders: [RetailOrder], _ flag: StopFlag) async throws -> Heard {
    var heard = Heard()
    for order in orders where !flag.isRaised {
      let held = try await ask("/v1/carts", hold(order), &heard)
      guard held.status == 201 else {
        heard.refused[held.code, default: 0] += 1
        continue
      }
      heard.granted += 1
      let paid = try await ask("/v1/carts/\(order.invoice)/confirm", confirm(order, first: held.first), &heard)
      guard paid.status == 200 else {
        heard.refused["confirm \(paid.code)", default: 0] += 1
        continue
      }
      heard.confirmed += 1
      for line in order.lines { heard.sold[line.sku, default: 0] += line.quantity.units }
    }
    return heard
  }

  private func left(of sku: String, _ heard: inout Heard) async throws -> Int64 {
    let path = "/v1/stock/" + (sku.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? sku)
    return try await ask(path, nil, &heard).availableToSell
  }

  // MARK: Bodies

  private func key(_ sku: String) -> [(String, JSONValue)] {
    [("sku", .string(sku)), ("location", .string(place.location))]
  }

  private func count(of sku: String, _ units: Int64, asOf: Timestamp) -> String {
    JSONValue.object(
      [("do", .string("count")), ("source", JSONValue(place.books))] + key(sku)
        + [("units", .integer(units)), ("asOf", JSONValue(asOf))]
    ).text
  }

  private func hold(_ order: RetailOrder) -> String {
    let lines = order.lines.map { line in
      JSONValue.object(key(line.sku) + [("units", .integer(line.quantity.units))])
    }
    let customer = order.customer.map { [("customer", JSONValue.string($0))] } ?? []
    return JSONValue.object([("cart", .string(order.invoice)), ("lines", .array(lines))] + customer).text
  }

  /// A cart is ended where its receipt says that it is kept.
  private func confirm(_ order: RetailOrder, first: String) -> String {
    let lines = order.lines.map { line in
      JSONValue.object(key(line.sku) + [("claim", .string("\(order.invoice)/\(line.sku)"))])
    }
    return JSONValue.object([("first", .object(key(first))), ("lines", .array(lines))]).text
  }

  private func ask(_ path: String, _ body: String?, _ heard: inout Heard) async throws -> HTTPAnswer {
    let begun = ContinuousClock.now
    let answer = try await HTTPAnswer.ask(base + path, body)
    heard.requests += 1
    heard.waits.append((ContinuousClock.now - begun).milliseconds)
    return answer
  }
}
