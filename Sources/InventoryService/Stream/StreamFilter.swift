import StockLedger

/// What a listener wants to hear of its shop.
struct StreamFilter: Sendable {
  let shop: String
  /// Only this SKU; nil for all.
  let sku: String?
  /// Only this location; nil for all.
  let location: String?
  /// Stock is low at so many units or fewer; nil where nobody asked.
  let lowAt: Int64?

  func admits(_ key: StockKey) -> Bool {
    (sku.map { $0 == key.sku } ?? true) && (location.map { $0 == key.location } ?? true) && key.shop == shop
  }
}
