public import ChannelIntake
import InventoryEngine
public import StockLedger

/// What our keys are called at Shopify: (SKU, location) to (inventory item, location) and back.
///
/// A SKU that is not known is looked up when it is first asked for, and the answer remembered; ``load()`` reads all.
/// SKUs are compared exactly. A SKU of two variants, or a name of two locations, is nobody's: what is published to both
/// could be sold twice.
public actor ShopifyCatalogue {
  /// What a key is at Shopify.
  enum Place: Hashable, Sendable {
    case known(ItemPlace)
    /// Nothing that could be written: why, as the publisher tells it.
    case none(PublicationEntry.Rejection)
  }

  /// How long it is remembered that Shopify has no such SKU, in milliseconds: twice as long each time, so that who adds
  /// one is soon served, and who never does is not asked for again and again.
  private static let absence: ClosedRange<Int64> = 60_000...3_600_000
  /// SKUs of which it is remembered: who asks for more of them asks Shopify again.
  private static let absencesMax = 100_000
  /// SKUs of one search: its text stays short, and what it may find costs few points.
  private static let searchMax = 25

  let shop: ShopifyShop
  let client: ShopifyClient
  let locations: LocationNames
  private let overridden: [ExactText: [Int64]]
  private var book: CatalogueBook
  private var absences: [ExactText: Absence] = [:]

  /// A SKU that Shopify does not have.
  private struct Absence {
    let until: Timestamp
    let wait: Int64
  }

  /// The catalogue of a shop, of which nothing is known yet but the mapping of its locations.
  public init(shop: ShopifyShop, client: ShopifyClient) {
    self.shop = shop
    self.client = client
    locations = LocationNames(shop.locations)
    overridden = Dictionary(grouping: shop.variants.keys.sorted()) { ExactText(shop.variants[$0] ?? "") }
    book = CatalogueBook(overrides: shop.variants)
  }

  // MARK: Asking

  /// What keys are at Shopify, in their order. SKUs that are not known are looked up, where the location is one.
  func places(of keys: [StockKey]) async throws(ShopifyFailure) -> [Place] {
    let now = client.clock.now
    let asked = Set(keys.filter { locations.id(of: $0.location) != nil }.map { ExactText($0.sku) })
    let unknown = asked.filter { book[$0] == nil && (absences[$0]?.until ?? .distantPast) <= now }
    try await lookUp(unknown.sorted())
    return keys.map(place)
  }

  private func place(of key: StockKey) -> Place {
    guard let location = locations.id(of: key.location) else { return .none(.invalidLocation) }
    guard key.shop == shop.name, case .item(let item, _) = book[ExactText(key.sku)] else { return .none(.invalidItem) }
    return .known(ItemPlace(item: item, location: location))
  }

  /// Our keys of what Shopify has; nil for what is not ours.
  func keys(of places: [ItemPlace]) -> [StockKey?] {
    places.map { place in
      guard let sku = book.sku(ofItem: place.item), let location = locations.name(of: place.location) else {
        return nil
      }
      return try? StockKey(shop: shop.name, sku: sku.text, location: location)
    }
  }

  /// Our key of a level of Shopify's; nil for what is not ours, or not known yet.
  public func key(item: Int64, location: Int64) -> StockKey? {
    keys(of: [ItemPlace(item: item, location: location)])[0]
  }

  /// Our key of a SKU at a location of Shopify's; nil for a location that is not ours.
  public nonisolated func key(sku: String, location: Int64) -> StockKey? {
    locations.name(of: location).flatMap { try? StockKey(shop: shop.name, sku: sku, location: $0) }
  }

  /// Takes over what was read of all variants.
  func replace(with read: CatalogueBook) {
    book = read
    absences = [:]
  }

  // MARK: Looking up

  /// Forgets what SKUs are and looks them up anew; answers those that are another item now.
  func renew(_ skus: [String]) async throws(ShopifyFailure) -> Set<ExactText> {
    let skus = Set(skus.map(ExactText.init)).sorted()
    let before = skus.map { book[$0] }
    for sku in skus { book.forget(sku) }
    try await lookUp(skus)
    return Set(zip(skus, before).filter { book[$0] != nil && book[$0] != $1 }.map(\.0))
  }

  private func lookUp(_ skus: [ExactText]) async throws(ShopifyFailure) {
    for start in stride(from: 0, to: skus.count, by: Self.searchMax) {
      let some = skus[start..<min(start + Self.searchMax, skus.count)]
      let wanted = Set(some)
      let found = try await client.variants(search: search(for: some))
      // Nothing is awaited between here and the end of the round: what is known changes all at once.
      for row in found where book.sku(of: row).map(wanted.contains) ?? false { book.add(row) }
      note(some)
    }
  }

  /// Finds variants by their SKU, and those that were given one here by their number.
  private func search(for skus: ArraySlice<ExactText>) -> String {
    skus.flatMap { sku in
      ["sku:\(Self.quoted(sku.text))"] + (overridden[sku] ?? []).map { "id:\($0)" }
    }.joined(separator: " OR ")
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text {
      if character == "\"" || character == "\\" { quoted.append("\\") }
      quoted.append(character)
    }
    return quoted + "\""
  }

  /// Remembers which SKUs Shopify does not have.
  private func note(_ skus: ArraySlice<ExactText>) {
    let now = client.clock.now
    if absences.count > Self.absencesMax { absences = absences.filter { $0.value.until > now } }
    for sku in skus {
      let wait = absences[sku].map { min($0.wait * 2, Self.absence.upperBound) } ?? Self.absence.lowerBound
      let isAbsent = book[sku] == nil && absences.count < Self.absencesMax
      absences[sku] = isAbsent ? Absence(until: now + wait, wait: wait) : nil
    }
  }
}
