import ChannelIntake
import HTTPTypes
import InventoryEngine
import StockLedger

/// What configuration says of the shop, an item, a key, and of an item over its locations.
///
/// Bodies are what docs/delivery-form.md has under *Configuration*, without kind and key. What is put is all that the
/// level says from then on: what it leaves out is withdrawn there.
extension Route {
  private static let shop = "/v1/policies"
  private static let levels = shop + "/levels"
  private static let item = "/v1/policies/items/{sku}"
  private static let rules = item + "/rules"
  private static let key = item + "/locations/{location}"

  static let policies = [
    Route(.get, shop, .bearer(.read)) { try await look(at: $0.shopKey(), of: $0) },
    Route(.put, shop, .bearer(.admin)) { try await say(at: $0.shopKey(), of: $0) },
    Route(.get, levels, .bearer(.read), query: ["cursor", "limit"], isLong: true, list),
    Route(.get, item, .bearer(.read)) { try await look(at: $0.key(hasLocation: false), of: $0) },
    Route(.put, item, .bearer(.admin)) { try await say(at: $0.key(hasLocation: false), of: $0) },
    Route(.get, rules, .bearer(.read)) { try await look(at: $0.key(hasLocation: false), of: $0, rules: true) },
    Route(.put, rules, .bearer(.admin), putRules),
    Route(.get, key, .bearer(.read)) { try await look(at: $0.key(), of: $0) },
    Route(.put, key, .bearer(.admin)) { try await say(at: $0.key(), of: $0) },
  ]

  private static func look(at level: StockKey, of call: Call, rules: Bool = false) async throws -> Reply {
    guard let view = await call.engine.policy(at: level) else { throw call.absence(of: level) }
    return call.tagged(JSONWriter.object { write(view, of: level, rules: rules, to: &$0) })
  }

  private static func list(_ call: Call) async throws -> Reply {
    let page = await call.engine.policies(
      ofShop: call.caller.shop, after: try call.cursor(mayBeLevel: true), limit: try call.query.rows())
    return call.tagged(
      JSONWriter.object { json in
        json.page("levels", page.levels, upTo: call.settings.pageBytesMax, last: page.last, key: \.key) { level, json in
          write(level.key, to: &json)
          if level.said != PolicyPatch() { json.field("says") { level.said.write(to: &$0) } }
          if let rules = level.rules { json.field("rules") { PolicyPatch(rulesOf: rules).write(to: &$0) } }
        }
        if page.shardsElsewhere > 0 { json.field("shardsElsewhere", Int64(page.shardsElsewhere)) }
      })
  }

  private static func say(at level: StockKey, of call: Call) async throws -> Reply {
    let fields = try await call.fields(required: [], optional: DeliveryForm.policyFields, isNeeded: true)
    return try await put(.setScope(try DeliveryForm.patch(fields)), at: level, of: call)
  }

  private static func putRules(_ call: Call) async throws -> Reply {
    let item = try call.key(hasLocation: false)
    let fields = try await call.fields(required: [], optional: DeliveryForm.itemRuleFields, isNeeded: true)
    return try await put(.setPolicy(try DeliveryForm.itemRules(fields)), at: item, of: call, rules: true)
  }

  private static func put(
    _ command: Command, at level: StockKey, of call: Call, rules: Bool = false
  ) async throws -> Reply {
    let receipt = try call.receipt(
      of: await call.submit(KeyedCommand(key: level, command: command)), at: level)
    guard let view = await call.engine.policy(at: level) else { throw call.absence(of: level) }
    return Reply(
      json: JSONWriter.object { json in
        write(view, of: level, rules: rules, to: &json)
        json.field("entry", receipt.entry.description)
        json.field("duplicate", receipt.isDuplicate)
      })
  }

  private static func write(_ view: PolicyView, of level: StockKey, rules: Bool, to json: inout JSONWriter) {
    write(level, to: &json)
    if rules, let policy = view.rules {
      json.field("says") { PolicyPatch(rulesOf: policy).write(to: &$0) }
    } else {
      json.field("says") { view.said.write(to: &$0) }
    }
    if let resolved = view.resolved { json.field("resolved") { PolicyPatch(of: resolved).write(to: &$0) } }
  }

  /// Which level: the shop's is named by neither.
  private static func write(_ level: StockKey, to json: inout JSONWriter) {
    if !level.sku.isEmpty { json.field("sku", level.sku) }
    if !level.isItem { json.field("location", level.location) }
  }
}

extension Call {
  /// The key of the caller's shop itself.
  fileprivate func shopKey() throws(Problem) -> StockKey {
    do throws(StockKeyError) { return try StockKey(shop: caller.shop, sku: "", location: "") } catch {
      throw .malformedPath(error.description)
    }
  }

  /// The receipt of an answer; a problem where there is none.
  func receipt(of answer: Answer, at key: StockKey) throws(Problem) -> Receipt {
    switch answer {
    case .accepted(let receipt): receipt
    case .refused(let refusal): throw problem(refusal, of: key)
    case .unknown: throw .unknown
    }
  }
}
