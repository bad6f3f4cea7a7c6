/// What a simulated storefront does: how much, how often, and which troubles it has.
public struct StorefrontPlan: Hashable, Sendable {
  /// Stock keys; fewer keys meet more often.
  public var keys = 3
  /// Units counted on each key at first: at most so many.
  public var stockMax: Int64 = 12
  /// Tasks that shop at the same time.
  public var shoppers = 3
  /// What each of them does, one after the other.
  public var visits = 6
  /// So many visits in a thousand ask for a cart.
  public var cartsPerMille: UInt64 = 250
  /// So many visits in a thousand submit a batch.
  public var batchesPerMille: UInt64 = 150
  /// So many holds in a thousand are asked for once more.
  public var repeatsPerMille: UInt64 = 200
  /// Reports of the ERP: receipts and losses.
  public var adjustments = 2
  /// How often idle keepers are told to leave memory.
  public var passivations = 0
  /// How often snapshots are saved.
  public var snapshots = 0
  /// How often the process stands still for a while.
  public var pauses = 0
  /// How often power is lost; the engine is then opened anew on what the disk kept.
  public var crashes = 0
  /// How often a commit finds no room.
  public var fullDisks = 0
  /// The longest that a sync takes, in milliseconds.
  public var syncMax: Int64 = 8

  /// A calm storefront: no trouble.
  public init() {}

  /// A plan whose troubles are drawn: some runs have none, some have all.
  public static func drawn(from chance: inout SeededGenerator) -> StorefrontPlan {
    var plan = StorefrontPlan()
    plan.keys = Int(chance.number(in: 1...4))
    plan.stockMax = chance.number(in: 1...20)
    plan.shoppers = Int(chance.number(in: 2...4))
    plan.visits = Int(chance.number(in: 3...7))
    plan.cartsPerMille = chance.below(600)
    plan.batchesPerMille = chance.below(400)
    plan.repeatsPerMille = chance.below(500)
    plan.adjustments = chance.index(below: 4)
    if chance.chance(perMille: 500) { plan.passivations = chance.index(below: 12) }
    if chance.chance(perMille: 300) { plan.snapshots = chance.index(below: 4) }
    if chance.chance(perMille: 300) { plan.pauses = chance.index(below: 4) }
    if chance.chance(perMille: 300) { plan.crashes = chance.index(below: 3) }
    if chance.chance(perMille: 200) { plan.fullDisks = chance.index(below: 3) }
    plan.syncMax = chance.number(in: 0...20)
    return plan
  }
}

/// What became of a simulated storefront.
public struct StorefrontOutcome: Hashable, Sendable {
  /// What the executor did.
  public var trace = RunTrace()
  /// What the auditor says.
  public var report = AuditReport()
  /// Acknowledged holds that a later life of the engine did not know, in words: must be empty.
  public var lost: [String] = []
  /// Keys whose whole state at rest differs from a replay of the journal: must be empty.
  public var differences: [String] = []
  /// How often each interesting thing happened, by name.
  public var sometimes: [String: Int] = [:]
}
