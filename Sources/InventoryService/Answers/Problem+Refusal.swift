import HTTPTypes
import StockLedger

extension Problem {
  /// A refusal as an answer: the one table of statuses.
  ///
  /// 404 what it names is not known; 409 what stands now is against it; 410 it was there and has ended; 422 the
  /// request itself will never do; 429 and 503 come again.
  ///
  /// - Parameter owner: Where the node that owns the shard can be asked, for ``Refusal/elsewhere(shard:)``.
  init(_ refusal: Refusal, owner: String? = nil) {
    self.init(
      Self.status(of: refusal), refusal.code, Self.title(of: refusal), detail: Self.detail(of: refusal),
      retryAfter: Self.retryAfter(refusal))
    members = Self.members(of: refusal)
    if case .elsewhere = refusal, let owner { members.append(("owner", .text(owner))) }
  }

  /// The answer to a question whose outcome the store did not say in time.
  static let unknown = Problem(
    .serviceUnavailable, "unknown", "It may or may not have happened: ask again with the same id",
    retryAfter: retryAfterDefault)

  /// What is told to wait where nobody knows better: a lease is looked at that often.
  private static let retryAfterDefault: Int64 = 1_000

  private static func status(of refusal: Refusal) -> HTTPResponse.Status {
    switch refusal {
    case .unknownReservation, .unknownCart: .notFound
    case .reservationExpired, .reservationReleased, .cartAbandoned: .gone
    case .notOwner, .stale, .includesWentBack, .belongsToCart, .alreadyConfirmed, .exceedsReservation, .exceedsClaim,
      .claimKindDiffers, .tooManyReports, .cartDecided, .changedMeanwhile, .callIsOut, .shopSpansNodes, .customerLimit,
      .insufficientStock:
      .conflict
    case .outOfRange, .timeInFuture, .requestTooOld, .idReused, .locationUnknown, .customerRequired:
      .unprocessableContent
    case .tooManyIds, .overloaded: .tooManyRequests
    case .elsewhere, .storeUnavailable, .stopping: .serviceUnavailable
    }
  }

  private static func retryAfter(_ refusal: Refusal) -> Int64? {
    switch refusal {
    case .elsewhere, .stopping: retryAfterDefault
    default: refusal.retryAfter
    }
  }

  private static func members(of refusal: Refusal) -> [(name: String, value: Value)] {
    switch refusal {
    case .outOfRange(let field): [("field", .text(name(of: field)))]
    case .notOwner(let source), .includesWentBack(let source): [("source", .text(source.description))]
    case .belongsToCart(let cart): [("cart", .text(cart.description))]
    case .alreadyConfirmed(let claim): [("claim", .text(claim.description))]
    case .exceedsReservation(let live): [("live", .integer(live))]
    case .exceedsClaim(let total): [("total", .integer(total))]
    case .changedMeanwhile(let now): [("now", .integer(now))]
    case .customerLimit(let available), .insufficientStock(let available): [("available", .integer(available))]
    case .elsewhere(let shard): [("shard", .integer(Int64(shard)))]
    case .timeInFuture, .requestTooOld, .idReused, .stale, .unknownReservation, .reservationExpired,
      .reservationReleased, .locationUnknown, .claimKindDiffers, .tooManyReports, .unknownCart, .cartAbandoned,
      .cartDecided, .callIsOut, .shopSpansNodes, .tooManyIds, .customerRequired, .overloaded, .storeUnavailable,
      .stopping:
      []
    }
  }

  /// The field by the name that a request has for it: only an extension's time is looked at by the engine first.
  private static func name(of field: Refusal.Field) -> String { field == .lifetime ? "expiresAt" : "\(field)" }

  private static func detail(of refusal: Refusal) -> String? {
    switch refusal {
    case .outOfRange(.lifetime): "it lies after now, and at most \(Limits.holdLifetimeMax) ms after the hold"
    case .outOfRange(.lines): "1 to \(Limits.cartLinesMax) are asked for at once"
    case .idReused: "give it a name of its own; a count without a delivery is named by its asOf"
    default: nil
    }
  }

  private static func title(of refusal: Refusal) -> String {
    switch refusal {
    case .outOfRange: "A number or time is outside its range"
    case .timeInFuture: "The time lies more than five minutes ahead"
    case .requestTooOld: "The hold was requested over an hour ago: look whether it was made"
    case .notOwner: "Another source reports this number"
    case .idReused: "The id was used for something else"
    case .stale: "A newer report of this source is known"
    case .includesWentBack: "The count would move what is settled back"
    case .unknownReservation: "No such reservation is known"
    case .belongsToCart: "The reservation is a line of a cart"
    case .reservationExpired: "The reservation has expired"
    case .reservationReleased: "The reservation was released"
    case .alreadyConfirmed: "The reservation is confirmed already, as this claim"
    case .exceedsReservation: "More units than the reservation has left"
    case .exceedsClaim: "More units than the order line has"
    case .locationUnknown: "The report names no location, and its claim is not known"
    case .claimKindDiffers: "The claim is the other kind of demand"
    case .tooManyReports: "The claim has too many reports of this stage"
    case .unknownCart: "No such cart is known"
    case .cartAbandoned: "The cart was abandoned"
    case .cartDecided: "The cart stands already"
    case .changedMeanwhile: "The units have changed since they were read"
    case .callIsOut: "A call to the channel is out: what it answers comes first"
    case .shopSpansNodes: "The shop's keys live on more than one node"
    case .tooManyIds: "The channel has too many remembered ids"
    case .customerRequired: "The units are limited per customer: name the customer"
    case .customerLimit: "The customer may have fewer units"
    case .insufficientStock: "Fewer units are available"
    case .elsewhere: "Another node keeps this stock"
    case .overloaded: "Too much is in flight"
    case .storeUnavailable: "The store takes nothing now"
    case .stopping: "The service is stopping"
    }
  }
}
