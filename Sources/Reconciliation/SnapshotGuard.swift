import StockLedger

/// Judges whether what a source said is all that it should have said, before anything of it is believed.
///
/// Half a page, the same page twice, or an empty list where thousands were are answers too, and each would zero stock.
public struct SnapshotGuard: Sendable {
  /// Lines that may be missing whatever their share is: of a few lines, one is soon more than a fifth.
  static let lackedMin = 10

  /// The most by which a snapshot may have fewer keys than the source reports of, in thousandths.
  public var maxShrinkPerMille: Int64

  /// Digests of what was said: eight bytes a row.
  private var seen: Set<UInt64> = []
  private var repeated = 0
  /// Absolute rows of what is looked at, by component: what is held against those that are known.
  private var said: [Component: Int] = [:]
  private(set) var rows = 0

  /// A guard that has seen nothing.
  public init(maxShrinkPerMille: Int64 = 200) { self.maxShrinkPerMille = maxShrinkPerMille }

  /// Takes a row in.
  ///
  /// - Parameter isCovered: False for a row outside of what is looked at.
  mutating func note(_ row: KeyedReport, isCovered: Bool = true) {
    rows += 1
    let body = row.report.body
    if !seen.insert(Self.digest(row.key, body.subject, body.names)).inserted { repeated += 1 }
    if let component = body.absoluteComponent { said[component, default: 0] += isCovered ? 1 : 0 }
    if let claim = row.report.claimNamed { seen.insert(Self.digest(row.key.item, Self.line, [claim])) }
  }

  /// Whether an absolute number of a key was among the rows.
  func hasSeen(_ key: StockKey, _ component: Component) -> Bool {
    seen.contains(Self.digest(key, component.rawValue, []))
  }

  /// Whether a line of an item was, wherever its units are.
  func hasSeen(_ claim: ClaimID, of key: StockKey) -> Bool {
    seen.contains(Self.digest(key.item, Self.line, [claim]))
  }

  /// What is no subject of a report: the line itself.
  private static let line: UInt8 = 0x80

  private static func digest(_ key: StockKey, _ subject: UInt8, _ names: [Identifier]) -> UInt64 {
    var digest = SipHash128(key0: 0x5EED, key1: 0xD1F7)
    for byte in key.path { digest.absorb(byte) }
    digest.absorb(subject)
    for name in names { digest.absorb(name) }
    return digest.finish().0
  }

  // MARK: The judgement

  /// Why the snapshot is not believed, whoever says that it may be small; nil where it is.
  var contradiction: String? {
    repeated > 0 ? "\(repeated) of \(rows) rows come twice: a page was sent again" : nil
  }

  /// Why the snapshot is taken for a part of one; nil where it is not.
  ///
  /// - Parameter known: Components of keys that the source has reported so far. What the list does not speak of at all
  ///   is not held against it, as long as it speaks of something.
  func shrink(from known: [Component: Int]) -> String? {
    for component in Component.allCases {
      guard let before = known[component], let now = said[component] ?? (rows == 0 ? 0 : nil) else { continue }
      if isTooFew(now, of: before) {
        return "\(now) rows where \(before) are known: more than \(maxShrinkPerMille / 10) % are missing"
      }
    }
    return nil
  }

  /// Why the lines that the snapshot lacks are taken for a part that was not sent; nil where they are not.
  func shrink(lacking lacked: Int, of known: Int) -> String? {
    if lacked == 0 || (rows > 0 && lacked <= Self.lackedMin) || !isTooFew(known - lacked, of: known) { return nil }
    return "\(lacked) of \(known) lines are not in it: more than \(maxShrinkPerMille / 10) % are missing"
  }

  private func isTooFew(_ now: Int, of before: Int) -> Bool {
    Int64(now) < Int64(before) - Int64(before) * maxShrinkPerMille / 1_000
  }
}

extension Report.Body {
  /// What it is said of.
  var subject: UInt8 {
    switch self {
    case .count: Component.onHand.rawValue
    case .aggregate(let aggregate): aggregate.component.rawValue
    case .completeThrough(let component, _): 0x20 | component.rawValue
    case .demand: 0x40
    case .stage(let stage): 0x50 | stage.stage.rawValue
    case .move: 0x42
    case .lineState: 0x43
    case .adjustment: 0x44
    }
  }

  /// What it names beside: with the subject, one snapshot says each of a key once.
  fileprivate var names: [Identifier] {
    switch self {
    case .count, .aggregate, .completeThrough: []
    case .demand(let demand): [demand.claim]
    case .stage(let stage):
      if case .document(let document, _) = stage.amount { [stage.claim, document] } else { [stage.claim] }
    case .move(let move): [move.claim, move.document]
    case .lineState(let state): [state.claim]
    case .adjustment(let adjustment): [adjustment.document]
    }
  }

  /// The component of which it says all; nil for what says a part.
  fileprivate var absoluteComponent: Component? {
    switch self {
    case .count: .onHand
    case .aggregate(let aggregate): aggregate.component
    default: nil
    }
  }
}

extension Report {
  /// The line that it is about.
  var claimNamed: ClaimID? {
    switch body {
    case .demand(let demand): demand.claim
    case .stage(let stage): stage.claim
    case .move(let move): move.claim
    case .lineState(let state): state.claim
    case .count, .adjustment, .aggregate, .completeThrough: nil
    }
  }
}

extension SipHash128 {
  fileprivate mutating func absorb(_ identifier: Identifier) {
    for shift in stride(from: 56, through: 0, by: -8) {
      absorb(UInt8(truncatingIfNeeded: identifier.high >> UInt64(shift)))
      absorb(UInt8(truncatingIfNeeded: identifier.low >> UInt64(shift)))
    }
  }
}
