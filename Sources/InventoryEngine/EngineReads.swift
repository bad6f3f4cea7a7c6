import StockJournal
public import StockLedger

/// What may be read: only what is durable. While the store is away reads go on, and say how old they are.
extension InventoryEngine {
  /// A durable view of one key. While the store is away it comes at once, without what is on its way, and with its age.
  ///
  /// - Returns: Nil where the key's shard lives elsewhere (``owner(of:)`` may know where) or was lost meanwhile, and
  ///   where the store is lost for good.
  public func stock(_ key: StockKey) async -> StockView? {
    await read(key) { keeper in
      await keeper.view(now: clock.now)
    } whileAway: { keeper, age in
      await keeper.durableView(completed: committer.completedCommit, at: clock.now - age, age: age)
    }
  }

  /// What one channel sees of a key, durably.
  ///
  /// - Returns: Nil where ``stock(_:)`` is, and while the store is away and the key's newest entries are on their way:
  ///   what they leave of a quota is not known then.
  public func available(_ key: StockKey, to channel: ChannelID) async -> Int64? {
    await read(key) { keeper in
      await keeper.available(to: channel, now: clock.now)
    } whileAway: { keeper, _ in
      await keeper.durablyAvailable(to: channel, completed: committer.completedCommit)
    }
  }

  /// A reservation of a key as it durably stands; its lines too where it is a cart's.
  ///
  /// - Returns: Nil where ``stock(_:)`` is, and while the store is away and the key's newest entries are on their way.
  public func reservation(_ id: ReservationID, of key: StockKey) async -> ReservationView? {
    await read(key) { keeper in
      await keeper.reservation(id, now: clock.now)
    } whileAway: { keeper, age in
      await keeper.durableReservation(id, completed: committer.completedCommit, age: age)
    }
  }

  /// Everything that a key's numbers are made of, durably.
  ///
  /// - Returns: Nil where ``stock(_:)`` is, and while the store is away and the key's newest entries are on their way.
  public func account(_ key: StockKey) async -> StockAccount? {
    await read(key) { keeper in
      await keeper.account(now: clock.now)
    } whileAway: { keeper, age in
      await keeper.durableAccount(completed: committer.completedCommit, at: clock.now - age, age: age)
    }
  }

  /// The keys of an item's locations that are known here, sorted; waits for a shard that is being read.
  ///
  /// - Returns: Nil where the item's shard lives elsewhere.
  public func locations(of item: StockKey) async -> [StockKey]? {
    while true {
      await directory.waitWhileClosed(shard: item.shard)
      if directory.isElsewhere(shard: item.shard) { return nil }
      let found = directory.locations(of: item)
      // What was closed meanwhile had forgotten its keys.
      if directory.isOpen(shard: item.shard) { return found }
    }
  }

  /// What configuration says at one level, and of a key what follows from all of them; waits for a shard that is being
  /// read. Asks no keeper: what was said is noted when it is durable.
  ///
  /// - Parameter level: The key of a shop (neither SKU nor location), of an item (no location) or of a location.
  /// - Returns: Nil where the level's shard lives elsewhere.
  public func policy(at level: StockKey) async -> PolicyView? {
    await directory.waitWhileClosed(shard: level.shard)
    if directory.isElsewhere(shard: level.shard) { return nil }
    return PolicyView(
      said: policies.scope(level) ?? PolicyPatch(),
      resolved: level.isItem ? nil : policies.policy(of: level) ?? .default,
      rules: level.isItem ? policies.rules(ofItem: level) ?? .default : nil)
  }

  /// What is known of a claim at each location of its item, durably; sorted by key.
  ///
  /// - Returns: Nil where the item's shard lives elsewhere, and while the store is away: what is on its way is part of
  ///   the answer.
  public func places(of claim: ClaimID, item: StockKey) async -> [ClaimPlace]? {
    guard let keys = await locations(of: item) else { return nil }
    var places: [ClaimPlace] = []
    for key in keys {
      let found: ClaimPlace?? = await read(key) { keeper in
        await keeper.place(of: claim)
      } whileAway: { _, _ in
        StockKeeper.Turn(content: nil, commit: 0)
      }
      guard let place = found else { return nil }
      if let place { places.append(place) }
    }
    return places
  }

  /// The location whose live reservation carries a reference, the first of several; nil where none does.
  public func location(holding reference: Identifier, item: StockKey) async -> StockKey? {
    for key in await locations(of: item) ?? [] {
      if await directory.keeper(for: key)?.holds(reference: reference) == true { return key }
    }
    return nil
  }

  /// The whole level of one key, durably, however long the store takes; nil where its shard lives elsewhere or was lost
  /// meanwhile, and where the store is lost for good.
  public func level(_ key: StockKey) async -> StockLevel? {
    let failuresBefore = committer.tenures.failureCount
    while !committer.isAbandoned, let keeper = await directory.keeper(for: key) {
      guard let turn = await keeper.wholeLevel() else { continue }
      await committer.waitDurable(for: turn.commit)
      return isLost(key, since: failuresBefore) ? nil : turn.content
    }
    return nil
  }

  /// A key's publication at a channel, durably, aimed at what that may sell now; nil where its shard lives elsewhere,
  /// and while the store is away.
  func publication(of key: StockKey, at channel: ChannelID) async -> Publication? {
    let level = await read(key) {
      await $0.wholeLevel()
    } whileAway: { _, _ in
      .init(content: nil, commit: 0)
    }
    return level?.publication(at: channel)
  }

  /// A digest of every key's whole durable state; equal to that of a replay from zero. Of the shards that are here.
  public func digest() async -> UInt64 {
    var digest = LevelDigest()
    for shard in committer.logs.indices {
      for image in await durableImages(shard: shard) where image.number > 0 {
        digest.add(image.key, image: image.bytes, number: image.number)
      }
    }
    return digest.value
  }

  private func durableImages(shard: Int) async -> [KeyImage] {
    while true {
      await directory.waitWhileClosed(shard: shard)
      let failuresBefore = committer.tenures.failureCount
      let found = await images(shard: shard)
      if committer.tenures.failedAt(shard: shard) <= failuresBefore { return found }
    }
  }

  private func read<Value: Sendable>(
    _ key: StockKey, _ turn: (StockKeeper) async -> StockKeeper.Turn<Value>?,
    whileAway agedTurn: (StockKeeper, _ age: Int64) async -> StockKeeper.Turn<Value?>?
  ) async -> Value? {
    let failuresBefore = committer.tenures.failureCount
    while !committer.isAbandoned, let keeper = await directory.keeper(for: key) {
      let age = age(ofShard: key.shard)
      // Not ours any more, and the engine is about to hear it.
      if age == .max { return nil }
      if age > 0 || isReadOnly {
        guard let turn = await agedTurn(keeper, age) else { continue }
        return isLost(key, since: failuresBefore) ? nil : turn.content
      }
      guard let turn = await turn(keeper) else { continue }
      committer.kick()
      // Who ran out of patience finds the store away, and what is durable all the same.
      guard await committer.wait(for: turn.commit) else { continue }
      return isLost(key, since: failuresBefore) ? nil : turn.content
    }
    return nil
  }

  func isLost(_ key: StockKey, since failuresBefore: UInt64) -> Bool {
    committer.isAbandoned || committer.tenures.failedAt(shard: key.shard) > failuresBefore
  }

  /// How long ago the store last confirmed what memory says of a shard, in milliseconds; 0 while it does, and where the
  /// engine only looks at what others own.
  func age(ofShard shard: Int) -> Int64 {
    isReadOnly ? 0 : max(store.unconfirmedFor(shard: shard), committer.stalledFor(at: clock.now))
  }
}
