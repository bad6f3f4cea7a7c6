import StockLedger

/// Real order lines of a retailer, read from CSV as a sequence of carts, cancellations and write-offs in time order.
///
/// Columns: `invoice,sku,quantity,invoiced_at,customer`, and `description,unit_price,country`, which are not used. The
/// reading knows nothing of what an engine will refuse: which claims a cancellation meets is ``RetailBook``'s matter.
public struct RetailTrace: Sendable {
  /// What happens, by time; what happens at the same time in the order of the file.
  public let events: [RetailEvent]
  /// What was read, counted.
  public let summary: RetailSummary
  /// Rows that were left out, with their lines; the rest of their invoice stands.
  public let errors: [RowError]
  /// Per SKU what is ordered and what is written off over the whole trace, in byte order of the SKUs.
  public let goods: [RetailGoods]

  /// Reads a whole file.
  public init(csv bytes: [UInt8]) {
    var reader = CSVReader()
    let results = reader.read(bytes) + reader.finish()
    var book = RetailReading()
    var header: CSVHeader?
    for result in results {
      do throws(RowError) {
        let row: CSVRow
        switch result {
        case .success(let good): row = good
        case .failure(let error): throw error
        }
        if let header {
          try book.add(try RetailRow(row, header), line: row.line)
        } else {
          header = try CSVHeader(row, required: RetailRow.required, optional: RetailRow.optional)
        }
      } catch {
        book.errors.append(error)
        if header == nil { break }
      }
    }
    if header == nil && book.errors.isEmpty { book.errors.append(RowError(line: 1, reason: .noHeader)) }
    events = book.events()
    goods = book.goods.values.sorted { $0.sku.utf8.lexicographicallyPrecedes($1.sku.utf8) }
    errors = book.errors
    summary = RetailSummary(book, events: events)
  }
}

/// What the trace does to one SKU.
public struct RetailGoods: Hashable, Sendable {
  /// The SKU, as written.
  public let sku: String
  /// Units in all orders.
  public internal(set) var ordered: Int64 = 0
  /// Units in all write-offs, positive.
  public internal(set) var writtenOff: Int64 = 0
}

/// Rows as they come together into invoices. Keys are bytes: `String` would call two spellings of one letter equal.
struct RetailReading {
  private struct Slot: Hashable {
    var invoice: [UInt8]
    var sku: [UInt8]
    var isNegative: Bool
  }
  private struct Sum {
    var first: RetailRow
    var units: Int64
    var at: Timestamp
  }

  var errors: [RowError] = []
  var goods: [[UInt8]: RetailGoods] = [:]
  var tally = RetailTally()
  private var sums: [Sum] = []
  private var places: [Slot: Int] = [:]
  private var seenLines: Set<[[UInt8]]> = []
  private var invoices: Set<[UInt8]> = []
  private var skus: Set<[UInt8]> = []

  mutating func add(_ row: RetailRow, line: Int) throws(RowError) {
    let sku = Array(row.sku.utf8)
    let invoice = Array(row.invoice.utf8)
    let slot = Slot(invoice: invoice, sku: sku, isNegative: row.quantity < 0)
    if row.isGoods, let place = places[slot], abs(sums[place].units + row.quantity) > Limits.quantityMax {
      throw RowError(line: line, field: "quantity", reason: .sumOutOfRange)
    }
    tally.rows += 1
    if row.customer == nil { tally.rowsWithoutCustomer += 1 }
    if row.isCancellation { tally.cancellationRows += 1 } else if row.quantity < 0 { tally.writeOffRows += 1 }
    if !seenLines.insert([invoice, sku]).inserted { tally.repeatedLines += 1 }
    if invoices.insert(invoice).inserted { tally.invoices += 1 }
    if skus.insert(sku).inserted { tally.skus += 1 }
    guard row.isGoods else {
      tally.countOther(row.sku)
      return
    }
    var item = goods[sku] ?? RetailGoods(sku: row.sku)
    if row.quantity > 0 {
      item.ordered += row.quantity
    } else if !row.isCancellation {
      item.writtenOff -= row.quantity
    }
    goods[sku] = item
    if let place = places[slot] {
      sums[place].units += row.quantity
      sums[place].at = max(sums[place].at, row.at)
    } else {
      places[slot] = sums.count
      sums.append(Sum(first: row, units: row.quantity, at: row.at))
    }
  }

  /// The events: lines of one invoice together, sorted by time, then by first appearance.
  func events() -> [RetailEvent] {
    var events: [(at: Timestamp, order: Int, event: RetailEvent)] = []
    var carts: [[UInt8]: Int] = [:]
    var cartSums: [(first: Int, sums: [Sum])] = []
    for (order, sum) in sums.enumerated() {
      let row = sum.first
      if row.isCancellation {
        guard let units = Quantity(-sum.units) else { continue }
        let cancel = RetailCancel(
          invoice: row.invoice, at: sum.at, customer: row.customer, sku: row.sku, units: units)
        events.append((sum.at, order, .cancel(cancel)))
      } else if row.quantity < 0 {
        let adjustment = RetailAdjustment(invoice: row.invoice, at: sum.at, sku: row.sku, delta: sum.units)
        events.append((sum.at, order, .adjustment(adjustment)))
      } else if let cart = carts[Array(row.invoice.utf8)] {
        cartSums[cart].sums.append(sum)
      } else {
        carts[Array(row.invoice.utf8)] = cartSums.count
        cartSums.append((order, [sum]))
      }
    }
    for (first, sums) in cartSums {
      let lines = sums.compactMap { sum in
        Quantity(sum.units).map {
          RetailLine(
            sku: sum.first.sku, quantity: $0, claim: checkedIdentifier("\(sum.first.invoice)/\(sum.first.sku)"))
        }
      }
      let at = sums.map(\.at).max() ?? sums[0].at
      let order = RetailOrder(
        invoice: sums[0].first.invoice, at: at, customer: sums.lazy.compactMap(\.first.customer).first, lines: lines)
      events.append((at, first, .order(order)))
    }
    return events.sorted { ($0.at, $0.order) < ($1.at, $1.order) }.map(\.event)
  }
}
