/// Something of a shop's variants or locations that a person should see to, or know of.
public struct ShopifyFinding: Hashable, Sendable, CustomStringConvertible {
  /// What was found.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Several variants have the SKU, so that nothing is published of it.
    case duplicateSKU
    /// A variant has no SKU.
    case variantWithoutSKU
    /// A variant's SKU is no SKU here: too long, or with control characters.
    case unusableSKU
    /// Shopify counts no stock of the SKU: it sells it whatever we publish.
    case untrackedSKU
    /// The file of shops names a location that Shopify does not have.
    case unknownLocation
    /// The file of shops names a location that is closed at Shopify.
    case closedLocation
    /// Shopify has a location that the file of shops does not name.
    case unnamedLocation
    /// The file of shops gives one name to several locations, so that nothing is published there.
    case sharedLocation
  }

  /// What was found.
  public let kind: Kind
  /// How often.
  public let count: Int
  /// The first of them, at most 20.
  public let names: [String]

  /// False where what was found may well be meant so.
  public var needsSomebody: Bool {
    switch kind {
    case .duplicateSKU, .unusableSKU, .unknownLocation, .closedLocation, .sharedLocation: true
    case .variantWithoutSKU, .untrackedSKU, .unnamedLocation: false
    }
  }

  /// What was found, in words.
  private var words: String {
    switch kind {
    case .duplicateSKU: "SKU of several variants"
    case .variantWithoutSKU: "variant without a SKU"
    case .unusableSKU: "SKU that cannot be one here"
    case .untrackedSKU: "SKU that Shopify does not count"
    case .unknownLocation: "location that Shopify does not have"
    case .closedLocation: "location that is closed at Shopify"
    case .unnamedLocation: "location without a name here"
    case .sharedLocation: "name of several locations"
    }
  }

  /// What it means and what to do.
  public var advice: String {
    switch kind {
    case .duplicateSKU: "nothing is published of it: give each variant its own at Shopify"
    case .variantWithoutSKU: "nothing is published of it: give it one at Shopify, or name it in variants"
    case .unusableSKU: "a SKU has 1 to 128 bytes and no control characters: change it at Shopify"
    case .untrackedSKU: "Shopify sells it whatever we publish: switch on \"track quantity\" if it is stock"
    case .unknownLocation: "nothing is published there: correct the number in locations, or take it out"
    case .closedLocation: "Shopify takes no numbers there: open it, or take it out of locations"
    case .unnamedLocation: "nothing is published there: name it in locations where that is not meant so"
    case .sharedLocation: "nothing is published there: give each location a name of its own in locations"
    }
  }

  /// One line for people.
  public var description: String {
    let more = count > names.count ? " and \(count - names.count) more" : ""
    return "\(words) (\(count)): \(names.joined(separator: ", "))\(more); \(advice)"
  }

  private init?(_ kind: Kind, _ names: some Collection<String>) {
    if names.isEmpty { return nil }
    self.init(kind: kind, count: names.count, names: Array(names.prefix(CatalogueBook.namesMax)))
  }

  private init?(_ kind: Kind, _ tally: CatalogueBook.Tally) {
    if tally.count == 0 { return nil }
    self.init(kind: kind, count: tally.count, names: tally.names)
  }

  private init(kind: Kind, count: Int, names: [String]) {
    self.kind = kind
    self.count = count
    self.names = names
  }

  /// What there is to say of a whole catalogue.
  static func all(
    in book: CatalogueBook, _ names: LocationNames, _ there: [ShopifyLocation]
  ) -> [ShopifyFinding] {
    let known = Dictionary(there.compactMap { place in place.number.map { ($0, place) } }) { first, _ in first }
    let mapped = Set(names.mapped)
    let ambiguous = book.ambiguous.map { sku, variants in
      "\(sku) (variants \(variants.map(String.init).joined(separator: ", ")))"
    }
    return [
      ShopifyFinding(.duplicateSKU, ambiguous), ShopifyFinding(.unusableSKU, book.unusable),
      ShopifyFinding(.unknownLocation, names.mapped.filter { known[$0] == nil }.map { "\($0)" }),
      ShopifyFinding(.closedLocation, names.mapped.compactMap { known[$0] }.filter { !$0.isActive }.map(\.shown)),
      ShopifyFinding(.sharedLocation, names.shared), ShopifyFinding(.variantWithoutSKU, book.withoutSKU),
      ShopifyFinding(.untrackedSKU, book.untracked),
      ShopifyFinding(
        .unnamedLocation,
        there.filter { place in place.isActive && !(place.number.map(mapped.contains) ?? false) }.map(\.shown)),
    ].compactMap(\.self)
  }
}

extension ShopifyLocation {
  fileprivate var shown: String { "\(number.map(String.init) ?? id) (\(name))" }
}
