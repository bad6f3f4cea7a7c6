import StockLedger

/// What may be mended without asking.
///
/// What lowers the number goes through at once: selling too little can be undone, selling too much cannot. What raises
/// it must stay below every threshold.
public struct MendingPolicy: Hashable, Sendable {
  /// Units by which one row may raise a number.
  public var unitsMax: Int64 = 10
  /// The share of the larger side by which one row may raise a number, in thousandths.
  public var sharePerMille: Int64 = 100
  /// Money by which one row may raise a number, in a currency's smallest unit; nil where prices do not count.
  public var moneyMax: Int64?
  /// Corrections of one key within an hour; more, and the key is parked.
  public var correctionsPerHour = 3
  /// Classes that are always asked about.
  public var asks: Set<DriftClass> = []

  /// The defaults.
  public init() {}

  /// What becomes of a row at first.
  ///
  /// - Parameters:
  ///   - price: A unit's price in a currency's smallest unit; nil where it is not known.
  ///   - corrections: Corrections of the row's key within the last hour.
  func state(of row: DriftRow, price: Int64?, corrections: Int) -> MendingState {
    switch row.mending {
    case .none: return .noted
    // The publisher compares, and books what is missing before it writes.
    case .lookAgain: return .planned
    case .deliver, .correct: break
    }
    if corrections >= correctionsPerHour { return .parked }
    if asks.contains(row.driftClass) { return .held }
    return mayRaise(row, price: price) ? .planned : .held
  }

  private func mayRaise(_ row: DriftRow, price: Int64?) -> Bool {
    let (ours, theirs) = (row.ours ?? 0, row.theirs ?? 0)
    let units = row.raisesBy
    if units <= 0 { return true }
    if units > unitsMax { return false }
    let share = max(abs(ours), abs(theirs)).multipliedReportingOverflow(by: sharePerMille)
    // A share of a small number is less than one unit: one is always small.
    if !share.overflow, units > max(1, share.partialValue / 1_000) { return false }
    guard let moneyMax else { return true }
    guard let price else { return false }
    let money = units.multipliedReportingOverflow(by: price)
    return !money.overflow && money.partialValue <= moneyMax
  }
}

extension DriftRow {
  /// Units by which its mending raises what may be promised; 0 or less where it lowers it.
  var raisesBy: Int64 {
    switch mending {
    case .none, .lookAgain: 0
    case .deliver: difference
    case .correct(.onHand(let delta, _), _): delta
    case .correct(.claim(_, let units, _), _): units
    case .correct(.unnamed(_, _, let from), _): from
    case .correct(.unnamedAgain(_, _, let units), _): -units
    }
  }
}
