/// Everything the sources say about one stock key: counts, aggregates, claims, settlement, marks, remembered
/// deliveries.
///
/// A value that decides (``rule(on:policy:now:)``) and applies (``apply(_:policy:at:)``); four sums are kept as it
/// goes, so that reading them costs nothing. Claims, stage reports and adjustments end in the same state in any order
/// of arrival; counts and aggregates are guarded by marks, because their order is what they mean. An empty book owns no
/// memory. Source: docs/domain.md, "The number" to "Order, duplicates, loss".
public struct SourceBook: Sendable, Equatable {
  /// Units on hand: the last count and the adjustments after it. May be negative.
  public internal(set) var onHand: Int64 = 0
  /// Units allocated or shipped that no count has settled, and what fell out of the allocated aggregate.
  public internal(set) var allocated: Int64 = 0
  /// Units sold at tills that no count has settled, and what fell out of the pending aggregate.
  public internal(set) var pending: Int64 = 0
  /// Units of open order lines, and what fell out of the open aggregate.
  public internal(set) var open: Int64 = 0

  /// Never iterated where its order shows.
  var claims: [ClaimID: Claim] = [:]
  var use = ClaimUse()
  /// None or one: what only reports need, so that an empty book stays small.
  private var boxed: [SourceRecords] = []

  /// A book in which nobody has said anything.
  public init() {}

  /// The part that only reports need; empty until the first.
  var records: SourceRecords {
    _read { if boxed.isEmpty { yield SourceRecords.empty } else { yield boxed[0] } }
    _modify {
      if boxed.isEmpty { boxed.append(SourceRecords()) }
      yield &boxed[0]
    }
  }

  var hasRecords: Bool { !boxed.isEmpty }

  /// How many claims are known, ended ones that are still remembered included.
  public var claimCount: Int { claims.count }

  /// Every known claim, sorted: what the item's claim index is rebuilt from.
  public var claimIDs: [ClaimID] { claims.keys.sorted() }

  /// True where nothing is remembered: the same as a new book.
  public var isEmpty: Bool { claims.isEmpty && boxed.isEmpty && use.channels.isEmpty && use.customers.isEmpty }

  /// Up to when the aggregates cover claims.
  var coverage: Coverage {
    boxed.isEmpty
      ? Coverage()
      : Coverage(
        open: boxed[0].open.last?.asOf, allocated: boxed[0].allocated.last?.asOf,
        pending: boxed[0].pending.last?.asOf)
  }

  /// Units confirmed or named for a channel since a time, less those cancelled; settlement does not give them back.
  ///
  /// A claim counts from the earliest time that it is known from. Claims that are no longer remembered count by the
  /// quarter of an hour.
  public func confirmedUnits(channel: ChannelID, since: Timestamp) -> Int64 {
    use.channelUnits(channel, since: since)
  }

  /// Units confirmed or named for a customer since a time, by the rules of ``confirmedUnits(channel:since:)``.
  public func confirmedUnits(customer: CustomerID, since: Timestamp) -> Int64 {
    guard let customer = use.customers[customer] else { return 0 }
    var units = customer.past.since(since)
    for id in customer.claims {
      guard let claim = claims[id], claim.beganAt >= since else { continue }
      units += claim.standing(Coverage()).used
    }
    return units
  }

  /// The claims that a shortfall leaves uncovered, newest first: as many as it takes to reach its units.
  public func uncovered(shortfall: Int64) -> [ClaimID] {
    if shortfall <= 0 { return [] }
    var waiting: [(id: ClaimID, claim: Claim)] = []
    for (id, claim) in claims where claim.endedAt == .distantFuture { waiting.append((id, claim)) }
    waiting.sort { ($1.claim.beganAt, $1.id) < ($0.claim.beganAt, $0.id) }
    var found: [ClaimID] = []
    var left = shortfall
    for (id, claim) in waiting where left > 0 {
      let units = claim.standing(Coverage()).unshipped
      if units == 0 { continue }
      found.append(id)
      left -= units
    }
    return found
  }

  /// Claims that only our own confirm knows, six hours after it: for reconciliation. Sorted.
  public func unnamedOverdue(now: Timestamp) -> [ClaimID] {
    var found: [ClaimID] = []
    for (id, claim) in claims where !claim.isNamed && claim.confirmedUnits > 0 && claim.endedAt == .distantFuture {
      if claim.beganAt + Limits.unnamedClaimMax > now || claim.facts.units(.arrives) > 0 { continue }
      if claim.standing(Coverage()).unshipped > 0 { found.append(id) }
    }
    return found.sorted()
  }

  /// Units that fell out of each component's aggregate 48 hours ago or earlier and that nobody has taken over.
  public func fallenOverdue(now: Timestamp) -> [(component: Component, units: Int64)] {
    guard hasRecords else { return [] }
    var found: [(component: Component, units: Int64)] = []
    for component in Component.aggregated {
      var units: Int64 = 0
      for item in records[component].fallen where item.fellAt + Limits.fallenMax <= now { units += item.units }
      if units > 0 { found.append((component, units)) }
    }
    return found
  }

  mutating func add(_ units: Int64, to component: Component) {
    switch component {
    case .onHand: onHand += units
    case .allocated: allocated += units
    case .pending: pending += units
    case .open: open += units
    }
  }
}

extension Component {
  /// The components that a source may report as a sum.
  static let aggregated: [Component] = [.open, .allocated, .pending]
}

/// The part of a book that only reports need.
struct SourceRecords: Sendable {
  var onHand = OnHandBook()
  /// None or three, in the order of ``Component/aggregated``: most keys' sources name their lines.
  private var aggregates: [AggregateBook] = []
  var settlement = Settlement()
  var marks = Marks()
  var deliveries = RecentDeliveries()
  var endings = ClaimEndings()
  /// By claim: the last state that a source gave of the whole line, as long as the claim is remembered.
  var lineStates: [ClaimID: KnownLineState] = [:]

  static let empty = SourceRecords()

  private static let noAggregate = AggregateBook()

  var open: AggregateBook {
    get { self[.open] }
    set { self[.open] = newValue }
  }
  var allocated: AggregateBook {
    get { self[.allocated] }
    set { self[.allocated] = newValue }
  }
  var pending: AggregateBook {
    get { self[.pending] }
    set { self[.pending] = newValue }
  }

  /// A component's aggregate; on hand has none and is asked for by nobody.
  subscript(component: Component) -> AggregateBook {
    get {
      guard !aggregates.isEmpty, let place = Component.aggregated.firstIndex(of: component) else {
        return Self.noAggregate
      }
      return aggregates[place]
    }
    set {
      guard let place = Component.aggregated.firstIndex(of: component) else { return }
      if aggregates.isEmpty {
        if newValue == Self.noAggregate { return }
        aggregates = Array(repeating: Self.noAggregate, count: 3)
      }
      aggregates[place] = newValue
    }
  }
}

extension SourceRecords: Equatable {
  /// Three empty aggregates are none.
  static func == (left: SourceRecords, right: SourceRecords) -> Bool {
    left.onHand == right.onHand && left.open == right.open && left.allocated == right.allocated
      && left.pending == right.pending && left.settlement == right.settlement && left.marks == right.marks
      && left.deliveries == right.deliveries && left.endings == right.endings && left.lineStates == right.lineStates
  }
}

/// The order in which claims ended: who is forgotten next. It follows from the claims, so it is never compared or
/// stored.
struct ClaimEndings: Equatable, Sendable {
  private var queue: [(endedAt: Timestamp, claim: ClaimID)] = []
  private var head = 0

  init() {}

  mutating func append(_ claim: ClaimID, at: Timestamp) { queue.append((at, claim)) }

  /// When the first of them is forgotten, unless it has come to life again.
  var nextForgotten: Timestamp {
    head < queue.count ? queue[head].endedAt + (Limits.claimMemory + 1) : Timestamp(milliseconds: .max)
  }

  /// Takes the next claim that ended more than thirty days before; it may have come to life again since.
  mutating func next(at now: Timestamp) -> (endedAt: Timestamp, claim: ClaimID)? {
    guard head < queue.count, queue[head].endedAt + Limits.claimMemory < now else { return nil }
    let due = queue[head]
    head += 1
    if head > 32 && head * 2 > queue.count {
      queue.removeFirst(head)
      head = 0
    }
    return due
  }

  static func == (left: ClaimEndings, right: ClaimEndings) -> Bool { true }
}
