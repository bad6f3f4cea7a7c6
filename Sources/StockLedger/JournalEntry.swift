/// What happened to one stock key: the journal's unit. `apply` of the same entries in the same order gives the same
/// state.
public struct JournalEntry: Hashable, Sendable {
  /// The engine's time of the turn; never goes back within a key.
  public var at: Timestamp
  /// What happened.
  public var body: Body

  /// What happened at a time.
  @inlinable
  public init(at: Timestamp, body: Body) {
    self.at = at
    self.body = body
  }

  /// The kinds of things that happen.
  public enum Body: Hashable, Sendable {
    /// A reservation began.
    case held(Held)
    /// Units of a reservation became units of a claim.
    case confirmed(Confirmed)
    /// Units of a reservation were given back.
    case released(ReservationID, Quantity)
    /// A reservation's expiry changed.
    case extended(ReservationID, expiresAt: Timestamp)
    /// What was left of a reservation ran out of time.
    case expired(ReservationID)
    /// A source's report was accepted.
    indirect case reported(Report)
    /// The key's configuration changed.
    indirect case policySet(KeyPolicy)
    /// What configuration says at this level changed.
    indirect case scopeSet(PolicyPatch)
    /// An operator freed fallen units.
    case fallenFreed(Component, upTo: Timestamp)
    /// An operator reset a source's mark.
    case markReset(Component, SourceID)
    /// A cart's line was prepared: it subtracts, and waits for the first key's decision.
    indirect case linePrepared(Held, first: StockKey)
    /// A cart's line ended; a confirm names its claim.
    indirect case lineEnded(CartID, Ending, claim: ClaimID, kind: DemandKind)
    /// A cart's line has a new expiry.
    case lineExtended(CartID, expiresAt: Timestamp)
    /// First key: the cart stands.
    indirect case cartDecided(CartDecision)
    /// First key: the cart does not stand, and never will.
    case cartAbandoned(CartID)
    /// First key: the whole cart ends, at this entry's time.
    indirect case cartEnded(CartID, Ending, claims: [CartClaim])
    /// First key: the whole cart has a new expiry.
    case cartExtended(CartID, expiresAt: Timestamp)
    /// First key: a line has ended; after the last one the cart is forgotten.
    indirect case lineAcknowledged(CartID, line: StockKey)
    /// The key's outward copy at a channel: the publisher's, and nothing to the key's own level.
    indirect case published(ChannelID, PublicationEntry)
    /// Reconciliation or an operator corrected the key; of a claim without a name its publication, too.
    indirect case corrected(Correction)
    /// The journal itself (``StockKey/journal``): a node took the shard; the record's header says under which epoch.
    indirect case claimed(node: String)
  }
}

/// A reservation as it began.
public struct Held: Hashable, Sendable {
  /// The reservation.
  public var id: ReservationID
  /// Its units.
  public var quantity: Quantity
  /// When it ends by itself.
  public var expiresAt: Timestamp
  /// When the buyer asked.
  public var requestedAt: Timestamp
  /// The channel, or none.
  public var channel: ChannelID
  /// The buyer, or none.
  public var customer: CustomerID
  /// What an order will carry, or none.
  public var reference: Identifier

  /// A reservation as it began.
  public init(
    id: ReservationID, quantity: Quantity, expiresAt: Timestamp, requestedAt: Timestamp, channel: ChannelID,
    customer: CustomerID, reference: Identifier
  ) {
    self.id = id
    self.quantity = quantity
    self.expiresAt = expiresAt
    self.requestedAt = requestedAt
    self.channel = channel
    self.customer = customer
    self.reference = reference
  }
}

/// Units of a reservation that became units of a claim.
public struct Confirmed: Hashable, Sendable {
  /// The reservation.
  public var id: ReservationID
  /// The claim.
  public var claim: ClaimID
  /// Order line or sale line.
  public var kind: DemandKind
  /// Units confirmed so far by this (reservation, claim), this entry included.
  public var cumulative: Quantity
  /// Of this entry's units, how many come from live reserved units; the others were new demand of the claim already,
  /// or are admitted anew.
  public var fromReserved: Int64

  /// Units of a reservation that became units of a claim.
  public init(id: ReservationID, claim: ClaimID, kind: DemandKind, cumulative: Quantity, fromReserved: Int64) {
    self.id = id
    self.claim = claim
    self.kind = kind
    self.cumulative = cumulative
    self.fromReserved = fromReserved
  }
}
