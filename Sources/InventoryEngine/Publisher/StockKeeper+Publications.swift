import StockJournal
import StockLedger

/// What a key publishes: decided here like everything else of the key, asked for by the publisher.
extension StockKeeper {
  /// How a publication stands after a turn.
  struct Standing: Sendable {
    /// As it is now, aimed at what its channel may sell.
    var publication: Publication
    /// What became of each input.
    var verdicts: [PublicationVerdict] = []
    /// The turn's time.
    let now: Timestamp
  }

  /// Tells a publication what happened, in order; without inputs it is only looked at. Nil where this keeper does not
  /// own the key any more.
  func publish(_ inputs: [PublicationInput], at channel: ChannelID, now wanted: Timestamp) -> Turn<Standing>? {
    guard let now = beginTurn(wanted), endDue(now) else { return nil }
    setTimer()
    var entries: [JournalEntry] = []
    var standing = Standing(publication: level.publication(at: channel), now: now)
    while let due = standing.publication.due(at: now) { entries.append(standing.take(due, at: channel)) }
    for input in inputs {
      let verdict = standing.publication.decide(input, now: now)
      if case .accept(let entry) = verdict { entries.append(standing.take(entry, at: channel)) }
      standing.verdicts.append(verdict)
    }
    guard commit(entries) else { return nil }
    return Turn(content: standing, commit: lastCommit)
  }

  /// Makes the ledger hold a claim without a name, whole, and tells the publication so, in one record.
  ///
  /// - Returns: How the publication stands, or why the ledger did not take the claim; nil where this keeper does not
  ///   own the key any more.
  func hold(
    _ owed: PublicationOutbox.Owed, at channel: ChannelID, by source: SourceID, now wanted: Timestamp
  ) -> Turn<Result<Standing, Refusal>>? {
    guard let now = beginTurn(wanted), endDue(now) else { return nil }
    setTimer()
    // A correction may have ended the claim since the publisher looked: then nothing is owed, and nobody would end it.
    let known = level.publication(at: channel)
    guard known.unattributed.contains(where: { $0.number == owed.number }) else {
      return Turn(content: .success(Standing(publication: known, now: now)), commit: lastCommit)
    }
    var entries: [JournalEntry] = []
    var after = level
    switch after.decideInPlace(.report(report(of: owed, at: channel, by: source, now: now)), now: now) {
    case .accept(let body, _):
      entries.append(JournalEntry(at: now, body: body))
      after.apply(entries[0])
    case .duplicate: break
    case .refuse(let refusal): return Turn(content: .failure(refusal), commit: lastCommit)
    }
    var standing = Standing(publication: after.publication(at: channel), now: now)
    let input = PublicationInput.claimed(number: owed.number, units: owed.units)
    if case .accept(let entry) = standing.publication.decide(input, now: now) {
      entries.append(standing.take(entry, at: channel))
    }
    guard commit(entries) else { return nil }
    return Turn(content: .success(standing), commit: lastCommit)
  }

  /// A claim without a name as a line's whole state: said twice, it changes nothing.
  private func report(
    of owed: PublicationOutbox.Owed, at channel: ChannelID, by source: SourceID, now: Timestamp
  ) -> Report {
    let claim = Publication.claim(owed.number, channel: channel)
    let known = level.sources.place(of: claim, at: key)
    let state = LineState(
      claim: claim, version: (known?.version ?? 0) + 1, units: owed.units, unitsInAll: owed.units, occurredAt: now,
      changedAt: now)
    return Report(source: source, saying: .lineState(state))
  }
}

extension StockKeeper.Standing {
  /// Applies an entry that was decided.
  fileprivate mutating func take(_ entry: PublicationEntry, at channel: ChannelID) -> JournalEntry {
    publication.apply(entry, at: now)
    return JournalEntry(at: now, body: .published(channel, entry))
  }
}
