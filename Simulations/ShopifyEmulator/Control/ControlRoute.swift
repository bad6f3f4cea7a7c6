import HummingbirdCore
import NIOCore
import ShopifyEmulatorCore
import StockLedger

/// Something that a test, or a person, does to the shop or asks of it, at a path under `/emulator`.
struct ControlRoute: Sendable {
  /// What stands before every path.
  static let root = "/emulator/"

  /// What a route answers with.
  enum Answer: Sendable {
    case object(JSON)
    /// Rows, each to be a line.
    case lines([JSON])
  }

  let method: String
  let name: String
  let answer: @Sendable (inout EmulatedShop, JSON, Timestamp) throws(ControlFault) -> Answer

  static let all: [ControlRoute] = [
    ControlRoute(method: "GET", name: "levels", answer: levels),
    ControlRoute(method: "GET", name: "audit", answer: audit),
    ControlRoute(method: "GET", name: "quiet", answer: quiet),
    ControlRoute(method: "GET", name: "faults", answer: faults),
    ControlRoute(method: "POST", name: "faults", answer: setFaults),
    ControlRoute(method: "POST", name: "orders", answer: placeOrders),
    ControlRoute(method: "POST", name: "edit", answer: edit),
    ControlRoute(method: "POST", name: "cancel", answer: cancel),
    ControlRoute(method: "POST", name: "refund", answer: refund),
    ControlRoute(method: "POST", name: "fulfil", answer: fulfil),
    ControlRoute(method: "POST", name: "move", answer: move),
  ]
}

extension EmulatorServer {
  /// Does what a route says; whoever may call the API may do this, too.
  func control(_ method: String, _ path: String, token: String?, _ body: [UInt8]) async -> ServerReply {
    let named = ControlRoute.all.filter { ControlRoute.root + $0.name == path }
    guard !named.isEmpty else {
      let known = ControlRoute.all.map { "\($0.method) \(ControlRoute.root)\($0.name)" }.joined(separator: ", ")
      return ServerReply(404, json: ["error": .string("there are \(known)")])
    }
    guard let route = named.first(where: { $0.method == method }) else {
      let methods = named.map(\.method).joined(separator: ", ")
      return ServerReply(405, json: ["error": .string("only \(methods)")], [HeaderLine("Allow", methods)])
    }
    let outcome = await shop.turn { shop, now in
      Result { () throws(ControlFault) in
        guard shop.opens(to: token) else {
          throw ControlFault("X-Shopify-Access-Token must be the shop's", status: 401)
        }
        guard let json = body.isEmpty ? .object([]) : JSON(bytes: body) else {
          throw ControlFault("the body is no JSON")
        }
        return try route.answer(&shop, json, now)
      }
    }
    switch outcome {
    case .success(.object(let json)): return ServerReply(200, json: json)
    case .success(.lines(let rows)): return .lines(rows)
    case .failure(let fault): return ServerReply(fault.status, json: ["error": .string(fault.message)])
    }
  }
}

extension ServerReply {
  fileprivate static func lines(_ rows: [JSON]) -> ServerReply {
    var bytes: [UInt8] = []
    for row in rows {
      row.write(into: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    let fields = [HeaderLine("Content-Type", "application/jsonl")]
    return ServerReply(200, fields, ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
