import StockJournal
import StockLedger

/// What the nodes of an ``OwnershipWorld`` were told, held against what the store has: knows nothing of their machines.
struct OwnershipAudit {
  /// What must have been seen in a batch of seeds, or the batch tests less than it says.
  enum Sight: CaseIterable {
    case duplicateAfterDoubt, gapHealed, fenced, lostInDoubt, epochIssuedTwice, held, refused, lateRequest
    case claimFoundWritten, tailLost, claimLost, isolatedPrimary
  }

  private struct Place: Hashable {
    let shard: Int
    let number: UInt64
  }

  private struct Claim: Hashable {
    let shard: Int
    let nonce: RecordNonce
  }

  private(set) var seen: Set<Sight> = []
  /// By shard, what was answered durable and that no failover has taken from the store, oldest first.
  private var acknowledged: [[JournalRecord]]
  /// By shard, what was answered durable and is gone from the store: only its living owner can write it again.
  private var atRisk: [[JournalRecord]]
  private var byPlace: [Place: JournalRecord] = [:]
  private var surelyNotWritten: [JournalRecord] = []
  private var claims: [Claim: JournalRecord] = [:]
  private var claimedEpochs: [Place: RecordNonce] = [:]
  /// True where no failover may lose what was acknowledged: enough replicas, no restored copies.
  private let isLossless: Bool

  init(shards: Int, isLossless: Bool) {
    acknowledged = Array(repeating: [], count: shards)
    atRisk = acknowledged
    self.isLossless = isLossless
  }

  mutating func see(_ sight: Sight) { seen.insert(sight) }

  /// A claim was written.
  mutating func claimed(_ record: JournalRecord) throws(Violation) {
    let former = claims.updateValue(record, forKey: Claim(shard: record.shard, nonce: record.nonce))
    if let former, former != record { throw Violation("one nonce claimed shard \(record.shard) twice") }
    let epoch = Place(shard: record.shard, number: record.epoch)
    if let nonce = claimedEpochs.updateValue(record.nonce, forKey: epoch), nonce != record.nonce {
      see(.epochIssuedTwice)
    }
  }

  /// A record was answered durable.
  mutating func acknowledge(_ record: JournalRecord) throws(Violation) {
    for number in record.firstNumber...record.lastNumber {
      let former = byPlace.updateValue(record, forKey: Place(shard: record.shard, number: number))
      guard let former, former != record else { continue }
      // A number whose record was lost may be given again, but only by who claimed after the loss.
      guard atRisk[record.shard].contains(former), former.nonce != record.nonce else {
        throw Violation("entry \(record.shard)-\(number) was acknowledged twice")
      }
    }
    acknowledged[record.shard].append(record)
  }

  /// A record was answered as surely not written.
  mutating func refuse(_ record: JournalRecord) { surelyNotWritten.append(record) }

  /// After a failover: what is gone from the store.
  mutating func lookForLosses(_ redis: ModelledRedis) throws(Violation) {
    for shard in acknowledged.indices {
      let stored = Set(try Self.records(of: redis, shard).map(\.hash))
      let lost = acknowledged[shard].filter { !stored.contains($0.hash) }
      guard !lost.isEmpty else { continue }
      if isLossless { throw Violation("shard \(shard) lost entry \(lost[0].lastNumber), which was acknowledged") }
      see(.tailLost)
      if lost.contains(where: { $0 == claims[Claim(shard: shard, nonce: $0.nonce)] }) { see(.claimLost) }
      acknowledged[shard].removeAll { !stored.contains($0.hash) }
      atRisk[shard] += lost
    }
  }

  /// At the end: everything acknowledged is there, unless its owner died before it could write it again.
  func check(_ redis: ModelledRedis, owners: [[ShardOwner]]) throws(Violation) {
    for shard in acknowledged.indices {
      let records = try Self.records(of: redis, shard)
      let stored = Set(records.map(\.hash))
      let living = Set(owners[shard].map(\.nonce))
      let owed = acknowledged[shard] + atRisk[shard].filter { living.contains($0.nonce) }
      for record in owed where !stored.contains(record.hash) {
        throw Violation("entry \(shard)-\(record.lastNumber) was acknowledged and is gone")
      }
      for record in surelyNotWritten where record.shard == shard && stored.contains(record.hash) {
        throw Violation("entry \(shard)-\(record.lastNumber) was answered as not written and is there")
      }
    }
  }

  /// A shard's log; reading verifies numbers, hashes, and that epochs and times never fall.
  private static func records(of redis: ModelledRedis, _ shard: Int) throws(Violation) -> [JournalRecord] {
    do throws(StoreFailure) {
      return try redis.records(shard: shard)
    } catch {
      throw Violation("the log of shard \(shard) does not read: \(error)")
    }
  }
}

/// A rule of ownership that was broken.
struct Violation: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
