public import StockLedger

/// What a channel says of itself, and what an operator asks and orders.
extension ChannelPublisher {
  // MARK: The channel

  /// The channel says that a key's number has changed: a reason to look at it, after a while.
  ///
  /// - Parameter available: The number that it names; nil where it names none. Never applied.
  public func hint(_ key: StockKey, available: Int64?) async { await say(.hint(available: available), of: key) }

  /// The channel put units back on sale that no report of ours tells of: a refund's return.
  ///
  /// - Parameter madeAt: When, by the channel's clock.
  public func restocked(_ key: StockKey, units: Quantity, document: DocumentID, madeAt: Timestamp) async {
    await say(.restock(NamedChange(.restock, document: document, units: units, madeAt: madeAt)), of: key)
  }

  /// - Parameter isPatient: True where the store is waited for however long it is away.
  /// - Returns: What became of it, durably; nil where the key lives elsewhere, or nobody can tell now.
  @discardableResult
  private func say(
    _ input: PublicationInput, of key: StockKey, isPatient: Bool = true
  ) async -> PublicationVerdict? {
    guard engine.directory.isKnown(key) else { return nil }
    let failuresBefore = engine.committer.tenures.failureCount
    await steps.enter()
    let (verdicts, commit) = await tell([(key, [input])])
    steps.leave()
    bell.ring()
    if isPatient {
      await engine.committer.waitDurable(for: commit)
    } else if await !engine.committer.wait(for: commit) {
      return nil
    }
    return engine.isLost(key, since: failuresBefore) ? nil : verdicts.first?.verdicts.first
  }

  // MARK: The operator

  /// What an operator may order of one key.
  public enum Order: Hashable, Sendable, CaseIterable {
    /// A stopped key tries again: it is read, then written. Refused where it has not stopped.
    case retry
    /// What a stopped key was to write is given up: it goes on with its next number. Refused where it has not stopped,
    /// or is reconciliation's.
    case drop
    /// The key's number is written whatever the channel holds, once: the operator answers for what that writes over.
    case force

    fileprivate var input: PublicationInput {
      switch self {
      case .retry: .retry
      case .drop: .drop
      case .force: .force
      }
    }
  }

  /// Gives a key an order.
  ///
  /// - Returns: What its publication made of it, durably: ignored where it was ordered already. Nil where the key lives
  ///   elsewhere, or nobody can tell now: then it may or may not have happened.
  public func order(_ order: Order, of key: StockKey) async -> PublicationVerdict? {
    await say(order.input, of: key, isPatient: false)
  }

  /// Keys whose publication has stopped, and why, sorted by key: dead letters, and what is reconciliation's.
  public var stoppedKeys: [(key: StockKey, trouble: PublicationEntry.Trouble)] { outbox.stoppedKeys }

  /// Units that left the channel without a name, by key: of keys in motion, as every key that has such is.
  public func unnamedClaims() async -> [(key: StockKey, claims: [UnattributedClaim])] {
    await steps.enter()
    defer { steps.leave() }
    return outbox.unnamedClaims
  }

  /// Some of the keys whose publication has stopped, durably, in their order.
  ///
  /// - Parameters:
  ///   - last: The key after which the page begins; nil for the first.
  ///   - limit: The most keys, at least 1.
  /// - Returns: Nil where the store does not say now what is durable.
  public func stopped(after last: StockKey?, limit: Int) async -> StoppedPage? {
    let failuresBefore = engine.committer.tenures.failureCount
    let keys = outbox.stoppedKeys(after: last, limit: limit + 1)
    let rows = keys.prefix(limit).compactMap { key in outbox.publication(of: key).map { StoppedPage.Row(key, $0) } }
    guard await engine.committer.wait(for: latestCommit),
      engine.committer.tenures.failureCount == failuresBefore
    else { return nil }
    return StoppedPage(rows: rows, last: keys.count > limit ? rows.last?.key : nil)
  }

  /// Stops all calls of the shop, or lets them go on. What is out is still heard.
  ///
  /// It does not wait for the step that goes on: that may be reading a whole channel, and each call asks anew.
  public func suspend(_ isSuspended: Bool) {
    outbox.suspend(isSuspended)
    bell.ring()
  }

  /// What would be written now, in its order: a dry run.
  ///
  /// - Parameter max: The most rows, at least 1.
  public func preview(max: Int) async -> [PublicationOutbox.Row] {
    await steps.enter()
    defer { steps.leave() }
    return outbox.preview(at: now, max: max)
  }

  /// How a key is published, durably; nil where it is not known here, and while the store is away.
  public func standing(of key: StockKey) async -> Publication? {
    engine.directory.isKnown(key) ? await engine.publication(of: key, at: place.channel) : nil
  }

  /// What was done, and what is on its way.
  public var counters: PublisherCounters {
    var counters = counts
    counters.keysActive = outbox.counts.active
    (counters.keysToWrite, counters.keysToRead) = outbox.waiting
    counters.keysStopped = outbox.stoppedCount
    counters.callsOut = outbox.callsAwaited
    counters.isDown = outbox.circuit.isOpen
    counters.isSuspended = outbox.isSuspended
    counters.isDryRun = outbox.isDryRun
    counters.waitingSince = outbox.waitingSince()
    return counters
  }

  /// True where nothing is out, nothing waits to leave, and nothing will by time alone within so many milliseconds:
  /// every key has its number at the channel, has stopped, or waits for the name of a claim.
  public func isAtRest(for milliseconds: Int64) async -> Bool {
    await steps.enter()
    defer { steps.leave() }
    let isWaiting = outbox.waiting.toRead > 0 || (outbox.waiting.toWrite > 0 && !outbox.isDryRun)
    guard outbox.callsAwaited == 0, outbox.writesUnanswered == 0, answers.isEmpty, !isWaiting, generation > 0 else {
      return false
    }
    return outbox.nextTime().map { $0 > now + milliseconds } ?? true
  }
}

/// A page of the keys whose publication has stopped.
public struct StoppedPage: Hashable, Sendable {
  /// A key, and how its publication stands.
  public struct Row: Hashable, Sendable {
    /// The key.
    public let key: StockKey
    /// Its publication; ``Publication/trouble`` says why it stopped.
    public let publication: Publication

    init(_ key: StockKey, _ publication: Publication) {
      self.key = key
      self.publication = publication
    }
  }

  /// In the order of their keys.
  public let rows: [Row]
  /// Where the list goes on; nil where there is no more.
  public let last: StockKey?
}
