import StockLedger

/// One order or sale line as the auditor understands it: between which two numbers its demand on the stock lies.
///
/// Bounds instead of exact rules on purpose. Which units a count settles, and what a cancel still finds when it comes
/// before or after a shipment, are the rules under test; the auditor says only what every correct rule must respect.
struct AuditedClaim: Sendable {
  var kind: DemandKind
  /// The line's total, once an order or sale report named it; 0 before.
  var total: Int64 = 0
  /// Confirmed so far, by reservation.
  var confirmed: [ReservationID: Int64] = [:]
  /// The sum of `confirmed`.
  private(set) var confirmedSum: Int64 = 0
  private var arrived: Int64 = 0
  private var taken = StageUnits()
  private var shipped = StageUnits()
  /// Units that a count may have settled.
  private var settledMax: Int64 = 0

  /// Units by document and cumulative; what is surely there is the larger of the two, what may be is their sum.
  private struct StageUnits: Sendable {
    var documents: Set<DocumentID> = []
    var byDocument: Int64 = 0
    var cumulative: Int64 = 0
    /// Units that an answer flagged: only a part of them was there.
    var clipped: Int64 = 0
    var least: Int64 { max(byDocument, cumulative) }
    var most: Int64 { byDocument + cumulative + clipped }

    mutating func note(_ amount: StageReport.Amount, isClipped: Bool) {
      switch amount {
      case .document(let document, let units):
        guard documents.insert(document).inserted else { return }
        if isClipped { clipped += units.units } else { byDocument += units.units }
      case .cumulative(let units):
        let bounded = min(max(0, units), Limits.quantityMax)
        if isClipped { clipped += bounded } else { cumulative = max(cumulative, bounded) }
      }
    }
  }

  init(kind: DemandKind) { self.kind = kind }

  private var units: Int64 { max(total, confirmedSum) + arrived }

  /// The most this line can take from the stock.
  var demandMost: Int64 {
    // What was shipped cannot be cancelled, so at least this much of the cancels found nothing.
    let freedLeast = min(taken.least, max(0, units - shipped.most))
    return max(0, units - freedLeast)
  }

  /// The least it can take.
  var demandLeast: Int64 { max(0, units - min(units, taken.most) - settledMax) }

  /// Units of the line that no confirm has named yet: a late confirm may find them and adds nothing.
  var unnamed: Int64 { max(0, total - confirmedSum) }

  mutating func confirm(_ id: ReservationID, cumulative: Int64) {
    let before = confirmed[id] ?? 0
    guard cumulative > before else { return }
    confirmed[id] = cumulative
    confirmedSum += cumulative - before
  }

  mutating func note(_ report: StageReport, isClipped: Bool) {
    switch report.stage {
    case .cancel: taken.note(report.amount, isClipped: isClipped)
    case .ship, .writeOff: shipped.note(report.amount, isClipped: isClipped)
    case .allocate, .deallocate, .returned: break
    }
  }

  mutating func note(_ move: Move, isClipped: Bool) {
    switch move.direction {
    case .arrives:
      if taken.documents.insert(move.document).inserted { arrived += move.units.units }
    case .leaves:
      taken.note(.document(move.document, move.units), isClipped: isClipped)
    }
  }

  /// A count came, or a late report under one that settles late ones: shipped and sold units may be in it.
  mutating func maySettle() {
    settledMax = kind == .sale ? units : min(units, max(settledMax, shipped.most))
  }
}
