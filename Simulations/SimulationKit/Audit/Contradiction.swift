public import StockLedger

/// An answer that cannot be true together with the others: what the auditor found, in words.
public struct Contradiction: Hashable, Sendable, CustomStringConvertible {
  /// The kinds of lies.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A grant of more units than the reports allowed.
    case oversold
    /// One reservation id was granted twice, or was repeated with other content.
    case grantedTwice
    /// Units of a reservation ended twice, by whatever two endings.
    case endedTwice
    /// Something was done with a reservation after its expiry, or with one that was never held.
    case notHeld
    /// A cart was granted or ended in part.
    case halfCart
    /// An ATS number that does not add up.
    case wrongNumber
    /// Units or an expiry in an answer that are not what was asked for.
    case wrongAnswer
    /// Entry numbers that go against the order in which things were seen to happen.
    case wrongOrder
    /// A hold was refused for lack of units that the refusal itself says were there.
    case wrongRefusal
  }

  /// What kind of lie.
  public let kind: Kind
  /// The key it is about.
  public let key: StockKey
  /// The entry where it shows; ``EntryNumber/none`` where the answer named none.
  public let entry: EntryNumber
  /// When it was seen, in steps of the auditor's own count of questions and answers.
  public let tick: UInt64
  /// What is wrong, with its numbers.
  public let words: String

  /// The kind, the key, the entry and the words.
  public var description: String { "\(kind.rawValue): \(key) at \(entry): \(words)" }
}

/// What an audit says about a run.
public struct AuditReport: Hashable, Sendable, CustomStringConvertible {
  /// Accepted answers that were replayed.
  public internal(set) var operations = 0
  /// Units granted, cart lines included.
  public internal(set) var unitsGranted: Int64 = 0
  /// Units granted above what the reports allowed: must be 0.
  public internal(set) var unitsOversold: Int64 = 0
  /// Questions whose outcome is unknown; each loosens the bounds of its key.
  public internal(set) var unknowns = 0
  /// Answers whose ATS was compared with a range rather than one number, because something was in doubt.
  public internal(set) var looseNumbers = 0
  /// Keys whose numbers were not checked to the end, because a report came that the auditor has no rule for.
  public internal(set) var keysUnchecked: [StockKey] = []
  /// Every contradiction, in the order in which they could be seen.
  public internal(set) var contradictions: [Contradiction] = []

  /// The earliest contradiction; nil in an honest run.
  public var first: Contradiction? { contradictions.first }

  /// The verdict and its figures.
  public var description: String {
    let figures =
      "\(operations) answers, \(unitsGranted) units granted, \(unitsOversold) oversold, \(unknowns) unknown, "
      + "\(looseNumbers) loose, \(keysUnchecked.count) keys unchecked"
    guard let first else { return "no contradiction: \(figures)" }
    return "\(contradictions.count) contradictions, the first: \(first) (\(figures))"
  }
}
