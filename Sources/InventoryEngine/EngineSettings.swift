/// What an engine may take, and when its answers leave. Every bound has its reason; times are milliseconds.
public struct EngineSettings: Sendable {
  /// When an answer may leave.
  public enum Durability: Hashable, Sendable {
    /// After its entry is synced: nothing that was answered can be lost.
    case durable
    /// At once, with a sync every so many milliseconds: a crash may lose that window, answered holds included.
    case relaxed(every: Int64)
  }

  /// When answers leave; ``Durability/durable`` by default.
  public var durability = Durability.durable
  /// Commands in flight in the whole engine: about 150 MB of queued work, past it a caller is told to come back.
  public var inFlightMax = 1_000_000
  /// Commands in flight of one shop: one shop's sale leaves room for the others.
  public var inFlightPerShopMax = 500_000
  /// Commands in flight on one key: a hot key's queue stays below a tenth of a second.
  public var inFlightPerKeyMax = 200_000
  /// How long an answer may wait for its commit before its caller is told that the outcome is unknown, and new holds
  /// are refused until the store goes on; nil = as long as it takes. For stores that another machine may keep waiting.
  public var answerPatience: Int64?
  /// What an overloaded caller is told to wait.
  public var overloadedRetryAfter: Int64 = 50
  /// What a caller is told to wait while the store takes no entries.
  public var storeRetryAfter: Int64 = 1_000
  /// How often due reservations are looked for; expiry is exact in every turn all the same.
  public var expiryPeriod: Int64 = 100
  /// Keepers whose due reservations are ended per pass, so that no pass holds a core for long.
  public var expiriesPerPassMax = 1_000
  /// Idle keepers leave memory after this long without a turn; nil = never.
  public var passivateAfter: Int64? = 900_000
  /// How often idle keepers are looked for.
  public var passivationPeriod: Int64 = 60_000
  /// Snapshots are saved after this many entries of all shards since the last ones; nil = only on a clean stop or by
  /// hand.
  public var snapshotEveryEntries: UInt64? = 1_000_000
  /// A shard with new entries gets a snapshot when its last one is this old; nil = only by the number of entries.
  public var snapshotAfter: Int64? = 900_000
  /// How often shards are looked over for a snapshot.
  public var snapshotPeriod: Int64 = 10_000
  /// Whether a clean stop takes a snapshot of every shard that has new entries.
  public var snapshotsOnStop = true
  /// How far the wall clock may be ahead of the last journaled time at start, in milliseconds; nil = any distance.
  public var clockJumpMax: Int64? = 86_400_000
  /// The location that a report without one goes to when its claim is unknown, per shop.
  public var defaultLocations: [String: String] = [:]
  /// How long changes are gathered for the feed, so that a hot key is published once and not a thousand times.
  public var feedPeriod: Int64 = 50
  /// Every known key is published anew within this time: what the feed wrote lives three times as long.
  public var feedRefresh: Int64 = 10_000
  /// With more keys than this only changes are published: a refresh costs a fiftieth of a core per 20,000 keys.
  public var feedRefreshKeysMax = 200_000
  /// The owner's random bits, for the records of this run: each claim counts them up by one.
  public var nonce: (first: UInt64, second: UInt64) = (0, 0)

  /// Durable, with the bounds written above.
  public init() {}
}
