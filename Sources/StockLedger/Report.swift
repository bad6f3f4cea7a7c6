/// What a source says about one stock key: journaled whole, because its effect is a function of it and the state.
public struct Report: Hashable, Sendable {
  /// Who says it.
  public var source: SourceID
  /// Its name within the source: a duplicate of an accepted one changes nothing.
  public var delivery: DeliveryID
  /// The source's incarnation: grows when the source restarts its numbers. Ordered.
  public var incarnation: Int64
  /// The source's running number, where it has one; guards absolute reports instead of their as-of.
  public var number: Int64?
  /// What is said.
  public var body: Body

  /// A report of a source.
  public init(
    source: SourceID, delivery: DeliveryID, incarnation: Int64 = 0, number: Int64? = nil, body: Body
  ) {
    self.source = source
    self.delivery = delivery
    self.incarnation = incarnation
    self.number = number
    self.body = body
  }

  /// The kinds of things that sources say.
  public enum Body: Hashable, Sendable {
    /// An absolute count of units on hand.
    case count(Count)
    /// A change of units on hand: a receipt, a return, shrinkage.
    case adjustment(Adjustment)
    /// A component's absolute sum, where a source does not name its lines.
    case aggregate(Aggregate)
    /// An order line or a sale line, with its total.
    case demand(Demand)
    /// A later stage of a line.
    case stage(StageReport)
    /// Units of a line that come to this key from another location, or leave it.
    case move(Move)
    /// All that a source knows of a line at this key, in the place of what it said of it before.
    case lineState(LineState)
    /// A claim source has now named every line of the component up to a time.
    case completeThrough(Component, Timestamp)
  }
}

/// An absolute count of units on hand, as of a time.
public struct Count: Hashable, Sendable {
  /// Units on hand then; negative where the books run late. Magnitude up to ``Limits/unitsMax``.
  public var units: Int64
  /// The time the count is true for.
  public var asOf: Timestamp
  /// True for a count of what stands on the shelf: it settles whatever left before it, also what is reported later.
  public var isPhysical: Bool
  /// Per source, the time up to which its ships and sales are in this count; settles without skew.
  public var includes: [SourceTime]

  /// A count.
  public init(units: Int64, asOf: Timestamp, isPhysical: Bool = false, includes: [SourceTime] = []) {
    self.units = units
    self.asOf = asOf
    self.isPhysical = isPhysical
    self.includes = includes
  }
}

/// A source and a time.
public struct SourceTime: Hashable, Sendable {
  /// The source.
  public var source: SourceID
  /// The time.
  public var time: Timestamp

  /// A source and a time.
  public init(source: SourceID, time: Timestamp) {
    self.source = source
    self.time = time
  }
}

/// A change of units on hand by the owner of the count.
public struct Adjustment: Hashable, Sendable {
  /// Its document: counted once, remembered until a count covers it.
  public var document: DocumentID
  /// Units, positive for a receipt or a return, negative for shrinkage; not 0, magnitude up to 10^9.
  public var delta: Int64
  /// When it happened; at or before the count's as-of it adds nothing.
  public var occurredAt: Timestamp

  /// A change of units on hand.
  public init(document: DocumentID, delta: Int64, occurredAt: Timestamp) {
    self.document = document
    self.delta = delta
    self.occurredAt = occurredAt
  }
}

/// A component's absolute sum as of a time.
public struct Aggregate: Hashable, Sendable {
  /// Allocated, pending or open.
  public var component: Component
  /// The sum, 0 to ``Limits/unitsMax``.
  public var units: Int64
  /// The time it is true for.
  public var asOf: Timestamp
  /// For pending: the count that it starts from.
  public var since: Timestamp?
  /// Cumulative units that ever left the component, where the source sends it.
  public var out: Int64?

  /// A component's absolute sum.
  public init(component: Component, units: Int64, asOf: Timestamp, since: Timestamp? = nil, out: Int64? = nil) {
    self.component = component
    self.units = units
    self.asOf = asOf
    self.since = since
    self.out = out
  }
}

/// An order line or sale line at one location, with its line total.
public struct Demand: Hashable, Sendable {
  /// The line.
  public var claim: ClaimID
  /// Order line or sale line.
  public var kind: DemandKind
  /// The line's units at this location, 1 to 10^9.
  public var total: Quantity
  /// When the source says the demand came to be.
  public var occurredAt: Timestamp
  /// The configured reference (checkout token or attribute); equal to a live reservation's, it is its confirm.
  public var reference: Identifier
  /// The channel that sold it, or none; counts towards that channel's quota.
  public var channel: ChannelID
  /// The customer, or none.
  public var customer: CustomerID

  /// An order line or sale line.
  public init(
    claim: ClaimID, kind: DemandKind, total: Quantity, occurredAt: Timestamp, reference: Identifier = .none,
    channel: ChannelID = .none, customer: CustomerID = .none
  ) {
    self.claim = claim
    self.kind = kind
    self.total = total
    self.occurredAt = occurredAt
    self.reference = reference
    self.channel = channel
    self.customer = customer
  }
}

/// Units of a line that reached a later stage.
public struct StageReport: Hashable, Sendable {
  /// The line.
  public var claim: ClaimID
  /// Order line or sale line; a sale line knows only `cancel` (a void) and `returned`.
  public var kind: DemandKind
  /// The stage.
  public var stage: Stage
  /// How much.
  public var amount: Amount
  /// When the source says it happened.
  public var occurredAt: Timestamp

  /// How a stage's units are told.
  public enum Amount: Hashable, Sendable {
    /// So many units by this document; each document counts once.
    case document(DocumentID, Quantity)
    /// So many units in all so far, 0 to 10^9; the larger wins.
    case cumulative(Int64)
  }

  /// Units of a line that reached a later stage.
  public init(
    claim: ClaimID, kind: DemandKind = .order, stage: Stage, amount: Amount, occurredAt: Timestamp
  ) {
    self.claim = claim
    self.kind = kind
    self.stage = stage
    self.amount = amount
    self.occurredAt = occurredAt
  }
}

/// Units of a line that come to this key from another location of its item, or leave it for one.
public struct Move: Hashable, Sendable {
  /// The line.
  public var claim: ClaimID
  /// The move's document: counted once on each side.
  public var document: DocumentID
  /// In or out.
  public var direction: Direction
  /// Units; out moves at most what is still open here.
  public var units: Quantity
  /// When.
  public var occurredAt: Timestamp

  /// Which side of the move this key is.
  public enum Direction: UInt8, Hashable, Sendable {
    /// Units arrive here.
    case arrives = 0
    /// Units leave here.
    case leaves = 1
  }

  /// One side of a move.
  public init(
    claim: ClaimID, document: DocumentID, direction: Direction, units: Quantity, occurredAt: Timestamp
  ) {
    self.claim = claim
    self.document = document
    self.direction = direction
    self.units = units
    self.occurredAt = occurredAt
  }
}
