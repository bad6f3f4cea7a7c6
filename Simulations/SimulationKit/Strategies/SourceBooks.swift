import StockLedger

/// What the ERP, the warehouse and the tills have written down, as each of them would tell it when asked.
struct SourceBooks: Hashable, Sendable {
  /// A sale or a parcel that the ERP has not booked yet.
  struct Posting: Hashable, Sendable {
    let id: Int64
    let at: Timestamp
  }

  /// What the ERP books in one go.
  struct Batch: Hashable, Sendable {
    let asOf: Timestamp
    /// Sales and parcels before this time are in it, and no others.
    let before: Timestamp
    /// Units on hand by SKU, in the books.
    let onHand: [Int64]
    /// SKUs whose number it changed.
    let changed: [Int]
  }

  /// Units on hand by SKU, in the ERP's books.
  private(set) var onHand: [Int64]
  /// By SKU, what the tills have not yet handed to the ERP.
  private(set) var sales: [[Posting]]
  /// By SKU, what the warehouse has sent and not yet handed to the ERP.
  private(set) var parcels: [[Posting]]

  init(skus: Int, units: Int64) {
    onHand = Array(repeating: units, count: skus)
    sales = Array(repeating: [], count: skus)
    parcels = sales
  }

  mutating func sell(_ sku: Int, sale: Int64, at now: Timestamp) { sales[sku].append(Posting(id: sale, at: now)) }
  mutating func send(_ sku: Int, order: Int64, at now: Timestamp) { parcels[sku].append(Posting(id: order, at: now)) }
  mutating func book(_ sku: Int, units: Int64) { onHand[sku] += units }

  /// Books the sales and parcels before a time.
  mutating func bookBatch(before limit: Timestamp, at now: Timestamp) -> Batch {
    var changed: [Int] = []
    for sku in onHand.indices {
      let before = sales[sku].count + parcels[sku].count
      sales[sku].removeAll { $0.at < limit }
      parcels[sku].removeAll { $0.at < limit }
      let booked = before - sales[sku].count - parcels[sku].count
      onHand[sku] -= Int64(booked)
      if booked > 0 { changed.append(sku) }
    }
    return Batch(asOf: now, before: limit, onHand: onHand, changed: changed)
  }
}
