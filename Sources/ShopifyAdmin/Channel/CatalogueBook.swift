import StockLedger

/// A variant as the Admin API says it.
struct VariantRow: Hashable, Sendable {
  let variant: Int64
  /// Nil or empty where it has none.
  let sku: String?
  let item: Int64
  /// False where Shopify counts no stock of it.
  let isTracked: Bool
}

/// Which inventory item a SKU is, and which SKU an item has: a value.
struct CatalogueBook: Sendable {
  /// What is known of a SKU.
  enum Entry: Hashable, Sendable {
    case item(Int64, variant: Int64)
    /// Several variants have it: what may be sold of it would be sold once for each.
    case ambiguous(variants: [Int64])
  }

  /// Names told of each kind of trouble; the rest is counted.
  static let namesMax = 20

  /// How many there are of something, and what the first are called.
  struct Tally: Hashable, Sendable {
    private(set) var count = 0
    private(set) var names: [String] = []

    mutating func add(_ name: String) {
      count += 1
      if names.count < CatalogueBook.namesMax { names.append(name) }
    }
  }

  private let overrides: [Int64: String]
  private var entries: [ExactText: Entry] = [:]
  private var skus: [Int64: ExactText] = [:]
  private(set) var withoutSKU = Tally()
  private(set) var unusable = Tally()
  private(set) var untracked = Tally()

  /// An empty book.
  ///
  /// - Parameter overrides: SKUs of variants that have none at Shopify, by variant.
  init(overrides: [Int64: String]) { self.overrides = overrides }

  /// How many SKUs are known.
  var count: Int { entries.count }

  subscript(sku: ExactText) -> Entry? { entries[sku] }

  /// The SKU of an item; nil where it has none, or one that is another's too.
  func sku(ofItem item: Int64) -> ExactText? {
    guard let sku = skus[item], case .item = entries[sku] else { return nil }
    return sku
  }

  /// SKUs that several variants have, and the variants.
  var ambiguous: [(sku: String, variants: [Int64])] {
    entries.compactMap { sku, entry in
      if case .ambiguous(let variants) = entry { (sku.text, variants) } else { nil }
    }.sorted { ExactText($0.sku) < ExactText($1.sku) }
  }

  /// The SKU that a variant counts as: its own, or the one that it was given here.
  func sku(of row: VariantRow) -> ExactText? {
    if let own = row.sku, !own.isEmpty { return ExactText(own) }
    return overrides[row.variant].map(ExactText.init)
  }

  /// Takes a variant in. The same one again replaces what was known of it.
  mutating func add(_ row: VariantRow) {
    guard let sku = sku(of: row) else { return withoutSKU.add("variant \(row.variant)") }
    guard (try? StockKey(shop: "shop", sku: sku.text, location: "location")) != nil else {
      return unusable.add("variant \(row.variant)")
    }
    if !row.isTracked { untracked.add(sku.text) }
    skus[row.item] = sku
    switch entries[sku] {
    case .item(_, let known) where known != row.variant: entries[sku] = .ambiguous(variants: [known, row.variant])
    case .ambiguous(let known) where !known.contains(row.variant):
      entries[sku] = .ambiguous(variants: known + [row.variant])
    case .ambiguous: break
    case .item, nil: entries[sku] = .item(row.item, variant: row.variant)
    }
  }

  /// Forgets a SKU, so that it is looked up anew.
  mutating func forget(_ sku: ExactText) {
    if case .item(let item, _) = entries.removeValue(forKey: sku) { skus[item] = nil }
  }
}
