import StockLedger

/// One row of a retail trace, read and checked by itself.
struct RetailRow {
  static let required = ["invoice", "sku", "quantity", "invoiced_at", "customer"]
  static let optional = ["description", "unit_price", "country"]
  /// Bytes of an invoice's number and of a SKU: three names joined still are an identifier.
  static let invoiceBytesMax = 24
  static let skuBytesMax = 64

  let invoice: String
  let sku: String
  /// Units, negative in cancellations and write-offs; never 0.
  let quantity: Int64
  let at: Timestamp
  let customer: String?

  init(_ row: CSVRow, _ header: CSVHeader) throws(RowError) {
    try header.check(row)
    func fault(_ field: String, _ reason: RowError.Reason) -> RowError {
      RowError(line: row.line, field: field, reason: reason)
    }
    func field(_ name: String) -> String { header.field(name, of: row) ?? "" }
    invoice = field("invoice")
    guard Identifier(invoice) != nil, invoice.utf8.count <= Self.invoiceBytesMax else {
      throw fault("invoice", .badIdentifier)
    }
    sku = field("sku")
    guard Identifier(sku) != nil, sku.utf8.count <= Self.skuBytesMax else { throw fault("sku", .badIdentifier) }
    guard let quantity = exactInteger(field("quantity").utf8) else { throw fault("quantity", .notExactInteger) }
    guard quantity >= -Limits.quantityMax, quantity <= Limits.quantityMax else {
      throw fault("quantity", .outOfRange(low: -Limits.quantityMax, high: Limits.quantityMax))
    }
    if quantity == 0 { throw fault("quantity", .zero) }
    self.quantity = quantity
    do throws(TimeFault) {
      at = try Timestamp.parse(field("invoiced_at").utf8, finer: .down)
    } catch {
      throw fault("invoiced_at", error == .form ? .notTime : .timeOutOfRange)
    }
    let named = field("customer")
    if !named.isEmpty && Identifier(named) == nil { throw fault("customer", .badIdentifier) }
    customer = named.isEmpty ? nil : named
    if isCancellation && quantity > 0 { throw fault("quantity", .signDiffers) }
  }

  /// Numbers of cancellations start with a capital C.
  var isCancellation: Bool { invoice.utf8.first == UInt8(ascii: "C") }

  /// Goods have a SKU of five digits (and letters), or one of `DCGS…`, the sister shop's goods.
  ///
  /// Everything else is no stock: postage (POST, DOT, C2), discounts (D), fees (BANK CHARGES, AMAZONFEE), manual
  /// bookings (M, m, S, B), carriage and charity (CRUK, PADS), and `gift_…` vouchers, of which there are as many as
  /// are sold.
  var isGoods: Bool {
    let bytes = Array(sku.utf8)
    if bytes.starts(with: Array("DCGS".utf8)) { return true }
    return bytes.count >= 5 && bytes[..<5].allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }
}
