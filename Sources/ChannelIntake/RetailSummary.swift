public import StockLedger

/// What is in a retail trace, counted: of the file alone, as if every order had been confirmed.
///
/// No sum can overflow: a row is at most 10^9 units, and 9 × 10^9 rows do not fit in memory.
public struct RetailSummary: Hashable, Sendable {
  /// Rows read, the header and bad rows not counted.
  public let rows: Int
  /// Rows left out as bad.
  public let badRows: Int
  /// Different invoices, cancellations and write-offs included.
  public let invoices: Int
  /// Different SKUs, codes that are no goods included.
  public let skus: Int
  /// Different SKUs of goods.
  public let goodsSKUs: Int
  /// Rows without a customer.
  public let rowsWithoutCustomer: Int
  /// Rows that repeat a SKU within their invoice, of goods or not.
  public let repeatedLines: Int
  /// Rows that are no goods, by code in byte order.
  public let others: [CodeCount]
  /// Orders: invoices with at least one line of goods.
  public let carts: Int
  /// Lines of the orders, after those of one SKU were added up.
  public let cartLines: Int
  /// Units of the orders.
  public let orderedUnits: Int64
  /// Rows of cancellations, of goods or not.
  public let cancellationRows: Int
  /// Cancellations of goods: one per invoice and SKU.
  public let cancellations: Int
  /// Units that cancel a sale of the trace.
  public let cancelledUnits: Int64
  /// Units that come back from a sale that is not in the trace.
  public let returnedUnits: Int64
  /// Rows that write stock off.
  public let writeOffRows: Int
  /// Units written off, positive.
  public let writtenOffUnits: Int64
  /// The first event's time; nil without events.
  public let first: Timestamp?
  /// The last event's time; nil without events.
  public let last: Timestamp?

  /// Rows of one code.
  public struct CodeCount: Hashable, Sendable {
    /// The code, as written.
    public let code: String
    /// Rows.
    public let rows: Int
  }

  /// Rows that are no goods.
  public var otherRows: Int { others.reduce(0) { $0 + $1.rows } }

  init(_ reading: RetailReading, events: [RetailEvent]) {
    var book = RetailBook()
    var carts = 0
    var cartLines = 0
    var orderedUnits: Int64 = 0
    var cancellations = 0
    var cancelledUnits: Int64 = 0
    var returnedUnits: Int64 = 0
    var writtenOffUnits: Int64 = 0
    for event in events {
      switch event {
      case .order(let order):
        book.confirmed(order)
        carts += 1
        cartLines += order.lines.count
        orderedUnits += order.lines.reduce(0) { $0 + $1.quantity.units }
      case .cancel(let cancel):
        let resolution = book.resolve(cancel)
        cancellations += 1
        cancelledUnits += resolution.cancelledUnits
        returnedUnits += resolution.returned
      case .adjustment(let adjustment): writtenOffUnits -= adjustment.delta
      }
    }
    let tally = reading.tally
    rows = tally.rows
    badRows = reading.errors.count
    invoices = tally.invoices
    skus = tally.skus
    goodsSKUs = reading.goods.count
    rowsWithoutCustomer = tally.rowsWithoutCustomer
    repeatedLines = tally.repeatedLines
    others = tally.others.values.sorted { $0.code.utf8.lexicographicallyPrecedes($1.code.utf8) }
    self.carts = carts
    self.cartLines = cartLines
    self.orderedUnits = orderedUnits
    cancellationRows = tally.cancellationRows
    self.cancellations = cancellations
    self.cancelledUnits = cancelledUnits
    self.returnedUnits = returnedUnits
    writeOffRows = tally.writeOffRows
    self.writtenOffUnits = writtenOffUnits
    first = events.first?.at
    last = events.last?.at
  }
}

/// Counts of rows, while they are read.
struct RetailTally {
  var rows = 0
  var rowsWithoutCustomer = 0
  var repeatedLines = 0
  var invoices = 0
  var skus = 0
  var cancellationRows = 0
  var writeOffRows = 0
  var others: [[UInt8]: RetailSummary.CodeCount] = [:]

  mutating func countOther(_ code: String) {
    let key = Array(code.utf8)
    others[key] = RetailSummary.CodeCount(code: code, rows: (others[key]?.rows ?? 0) + 1)
  }
}
