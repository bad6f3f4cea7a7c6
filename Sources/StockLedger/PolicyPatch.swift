/// What configuration says at one level (shop, item or key): each part that it says wins over a less exact level's.
public struct PolicyPatch: Hashable, Sendable {
  /// Units kept back, 0 to ``Limits/unitsMax``.
  public var safetyBuffer: Int64?
  /// The one source that may report each component.
  public var owners: ComponentOwners?
  /// How far the clocks of two sources may differ, in milliseconds, 0 to 86,400,000.
  public var skew: Int64?
  /// Exact skews for pairs of sources.
  public var skews: [SourceSkew]?
  /// Who takes over what falls out of the open aggregate.
  public var openFallsTo: NextOwner?
  /// Who takes over what falls out of the other aggregates; `allocated` is not a choice here.
  public var othersFallTo: NextOwner?
  /// Rules of single channels, all of them.
  public var channels: [ChannelPolicy]?
  /// The most units one customer may have of one key; no limit is ``Limits/unitsMax``.
  public var customerLimit: CustomerLimit?

  /// Says nothing.
  public init() {}

  /// A policy with this level's say on top.
  public func applied(to base: KeyPolicy) -> KeyPolicy {
    var policy = base
    if let safetyBuffer { policy.safetyBuffer = safetyBuffer }
    if let owners { policy.owners = owners }
    if let skew { policy.skew = skew }
    if let skews { policy.skews = skews }
    if let openFallsTo { policy.openFallsTo = openFallsTo }
    if let othersFallTo { policy.othersFallTo = othersFallTo }
    if let channels { policy.channels = channels.sorted { $0.channel < $1.channel } }
    if let customerLimit { policy.customerLimit = customerLimit.units == Limits.unitsMax ? nil : customerLimit }
    return policy
  }

  /// Why this cannot be said, if it cannot.
  public var problem: Refusal? { applied(to: .default).problem }
}

extension PolicyPatch {
  /// Writes the patch: one flag per part, then the parts that are there, as a policy writes them.
  public func write(to writer: inout ByteWriter) {
    let said: [Bool] = [
      safetyBuffer != nil, owners != nil, skew != nil, skews != nil, openFallsTo != nil, othersFallTo != nil,
      channels != nil, customerLimit != nil,
    ]
    writer.write(byte: said.enumerated().reduce(0) { $0 | ($1.element ? 1 << UInt8($1.offset) : 0) })
    var whole = KeyPolicy.default
    whole.safetyBuffer = safetyBuffer ?? 0
    whole.owners = owners ?? ComponentOwners()
    whole.skew = skew ?? Limits.skewDefault
    whole.skews = skews ?? []
    whole.openFallsTo = openFallsTo ?? .allocated
    whole.othersFallTo = othersFallTo ?? .onHand
    whole.channels = channels ?? []
    whole.customerLimit = customerLimit
    whole.write(to: &writer)
  }

  /// Reads a patch back.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let said = try reader.readByte()
    let whole = try KeyPolicy(from: &reader)
    if said & 1 != 0 { safetyBuffer = whole.safetyBuffer }
    if said & 2 != 0 { owners = whole.owners }
    if said & 4 != 0 { skew = whole.skew }
    if said & 8 != 0 { skews = whole.skews }
    if said & 16 != 0 { openFallsTo = whole.openFallsTo }
    if said & 32 != 0 { othersFallTo = whole.othersFallTo }
    if said & 64 != 0 { channels = whole.channels }
    if said & 128 != 0 { customerLimit = whole.customerLimit }
  }
}
