// A report by itself: its component, its ranges, its digest.
extension Report {
  /// The component whose owner may say this.
  var component: Component {
    switch body {
    case .count, .adjustment: .onHand
    case .aggregate(let aggregate): aggregate.component
    case .demand(let demand): demand.kind.component
    case .stage(let stage):
      switch stage.stage {
      case .allocate, .deallocate, .ship: .allocated
      case .cancel, .writeOff, .returned: stage.kind.component
      }
    case .move, .lineState: .open
    case .completeThrough(let component, _): component
    }
  }

  /// A digest of what is said. The source's running number and incarnation are not part of it: a source that restarts
  /// its numbers and sends a delivery again says the same thing.
  var contentDigest: UInt64 { contentHash.first }

  private var contentHash: (first: UInt64, second: UInt64) {
    var writer = ByteWriter()
    body.write(to: &writer)
    var digest = SipHash128(key0: 0x686f_6c64_6661_7374, key1: 0x6465_6c69_7665_7279)
    digest.update(writer.bytes.span)
    return digest.finish()
  }

  /// A report whose delivery is named by what it says, for a source that tells one fact in several deliveries: the
  /// same fact again is a duplicate, another one never has its name.
  public init(source: SourceID, saying body: Body) {
    self.init(source: source, delivery: .none, body: body)
    let (first, second) = contentHash
    delivery = DeliveryID(high: first, low: 0xC1 << 56 | second >> 8)
  }
}

extension DemandKind {
  /// Where its demand starts.
  var component: Component { self == .order ? .open : .pending }
}

extension Report.Body {
  /// Every time that the source names.
  var times: [Timestamp] {
    switch self {
    case .count(let count): [count.asOf] + count.includes.map(\.time)
    case .adjustment(let adjustment): [adjustment.occurredAt]
    case .aggregate(let aggregate): aggregate.since.map { [aggregate.asOf, $0] } ?? [aggregate.asOf]
    case .demand(let demand): [demand.occurredAt]
    case .stage(let stage): [stage.occurredAt]
    case .move(let move): [move.occurredAt]
    case .lineState(let state): [state.occurredAt, state.changedAt] + state.departures.map(\.occurredAt)
    case .completeThrough(_, let time): [time]
    }
  }

  /// The first field outside its range.
  var fieldOutOfRange: Refusal.Field? {
    switch self {
    case .count(let count):
      if count.units.magnitude > UInt64(Limits.unitsMax) { return .count }
    case .adjustment(let adjustment):
      if adjustment.delta == 0 || adjustment.delta.magnitude > UInt64(Limits.quantityMax) { return .adjustment }
    case .aggregate(let aggregate):
      let units = 0...Limits.unitsMax
      if aggregate.component == .onHand || !units.contains(aggregate.units) { return .aggregate }
      if let out = aggregate.out, !units.contains(out) { return .aggregate }
    case .stage(let stage):
      if case .cumulative(let units) = stage.amount, !(0...Limits.quantityMax).contains(units) { return .quantity }
    case .lineState(let state):
      if let field = state.fieldOutOfRange { return field }
    case .demand, .move, .completeThrough: break
    }
    return times.allSatisfy(\.isInRange) ? nil : .time
  }

  /// The stored form that the digest is taken of.
  func write(to writer: inout ByteWriter) {
    switch self {
    case .count(let count):
      writer.write(byte: 0)
      writer.write(signed: count.units)
      writer.write(count.asOf)
      writer.write(count.isPhysical)
      writer.write(list: count.includes) { writer, include in
        writer.write(include.source)
        writer.write(include.time)
      }
    case .adjustment(let adjustment):
      writer.write(byte: 1)
      writer.write(adjustment.document)
      writer.write(signed: adjustment.delta)
      writer.write(adjustment.occurredAt)
    case .aggregate(let aggregate):
      writer.write(byte: 2)
      writer.write(byte: aggregate.component.rawValue)
      writer.write(signed: aggregate.units)
      writer.write(aggregate.asOf)
      writer.write(optional: aggregate.since) { $0.write($1) }
      writer.write(optional: aggregate.out) { $0.write(signed: $1) }
    case .demand(let demand):
      writer.write(byte: 3)
      writer.write(demand.claim)
      writer.write(byte: demand.kind.rawValue)
      writer.write(signed: demand.total.units)
      writer.write(demand.occurredAt)
      for id in [demand.reference, demand.channel, demand.customer] { writer.write(id) }
    case .stage(let stage):
      writer.write(byte: 4)
      writer.write(stage.claim)
      writer.write(byte: stage.kind.rawValue)
      writer.write(byte: stage.stage.rawValue)
      switch stage.amount {
      case .document(let document, let quantity):
        writer.write(document)
        writer.write(signed: quantity.units)
      case .cumulative(let units):
        writer.write(signed: units)
      }
      writer.write(stage.occurredAt)
    case .move(let move):
      writer.write(byte: 5)
      writer.write(move.claim)
      writer.write(move.document)
      writer.write(byte: move.direction.rawValue)
      writer.write(signed: move.units.units)
      writer.write(move.occurredAt)
    case .completeThrough(let component, let time):
      writer.write(byte: 6)
      writer.write(byte: component.rawValue)
      writer.write(time)
    case .lineState(let state):
      writer.write(byte: 7)
      state.write(to: &writer)
    }
  }
}
