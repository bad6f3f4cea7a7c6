/// What configuration says about one key, resolved from shop, item and key: the most exact wins.
///
/// It is part of the key's state and changes only by a journal entry, so that replay never asks a configuration.
public struct KeyPolicy: Hashable, Sendable {
  /// Units kept back, 0 to ``Limits/unitsMax``.
  public var safetyBuffer: Int64 = 0
  /// The one source that may report each component; none = any source may.
  public var owners = ComponentOwners()
  /// How far the clocks of two sources may differ, in milliseconds, 0 to 86,400,000.
  public var skew: Int64 = Limits.skewDefault
  /// Exact skews for pairs of sources (count's source, claim's source).
  public var skews: [SourceSkew] = []
  /// Who takes over what falls out of the open aggregate.
  public var openFallsTo: NextOwner = .allocated
  /// Who takes over what falls out of the allocated and the pending aggregate; `allocated` is not a choice here.
  public var othersFallTo: NextOwner = .onHand
  /// Rules of single channels; a channel without rules sees the whole ATS. Sorted by channel.
  public var channels: [ChannelPolicy] = []
  /// The most units one customer may hold and have confirmed; nil = no limit.
  public var customerLimit: CustomerLimit?

  /// No buffer, no owners, no rules.
  public init() {}
  /// No buffer, no owners, no rules: what a key has before anything is configured.
  public static let `default` = KeyPolicy()

  /// The milliseconds by which a count of one source and claims of another may disagree.
  public func skew(count: SourceID, claims: SourceID) -> Int64 {
    if count == claims { return 0 }
    return skews.first { $0.count == count && $0.claims == claims }?.milliseconds ?? skew
  }

  /// A channel's rules, if it has any.
  public func channel(_ id: ChannelID) -> ChannelPolicy? { channels.first { $0.channel == id } }
}

/// The owner source of each component; ``Identifier/none`` where any source may report it.
public struct ComponentOwners: Hashable, Sendable {
  /// Owner of counts and adjustments.
  public var onHand: SourceID = .none
  /// Owner of allocated aggregates and of allocate, deallocate and ship reports.
  public var allocated: SourceID = .none
  /// Owner of pending aggregates and sale lines.
  public var pending: SourceID = .none
  /// Owner of open aggregates and order lines.
  public var open: SourceID = .none

  /// No owners: any source may report any component.
  public init() {}

  /// The owner of a component.
  public func owner(of component: Component) -> SourceID {
    switch component {
    case .onHand: onHand
    case .allocated: allocated
    case .pending: pending
    case .open: open
    }
  }
}

/// Clock skew between a count's source and a claim's source.
public struct SourceSkew: Hashable, Sendable {
  /// Source of the count.
  public var count: SourceID
  /// Source of the ships or sales.
  public var claims: SourceID
  /// Milliseconds, 0 to 86,400,000.
  public var milliseconds: Int64

  /// Clock skew of a pair of sources.
  public init(count: SourceID, claims: SourceID, milliseconds: Int64) {
    self.count = count
    self.claims = claims
    self.milliseconds = milliseconds
  }
}

/// Who takes over units that fall out of an aggregate.
public enum NextOwner: UInt8, Hashable, Sendable {
  /// The warehouse: an allocated aggregate, or its `completeThrough`.
  case allocated = 0
  /// The count.
  case onHand = 1
  /// Nobody: what falls frees at once, and the key is flagged.
  case nobody = 2
}

/// Rules of one channel on one key.
public struct ChannelPolicy: Hashable, Sendable {
  /// The channel.
  public var channel: ChannelID
  /// Units kept back from this channel, on top of the key's safety buffer.
  public var buffer: Int64
  /// The most units that live holds and confirmed claims of the channel may have since ``quotaSince``; nil = no quota.
  public var quota: Int64?
  /// From when confirmed claims count towards the quota.
  public var quotaSince: Timestamp

  /// Rules of one channel.
  public init(channel: ChannelID, buffer: Int64 = 0, quota: Int64? = nil, quotaSince: Timestamp = .distantPast) {
    self.channel = channel
    self.buffer = buffer
    self.quota = quota
    self.quotaSince = quotaSince
  }
}

/// The most units one customer may have.
public struct CustomerLimit: Hashable, Sendable {
  /// Live holds + confirmed units since ``since``.
  public var units: Int64
  /// From when confirmed units count.
  public var since: Timestamp

  /// A limit per customer.
  public init(units: Int64, since: Timestamp = .distantPast) {
    self.units = units
    self.since = since
  }
}
