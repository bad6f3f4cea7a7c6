/// Everything known about one stock key: what the sources say, what is held, and what may be promised.
///
/// A value that decides and applies. ``decide(_:now:)`` is pure and may refuse; ``apply(_:)`` never refuses; live
/// turns, recovery, replay and simulation call the same two. Source of every rule: docs/domain.md.
public struct StockLevel: Sendable {
  /// True for the key of an item itself: it has no stock of its own and only applies quotas and limits.
  public let spansLocations: Bool
  /// What the sources say.
  public internal(set) var sources = SourceBook()
  var reservations = ReservationTable()
  var usage = UsageTally()
  var carts = CartBook()
  /// Lines of carts on this key whose units are live: where each is decided, and since when it waits.
  var cartLines: [CartID: CartLinePlace] = [:]
  var policyBox = PolicyBox.default
  var scopeBox: ScopeBox?
  var publications = ChannelPublications()
  /// Nothing is forgotten before this: no entry looks through what is remembered until then.
  var nothingForgottenBefore = Timestamp(milliseconds: .min)

  /// A key of which nothing is known yet.
  ///
  /// - Parameter spansLocations: True for the key of an item itself (``StockKey/isItem``).
  public init(spansLocations: Bool = false) { self.spansLocations = spansLocations }

  /// What configuration says about this key, as of its last `policySet` entry.
  public var policy: KeyPolicy { policyBox.policy }

  /// What configuration says at this very level: of the shop, the item or the key.
  public var scope: PolicyPatch? { scopeBox?.patch }

  /// True where other keys' turns depend on what is said here.
  public var hasRules: Bool { scopeBox != nil || (spansLocations && policyBox.policy != .default) }

  /// The components, the live reservations, and what follows from them.
  public var numbers: StockNumbers {
    var numbers = StockNumbers()
    numbers.onHand = sources.onHand
    numbers.allocated = sources.allocated
    numbers.pending = sources.pending
    numbers.open = sources.open
    numbers.safetyBuffer = policyBox.policy.safetyBuffer
    numbers.reserved = reservations.reserved
    return numbers
  }

  /// What may still be promised, in units.
  public var availableToSell: Int64 {
    spansLocations ? Limits.unitsMax : numbers.availableToSell
  }

  /// What one channel sees: max(0, min(ATS − channel buffer, what is left of its quota)).
  public func available(to channel: ChannelID) -> Int64 {
    let seen = availableToSell
    guard !channel.isNone, let rules = policyBox.policy.channel(channel) else { return seen }
    var available = seen - rules.buffer
    if let quota = rules.quota {
      let used = usage.live(channel: channel) + sources.confirmedUnits(channel: channel, since: rules.quotaSince)
      available = min(available, quota - used)
    }
    return max(0, available)
  }

  /// A reservation that is live or remembered.
  public func reservation(_ id: ReservationID) -> Reservation? { reservations[id] }

  /// A cart that is decided here.
  public func cart(_ id: CartID) -> Cart? { carts[id] }

  /// All reservations that are live or remembered, by id.
  public var sortedReservations: [Reservation] { reservations.sorted }

  /// Reservations with live units.
  public var liveCount: Int { reservations.liveCount }

  /// Claims that a shortfall leaves uncovered, newest first.
  public var uncoveredClaims: [ClaimID] {
    let shortfall = spansLocations ? 0 : numbers.shortfall
    return shortfall == 0 ? [] : sources.uncovered(shortfall: shortfall)
  }

  /// Where a cart's line here is decided; nil where its units are not live.
  public func cartLine(_ cart: CartID) -> CartLinePlace? { cartLines[cart] }

  /// Lines of carts here that wait for a decision or an end, by cart.
  public var openCartLines: [(cart: CartID, place: CartLinePlace)] {
    cartLines.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Carts decided here that have ended while some lines do not know yet, by id.
  public var cartsToSpread: [Cart] { carts.endedUnacknowledged }

  /// True where nothing is in motion: the keeper may leave memory and come back from its image.
  public var isAtRest: Bool { reservations.liveCount == 0 && carts.unfinishedCount == 0 && cartLines.isEmpty }

  /// A time before which no reservation or cart is due; nil where none ever is.
  public mutating func nextDue() -> Timestamp? {
    let held = reservations.nextExpiry
    guard !carts.isEmpty, let cart = carts.nextExpiry()?.at else { return held }
    return held.map { min($0, cart) } ?? cart
  }

  /// The entry that ends what is due first at `now`, or nil. A turn applies these until there are none, then decides.
  public mutating func dueEntry(at now: Timestamp) -> JournalEntry? {
    if let id = reservations.nextDue(at: now) { return JournalEntry(at: now, body: .expired(id)) }
    if !carts.isEmpty, let cart = carts.nextExpiry(), cart.at <= now {
      return JournalEntry(at: now, body: .cartEnded(cart.id, .expire, claims: []))
    }
    return nil
  }
}

/// Where a cart's line is decided, and since when it is prepared.
public struct CartLinePlace: Hashable, Sendable {
  /// The key that decides.
  public let first: StockKey
  /// When the line was prepared.
  public let preparedAt: Timestamp
}

/// A policy shared by every key that has it: eight bytes a key instead of a hundred and fifty.
final class PolicyBox: Sendable {
  let policy: KeyPolicy
  init(_ policy: KeyPolicy) { self.policy = policy }
  static let `default` = PolicyBox(.default)
}

/// One level's say, shared.
final class ScopeBox: Sendable {
  let patch: PolicyPatch
  init(_ patch: PolicyPatch) { self.patch = patch }
}

extension StockLevel: Equatable {
  /// Equal states, whatever their layout in memory.
  public static func == (left: StockLevel, right: StockLevel) -> Bool {
    left.spansLocations == right.spansLocations && left.policyBox.policy == right.policyBox.policy
      && left.scope == right.scope
      && left.reservations == right.reservations && left.carts == right.carts && left.cartLines == right.cartLines
      && left.sources == right.sources && left.publications == right.publications
  }
}

extension StockLevel {
  /// True where a live reservation carries the reference.
  public func holds(reference: Identifier) -> Bool { reservations.live(reference: reference) != nil }
}
