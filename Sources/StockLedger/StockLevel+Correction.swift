// Deciding and applying a correction: one key's turn like any other, and one entry.
extension StockLevel {
  // Idempotency first, then refusals in the order of `Refusal`.
  func decide(correction: Correction) -> Decision {
    let outcome = Decision.Outcome(units: correction.units)
    let meeting = sources.meet(correction)
    if case .duplicate = meeting { return .duplicate(outcome) }
    if let field = correction.fieldOutOfRange { return .refuse(.outOfRange(field)) }
    if case .refuse(let refusal) = meeting { return .refuse(refusal) }
    if let refusal = whyNot(correction.change) { return .refuse(refusal) }
    return .accept(.corrected(correction), outcome)
  }

  private func whyNot(_ change: Correction.Change) -> Refusal? {
    let (from, now) = compared(change)
    if from != now { return .changedMeanwhile(now: now) }
    switch change {
    case .onHand: return spansLocations ? .locationUnknown : nil
    case .claim(let claim, let units, _): return sources.whyNot(ending: units, of: claim)
    case .unnamed(let channel, _, _): return publications[channel]?.call == nil ? nil : .callIsOut
    case .unnamedAgain(let channel, let number, let units):
      guard let publication = publications[channel], publication.mirror.claims.hasRoom(for: number) else {
        return .exceedsClaim(total: 0)
      }
      if publication.call != nil { return .callIsOut }
      return sources.whyNot(stating: units, of: Publication.claim(number, channel: channel))
    }
  }

  /// What a correction was asked to find, and what is there.
  private func compared(_ change: Correction.Change) -> (from: Int64, now: Int64) {
    switch change {
    case .onHand(_, let from): (from, sources.onHand)
    case .claim(let claim, _, let from): (from, sources.countedUnits(of: claim))
    case .unnamed(let channel, let number, let from): (from, unnamed(number, at: channel))
    case .unnamedAgain(let channel, let number, _): (0, unnamed(number, at: channel))
    }
  }

  private func unnamed(_ number: Int64, at channel: ChannelID) -> Int64 {
    publications[channel]?.mirror.claims[number]?.units ?? 0
  }

  mutating func apply(_ correction: Correction, at: Timestamp) {
    let (from, now) = compared(correction.change)
    invariant(from == now, "a correction of \(from) units finds \(now)")
    switch correction.change {
    case .onHand(let delta, _): sources.correctOnHand(by: delta, document: correction.document, at: at)
    case .claim(let claim, let units, _): sources.end(units, of: claim, at: at)
    case .unnamed(let channel, let number, _):
      publications.apply(.settled(number: number), channel: channel, at: at)
      sources.state(0, of: Publication.claim(number, channel: channel), policy: policyBox.policy, at: at)
    case .unnamedAgain(let channel, let number, let units):
      publications.reopen(number, units: units, channel: channel, at: at)
      sources.state(units, of: Publication.claim(number, channel: channel), policy: policyBox.policy, at: at)
    }
    sources.remember(correction, at: at)
  }
}
