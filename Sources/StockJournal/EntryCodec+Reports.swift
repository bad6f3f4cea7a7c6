import StockLedger

// Stored forms of what sources say. Ranges are those that the rules accept: checked on writing (a violation) and on
// reading (damage).

private let units = -Limits.unitsMax...Limits.unitsMax
private let changes = -Limits.quantityMax...Limits.quantityMax

extension ByteWriter {
  mutating func write(_ report: Report, at: Timestamp) {
    write(report.source)
    write(report.delivery)
    write(signed: report.incarnation)
    write(optional: report.number) { $0.write(signed: $1) }
    switch report.body {
    case .count(let count):
      invariant(units.contains(count.units), "a count of \(count.units) units was accepted")
      write(byte: 1)
      write(signed: count.units)
      write(count.asOf, from: at)
      write(count.isPhysical)
      write(list: count.includes) { writer, include in
        writer.write(include.source)
        writer.write(include.time, from: at)
      }
    case .adjustment(let adjustment):
      invariant(
        changes.contains(adjustment.delta) && adjustment.delta != 0, "a change of \(adjustment.delta) was accepted")
      write(byte: 2)
      write(adjustment.document)
      write(signed: adjustment.delta)
      write(adjustment.occurredAt, from: at)
    case .aggregate(let aggregate):
      invariant(
        (0...Limits.unitsMax).contains(aggregate.units) && (0...Limits.unitsMax).contains(aggregate.out ?? 0),
        "an aggregate of \(aggregate.units) units was accepted")
      write(byte: 3)
      write(byte: aggregate.component.rawValue)
      write(varint: UInt64(aggregate.units))
      write(aggregate.asOf, from: at)
      write(optional: aggregate.since) { $0.write($1, from: at) }
      write(optional: aggregate.out) { $0.write(varint: UInt64($1)) }
    case .demand(let demand):
      write(byte: 4)
      write(demand, at: at)
    case .stage(let stage):
      write(byte: 5)
      write(stage, at: at)
    case .move(let move):
      write(byte: 6)
      write(move.claim)
      write(move.document)
      write(byte: move.direction.rawValue)
      write(varint: UInt64(move.units.units))
      write(move.occurredAt, from: at)
    case .completeThrough(let component, let time):
      write(byte: 7)
      write(byte: component.rawValue)
      write(time, from: at)
    case .lineState(let state):
      write(byte: state.heldInAll > 0 ? 9 : 8)
      write(state, at: at)
      if state.heldInAll > 0 { write(varint: UInt64(state.heldInAll)) }
    }
  }

  private mutating func write(_ state: LineState, at: Timestamp) {
    write(state.claim)
    for number in [state.version, state.units, state.unitsInAll] {
      invariant(number >= 0, "the state of a line with \(number) was accepted")
      write(varint: UInt64(number))
    }
    write(list: state.departures) { writer, departure in
      writer.write(departure.document)
      writer.write(departure.isWrittenOff)
      writer.write(varint: UInt64(departure.units.units))
      writer.write(departure.occurredAt, from: at)
    }
    write(state.occurredAt, from: at)
    write(state.changedAt, from: at)
    write(counted: state.memo)
  }

  private mutating func write(_ demand: Demand, at: Timestamp) {
    var presence: UInt8 = 0
    if !demand.reference.isNone { presence |= 1 }
    if !demand.channel.isNone { presence |= 2 }
    if !demand.customer.isNone { presence |= 4 }
    write(byte: presence)
    write(demand.claim)
    write(byte: demand.kind.rawValue)
    write(varint: UInt64(demand.total.units))
    write(demand.occurredAt, from: at)
    if presence & 1 != 0 { write(demand.reference) }
    if presence & 2 != 0 { write(demand.channel) }
    if presence & 4 != 0 { write(demand.customer) }
  }

  private mutating func write(_ stage: StageReport, at: Timestamp) {
    write(stage.claim)
    write(byte: stage.kind.rawValue)
    write(byte: stage.stage.rawValue)
    switch stage.amount {
    case .document(let document, let quantity):
      write(byte: 0)
      write(document)
      write(varint: UInt64(quantity.units))
    case .cumulative(let sum):
      invariant((0...Limits.quantityMax).contains(sum), "a cumulative stage of \(sum) units was accepted")
      write(byte: 1)
      write(varint: UInt64(sum))
    }
    write(stage.occurredAt, from: at)
  }
}

extension ByteReader {
  mutating func readReport(at: Timestamp) throws(ByteError) -> Report {
    let source = try readIdentifier()
    let delivery = try readIdentifier()
    let incarnation = try readSigned()
    let number = try readOptional { reader throws(ByteError) in try reader.readSigned() }
    return Report(
      source: source, delivery: delivery, incarnation: incarnation, number: number, body: try readReportBody(at: at))
  }

  private mutating func readReportBody(at: Timestamp) throws(ByteError) -> Report.Body {
    let start = offset
    switch try readByte() {
    case 1:
      return .count(
        Count(
          units: try readSigned(in: units, "a count's units"), asOf: try readTimestamp(from: at),
          isPhysical: try readFlag(),
          includes: try readList { reader throws(ByteError) in
            SourceTime(source: try reader.readIdentifier(), time: try reader.readTimestamp(from: at))
          }))
    case 2:
      let document = try readIdentifier()
      let deltaStart = offset
      let delta = try readSigned(in: changes, "an adjustment's units")
      guard delta != 0 else { throw ByteError(offset: deltaStart, expected: "an adjustment's units") }
      return .adjustment(Adjustment(document: document, delta: delta, occurredAt: try readTimestamp(from: at)))
    case 3:
      return .aggregate(
        Aggregate(
          component: try readCase(Component.self), units: try readVarint(through: Limits.unitsMax, "a sum"),
          asOf: try readTimestamp(from: at),
          since: try readOptional { reader throws(ByteError) in try reader.readTimestamp(from: at) },
          out: try readOptional { reader throws(ByteError) in
            try reader.readVarint(through: Limits.unitsMax, "units that left")
          }))
    case 4: return .demand(try readDemand(at: at))
    case 5: return .stage(try readStage(at: at))
    case 6:
      return .move(
        Move(
          claim: try readIdentifier(), document: try readIdentifier(), direction: try readCase(Move.Direction.self),
          units: try readQuantity(), occurredAt: try readTimestamp(from: at)))
    case 7: return .completeThrough(try readCase(Component.self), try readTimestamp(from: at))
    case 8: return .lineState(try readLineState(at: at))
    case 9:
      var state = try readLineState(at: at)
      let held = offset
      state.heldInAll = try readVarint(through: Limits.quantityMax, "units that were held")
      guard state.heldInAll > 0 else { throw ByteError(offset: held, expected: "units that were held") }
      return .lineState(state)
    default: throw ByteError(offset: start, expected: "a kind of report")
    }
  }

  private mutating func readDemand(at: Timestamp) throws(ByteError) -> Demand {
    let presence = try readPresence(bits: 3)
    return Demand(
      claim: try readIdentifier(), kind: try readCase(DemandKind.self), total: try readQuantity(),
      occurredAt: try readTimestamp(from: at),
      reference: presence & 1 != 0 ? try readPresentIdentifier() : .none,
      channel: presence & 2 != 0 ? try readPresentIdentifier() : .none,
      customer: presence & 4 != 0 ? try readPresentIdentifier() : .none)
  }

  private mutating func readLineState(at: Timestamp) throws(ByteError) -> LineState {
    let start = offset
    var state = LineState(
      claim: try readIdentifier(), version: try readVarint(through: .max, "a version"),
      units: try readVarint(through: Limits.quantityMax, "units of a line"),
      unitsInAll: try readVarint(through: Limits.quantityMax, "units of a line"), occurredAt: at, changedAt: at)
    state.departures = try readList { reader throws(ByteError) in
      LineState.Departure(
        document: try reader.readIdentifier(), isWrittenOff: try reader.readFlag(), units: try reader.readQuantity(),
        occurredAt: try reader.readTimestamp(from: at))
    }
    state.occurredAt = try readTimestamp(from: at)
    state.changedAt = try readTimestamp(from: at)
    state.memo = try readCounted()
    guard state.memo.count <= Limits.memoBytesMax else { throw ByteError(offset: start, expected: "a short memo") }
    return state
  }

  private mutating func readStage(at: Timestamp) throws(ByteError) -> StageReport {
    let claim = try readIdentifier()
    let kind = try readCase(DemandKind.self)
    let stage = try readCase(Stage.self)
    let amount: StageReport.Amount
    if try readFlag() {
      amount = .cumulative(try readVarint(through: Limits.quantityMax, "a cumulative quantity"))
    } else {
      amount = .document(try readIdentifier(), try readQuantity())
    }
    return StageReport(
      claim: claim, kind: kind, stage: stage, amount: amount, occurredAt: try readTimestamp(from: at))
  }
}
