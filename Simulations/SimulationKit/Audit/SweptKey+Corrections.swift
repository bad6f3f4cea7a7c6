import StockLedger

/// What corrections may do to a key's counters: what they add counts from the question, what they take away from the
/// answer.
extension SweptKey {
  mutating func asked(_ correction: Correction) {
    switch correction.change {
    case .onHand(let delta, _):
      // Until it is answered nobody knows which counts cover it.
      if delta > 0 {
        add(Adjustment(document: correction.document, delta: delta, occurredAt: .distantFuture))
      }
    case .claim(let claim, let units, _):
      guard units > 0, endedByCorrection[correction.document] == nil else { return }
      let ended = min(soldByClaim[claim] ?? 0, units)
      sell(-ended, of: claim)
      endedByCorrection[correction.document] = (claim, ended)
    case .unnamed, .unnamedAgain: break
    }
  }

  /// - Parameter latest: No later than this was its turn.
  mutating func answered(_ correction: Correction, _ answer: Answer, latest: Timestamp) {
    if answer.refusal != nil { return takeBack(correction) }
    guard let receipt = answer.receipt, !receipt.isDuplicate else { return }
    switch correction.change {
    case .onHand(let delta, _) where delta > 0:
      guard let place = adjustments.firstIndex(where: { $0.document == correction.document }) else { return }
      adjustments[place].occurredAt = latest
    case .onHand(let delta, _):
      // Whatever count comes next may cover it.
      adjustments.append(Adjustment(document: correction.document, delta: delta, occurredAt: .distantPast))
      counted += delta
      takenAway -= delta
    case .claim(let claim, let units, _) where units < 0:
      sell(-units, of: claim)
      takenAway -= units
    case .claim, .unnamed, .unnamedAgain: break
    }
  }

  private mutating func takeBack(_ correction: Correction) {
    if let ended = endedByCorrection.removeValue(forKey: correction.document) { sell(ended.units, of: ended.claim) }
    guard let place = adjustments.firstIndex(where: { $0.document == correction.document }) else { return }
    counted -= adjustments.remove(at: place).delta
  }

  private mutating func sell(_ units: Int64, of claim: ClaimID) {
    sold += units
    soldByClaim[claim, default: 0] += units
  }
}
