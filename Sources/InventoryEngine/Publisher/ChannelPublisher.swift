public import Logging
import StockJournal
public import StockLedger
import Synchronization

/// Whose stock a publisher writes to which channel.
public struct PublishedShop: Hashable, Sendable {
  /// Our name of the shop.
  public let shop: String
  /// The channel: its quota and buffer are those that count.
  public let channel: ChannelID
  /// The source that tells of the channel's own orders.
  public let source: SourceID
  /// True where the channel takes units off its own number for orders that were held for here (`shopifyDecrements`).
  public let decrements: Bool

  /// A shop and its channel.
  public init(shop: String, channel: ChannelID, source: SourceID, decrements: Bool = false) {
    self.shop = shop
    self.channel = channel
    self.source = source
    self.decrements = decrements
  }
}

/// Writes what a shop's keys may sell to its channel, and keeps at it until the channel has it.
///
/// Each key's ``Publication`` is part of its level: its keeper decides and journals it. The publisher hears what
/// changed, lines keys up, makes calls of them through a ``ChannelPort``, and lets a call leave when the entries of all
/// its rows are durable. It keeps keys in motion only, so its memory is theirs. After a restart, or where shards were
/// reloaded, it starts anew from the keepers: calls that were out are repeated under their old keys. Rules:
/// docs/shopify-publication.md.
public actor ChannelPublisher {
  /// How often what waits for reconciliation is read anew, in milliseconds.
  static let reviewPeriod: Int64 = 60_000
  /// With more unread keys than this the whole channel is read in bulk: ten calls' worth.
  static let readSinglyMax = 2_500

  /// What is published where.
  public nonisolated let place: PublishedShop
  let engine: InventoryEngine
  let port: any ChannelPort
  let logger: Logger
  var outbox: PublicationOutbox
  /// One step at a time: a step awaits turns of keys, and another between them would see half of it.
  let steps = Turnstile()
  let changed: ChangedKeys
  let bell: Bell
  /// Answers that came since the last step.
  var answers: [Answered] = []
  /// Failed commits that this outbox has seen; where there are more, keepers know less than it does.
  private(set) var failuresSeen: UInt64?
  private var ownedSeen: [Int] = []
  /// Outboxes made so far: a read's number means nothing to the next.
  private(set) var generation = 0
  /// The commit after which all that the outbox knows is durable.
  private(set) var latestCommit: UInt64 = 0
  private var keysGiven: UInt64 = 0
  private let keySeed: (UInt64, UInt64)
  private var reviewedAt: Timestamp
  /// Keys whose owed claim the ledger refused: said once, and asked again with every step.
  private var claimsRefused: Set<StockKey> = []
  var counts = PublisherCounters()

  /// A publisher; from now on the channel's orders are named in the turns that hear of them.
  ///
  /// - Parameters:
  ///   - rules: Batches, order, and how long rises wait.
  ///   - isDryRun: True where nothing is ever written: the channel is read, and ``preview(max:)`` tells the rest.
  public init(
    of place: PublishedShop, by engine: InventoryEngine, to port: any ChannelPort,
    rules: PublicationOutboxRules = PublicationOutboxRules(), isDryRun: Bool = false, logger: Logger
  ) {
    self.place = place
    self.engine = engine
    self.port = port
    self.logger = logger
    let bell = Bell()
    self.bell = bell
    changed = ChangedKeys(bell: bell)
    outbox = PublicationOutbox(rules: rules)
    outbox.isDryRun = isDryRun
    let start = engine.clock.now
    reviewedAt = start
    let nonce = engine.settings.nonce
    keySeed = (nonce.first, nonce.second ^ UInt64(bitPattern: start.milliseconds))
    engine.namings.set(
      .init(channel: place.channel, decrements: place.decrements), shop: place.shop, source: place.source)
  }

  // MARK: Going on

  /// Publishes until the caller's task is cancelled or the engine stops. What is out then is repeated by the next run.
  public func run() async {
    engine.watches.add(changed)
    defer { engine.watches.remove(changed) }
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled && !engine.isStopped.load(ordering: .acquiring) {
        await steps.enter()
        let calls = await step()
        let next = nextTime(at: now)
        steps.leave()
        for call in calls { group.addTask { await self.perform(call) } }
        do { try await bell.wait(until: next, by: engine.clock) } catch { break }
      }
      group.cancelAll()
    }
  }

  /// Everything that can be done now.
  ///
  /// - Returns: The calls to make.
  private func step() async -> [Leaving] {
    await startAnewWhereLost()
    let keys = changed.take().keys.filter { $0.shop == place.shop }
    await take(changed: keys)
    await takeAnswers()
    await tell(outbox.takeWoken(at: now).map { ($0, []) })
    await review()
    await holdClaims()
    return await nextCalls()
  }

  /// When something is to be done that nobody rings for; within a second, so that a stop and a lost shard are noticed.
  private func nextTime(at now: Timestamp) -> Timestamp {
    let latest = now + 1_000
    // What could leave and did not waits for an answer or for an operator.
    guard let next = outbox.nextTime(), next > now else { return latest }
    return min(next, latest)
  }

  var now: Timestamp { engine.clock.now }

  // MARK: Keys

  /// Tells keys what happened, each in one turn, and takes their publications as they are then.
  ///
  /// - Returns: The verdicts by key, of those that are here, and the commit after which all of it is durable.
  @discardableResult
  func tell(
    _ told: [(key: StockKey, inputs: [PublicationInput])]
  ) async -> (verdicts: [(key: StockKey, verdicts: [PublicationVerdict])], commit: UInt64) {
    var verdicts: [(key: StockKey, verdicts: [PublicationVerdict])] = []
    var commit: UInt64 = 0
    for (key, inputs) in told {
      guard let turn = await turn(of: key, inputs) else {
        outbox.forget(key)
        continue
      }
      outbox.adopt(turn.content.publication, of: key, at: turn.content.now)
      verdicts.append((key, turn.content.verdicts))
      commit = max(commit, turn.commit)
    }
    latestCommit = max(latestCommit, commit)
    if commit > engine.committer.completedCommit { engine.committer.kick() }
    return (verdicts, commit)
  }

  /// Takes the publications of keys that changed as they are now; who rests again already is left at rest.
  private func take(changed keys: [StockKey]) async {
    var awake: [StockKey] = []
    for key in keys {
      if let resting = restingPublication(of: key) {
        outbox.adopt(resting, of: key, at: now)
      } else {
        awake.append(key)
      }
    }
    await tell(awake.map { ($0, []) })
  }

  func tell(_ told: [PublicationOutbox.Told]) async { await tell(told.map { ($0.key, [$0.input]) }) }

  private func turn(
    of key: StockKey, _ inputs: [PublicationInput]
  ) async -> StockKeeper.Turn<StockKeeper.Standing>? {
    while let keeper = await engine.directory.keeper(for: key) {
      if let turn = await keeper.publish(inputs, at: place.channel, now: now) { return turn }
    }
    return nil
  }

  /// The ledger takes the claims without a name that it owes.
  private func holdClaims() async {
    for owed in outbox.owed(at: now) {
      while let keeper = await engine.directory.keeper(for: owed.key) {
        guard let turn = await keeper.hold(owed, at: place.channel, by: place.source, now: now) else { continue }
        switch turn.content {
        case .success(let standing):
          outbox.adopt(standing.publication, of: owed.key, at: standing.now)
          counts.claims += 1
          claimsRefused.remove(owed.key)
        case .failure(let refusal) where claimsRefused.insert(owed.key).inserted:
          logger.error(
            "a claim without a name is not taken by the ledger",
            metadata: ["key": "\(owed.key)", "units": "\(owed.units)", "refusal": "\(refusal.code)"])
        case .failure: break
        }
        break
      }
    }
  }

  /// What reconciliation has to look at is read anew after a while: nothing is ever written without a comparison.
  private func review() async {
    guard now >= reviewedAt + Self.reviewPeriod else { return }
    reviewedAt = now
    let keys = outbox.stoppedKeys.filter { !$0.trouble.isDeadLetter || $0.trouble == .keyMismatch }.map(\.key)
    await tell(keys.map { ($0, [.retry]) })
  }

  // MARK: Starting anew

  /// Where commits failed or shards came and went, keepers know other things than the outbox.
  private func startAnewWhereLost() async {
    let failures = engine.committer.tenures.failureCount
    let owned = engine.ownedShards
    if failuresSeen == failures && ownedSeen == owned { return }
    failuresSeen = failures
    ownedSeen = owned
    generation += 1
    let (isSuspended, isDryRun) = (outbox.isSuspended, outbox.isDryRun)
    outbox = PublicationOutbox(rules: outbox.rules)
    outbox.suspend(isSuspended)
    outbox.isDryRun = isDryRun
    let unread = await restore(isRead: true)
    await tell(outbox.restarted())
    if unread == 0 { return }
    if unread > Self.readSinglyMax { await takeUp() }
    await restore(isRead: false)
    await tell(outbox.restarted())
  }

  /// Takes up the publications of all keys that have been read at the channel, or of those that have not.
  ///
  /// - Returns: How many keys are of the other kind.
  @discardableResult
  private func restore(isRead: Bool) async -> Int {
    var others = 0
    let prefix = Array("\(place.shop)\0".utf8)
    for shard in ownedSeen {
      var last: StockKey?
      while true {
        let keys = await engine.keys(ofShop: place.shop, shard: shard, after: last, prefix: prefix, limit: 1_000)
        for key in keys {
          guard let publication = await publication(of: key) else { continue }
          let wasRead = publication.expected != nil || publication.writeOut != nil
          if wasRead == isRead { outbox.restore(publication, of: key) } else { others += 1 }
        }
        guard let end = keys.last else { break }
        last = end
      }
    }
    return others
  }

  /// A key's publication as it is, without bringing its keeper to memory; nil where it is elsewhere.
  func publication(of key: StockKey) async -> Publication? {
    if let resting = restingPublication(of: key) { return resting }
    return await turn(of: key, [])?.content.publication
  }

  /// The publication of a key that rests, durably; nil where its keeper is in memory, or elsewhere.
  private func restingPublication(of key: StockKey) -> Publication? {
    guard let image = engine.directory.look(at: key).image else { return nil }
    return (try? StockLevel(image: image.bytes))?.publication(at: place.channel)
  }

  /// Reads the whole channel: the first number of each key that it knows.
  private func takeUp() async {
    let readAt = now
    do throws(ChannelFailure) {
      try await port.readAll { holdings in await self.takeUp(holdings, readAt: readAt) }
    } catch {
      logger.error("the channel could not be read in bulk; its keys are read singly", metadata: ["failure": "\(error)"])
    }
  }

  private func takeUp(_ holdings: [ChannelHolding], readAt: Timestamp) async {
    let ours = holdings.filter { $0.key.shop == place.shop && engine.directory.isKnown($0.key) }
    let (_, commit) = await tell(ours.map { ($0.key, [.takeUp(available: $0.available, readAt: readAt)]) })
    // A whole shop's keys are not kept in memory for having been looked at.
    await engine.committer.waitDurable(for: commit)
    let completed = engine.committer.completedCommit
    for holding in ours { _ = await engine.directory.passivate(holding.key, completed: completed, idleSince: now) }
  }

  /// A new idempotency key, given once.
  func newKey() -> Identifier {
    keysGiven += 1
    var mixed = SipHash128(key0: keySeed.0, key1: keySeed.1)
    for byte in 0..<8 { mixed.absorb(UInt8(truncatingIfNeeded: keysGiven >> UInt64(8 * byte))) }
    let (first, second) = mixed.finish()
    return Identifier(high: first, low: 0xC1 << 56 | second >> 8)
  }
}
