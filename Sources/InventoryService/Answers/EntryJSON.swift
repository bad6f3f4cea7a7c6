import ChannelIntake
public import StockLedger

/// A journal entry as a JSON object with stable field names; docs/guide.md lists them. The service and `holdfast tail`
/// write the same.
public enum EntryJSON {
  /// The object of an entry at its place, on one line.
  public static func line(_ entry: JournalEntry, key: StockKey, at place: EntryNumber) -> [UInt8] {
    JSONWriter.object { write(entry, key: key, at: place, to: &$0) }
  }

  /// The members of an entry's object; without a place what is due and not written yet.
  static func write(_ entry: JournalEntry, key: StockKey, at place: EntryNumber?, to json: inout JSONWriter) {
    if let place { json.field("entry", place.description) }
    json.field("at", entry.at)
    if key != .journal { write(key, to: &json) }
    write(entry.body, to: &json)
  }

  private static func write(_ body: JournalEntry.Body, to json: inout JSONWriter) {
    json.field("kind", kind(of: body))
    switch body {
    case .held(let held): write(held, to: &json)
    case .confirmed(let confirmed):
      json.field("reservation", confirmed.id)
      json.field("claim", confirmed.claim)
      json.field("line", word(confirmed.kind))
      json.field("units", confirmed.cumulative.units)
      json.field("fromReserved", confirmed.fromReserved)
    case .released(let id, let units):
      json.field("reservation", id)
      json.field("units", units.units)
    case .extended(let id, let expiresAt):
      json.field("reservation", id)
      json.field("expiresAt", expiresAt)
    case .expired(let id): json.field("reservation", id)
    case .reported(let report): write(report, to: &json)
    case .policySet(let policy): PolicyPatch(of: policy).write(to: &json)
    case .scopeSet(let patch): patch.write(to: &json)
    case .fallenFreed(let component, let upTo):
      json.field("component", "\(component)")
      json.field("upTo", upTo)
    case .markReset(let component, let source):
      json.field("component", "\(component)")
      json.field("source", source)
    case .corrected(let correction): write(correction, to: &json)
    case .published(let channel, let entry): write(entry, channel: channel, to: &json)
    default: writeCart(body, to: &json)
    }
  }

  private static func writeCart(_ body: JournalEntry.Body, to json: inout JSONWriter) {
    switch body {
    case .linePrepared(let held, let first):
      write(held, named: "cart", to: &json)
      json.field("first") { write(first, to: &$0) }
    case .lineEnded(let cart, let ending, let claim, _):
      json.field("cart", cart)
      json.field("ending", "\(ending)")
      if !claim.isNone { json.field("claim", claim) }
    case .cartDecided(let decision):
      json.field("cart", decision.id)
      json.field("expiresAt", decision.expiresAt)
      json.array("lines") { json in for line in decision.lines { json.object { write(line, to: &$0) } } }
    case .cartAbandoned(let cart): json.field("cart", cart)
    case .cartEnded(let cart, let ending, let claims):
      json.field("cart", cart)
      json.field("ending", "\(ending)")
      json.array("claims") { json in
        for claim in claims {
          json.object { json in
            write(claim.line, to: &json)
            json.field("claim", claim.claim)
          }
        }
      }
    case .lineExtended(let cart, let expiresAt), .cartExtended(let cart, let expiresAt):
      json.field("cart", cart)
      json.field("expiresAt", expiresAt)
    case .lineAcknowledged(let cart, let line):
      json.field("cart", cart)
      json.field("acknowledged") { write(line, to: &$0) }
    case .claimed(let node): json.field("node", node)
    default: break
    }
  }

  private static func write(_ held: Held, named name: String = "reservation", to json: inout JSONWriter) {
    json.field(name, held.id)
    json.field("units", held.quantity.units)
    json.field("expiresAt", held.expiresAt)
    json.field("requestedAt", held.requestedAt)
    json.fieldUnlessNone("channel", held.channel)
    json.fieldUnlessNone("customer", held.customer)
    json.fieldUnlessNone("reference", held.reference)
  }

  private static func write(_ report: Report, to json: inout JSONWriter) {
    json.field("source", report.source)
    json.field("delivery", report.delivery)
    if report.incarnation > 0 { json.field("incarnation", report.incarnation) }
    if let number = report.number { json.field("number", number) }
    switch report.body {
    case .count(let count):
      json.field("units", count.units)
      json.field("asOf", count.asOf)
      if count.isPhysical { json.field("physical", true) }
      if !count.includes.isEmpty {
        json.field("includes") { json in for each in count.includes { json.field("\(each.source)", each.time) } }
      }
    case .adjustment(let adjustment):
      json.field("document", adjustment.document)
      json.field("delta", adjustment.delta)
      json.field("occurredAt", adjustment.occurredAt)
    case .aggregate(let aggregate):
      json.field("component", "\(aggregate.component)")
      json.field("units", aggregate.units)
      json.field("asOf", aggregate.asOf)
      if let since = aggregate.since { json.field("since", since) }
      if let out = aggregate.out { json.field("out", out) }
    case .demand(let demand):
      json.field("claim", demand.claim)
      json.field("line", word(demand.kind))
      json.field("total", demand.total.units)
      json.field("occurredAt", demand.occurredAt)
      json.fieldUnlessNone("reference", demand.reference)
      json.fieldUnlessNone("channel", demand.channel)
      json.fieldUnlessNone("customer", demand.customer)
    case .stage(let stage): write(stage, to: &json)
    case .move(let move):
      json.field("claim", move.claim)
      json.field("document", move.document)
      json.field("direction", "\(move.direction)")
      json.field("units", move.units.units)
      json.field("occurredAt", move.occurredAt)
    case .lineState(let state):
      json.field("claim", state.claim)
      json.field("version", state.version)
      json.field("units", state.units)
      if state.heldInAll > 0 { json.field("held", state.heldInAll) }
      json.field("left", state.departures.reduce(0) { $0 + $1.units.units })
      json.field("occurredAt", state.changedAt)
    case .completeThrough(let component, let time):
      json.field("component", "\(component)")
      json.field("through", time)
    }
  }

  private static func write(_ stage: StageReport, to json: inout JSONWriter) {
    json.field("claim", stage.claim)
    json.field("line", word(stage.kind))
    json.field("stage", "\(stage.stage)")
    switch stage.amount {
    case .document(let document, let units):
      json.field("document", document)
      json.field("units", units.units)
    case .cumulative(let units): json.field("cumulative", units)
    }
    json.field("occurredAt", stage.occurredAt)
  }

  private static func write(_ correction: Correction, to json: inout JSONWriter) {
    json.field("document", correction.document)
    json.fieldUnlessNone("report", correction.report)
    json.field("reason", correction.reason.code)
    switch correction.change {
    case .onHand(let delta, let from):
      json.field("component", "onHand")
      json.field("delta", delta)
      json.field("from", from)
    case .claim(let claim, let units, let from):
      json.field("claim", claim)
      json.field("units", units)
      json.field("from", from)
    case .unnamed(let channel, let number, let from):
      json.field("channel", channel)
      json.field("number", number)
      json.field("from", from)
    case .unnamedAgain(let channel, let number, let units):
      json.field("channel", channel)
      json.field("number", number)
      json.field("units", units)
    }
  }

  private static func write(_ key: StockKey, to json: inout JSONWriter) {
    json.field("shop", key.shop)
    json.field("sku", key.sku)
    json.field("location", key.location)
  }

  private static func word(_ kind: DemandKind) -> String { kind == .sale ? "sale" : "order" }

  private static func kind(of body: JournalEntry.Body) -> String {
    switch body {
    case .held: "held"
    case .confirmed: "confirmed"
    case .released: "released"
    case .extended: "extended"
    case .expired: "expired"
    case .reported(let report): DeliveryKind(of: report.body)?.rawValue ?? "lineState"
    case .policySet: "policySet"
    case .scopeSet: "scopeSet"
    case .fallenFreed: "fallenFreed"
    case .markReset: "markReset"
    case .linePrepared: "linePrepared"
    case .lineEnded: "lineEnded"
    case .lineExtended: "lineExtended"
    case .cartDecided: "cartDecided"
    case .cartAbandoned: "cartAbandoned"
    case .cartEnded: "cartEnded"
    case .cartExtended: "cartExtended"
    case .lineAcknowledged: "lineAcknowledged"
    case .corrected: "corrected"
    case .claimed: "claimed"
    case .published: "published"
    }
  }
}
