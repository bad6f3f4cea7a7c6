public import StockLedger

/// A place that holds stock.
public struct EmulatedLocation: Hashable, Sendable {
  /// Its number.
  public let id: Int64
  /// Its name.
  public let name: String
  /// False once it was closed: nothing is routed to it and nothing may be written there.
  public internal(set) var isActive = true
  /// When it was made.
  public let createdAt: Timestamp
  /// When it last changed.
  public internal(set) var updatedAt: Timestamp
}

/// What the shop's own checkout does when there is nothing left.
public enum InventoryPolicy: String, Hashable, Sendable {
  /// It refuses.
  case deny = "DENY"
  /// It goes on selling.
  case `continue` = "CONTINUE"
}

/// A product's variant with the inventory item behind it.
public struct EmulatedVariant: Hashable, Sendable {
  /// The variant's number.
  public let id: Int64
  /// The number of its inventory item.
  public let itemID: Int64
  /// The number of its product.
  public let productID: Int64
  /// The SKU; two variants may have the same, and one may have none.
  public internal(set) var sku: String?
  /// The variant's own title.
  public let title: String
  /// Hundredths of the shop's currency.
  public let price: Int64
  /// What happens at nothing left.
  public let policy: InventoryPolicy
  /// False where Shopify counts no stock of it.
  public let isTracked: Bool
  /// True for the parent of a bundle, whose stock no app may write.
  public let isBundle: Bool
  /// When it was made.
  public let createdAt: Timestamp
  /// When it last changed.
  public internal(set) var updatedAt: Timestamp
}

/// A variant that is to be made.
public struct VariantDraft: Hashable, Sendable {
  /// The SKU; nil for none.
  public var sku: String?
  /// The title.
  public var title = "Default Title"
  /// Hundredths of the shop's currency.
  public var price: Int64 = 1_000
  /// What happens at nothing left.
  public var policy = InventoryPolicy.deny
  /// False where Shopify counts no stock of it.
  public var isTracked = true
  /// True for the parent of a bundle.
  public var isBundle = false
  /// Units at each location at which it is stocked.
  public var stock: [Stock]

  /// Units at a location.
  public struct Stock: Hashable, Sendable {
    /// The location's number.
    public let location: Int64
    /// What may be sold there.
    public let available: Int64

    /// Units at a location.
    public init(location: Int64, available: Int64) {
      self.location = location
      self.available = available
    }
  }

  /// A draft with a SKU and where it lies.
  public init(sku: String?, stock: [Stock] = []) {
    self.sku = sku
    self.stock = stock
  }
}

/// A product.
public struct EmulatedProduct: Hashable, Sendable {
  /// Its number.
  public let id: Int64
  /// Its title.
  public let title: String
  /// Its variants, in order.
  public internal(set) var variantIDs: [Int64]
  /// When it was made.
  public let createdAt: Timestamp
}

extension EmulatedShop {
  /// Opens a location; those opened first are routed to first.
  @discardableResult
  public mutating func openLocation(_ name: String, at now: Timestamp) -> Int64 {
    let id = newID()
    locations[id] = EmulatedLocation(id: id, name: name, createdAt: now, updatedAt: now)
    locationIDs.append(id)
    return id
  }

  /// Closes a location: it keeps its numbers, and takes no more.
  public mutating func closeLocation(_ id: Int64, at now: Timestamp) {
    locations[id]?.isActive = false
    locations[id]?.updatedAt = now
  }

  /// Adds a product; answers its variants' numbers in the order of the drafts. Prices and stock beyond what the API
  /// can say are cut to that.
  @discardableResult
  public mutating func addProduct(_ title: String, _ drafts: [VariantDraft], at now: Timestamp) -> [Int64] {
    let productID = newID()
    var product = EmulatedProduct(id: productID, title: title, variantIDs: [], createdAt: now)
    for draft in drafts {
      let variant = EmulatedVariant(
        id: newID(), itemID: newID(), productID: productID, sku: draft.sku, title: draft.title,
        price: min(max(draft.price, 0), Self.priceMax),
        policy: draft.policy, isTracked: draft.isTracked, isBundle: draft.isBundle, createdAt: now,
        updatedAt: now)
      variants[variant.id] = variant
      variantOfItem[variant.itemID] = variant.id
      variantIDs.append(variant.id)
      itemIDs.append(variant.itemID)
      if let sku = draft.sku { variantsBySKU[sku.lowercased(), default: []].append(variant.id) }
      for stock in draft.stock {
        let key = LevelKey(item: variant.itemID, location: stock.location)
        let units = min(max(stock.available, -Self.quantityMax), Self.quantityMax)
        levels[key] = InventoryLevel(available: units, at: now)
      }
      product.variantIDs.append(variant.id)
    }
    products[productID] = product
    productIDs.append(productID)
    return product.variantIDs
  }

  /// Adds a product of one variant; answers the variant's number.
  @discardableResult
  public mutating func addVariant(_ draft: VariantDraft, at now: Timestamp) -> Int64 {
    addProduct(draft.sku ?? "Untitled", [draft], at: now)[0]
  }

  /// Gives a variant another SKU, or none.
  public mutating func renameVariant(_ id: Int64, sku: String?, at now: Timestamp) {
    guard let variant = variants[id] else { return }
    if let old = variant.sku { variantsBySKU[old.lowercased()]?.removeAll { $0 == id } }
    if let sku { variantsBySKU[sku.lowercased(), default: []].append(id) }
    variants[id]?.sku = sku
    variants[id]?.updatedAt = now
    emit(.inventoryItemsUpdate, .item(variant.itemID), at: now)
  }

  /// Takes a variant out of the shop; its stock goes with it.
  public mutating func deleteVariant(_ id: Int64) {
    guard let variant = variants.removeValue(forKey: id) else { return }
    variantOfItem[variant.itemID] = nil
    variantIDs.removeAll { $0 == id }
    itemIDs.removeAll { $0 == variant.itemID }
    products[variant.productID]?.variantIDs.removeAll { $0 == id }
    if let sku = variant.sku { variantsBySKU[sku.lowercased()]?.removeAll { $0 == id } }
    for location in locationIDs { levels[LevelKey(item: variant.itemID, location: location)] = nil }
  }

  /// The variants of a SKU, exactly as written, oldest first.
  public func variants(sku: String) -> [EmulatedVariant] {
    (variantsBySKU[sku.lowercased()] ?? []).compactMap { variants[$0] }.filter { $0.sku == sku }
  }

  /// The variant of an inventory item.
  public func variant(ofItem item: Int64) -> EmulatedVariant? { variantOfItem[item].flatMap { variants[$0] } }

  /// The levels of an item, in the order of the locations.
  func levelKeys(ofItem item: Int64) -> [LevelKey] {
    locationIDs.map { LevelKey(item: item, location: $0) }.filter { levels[$0] != nil }
  }
}
