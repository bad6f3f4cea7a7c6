public import StockLedger

/// What a buyer has of claims that really were confirmed: resolves a cancellation into cancelled and returned units.
///
/// The replayer feeds it: a cart that the engine refused is never told, and so a later cancellation of it is a return
/// like any other that names no sale. Rule: the buyer's newest open claims of the SKU go first; what is left over is
/// goods that come back from a sale before the trace.
public struct RetailBook: Sendable {
  private struct Place: Hashable {
    var customer: [UInt8]
    var sku: [UInt8]
  }
  private var open: [Place: [RetailResolution.Part]] = [:]

  /// A book without claims.
  public init() {}

  /// All lines of an order were confirmed.
  public mutating func confirmed(_ order: RetailOrder) {
    for line in order.lines { confirmed(order, line, units: line.quantity.units) }
  }

  /// So many units of one line of an order were confirmed. Less than 1 changes nothing; orders without a buyer are not
  /// kept, because nothing can name them later.
  public mutating func confirmed(_ order: RetailOrder, _ line: RetailLine, units: Int64) {
    guard let customer = order.customer, let units = Quantity(units) else { return }
    let place = Place(customer: Array(customer.utf8), sku: Array(line.sku.utf8))
    open[place, default: []].append(
      RetailResolution.Part(invoice: order.invoice, claim: line.claim, units: units))
  }

  /// What a cancellation does now. The cancelled units leave the book.
  public mutating func resolve(_ cancel: RetailCancel) -> RetailResolution {
    var rest = cancel.units.units
    var cancelled: [RetailResolution.Part] = []
    if let customer = cancel.customer {
      let place = Place(customer: Array(customer.utf8), sku: Array(cancel.sku.utf8))
      while rest > 0, var newest = open[place]?.popLast() {
        let left = newest.units.units - rest
        if let kept = Quantity(left) {
          open[place]?.append(RetailResolution.Part(invoice: newest.invoice, claim: newest.claim, units: kept))
          if let taken = Quantity(rest) { newest.units = taken }
        }
        rest -= newest.units.units
        cancelled.append(newest)
      }
    }
    return RetailResolution(cancel: cancel, cancelled: cancelled, returned: rest)
  }
}

/// What a cancellation came to.
public struct RetailResolution: Hashable, Sendable {
  /// The cancellation.
  public let cancel: RetailCancel
  /// Claims that lose units, newest first.
  public let cancelled: [Part]
  /// Units that come back from a sale before the trace: a receipt in the books.
  public let returned: Int64

  /// Units of one claim.
  public struct Part: Hashable, Sendable {
    /// The claim's invoice.
    public let invoice: String
    /// The claim.
    public let claim: ClaimID
    /// Its units that are meant.
    public internal(set) var units: Quantity
  }

  /// Units cancelled in all.
  public var cancelledUnits: Int64 { cancelled.reduce(0) { $0 + $1.units.units } }

  /// The reports of it: a cancel stage per claim, then an adjustment of the books.
  ///
  /// Documents and deliveries are `<cancellation>/<sku>/<claim's invoice>`, and `<cancellation>/<sku>` for the return.
  ///
  /// - Parameters:
  ///   - orders: The source that owns order lines.
  ///   - books: The source that owns the count.
  public func reports(orders: SourceID, books: SourceID) -> [Report] {
    let name = "\(cancel.invoice)/\(cancel.sku)"
    var reports = cancelled.map { part in
      let document = checkedIdentifier("\(name)/\(part.invoice)")
      let stage = StageReport(
        claim: part.claim, stage: .cancel, amount: .document(document, part.units), occurredAt: cancel.at)
      return Report(source: orders, delivery: document, body: .stage(stage))
    }
    if returned > 0 {
      let document = checkedIdentifier(name)
      let adjustment = Adjustment(document: document, delta: returned, occurredAt: cancel.at)
      reports.append(Report(source: books, delivery: document, body: .adjustment(adjustment)))
    }
    return reports
  }
}
