public import StockLedger

/// The neutral delivery form: one row of JSON is one command for one stock key, item or shop. See
/// docs/delivery-form.md.
public enum DeliveryForm {
  /// The most bytes of a row, its line ending not counted: twenty times the longest useful row.
  public static let rowBytesMax = 65_536

  /// The command of one row.
  ///
  /// Strict on purpose: a field that is misspelt and passed over would be stock counted wrong without a word. A key
  /// without a location is the item's (``StockKey/isItem``): the engine finds the line's place.
  ///
  /// - Parameters:
  ///   - row: One JSON object, without its line ending. Any bytes; nothing traps.
  ///   - line: The line to name in an error.
  ///   - origin: Whose row it is; nil where it says so itself.
  /// - Throws: ``RowError`` that names the first fault.
  public static func command(
    of row: [UInt8], line: Int = 1, origin: DeliveryOrigin? = nil
  ) throws(RowError) -> KeyedCommand {
    guard row.count <= rowBytesMax else { throw RowError(line: line, reason: .tooLong(limit: rowBytesMax)) }
    return try command(of: JSONScanner.members(of: row, line: line), line: line, origin: origin)
  }

  /// The command of one row that was read already.
  static func command(of row: [JSONMember], line: Int, origin: DeliveryOrigin?) throws(RowError) -> KeyedCommand {
    let fields = DeliveryFields(try origin?.complete(row, line: line) ?? row, line: line)
    let word = try fields.text("kind")
    guard let kind = DeliveryKind(rawValue: word) else {
      throw RowError(
        line: line, field: "kind", reason: .unknownWord(known: DeliveryKind.allCases.map(\.rawValue)))
    }
    try fields.check(kind)
    let key = try fields.key()
    switch kind {
    case .count: return try KeyedCommand(key: key, command: report(fields, .count(count(fields))))
    case .adjustment: return try KeyedCommand(key: key, command: report(fields, .adjustment(adjustment(fields))))
    case .aggregate: return try KeyedCommand(key: key, command: report(fields, .aggregate(aggregate(fields))))
    case .demand: return try KeyedCommand(key: key, command: report(fields, .demand(demand(fields))))
    case .stage: return try KeyedCommand(key: key, command: report(fields, .stage(stage(fields, line: line))))
    case .move: return try KeyedCommand(key: key, command: report(fields, .move(move(fields))))
    case .completeThrough:
      let component = try fields.word("component", claimComponents)
      let through = try fields.time("through", finer: .down)
      return try KeyedCommand(key: key, command: report(fields, .completeThrough(component, through)))
    case .hold: return try KeyedCommand(key: key, command: .hold(hold(fields)))
    case .confirm: return try KeyedCommand(key: key, command: .confirm(confirm(fields)))
    case .release:
      let units = fields.has("units") ? try fields.quantity("units") : nil
      return try KeyedCommand(key: key, command: .release(fields.identifier("reservation"), units))
    case .extend:
      let expiry = try fields.time("expiresAt", finer: .up)
      return try KeyedCommand(key: key, command: .extend(fields.identifier("reservation"), expiresAt: expiry))
    case .policy: return try KeyedCommand(key: key, command: .setScope(patch(fields)))
    case .itemRules: return try KeyedCommand(key: key, command: .setPolicy(itemRules(fields)))
    }
  }

  private static let claimComponents: KeyValuePairs<String, Component> = [
    "allocated": .allocated, "pending": .pending, "open": .open,
  ]
  private static let lines: KeyValuePairs<String, DemandKind> = ["order": .order, "sale": .sale]
  private static let stages: KeyValuePairs<String, Stage> = [
    "allocate": .allocate, "deallocate": .deallocate, "ship": .ship, "cancel": .cancel, "writeOff": .writeOff,
    "returned": .returned,
  ]

  private static func report(_ fields: DeliveryFields, _ body: Report.Body) throws(RowError) -> Command {
    .report(
      Report(
        source: try fields.identifier("source"), delivery: try fields.identifier("delivery"),
        incarnation: fields.has("incarnation") ? try fields.integer("incarnation", in: 0...Int64.max) : 0,
        number: fields.has("number") ? try fields.integer("number", in: 0...Int64.max) : nil, body: body))
  }

  private static func count(_ fields: DeliveryFields) throws(RowError) -> Count {
    Count(
      units: try fields.integer("units", in: -Limits.unitsMax...Limits.unitsMax),
      asOf: try fields.time("asOf", finer: .down),
      isPhysical: fields.has("physical") ? try fields.flag("physical") : false,
      includes: fields.has("includes") ? try fields.sourceTimes("includes") : [])
  }

  private static func adjustment(_ fields: DeliveryFields) throws(RowError) -> Adjustment {
    let delta = try fields.delta("delta")
    return Adjustment(
      document: try fields.identifier("document"), delta: delta,
      occurredAt: try fields.time("occurredAt", finer: delta > 0 ? .down : .up))
  }

  private static func aggregate(_ fields: DeliveryFields) throws(RowError) -> Aggregate {
    Aggregate(
      component: try fields.word("component", claimComponents),
      units: try fields.integer("units", in: 0...Limits.unitsMax), asOf: try fields.time("asOf", finer: .down),
      since: fields.has("since") ? try fields.time("since", finer: .down) : nil,
      out: fields.has("out") ? try fields.integer("out", in: 0...Limits.unitsMax) : nil)
  }

  private static func demand(_ fields: DeliveryFields) throws(RowError) -> Demand {
    Demand(
      claim: try fields.identifier("claim"), kind: try fields.word("line", lines),
      total: try fields.quantity("total"), occurredAt: try fields.time("occurredAt", finer: .up),
      reference: try fields.identifierOrNone("reference"), channel: try fields.identifierOrNone("channel"),
      customer: try fields.identifierOrNone("customer"))
  }

  private static func stage(_ fields: DeliveryFields, line: Int) throws(RowError) -> StageReport {
    let stage = try fields.word("stage", stages)
    let finer: SubMillisecond =
      switch stage {
      case .allocate, .ship, .writeOff: .up
      case .deallocate, .cancel, .returned: .down
      }
    let amount: StageReport.Amount
    switch (fields.has("cumulative"), fields.has("document"), fields.has("units")) {
    case (true, false, false): amount = .cumulative(try fields.integer("cumulative", in: 0...Limits.quantityMax))
    case (false, true, true): amount = .document(try fields.identifier("document"), try fields.quantity("units"))
    default: throw RowError(line: line, field: "cumulative", reason: .amountUnclear)
    }
    return StageReport(
      claim: try fields.identifier("claim"), kind: fields.has("line") ? try fields.word("line", lines) : .order,
      stage: stage, amount: amount, occurredAt: try fields.time("occurredAt", finer: finer))
  }

  private static func move(_ fields: DeliveryFields) throws(RowError) -> Move {
    let direction = try fields.word("direction", ["arrives": Move.Direction.arrives, "leaves": .leaves])
    return Move(
      claim: try fields.identifier("claim"), document: try fields.identifier("document"), direction: direction,
      units: try fields.quantity("units"),
      occurredAt: try fields.time("occurredAt", finer: direction == .arrives ? .up : .down))
  }

  private static func hold(_ fields: DeliveryFields) throws(RowError) -> HoldRequest {
    HoldRequest(
      id: try fields.identifier("reservation"), quantity: try fields.quantity("units"),
      lifetime: fields.has("lifetime")
        ? try fields.integer("lifetime", in: 1...Limits.holdLifetimeMax) : Limits.holdLifetimeDefault,
      channel: try fields.identifierOrNone("channel"), customer: try fields.identifierOrNone("customer"),
      reference: try fields.identifierOrNone("reference"),
      requestedAt: fields.has("requestedAt") ? try fields.time("requestedAt", finer: .down) : nil)
  }

  private static func confirm(_ fields: DeliveryFields) throws(RowError) -> ConfirmRequest {
    ConfirmRequest(
      id: try fields.identifier("reservation"), claim: try fields.identifier("claim"),
      kind: fields.has("line") ? try fields.word("line", lines) : .order,
      cumulative: fields.has("cumulative") ? try fields.quantity("cumulative") : nil,
      whenExpired: fields.has("whenExpired")
        ? try fields.word(
          "whenExpired", ["refuse": ConfirmRequest.WhenExpired.refuse, "reholdIfAvailable": .reholdIfAvailable])
        : .refuse)
  }
}
