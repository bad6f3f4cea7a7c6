public import StockLedger

extension ChannelPublisher {
  /// A call, and the commit after which it may leave.
  struct Leaving: Sendable {
    let call: PublicationOutbox.Call
    let commit: UInt64
    /// The outbox that made it.
    let generation: Int
    /// Failed commits that this outbox has seen: one more, and what the call rests on may be lost.
    let failuresSeen: UInt64?
  }

  /// What came back of a call.
  enum Answered: Sendable {
    case write(Identifier, PublicationOutbox.WriteAnswer)
    case read(Int, ChannelReading, generation: Int)
  }

  // MARK: Making calls

  /// Calls that may be made now, as far as their keys agree.
  func nextCalls() async -> [Leaving] {
    var calls: [Leaving] = []
    while let draft = outbox.nextDraft(at: now) {
      if let leaving = await agree(draft) { calls.append(leaving) }
    }
    return calls
  }

  private func agree(_ draft: PublicationOutbox.Draft) async -> Leaving? {
    switch draft {
    case .write(let keys):
      let write = newKey()
      let (agreed, commit) = await ask(keys, .sending(key: write))
      if agreed.isEmpty { return nil }
      return leaving(outbox.begin(write: write, of: agreed), after: commit)
    case .read(let keys):
      let (agreed, commit) = await ask(keys, .reading)
      return agreed.isEmpty ? nil : leaving(outbox.begin(readOf: agreed), after: commit)
    case .repeating(let write, let keys):
      let (agreed, commit) = await ask(keys, .repeating)
      if agreed.count == keys.count { return leaving(outbox.begin(write: write, of: keys), after: commit) }
      // Not repeated in part: those that had agreed have no answer either.
      await tell(agreed.map { ($0, .answered(.unknown(retryAt: now + outbox.rules.backoffMax))) })
      return nil
    }
  }

  private func ask(_ keys: [StockKey], _ input: PublicationInput) async -> (agreed: [StockKey], commit: UInt64) {
    let (verdicts, commit) = await tell(keys.map { ($0, [input]) })
    let agreed = verdicts.filter { if case .accept? = $0.verdicts.first { true } else { false } }
    return (agreed.map(\.key), commit)
  }

  private func leaving(_ call: PublicationOutbox.Call, after commit: UInt64) -> Leaving {
    switch call {
    case .write(_, let rows):
      counts.writes += 1
      counts.rowsWritten += rows.count
    case .read(_, let keys):
      counts.reads += 1
      counts.rowsRead += keys.count
    }
    return Leaving(call: call, commit: commit, generation: generation, failuresSeen: failuresSeen)
  }

  /// Makes a call once everything that it rests on is durable. What is not, will never be: then nothing leaves, and the
  /// next step starts anew.
  nonisolated func perform(_ leaving: Leaving) async {
    await engine.committer.waitDurable(for: leaving.commit)
    guard engine.committer.completedCommit >= leaving.commit, !engine.committer.isAbandoned,
      engine.committer.tenures.failureCount == leaving.failuresSeen, await isStillOut(leaving)
    else { return bell.ring() }
    switch leaving.call {
    case .write(let key, let rows): await hear(.write(key, await port.write(rows, key: key)))
    case .read(let number, let keys):
      await hear(.read(number, await port.read(keys), generation: leaving.generation))
    }
  }

  /// False for a call of an outbox that is no more, and for a repeat whose first sending was answered meanwhile.
  private func isStillOut(_ leaving: Leaving) -> Bool {
    guard leaving.generation == generation else { return false }
    if case .write(let key, _) = leaving.call { return outbox.isOut(write: key) }
    return true
  }

  private func hear(_ answer: Answered) {
    answers.append(answer)
    bell.ring()
  }

  // MARK: Taking answers

  func takeAnswers() async {
    let came = answers
    answers = []
    for answer in came {
      switch answer {
      case .write(let write, let answer):
        counts.note(answer)
        await tell(outbox.end(write: write, with: answer, at: now))
      case .read(let number, let reading, let generation) where generation == self.generation:
        await take(reading, ofRead: number)
      case .read: break
      }
    }
  }

  private func take(_ reading: ChannelReading, ofRead number: Int) async {
    switch reading {
    case .held(let available): await tell(outbox.end(read: number, with: available, at: now))
    case .unanswered:
      counts.unknown += 1
      await tell(outbox.endFailed(read: number, at: now))
    case .throttled(let until):
      counts.throttled += 1
      await tell(outbox.endFailed(read: number, throttledUntil: until, at: now))
    }
  }
}

/// What a publisher has done since it began, and what is on its way.
public struct PublisherCounters: Hashable, Sendable {
  /// Calls that wrote, repeats among them.
  public internal(set) var writes = 0
  /// Rows in them.
  public internal(set) var rowsWritten = 0
  /// Calls that read.
  public internal(set) var reads = 0
  /// Keys in them.
  public internal(set) var rowsRead = 0
  /// Writes that were accepted.
  public internal(set) var accepted = 0
  /// Writes that failed because of a stale row.
  public internal(set) var stale = 0
  /// Writes that failed because of another row, or of the call itself.
  public internal(set) var refused = 0
  /// Calls without an answer.
  public internal(set) var unknown = 0
  /// Calls that the channel turned away for a while.
  public internal(set) var throttled = 0
  /// Changes of claims without a name that the ledger took.
  public internal(set) var claims = 0
  /// Keys in motion.
  public internal(set) var keysActive = 0
  /// Keys that wait to be written.
  public internal(set) var keysToWrite = 0
  /// Keys that wait to be read.
  public internal(set) var keysToRead = 0
  /// Keys that have stopped.
  public internal(set) var keysStopped = 0
  /// Calls that are out.
  public internal(set) var callsOut = 0
  /// True where the channel is taken to be down.
  public internal(set) var isDown = false
  /// True where an operator has paused the shop.
  public internal(set) var isSuspended = false
  /// True where nothing is ever written.
  public internal(set) var isDryRun = false
  /// Since when the key that has waited longest to be read or written has waited; nil where none waits.
  public internal(set) var waitingSince: Timestamp?

  mutating func note(_ answer: PublicationOutbox.WriteAnswer) {
    switch answer {
    case .accepted: accepted += 1
    case .refused(let faults): if faults.values.contains(.stale) { stale += 1 } else { refused += 1 }
    case .keyMismatch: refused += 1
    case .unknown: unknown += 1
    case .throttled: throttled += 1
    }
  }
}
