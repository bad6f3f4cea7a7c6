/// What happened to one publication: its journal's unit. The same entries in the same order give the same machine.
///
/// The target is in none of them: it is derived from the key's own entries, which are durable before it is told.
public enum PublicationEntry: Hashable, Sendable {
  /// The channel named a change of its own.
  case named(NamedChange)
  /// The channel hinted at another number than expected; nil where the hint came without one.
  case hinted(available: Int64?)
  /// A read leaves; this entry's time is the time of its sending.
  case reading
  /// The read was answered: what the channel holds.
  case read(available: Int64)
  /// The read was not answered, and none leaves before a time.
  case readFailed(retryAt: Timestamp)
  /// A write leaves, once this entry is durable.
  case sending(Write)
  /// The same write leaves again, under the same key.
  case repeating
  /// The write took effect, now or at an earlier sending.
  case accepted
  /// The channel held another number than the write said: nothing was written.
  case stale
  /// The call failed for the sake of other rows: nothing was written.
  case notTaken
  /// Nobody knows whether the write took effect; it is repeated from a time on.
  case unknown(retryAt: Timestamp)
  /// The channel took no call, and none leaves before a time.
  case throttled(retryAt: Timestamp)
  /// Publishing stops until somebody looks.
  case stopped(Trouble)
  /// The ledger's claim of this number has so many units now.
  case claimed(number: Int64, units: Int64)
  /// A claim waited too long for its order and is reconciliation's.
  case handedOver(number: Int64)
  /// Reconciliation ended the claim of this number.
  case settled(number: Int64)
  /// An operator stopped all calls.
  case suspended
  /// An operator let calls go on.
  case resumed
  /// An operator ordered the next write to go without a comparison.
  case forced
  /// An operator or the circuit let a stopped publication try again.
  case retried
  /// An operator gave up a stopped write: this target is not tried again.
  case dropped(target: Int64)
  /// Reconciliation found what the channel holds, and has taken over every claim without a name.
  case reconciled(available: Int64)
  /// What the channel held when all of it was read, from a time on: the first number that is known of it.
  case takenUp(available: Int64, readAt: Timestamp)

  /// A write of one row.
  public struct Write: Hashable, Sendable {
    /// The idempotency key of the call that the row is in. Rows of one key are repeated together or not at all.
    public var key: Identifier
    /// What the channel shall hold, 0 to ``Limits/quantityMax``.
    public var quantity: Int64
    /// What it must hold for the write to take effect; nil only after ``PublicationEntry/forced``.
    public var changeFrom: Int64?

    /// A write of one row.
    public init(key: Identifier, quantity: Int64, changeFrom: Int64?) {
      self.key = key
      self.quantity = quantity
      self.changeFrom = changeFrom
    }
  }

  /// Why a publication stopped.
  public enum Trouble: Hashable, Sendable {
    /// The channel's number was never the expected one, ``Limits/staleInARowMax`` times in a row: reconciliation.
    case staleInARow
    /// A write's outcome stayed unknown for longer than the channel keeps keys: reconciliation.
    case outcomeLost
    /// The channel knows the key with other parameters, which only a bug of ours can cause: a dead letter.
    case keyMismatch
    /// The channel refused the row: a dead letter.
    case rejected(Rejection)

    /// True where a person has to act; else reconciliation does.
    public var isDeadLetter: Bool {
      switch self {
      case .staleInARow, .outcomeLost: false
      case .keyMismatch, .rejected: true
      }
    }
  }

  /// Why a channel refused a row that was not stale. Numbers are stored: none is given to another case.
  public enum Rejection: UInt8, Hashable, Sendable, CaseIterable {
    /// No such item.
    case invalidItem = 1
    /// No such location.
    case invalidLocation = 2
    /// The item is not stocked at the location: it has to be activated there.
    case notStocked = 3
    /// The item's quantity cannot be set, as of a bundle.
    case immutableItem = 4
    /// The quantity is below what the channel takes.
    case quantityTooLow = 5
    /// The quantity is above what the channel takes.
    case quantityTooHigh = 6
    /// The same item and location twice in one call.
    case duplicateRow = 7
    /// The call's name, reason or document is not one.
    case invalidCall = 8
    /// Something else: the channel has learnt a new code.
    case other = 9
  }
}

/// A change of its own that a channel named: an order's line or a restock at this key's location.
public struct NamedChange: Hashable, Sendable {
  /// What kinds of changes a channel names.
  public enum Kind: UInt8, Hashable, Sendable {
    /// Units sold: the channel holds fewer.
    case order = 0
    /// Units back by a cancel or a refund, whatever its restock type: the channel holds more.
    case restock = 1
  }

  /// Sold or back.
  public var kind: Kind
  /// The order line or the restock's document, for people; ``Identifier/none`` where several were added up.
  public var document: Identifier
  /// How many units.
  public var units: Int64
  /// When the channel made the change, by its own clock; not when it was heard of.
  public var madeAt: Timestamp

  /// A change that a channel named.
  public init(_ kind: Kind, document: Identifier, units: Quantity, madeAt: Timestamp) {
    self.init(kind: kind, document: document, units: units.units, madeAt: madeAt)
  }

  init(kind: Kind, document: Identifier, units: Int64, madeAt: Timestamp) {
    self.kind = kind
    self.document = document
    self.units = units
    self.madeAt = madeAt
  }

  /// What it does to the channel's number.
  var delta: Int64 { kind == .order ? -units : units }
}

extension PublicationEntry {
  /// A stable name for logs and wires: the case's own.
  public var code: String {
    switch self {
    case .named: "named"
    case .hinted: "hinted"
    case .reading: "reading"
    case .read: "read"
    case .readFailed: "readFailed"
    case .sending: "sending"
    case .repeating: "repeating"
    case .accepted: "accepted"
    case .stale: "stale"
    case .notTaken: "notTaken"
    case .unknown: "unknown"
    case .throttled: "throttled"
    case .stopped: "stopped"
    case .claimed: "claimed"
    case .handedOver: "handedOver"
    case .settled: "settled"
    case .suspended: "suspended"
    case .resumed: "resumed"
    case .forced: "forced"
    case .retried: "retried"
    case .dropped: "dropped"
    case .reconciled: "reconciled"
    case .takenUp: "takenUp"
    }
  }
}

extension PublicationEntry.Trouble {
  /// A stable name for logs, lists and wires: the case's own; of a rejection, its own.
  public var code: String {
    switch self {
    case .staleInARow: "staleInARow"
    case .outcomeLost: "outcomeLost"
    case .keyMismatch: "keyMismatch"
    case .rejected(let rejection): "\(rejection)"
    }
  }
}
