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

  /// - Returns: What became of it, durably; nil where the key lives elsewhere, or nobody can tell now.
  @discardableResult
  private func say(_ input: PublicationInput, of key: StockKey) async -> PublicationVerdict? {
    guard engine.directory.isKnown(key) else { return nil }
    await steps.enter()
    let (verdicts, commit) = await tell([(key, [input])])
    steps.leave()
    bell.ring()
    let failuresBefore = engine.committer.tenures.failureCount
    await engine.committer.waitDurable(for: commit)
    return engine.isLost(key, since: failuresBefore) ? nil : verdicts.first?.verdicts.first
  }

  // MARK: The operator

  /// Keys whose publication has stopped, and why, sorted by key: dead letters, and what is reconciliation's.
  public var stoppedKeys: [(key: StockKey, trouble: PublicationEntry.Trouble)] { outbox.stoppedKeys }

  /// Lets a stopped key try again: it is read, then written.
  ///
  /// - Returns: False where it has not stopped.
  @discardableResult
  public func retry(_ key: StockKey) async -> Bool { await say(.retry, of: key)?.isAccepted ?? false }

  /// Gives up what a stopped key was to write: it goes on with its next number.
  ///
  /// - Returns: False where it has not stopped, or reconciliation has it.
  @discardableResult
  public func drop(_ key: StockKey) async -> Bool { await say(.drop, of: key)?.isAccepted ?? false }

  /// Writes a key's number whatever the channel holds, once: the operator answers for what that writes over.
  ///
  /// - Returns: False where that is ordered already.
  @discardableResult
  public func force(_ key: StockKey) async -> Bool { await say(.force, of: key)?.isAccepted ?? false }

  /// Stops all calls of the shop, or lets them go on. What is out is still heard.
  public func suspend(_ isSuspended: Bool) async {
    await steps.enter()
    outbox.suspend(isSuspended)
    steps.leave()
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

  /// How a key is published; nil where it is not known here.
  public func standing(of key: StockKey) async -> Publication? {
    engine.directory.isKnown(key) ? await publication(of: key) : nil
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
