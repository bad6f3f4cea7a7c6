/// One key's outward copy at one channel: what the channel should hold, what we believe it holds, and what is out.
///
/// A value that decides and applies, like ``StockLevel``. ``decide(_:now:)`` is pure, ``apply(_:at:)`` never refuses,
/// and ``action(at:)`` says what to do next. A write carries the number that the channel must hold for it to take
/// effect, so it never goes over an order that has not been counted. While a call is out nothing moves but the target,
/// of which only the newest is sent. Source of every rule: docs/shopify-publication.md.
public struct Publication: Hashable, Sendable {
  /// What the channel should hold, 0 to ``Limits/quantityMax``; nil before the first ``aim(at:)``, and after replay.
  public private(set) var target: Int64?
  /// The write that left last: what was decided to publish.
  public internal(set) var accepted: Mark?
  /// The write or read that the channel answered last: what it has confirmed to hold.
  public internal(set) var confirmed: Mark?
  /// Why it stopped; nil while it goes on.
  public internal(set) var trouble: PublicationEntry.Trouble?
  /// True where an operator stopped its calls.
  public internal(set) var isSuspended = false
  /// True where the next write goes without a comparison.
  public internal(set) var isForced = false
  /// Writes in a row that found another number than expected.
  public internal(set) var staleInARow: Int64 = 0

  var mirror = Mirror()
  /// The call that is out.
  var call: Call?
  /// What the channel named while the call was out.
  var waiting: [NamedChange] = []
  /// Why a read is wanted, beside a mirror that is empty or in doubt.
  var readReason: ReadReason?
  var hint: Hint?
  /// No call leaves before this.
  var waitsUntil = Timestamp.distantPast
  /// Grows with every stale write, falls with every accepted one.
  var heat: Int64 = 0
  /// A target that an operator gave up.
  var passedOver: Int64?
  /// The key of the last write.
  var lastKey = Identifier.none
  /// True where the write that is out left more than once: an earlier sending may have taken effect.
  var isRepeated = false
  /// Whether the last write that was answered took effect.
  var wasLastAccepted = false

  /// A publication of which nothing is known yet.
  public init() {}

  /// Units and when they were so.
  public struct Mark: Hashable, Sendable {
    /// Units.
    public let units: Int64
    /// When.
    public let at: Timestamp
  }

  /// A call to the channel that has left.
  enum Call: Hashable, Sendable {
    case read(sentAt: Timestamp)
    /// `retryAt` is nil while an answer is awaited.
    case write(PublicationEntry.Write, sentAt: Timestamp, retryAt: Timestamp?)
  }

  /// Why a read is wanted.
  enum ReadReason: UInt8, Hashable, Sendable {
    /// A write was stale.
    case stale = 1
    /// The read before found more than expected.
    case secondLook = 2
    /// An operator wants it.
    case asked = 3
  }

  /// Another number than expected, by hearsay.
  struct Hint: Hashable, Sendable {
    var available: Int64?
    var heardAt: Timestamp
    /// Until then a name may explain it.
    var readAt: Timestamp
  }

  /// Sets what the channel should hold; the newest wins. The one change that is no entry: the target is derived from
  /// the key's own entries, and told only when they are durable.
  ///
  /// An order lowers both the target and what the channel holds. So whoever tells an order tells the target first and
  /// the order in the same turn: between the two the machine would believe in a rise.
  ///
  /// - Parameter units: Clipped to 0 to ``Limits/quantityMax``, which is all that a channel takes.
  public mutating func aim(at units: Int64) { target = min(max(0, units), Limits.quantityMax) }

  /// What the channel holds, we believe; nil until it was read.
  public var expected: Int64? { mirror.expected }

  /// Claims without a name, oldest first; units of some may be 0 while the ledger has not been told.
  public var unattributed: [UnattributedClaim] { mirror.claims.list }

  /// Units of orders and restocks of which clocks cannot say whether ``expected`` has them; some seconds at most.
  public var doubted: Int64 { mirror.doubtfulOrders.units + mirror.doubtfulRestocks.units }

  /// The write that is out or whose outcome is unknown. After a restart, all rows of its key are repeated in one call.
  public var writeOut: PublicationEntry.Write? {
    if case .write(let write, _, _) = call { write } else { nil }
  }

  /// The key of the last write, and whether it took effect, once that is known. A call's rows have one fate.
  public var answered: (key: Identifier, wasAccepted: Bool)? {
    let isKnown = writeOut == nil && trouble != .outcomeLost && trouble != .keyMismatch
    return isKnown && !lastKey.isNone ? (lastKey, wasLastAccepted) : nil
  }

  /// True where nothing is in motion: the channel has its target, and an image is all that has to be kept.
  public var isAtRest: Bool {
    call == nil && trouble == nil && hint == nil && target != nil && target == mirror.expected
      && !isSuspended && !isForced && mirror.claims.list.isEmpty && mirror.doubtsEndAt == nil && readReason == nil
  }

  /// True where no call is out and nothing is doubted, hinted at or to be read: what the channel holds should be
  /// ``expected``. Claims without a name may wait for theirs.
  public var isCalm: Bool {
    call == nil && trouble == nil && hint == nil && !isForced && waiting.isEmpty && mirror.doubtsEndAt == nil
      && readReason == nil
  }

  /// True where writes are often stale: such a row should not fail the calls of many others.
  public var isHot: Bool { heat >= Limits.publicationHeatHot }

  /// How soon its next call should leave; nil before the first target.
  public var urgency: PublicationUrgency? {
    guard let target else { return nil }
    if let expected = mirror.expected, target >= expected { return .rise }
    return target == 0 ? .soldOut : .fall
  }

  /// The claim in the ledger that a number here means, at one channel of a key.
  public static func claim(_ number: Int64, channel: ChannelID) -> ClaimID {
    Identifier("\(channel)?\(number)") ?? .none
  }
}

/// In what order publications are sent.
public enum PublicationUrgency: UInt8, Hashable, Comparable, Sendable, CaseIterable {
  /// Nothing is left to sell: until this is known, the channel sells what is not there.
  case soldOut = 0
  /// Fewer than the channel believes.
  case fall = 1
  /// More than the channel believes, or only a look; it may wait.
  case rise = 2

  /// Orders by value: the most urgent first.
  public static func < (left: PublicationUrgency, right: PublicationUrgency) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension Limits {
  /// What two systems' clocks may differ by, a channel's whole seconds included: Shopify's times have no fraction.
  public static let channelSkew: Int64 = 2_000
  /// How long a hint waits for the name that explains it: webhooks of one change arrive apart.
  public static let hintPatience: Int64 = 5_000
  /// Stale writes in a row before reconciliation looks: some seconds of writing and reading against steady trade.
  public static let staleInARowMax: Int64 = 8
  /// How long a write of unknown outcome is repeated under its key: Shopify keeps keys for about 24 hours.
  public static let publicationKeyMax: Int64 = 20 * 3_600_000
  /// Claims without a name of one key: past any real number, small enough to scan.
  public static let unattributedClaimsMax = 16
  /// Named changes that wait for the answer of a call; more are added up.
  public static let changesWaitingMax = 32
  /// A stale write warms a key by two, an accepted one cools it by one: at four it is hot.
  public static let publicationHeatHot: Int64 = 4
  /// The hottest: twenty accepted writes in a row are calm.
  static let publicationHeatMax: Int64 = 24
  /// The largest magnitude of what is believed of a channel: room for sums of what it may say.
  static let mirrorMax: Int64 = 1 << 58
}
