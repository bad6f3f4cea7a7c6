/// What is asked of the owner of one stock key.
public enum Command: Hashable, Sendable {
  /// Hold units for a while.
  case hold(HoldRequest)
  /// Turn held units into a claim.
  case confirm(ConfirmRequest)
  /// Give held units back: all that are left, or so many.
  case release(ReservationID, Quantity?)
  /// Set a reservation's expiry.
  case extend(ReservationID, expiresAt: Timestamp)
  /// A source's report.
  indirect case report(Report)
  /// Configuration, resolved for this key; for an item's key, the rules that span its locations.
  indirect case setPolicy(KeyPolicy)
  /// Configuration of a shop, an item or a key; the engine resolves it for every key that it covers.
  indirect case setScope(PolicyPatch)
  /// An operator frees what fell out of a component's aggregate up to a time.
  case freeFallen(Component, upTo: Timestamp)
  /// An operator moves a source's mark of a component back.
  case resetMark(Component, SourceID)
  /// Reconciliation or an operator corrects the key, compared.
  indirect case correct(Correction)
  /// A step of a cart.
  indirect case cart(CartStep)
}

/// A hold of units of one key.
public struct HoldRequest: Hashable, Sendable {
  /// The reservation's name and idempotency key.
  public var id: ReservationID
  /// How many units.
  public var quantity: Quantity
  /// Milliseconds until it expires, 1 to ``Limits/holdLifetimeMax``.
  public var lifetime: Int64
  /// The channel that asks, or none.
  public var channel: ChannelID
  /// The buyer, or none.
  public var customer: CustomerID
  /// What an order will carry (checkout token), or none.
  public var reference: Identifier
  /// When the buyer asked; nil = now.
  public var requestedAt: Timestamp?

  /// A hold of units of one key.
  public init(
    id: ReservationID, quantity: Quantity, lifetime: Int64 = Limits.holdLifetimeDefault, channel: ChannelID = .none,
    customer: CustomerID = .none, reference: Identifier = .none, requestedAt: Timestamp? = nil
  ) {
    self.id = id
    self.quantity = quantity
    self.lifetime = lifetime
    self.channel = channel
    self.customer = customer
    self.reference = reference
    self.requestedAt = requestedAt
  }
}

/// The end of held units as a sale.
public struct ConfirmRequest: Hashable, Sendable {
  /// The reservation.
  public var id: ReservationID
  /// The line that the units become.
  public var claim: ClaimID
  /// Order line or sale line.
  public var kind: DemandKind
  /// Units confirmed so far by this (reservation, claim), this call included; nil = all that are live.
  public var cumulative: Quantity?
  /// What to do when the reservation has expired.
  public var whenExpired: WhenExpired

  /// What a confirm does with an expired reservation.
  public enum WhenExpired: UInt8, Hashable, Sendable {
    /// Refuse with ``Refusal/reservationExpired``.
    case refuse = 0
    /// Admit the units anew if the channel sees them.
    case reholdIfAvailable = 1
  }

  /// The end of held units as a sale.
  public init(
    id: ReservationID, claim: ClaimID, kind: DemandKind = .order, cumulative: Quantity? = nil,
    whenExpired: WhenExpired = .refuse
  ) {
    self.id = id
    self.claim = claim
    self.kind = kind
    self.cumulative = cumulative
    self.whenExpired = whenExpired
  }
}

/// How a reservation, or what is left of it, ends.
public enum Ending: UInt8, Hashable, Sendable {
  /// Sold: the units became a claim.
  case confirm = 0
  /// Given back by who held it.
  case release = 1
  /// Its time was up.
  case expire = 2
  /// Its cart was abandoned before it was answered.
  case abandon = 3
}

/// A step of a cart: sent by the engine, never by a client.
public enum CartStep: Hashable, Sendable {
  /// To each line: subtract, and wait for the decision at `first`.
  case prepare(CartLine)
  /// To the first key, when every line is durable.
  case decide(CartDecision)
  /// To the first key: whoever meets a prepared line without a decision.
  case abandon(CartID)
  /// To the first key: confirm, release or expire the whole cart, at one time.
  case end(CartID, Ending, claims: [CartClaim])
  /// To the first key: a new expiry for the whole cart.
  case extend(CartID, expiresAt: Timestamp)
  /// To each line: what the first key decided. A confirm carries the line's claim.
  case endLine(CartID, Ending, claim: CartClaim?)
  /// To each line: the cart's new expiry.
  case extendLine(CartID, expiresAt: Timestamp)
  /// To the first key: this line has ended.
  case acknowledge(CartID, line: StockKey)
}

/// One key's line of a cart.
public struct CartLine: Hashable, Sendable {
  /// The hold; its id is the cart's.
  public var hold: HoldRequest
  /// The key that decides.
  public var first: StockKey

  /// One key's line of a cart.
  public init(hold: HoldRequest, first: StockKey) {
    self.hold = hold
    self.first = first
  }
}

/// The decision that a cart stands: every line was durable.
public struct CartDecision: Hashable, Sendable {
  /// The cart.
  public var id: CartID
  /// Its lines in key order.
  public var lines: [StockKey]
  /// When it expires, all lines at once.
  public var expiresAt: Timestamp

  /// The decision that a cart stands.
  public init(id: CartID, lines: [StockKey], expiresAt: Timestamp) {
    self.id = id
    self.lines = lines
    self.expiresAt = expiresAt
  }
}

/// Which claim a cart's line becomes.
public struct CartClaim: Hashable, Sendable {
  /// The line.
  public var line: StockKey
  /// The claim.
  public var claim: ClaimID
  /// Order line or sale line.
  public var kind: DemandKind

  /// Which claim a cart's line becomes.
  public init(line: StockKey, claim: ClaimID, kind: DemandKind = .order) {
    self.line = line
    self.claim = claim
    self.kind = kind
  }
}
