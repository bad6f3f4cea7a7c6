import StockLedger

/// A journal entry as a JSON object with stable field names; docs/guide.md lists them.
enum EntryJSON {
  /// The object of an entry at its place.
  static func value(_ entry: JournalEntry, key: StockKey, at place: EntryNumber) -> JSONValue {
    let head: [(String, JSONValue)] = [("entry", JSONValue(place)), ("at", JSONValue(entry.at))]
    return .object(head + (key == .journal ? [] : key.jsonFields) + body(entry.body))
  }

  private static func body(_ body: JournalEntry.Body) -> [(String, JSONValue)] {
    switch body {
    case .held(let held): [("kind", .string("held"))] + fields(held)
    case .confirmed(let confirmed):
      [
        ("kind", .string("confirmed")), ("reservation", JSONValue(confirmed.id)), ("claim", JSONValue(confirmed.claim)),
        ("line", .string(word(confirmed.kind))), ("units", .integer(confirmed.cumulative.units)),
        ("fromReserved", .integer(confirmed.fromReserved)),
      ]
    case .released(let id, let units):
      [("kind", .string("released")), ("reservation", JSONValue(id)), ("units", .integer(units.units))]
    case .extended(let id, let expiresAt):
      [("kind", .string("extended")), ("reservation", JSONValue(id)), ("expiresAt", JSONValue(expiresAt))]
    case .expired(let id): [("kind", .string("expired")), ("reservation", JSONValue(id))]
    case .reported(let report): fields(report)
    case .policySet(let policy):
      [("kind", .string("policySet")), ("safetyBuffer", .integer(policy.safetyBuffer))]
    case .scopeSet(let patch):
      [("kind", .string("scopeSet"))] + (patch.safetyBuffer.map { [("safetyBuffer", .integer($0))] } ?? [])
    case .fallenFreed(let component, let upTo):
      [("kind", .string("fallenFreed")), ("component", .string(word(component))), ("upTo", JSONValue(upTo))]
    case .markReset(let component, let source):
      [("kind", .string("markReset")), ("component", .string(word(component))), ("source", JSONValue(source))]
    default: cart(body)
    }
  }

  private static func cart(_ body: JournalEntry.Body) -> [(String, JSONValue)] {
    switch body {
    case .linePrepared(let held, let first):
      [("kind", .string("linePrepared"))] + fields(held, named: "cart") + [("first", key(first))]
    case .lineEnded(let cart, let ending, let claim, _):
      [("kind", .string("lineEnded")), ("cart", JSONValue(cart)), ("ending", .string("\(ending)"))]
        + (claim.isNone ? [] : [("claim", JSONValue(claim))])
    case .lineExtended(let cart, let expiresAt):
      [("kind", .string("lineExtended")), ("cart", JSONValue(cart)), ("expiresAt", JSONValue(expiresAt))]
    case .cartDecided(let decision):
      [
        ("kind", .string("cartDecided")), ("cart", JSONValue(decision.id)),
        ("expiresAt", JSONValue(decision.expiresAt)), ("lines", .array(decision.lines.map(key))),
      ]
    case .cartAbandoned(let cart): [("kind", .string("cartAbandoned")), ("cart", JSONValue(cart))]
    case .cartEnded(let cart, let ending, let claims):
      [
        ("kind", .string("cartEnded")), ("cart", JSONValue(cart)), ("ending", .string("\(ending)")),
        ("claims", .array(claims.map { .object($0.line.jsonFields + [("claim", JSONValue($0.claim))]) })),
      ]
    case .cartExtended(let cart, let expiresAt):
      [("kind", .string("cartExtended")), ("cart", JSONValue(cart)), ("expiresAt", JSONValue(expiresAt))]
    case .lineAcknowledged(let cart, let line):
      [("kind", .string("lineAcknowledged")), ("cart", JSONValue(cart)), ("acknowledged", key(line))]
    case .claimed(let node): [("kind", .string("claimed")), ("node", .string(node))]
    // What a newer rule writes is at least told as being there.
    default: [("kind", .string("other"))]
    }
  }

  private static func fields(_ held: Held, named name: String = "reservation") -> [(String, JSONValue)] {
    var fields: [(String, JSONValue)] = [
      (name, JSONValue(held.id)), ("units", .integer(held.quantity.units)), ("expiresAt", JSONValue(held.expiresAt)),
      ("requestedAt", JSONValue(held.requestedAt)),
    ]
    if !held.channel.isNone { fields.append(("channel", JSONValue(held.channel))) }
    if !held.customer.isNone { fields.append(("customer", JSONValue(held.customer))) }
    if !held.reference.isNone { fields.append(("reference", JSONValue(held.reference))) }
    return fields
  }

  private static func fields(_ report: Report) -> [(String, JSONValue)] {
    let head: [(String, JSONValue)] = [("source", JSONValue(report.source)), ("delivery", JSONValue(report.delivery))]
    return switch report.body {
    case .count(let count):
      [("kind", .string("count"))] + head + [("units", .integer(count.units)), ("asOf", JSONValue(count.asOf))]
    case .adjustment(let adjustment):
      [("kind", .string("adjustment"))] + head + [
        ("document", JSONValue(adjustment.document)), ("delta", .integer(adjustment.delta)),
        ("occurredAt", JSONValue(adjustment.occurredAt)),
      ]
    case .aggregate(let aggregate):
      [("kind", .string("aggregate"))] + head + [
        ("component", .string(word(aggregate.component))), ("units", .integer(aggregate.units)),
        ("asOf", JSONValue(aggregate.asOf)),
      ]
    case .demand(let demand):
      [("kind", .string("demand"))] + head + [
        ("claim", JSONValue(demand.claim)), ("line", .string(word(demand.kind))),
        ("total", .integer(demand.total.units)), ("occurredAt", JSONValue(demand.occurredAt)),
      ]
    case .stage(let stage):
      [("kind", .string("stage"))] + head + [
        ("claim", JSONValue(stage.claim)), ("line", .string(word(stage.kind))), ("stage", .string("\(stage.stage)")),
      ] + fields(stage.amount) + [("occurredAt", JSONValue(stage.occurredAt))]
    case .move(let move):
      [("kind", .string("move"))] + head + [
        ("claim", JSONValue(move.claim)), ("document", JSONValue(move.document)),
        ("direction", .string("\(move.direction)")), ("units", .integer(move.units.units)),
        ("occurredAt", JSONValue(move.occurredAt)),
      ]
    case .completeThrough(let component, let time):
      [("kind", .string("completeThrough"))] + head + [
        ("component", .string(word(component))), ("through", JSONValue(time)),
      ]
    }
  }

  private static func fields(_ amount: StageReport.Amount) -> [(String, JSONValue)] {
    switch amount {
    case .document(let document, let units): [("document", JSONValue(document)), ("units", .integer(units.units))]
    case .cumulative(let units): [("cumulative", .integer(units))]
    }
  }

  private static func key(_ key: StockKey) -> JSONValue { .object(key.jsonFields) }
  private static func word(_ kind: DemandKind) -> String { kind == .sale ? "sale" : "order" }
  private static func word(_ component: Component) -> String { "\(component)" }
}
