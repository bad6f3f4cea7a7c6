import StockLedger
import Synchronization

/// Which sources are channels that we publish to: what they say of their orders has moved their own numbers too.
///
/// Where one speaks of an order line, the name of that change goes into the same turn, so that no crash and no call can
/// come between the two. While nobody publishes, a turn looks at one flag.
final class ChannelNamings: Sendable {
  /// How a source names its changes.
  struct Naming: Sendable {
    let channel: ChannelID
    /// True where the channel takes units off its own number for orders that were held for here.
    let decrements: Bool
  }

  private struct Place: Hashable {
    let shop: String
    let source: SourceID
  }

  private let wanted = Atomic<Bool>(false)
  private let namings = Mutex<[Place: Naming]>([:])

  /// True where anybody publishes.
  @inline(__always) var areWanted: Bool { wanted.load(ordering: .relaxed) }

  func set(_ naming: Naming, shop: String, source: SourceID) {
    namings.withLock { $0[Place(shop: shop, source: source)] = naming }
    wanted.store(true, ordering: .relaxed)
  }

  /// What a report is about to name, before it is applied; nil where it names nothing.
  func change(by report: Report, at key: StockKey, of level: StockLevel) -> ChannelChange? {
    let (claim, madeAt): (ClaimID, Timestamp)
    switch report.body {
    case .demand(let demand): (claim, madeAt) = (demand.claim, demand.occurredAt)
    case .lineState(let state): (claim, madeAt) = (state.claim, state.changedAt)
    default: return nil
    }
    guard !key.isItem,
      let naming = namings.withLock({ $0[Place(shop: key.shop, source: report.source)] }),
      level.isPublished(at: naming.channel)
    else { return nil }
    return ChannelChange(claim: claim, madeAt: madeAt, naming: naming, before: level.sources.place(of: claim, at: key))
  }
}

/// A change of a channel's own number, between the report that tells of it and its effect on the ledger.
struct ChannelChange {
  private let claim: ClaimID
  private let madeAt: Timestamp
  private let naming: ChannelNamings.Naming
  private let takenBefore: Int64

  init(claim: ClaimID, madeAt: Timestamp, naming: ChannelNamings.Naming, before: ClaimPlace?) {
    self.claim = claim
    self.madeAt = madeAt
    self.naming = naming
    takenBefore = Self.taken(before, naming)
  }

  /// Units that the channel has taken off its number for a line here.
  private static func taken(_ place: ClaimPlace?, _ naming: ChannelNamings.Naming) -> Int64 {
    guard let place, place.total > 0 || place.version > 0 else { return 0 }
    if naming.decrements { return place.present }
    // Routing moves a held line's units between locations, and none of the channel's numbers. A line that turns out to
    // have been held, after its parcel was told, gives back what was named.
    return place.isHeld ? 0 : max(0, place.present - place.confirmed)
  }

  /// The entry of the change, once the report is applied; nil where the channel's number did not move, or nobody has
  /// looked at it yet.
  func entry(after level: StockLevel, at key: StockKey, now: Timestamp) -> JournalEntry? {
    let delta = Self.taken(level.sources.place(of: claim, at: key), naming) - takenBefore
    guard let units = Quantity(abs(delta)) else { return nil }
    let change = NamedChange(delta > 0 ? .order : .restock, document: claim, units: units, madeAt: madeAt)
    let input: PublicationInput = delta > 0 ? .order(change, .nobody) : .restock(change)
    guard case .accept(let entry) = level.publication(at: naming.channel).decide(input, now: now) else { return nil }
    return JournalEntry(at: now, body: .published(naming.channel, entry))
  }
}
