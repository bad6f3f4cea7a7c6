/// What one location knows of a claim: for who has to say what is not known yet.
public struct ClaimPlace: Hashable, Sendable {
  /// The location's key.
  public let key: StockKey
  /// The line's total as it was named here; 0 where nobody has named the line here.
  public let total: Int64
  /// Units that confirms of reservations made.
  public let confirmed: Int64
  /// Units of the line here, those that left the building included, by all that was said.
  public let present: Int64
  /// Units that are still open, and may move.
  public let open: Int64
  /// Units that count here now, beside what aggregates cover: what a correction is compared with.
  public let counted: Int64
  /// The documents of every stage and move that is known here.
  public let documents: Set<DocumentID>
  /// The version of the last ``LineState``; 0 where there is none.
  public let version: Int64
  /// True where that state says that reservations made units of the line, here or elsewhere.
  public let isHeld: Bool
  /// What its source kept with that state.
  public let memo: [UInt8]
}

extension SourceBook {
  /// What is known of a claim here; nil where nobody has spoken of it, or it is forgotten.
  ///
  /// - Parameter key: The key of this book.
  public func place(of id: ClaimID, at key: StockKey) -> ClaimPlace? {
    guard let claim = claims[id] else { return nil }
    let state = records.lineStates[id]
    return ClaimPlace(
      key: key, total: claim.total(), confirmed: claim.confirmedUnits, present: claim.present,
      open: claim.standing(Coverage()).openUnits, counted: claim.standing(coverage).counted,
      documents: Set(claim.facts.facts.lazy.map(\.document).filter { !$0.isNone }), version: state?.version ?? 0,
      isHeld: state?.isHeld ?? false, memo: state?.memo ?? [])
  }
}
