import StockLedger

/// A journal entry in a sentence for people: who said what, under which names. The numbers stand beside it.
enum EntryWords {
  static func sentence(_ body: JournalEntry.Body) -> String {
    switch body {
    case .held(let held): sentence(held, "reservation \(held.id) holds")
    case .confirmed(let confirmed): sentence(confirmed)
    case .released(let id, let units): "reservation \(id) gave back \(units.units)"
    case .extended(let id, let expiresAt): "reservation \(id) goes on until \(expiresAt)"
    case .expired(let id): "reservation \(id) ran out of time"
    case .reported(let report): "\(report.source) \(predicate(report.body)) (delivery \(report.delivery))"
    case .policySet(let policy): "configuration: safety buffer \(policy.safetyBuffer), and what follows for the key"
    case .scopeSet: "configuration of this level"
    case .fallenFreed(let component, let upTo):
      "an operator freed what had fallen out of \(name(component)) until \(upTo)"
    case .markReset(let component, let source): "an operator let \(source) begin anew with \(name(component))"
    case .corrected(let correction):
      "corrected: \(words(correction.change)), \(correction.reason.code), document \(correction.document)"
        + named("report", correction.report)
    case .linePrepared(let held, let first):
      sentence(held, "cart \(held.id), decided at \(first.sku) in \(first.location), holds")
    case .lineEnded(let cart, let ending, let claim, _): "cart \(cart) \(word(ending))" + named("claim", claim)
    case .lineExtended(let cart, let expiresAt), .cartExtended(let cart, let expiresAt):
      "cart \(cart) goes on until \(expiresAt)"
    case .cartDecided(let decision): "cart \(decision.id) stands, with \(decision.lines.count) lines"
    case .cartAbandoned(let cart): "cart \(cart) does not stand"
    case .cartEnded(let cart, let ending, _): "cart \(cart) \(word(ending)), in all its lines"
    case .lineAcknowledged(let cart, let line):
      "the line of cart \(cart) at \(line.sku) in \(line.location) has ended"
    case .published(let channel, let entry): "publication to \(channel): \(entry.code)"
    case .claimed(let node): "node \(node) took the shard"
    }
  }

  private static func sentence(_ held: Held, _ beginning: String) -> String {
    "\(beginning) \(held.quantity.units) until \(held.expiresAt)"
      + named("channel", held.channel) + named("customer", held.customer) + named("reference", held.reference)
  }

  private static func sentence(_ confirmed: Confirmed) -> String {
    "reservation \(confirmed.id) became \(line(confirmed.kind)) \(confirmed.claim): "
      + "\(confirmed.cumulative.units) in all, \(confirmed.fromReserved) of them held until now"
  }

  static func words(_ change: Correction.Change) -> String {
    switch change {
    case .onHand(let delta, let from): "on hand from \(from) by \(signed(delta))"
    case .claim(let claim, let units, let from):
      units < 0
        ? "\(units.magnitude) of claim \(claim) given back, which had \(from)"
        : "\(units) of the \(from) of claim \(claim) ended"
    case .unnamed(let channel, let number, let from):
      "claim \(number) without a name of \(channel) ended, \(from) in all"
    case .unnamedAgain(let channel, let number, let units):
      "\(units) of claim \(number) without a name of \(channel) given back"
    }
  }

  /// What a source did.
  private static func predicate(_ body: Report.Body) -> String {
    switch body {
    case .count(let count): predicate(count)
    case .adjustment(let adjustment):
      "adjusted by \(signed(adjustment.delta)) at \(adjustment.occurredAt), document \(adjustment.document)"
    case .aggregate(let sum): "reported \(sum.units) \(name(sum.component)) in all, as of \(sum.asOf)"
    case .demand(let demand):
      "named \(line(demand.kind)) \(demand.claim) of \(demand.total.units), from \(demand.occurredAt)"
        + named("channel", demand.channel) + named("customer", demand.customer)
        + named("reference", demand.reference)
    case .stage(let stage): predicate(stage)
    case .move(let move):
      "moved \(move.units.units) of order line \(move.claim) \(move.direction == .arrives ? "to here" : "away")"
        + " at \(move.occurredAt), document \(move.document)"
    case .lineState(let state): predicate(state)
    case .completeThrough(let component, let time): "has named every line of \(name(component)) up to \(time)"
    }
  }

  private static func predicate(_ count: Count) -> String {
    let included = count.includes.map { ", sales of \($0.source) included up to \($0.time)" }.joined()
    return "counted \(count.units)\(count.isPhysical ? " on the shelf" : "") as of \(count.asOf)\(included)"
  }

  private static func predicate(_ stage: StageReport) -> String {
    let what = "\(line(stage.kind)) \(stage.claim)"
    return switch stage.amount {
    case .document(let document, let units):
      "\(word(stage.stage)) \(units.units) of \(what) at \(stage.occurredAt), document \(document)"
    case .cumulative(let units): "\(word(stage.stage)) \(units) of \(what) in all by \(stage.occurredAt)"
    }
  }

  private static func predicate(_ state: LineState) -> String {
    let left = state.departures.reduce(0) { $0 + $1.units.units }
    let gone = left > 0 ? ", \(left) of them gone from the building" : ""
    return "has order line \(state.claim) at \(state.units) here\(gone), version \(state.version)"
  }

  private static func word(_ stage: Stage) -> String {
    switch stage {
    case .allocate: "allocated"
    case .deallocate: "gave back"
    case .ship: "shipped"
    case .cancel: "cancelled"
    case .writeOff: "wrote off"
    case .returned: "took back"
    }
  }

  private static func word(_ ending: Ending) -> String {
    switch ending {
    case .confirm: "was sold"
    case .release: "was given back"
    case .expire: "ran out of time"
    case .abandon: "was abandoned"
    }
  }

  private static func line(_ kind: DemandKind) -> String { kind == .sale ? "sale line" : "order line" }

  private static func name(_ component: Component) -> String { component == .onHand ? "on hand" : "\(component)" }

  private static func named(_ word: String, _ name: Identifier) -> String { name.isNone ? "" : ", \(word) \(name)" }

  private static func signed(_ number: Int64) -> String { number > 0 ? "+\(number)" : "\(number)" }
}
