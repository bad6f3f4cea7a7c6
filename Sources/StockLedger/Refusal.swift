/// A normal *no*: what a caller or a source can cause. Closed, and in order of precedence: where several apply, the
/// first in this list is the answer.
public enum Refusal: Error, Hashable, Sendable {
  // What is wrong with the request by itself.
  /// A quantity, count, buffer or time is outside its range. No retry helps.
  case outOfRange(Field)
  /// A time lies more than ``Limits/futureMax`` after now. Retry once the source's clock is right.
  case timeInFuture
  /// The hold was requested more than an hour ago: ask for the reservation by id before holding anew.
  case requestTooOld

  // Who asks, and whether it was asked before.
  /// Another source owns this component. No retry helps; configuration does.
  case notOwner(SourceID)
  /// This id was accepted with other content. No retry helps: use a new id.
  case idReused
  /// A newer absolute report of this source is known. No retry helps.
  case stale
  /// The count would move a source's settled time back. No retry helps.
  case includesWentBack(SourceID)

  // What it names.
  /// No such reservation is known here: never held, or ended longer ago than it is remembered.
  case unknownReservation
  /// The reservation is a line of a cart: name the cart.
  case belongsToCart(CartID)
  /// The reservation has expired. A new hold may help, or `.reholdIfAvailable`.
  case reservationExpired
  /// The reservation was released. A new hold may help.
  case reservationReleased
  /// Every unit was confirmed already, as this claim. No retry helps.
  case alreadyConfirmed(as: ClaimID)
  /// The confirm asks for more units than the reservation has left.
  case exceedsReservation(live: Int64)
  /// The confirm goes above the line's known total, or a correction gives back more than corrections have ended.
  case exceedsClaim(total: Int64)
  /// The report names no location, its claim is not known, and the shop has no default location. Configuration helps.
  case locationUnknown
  /// The claim belongs to the other kind of demand (order line, sale line).
  case claimKindDiffers
  /// One claim's stage has more reports than ``Limits/stageReportsMax``. A cumulative report still helps.
  case tooManyReports
  /// No such cart is known here.
  case unknownCart
  /// The cart was abandoned: none of its lines is held. A new cart may help.
  case cartAbandoned
  /// The cart was decided before it could be abandoned.
  case cartDecided
  /// A correction was asked for what is not there any more: there are so many units now. Read anew, then ask again.
  case changedMeanwhile(now: Int64)
  /// A call to the channel is out, whose answer may speak of these units. Retry in some seconds.
  case callIsOut
  /// A shop's own configuration, where the shop's keys live on more than one node: the others would not hear of it.
  /// No retry helps while that is so.
  case shopSpansNodes

  // What there is room for.
  /// The channel has too many remembered ids; room comes with time. Retry after so many milliseconds.
  case tooManyIds(retryAfter: Int64)
  /// The key limits units per customer, and the hold names none.
  case customerRequired
  /// The customer may have only so many more units of this.
  case customerLimit(available: Int64)
  /// The channel sees fewer units than asked for. A retry helps when stock comes back.
  case insufficientStock(available: Int64)

  // What the engine can take now; never journaled, always worth a retry.
  /// Another node owns the key's shard, or nobody does yet. Ask its owner, or here again later.
  case elsewhere(shard: UInt8)
  /// Too much is in flight. Retry after so many milliseconds.
  case overloaded(retryAfter: Int64)
  /// The store cannot take entries now: new holds wait. Retry after so many milliseconds.
  case storeUnavailable(retryAfter: Int64)
  /// The engine is stopping.
  case stopping

  /// What a number that is out of range belongs to.
  public enum Field: UInt8, Hashable, Sendable, CaseIterable {
    case quantity, lifetime, count, adjustment, aggregate, buffer, quota, time, skew, lines, total
  }

  /// Whether the same request can succeed later without a change.
  public var isRetryable: Bool {
    switch self {
    case .callIsOut, .tooManyIds, .customerLimit, .insufficientStock, .elsewhere, .overloaded, .storeUnavailable,
      .stopping,
      .timeInFuture:
      true
    default: false
    }
  }

  /// A stable name for logs, tables and wires: the case's own.
  public var code: String {
    switch self {
    case .outOfRange: "outOfRange"
    case .timeInFuture: "timeInFuture"
    case .requestTooOld: "requestTooOld"
    case .notOwner: "notOwner"
    case .idReused: "idReused"
    case .stale: "stale"
    case .includesWentBack: "includesWentBack"
    case .unknownReservation: "unknownReservation"
    case .reservationExpired: "reservationExpired"
    case .reservationReleased: "reservationReleased"
    case .alreadyConfirmed: "alreadyConfirmed"
    case .exceedsReservation: "exceedsReservation"
    case .exceedsClaim: "exceedsClaim"
    case .locationUnknown: "locationUnknown"
    case .claimKindDiffers: "claimKindDiffers"
    case .tooManyReports: "tooManyReports"
    case .unknownCart: "unknownCart"
    case .belongsToCart: "belongsToCart"
    case .cartAbandoned: "cartAbandoned"
    case .cartDecided: "cartDecided"
    case .changedMeanwhile: "changedMeanwhile"
    case .callIsOut: "callIsOut"
    case .shopSpansNodes: "shopSpansNodes"
    case .tooManyIds: "tooManyIds"
    case .customerRequired: "customerRequired"
    case .customerLimit: "customerLimit"
    case .insufficientStock: "insufficientStock"
    case .elsewhere: "elsewhere"
    case .overloaded: "overloaded"
    case .storeUnavailable: "storeUnavailable"
    case .stopping: "stopping"
    }
  }
}
