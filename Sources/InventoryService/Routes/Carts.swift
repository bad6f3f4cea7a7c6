import ChannelIntake
import HTTPTypes
import InventoryEngine
import StockLedger

/// Carts: several keys, all or nothing.
extension Route {
  static let carts = [
    Route(.post, "/v1/carts", .bearer(.hold), holdCart),
    Route(.post, "/v1/carts/{cart}/confirm", .bearer(.hold), confirmCart),
    Route(.post, "/v1/carts/{cart}/release", .bearer(.hold), releaseCart),
    Route(.post, "/v1/carts/{cart}/extend", .bearer(.hold), extendCart),
  ]

  private static func holdCart(_ call: Call) async throws -> Reply {
    let fields = try await call.fields(
      required: ["lines"], optional: ["cart"] + CommandWord.terms, elementsMax: Limits.cartLinesMax)
    let name = try call.name(of: "cart", in: fields)
    let terms = try HoldTerms(fields)
    var lines: [CartItem] = []
    for line in try fields.objects("lines", required: ["sku", "location", "units"]) {
      lines.append(CartItem(key: try line.key(ofShop: call.caller.shop), quantity: try line.quantity("units")))
    }
    let request = CartRequest(
      id: Identifier(name) ?? .none, lines: lines, lifetime: terms.lifetime, channel: terms.channel,
      customer: terms.customer, reference: terms.reference, requestedAt: terms.requestedAt)
    try call.spend(lines.count - 1)
    switch try await call.holding(wanted(request), { try await call.answer(to: request) }) {
    case .held(let receipt): return reply(receipt, name: name)
    case .unknown: throw Problem.unknown
    case .refused(let refusal, let short): throw problem(refusal, short: short, lines: lines, call)
    }
  }

  /// Lines on one key are one hold.
  private static func wanted(_ request: CartRequest) -> [Call.WantedHold] {
    Dictionary(request.lines.map { ($0.key, $0.quantity.units) }, uniquingKeysWith: +)
      .map { Call.WantedHold($0.key, request.id, units: $0.value) }
  }

  private static func reply(_ receipt: CartReceipt, name: String) -> Reply {
    let fields: HTTPFields = receipt.isDuplicate ? [.idempotencyReplayed: "true"] : [:]
    return Reply(
      .created, fields,
      json: JSONWriter.object { json in
        json.field("cart", name)
        json.field("first") { write(receipt.first, to: &$0) }
        json.field("expiresAt", receipt.expiresAt.description)
        json.field("entry", receipt.entry.description)
        json.field("duplicate", receipt.isDuplicate)
        json.array("lines") { json in
          // An item's own line is the engine's affair: nobody asked for it.
          for line in receipt.lines where !line.key.isItem {
            json.object { json in
              write(line.key, to: &json)
              json.field("units", line.units)
              json.field("availableToSell", line.availableToSell)
              json.field("entry", line.entry.description)
            }
          }
        }
      })
  }

  private static func write(_ key: StockKey, to json: inout JSONWriter) {
    json.field("sku", key.sku)
    if !key.isItem { json.field("location", key.location) }
  }

  private static func problem(_ refusal: Refusal, short: [ShortLine], lines: [CartItem], _ call: Call) -> Problem {
    var owner: String?
    if case .elsewhere(let shard) = refusal { owner = call.engine.owner(of: Int(shard)) }
    var problem = Problem(refusal, owner: owner)
    if !short.isEmpty {
      let rows = short.map { line -> [(name: String, value: Problem.Value)] in
        var row: [(name: String, value: Problem.Value)] = [("sku", .text(line.key.sku))]
        if !line.key.isItem { row.append(("location", .text(line.key.location))) }
        return row + [("available", .integer(line.available))]
      }
      problem.members.append(("short", .rows(rows)))
    }
    return problem
  }

  private static func confirmCart(_ call: Call) async throws -> Reply {
    let id = try call.identifier("cart")
    let fields = try await call.fields(required: ["first", "lines"], elementsMax: Limits.cartLinesMax)
    let first = try call.first(fields)
    var claims: [CartClaim] = []
    for line in try fields.objects("lines", required: ["sku", "location", "claim"], optional: ["line"]) {
      claims.append(
        CartClaim(
          line: try line.key(ofShop: call.caller.shop), claim: try line.identifier("claim"),
          kind: try CommandWord.kind(line)))
    }
    let answer = await call.engine.confirm(carts: [(id, first, claims)]).first
    return try call.reply(answer, to: .cartConfirm, first: first)
  }

  private static func releaseCart(_ call: Call) async throws -> Reply {
    let id = try call.identifier("cart")
    let first = try call.first(try await call.fields(required: ["first"]))
    return try call.reply(await call.engine.release(carts: [(id, first)]).first, to: .cartRelease, first: first)
  }

  private static func extendCart(_ call: Call) async throws -> Reply {
    let id = try call.identifier("cart")
    let fields = try await call.fields(required: ["first", "expiresAt"])
    let first = try call.first(fields)
    let expiresAt = try fields.time("expiresAt", finer: .up)
    let answer = await call.engine.extend(cart: id, first: first, to: expiresAt)
    return try call.reply(answer, to: .cartExtend, first: first)
  }
}

extension Call {
  /// The cart's first key, as its receipt named it.
  fileprivate func first(_ fields: DeliveryFields) throws(RowError) -> StockKey {
    guard let first = try fields.object("first", required: ["sku"], optional: ["location"]) else {
      throw RowError(line: 1, field: "first", reason: .missingField)
    }
    return try first.key(ofShop: caller.shop)
  }

  /// What the engine says to a cart, and whether its lines may be held now.
  fileprivate func answer(to request: CartRequest) async throws -> (CartAnswer, mayBeLive: Bool) {
    guard let answer = await engine.hold(carts: [request]).first else { throw Problem.internalFailure }
    meters.note(cart: .cartHold, answer)
    if case .refused = answer { return (answer, false) }
    return (answer, true)
  }

  /// The answer to a cart's end or extension.
  fileprivate func reply(_ answer: Answer?, to kind: CommandKind, first: StockKey) throws(Problem) -> Reply {
    meters.note(cart: kind, answer ?? .unknown)
    switch answer {
    case .accepted(let receipt):
      let name = (try? part("cart")) ?? ""
      return Reply(
        json: JSONWriter.object { json in
          json.field("cart", name)
          if receipt.expiresAt > .distantPast { json.field("expiresAt", receipt.expiresAt.description) }
          json.field("entry", receipt.entry.description)
          json.field("duplicate", receipt.isDuplicate)
        })
    case .refused(let refusal): throw problem(refusal, of: first)
    case .unknown, nil: throw .unknown
    }
  }
}
