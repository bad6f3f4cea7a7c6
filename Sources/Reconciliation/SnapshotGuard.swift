import StockLedger

/// Judges whether what a source said is all that it should have said, before anything of it is believed.
///
/// Half a page, the same page twice, or an empty list where thousands were are answers too, and each would zero stock.
public struct SnapshotGuard: Sendable {
  /// The most by which a snapshot may have fewer keys than the source reports of, in thousandths.
  public var maxShrinkPerMille: Int64

  private var seen: Set<UInt64> = []
  private var repeated = 0
  private(set) var rows = 0

  /// A guard that has seen nothing.
  public init(maxShrinkPerMille: Int64 = 200) { self.maxShrinkPerMille = maxShrinkPerMille }

  /// Takes a row in.
  mutating func note(_ row: KeyedReport) {
    rows += 1
    var digest = SipHash128(key0: 0x5EED, key1: 0xD1F7)
    for byte in row.key.path { digest.absorb(byte) }
    digest.absorb(row.report.body.subject)
    if case .demand(let demand) = row.report.body { digest.absorb(demand.claim) }
    if !seen.insert(digest.finish().0).inserted { repeated += 1 }
  }

  /// Whether a key's component was among the rows.
  func hasSeen(_ key: StockKey, _ component: Component) -> Bool {
    var digest = SipHash128(key0: 0x5EED, key1: 0xD1F7)
    for byte in key.path { digest.absorb(byte) }
    digest.absorb(component.rawValue)
    return seen.contains(digest.finish().0)
  }

  /// Why the snapshot is not believed; nil where it is.
  ///
  /// - Parameter known: Components of keys that the source has reported so far.
  func problem(known: Int) -> String? {
    if repeated > 0 { return "\(repeated) of \(rows) rows come twice: a page was sent again" }
    let least = Int64(known) - Int64(known) * maxShrinkPerMille / 1_000
    if Int64(rows) < least {
      return "\(rows) rows where \(known) are known: more than \(maxShrinkPerMille / 10) % are missing"
    }
    return nil
  }
}

extension Report.Body {
  /// What it is said of: one snapshot says each of a key once.
  var subject: UInt8 {
    switch self {
    case .count, .adjustment: Component.onHand.rawValue
    case .aggregate(let aggregate): aggregate.component.rawValue
    case .completeThrough(let component, _): 0x20 | component.rawValue
    case .demand: 0x40
    case .stage: 0x41
    case .move: 0x42
    case .lineState: 0x43
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
