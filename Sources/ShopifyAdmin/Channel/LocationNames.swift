import StockLedger

/// A location as the Admin API says it.
struct ShopifyLocation: Decodable, Hashable, Sendable {
  let id: String
  let name: String
  let isActive: Bool

  var number: Int64? { AdminID.number(of: "Location", in: id) }
}

/// Shopify's locations and what they are called here, both ways.
///
/// Orders of two locations may count for one name; a number of ours cannot be written to two, so such a name is none.
struct LocationNames: Hashable, Sendable {
  private let names: [Int64: String]
  private let ids: [ExactText: [Int64]]

  init(_ names: [Int64: String]) {
    self.names = names
    ids = Dictionary(grouping: names.keys.sorted()) { ExactText(names[$0] ?? "") }
  }

  /// The location of a name; nil where none or several have it.
  func id(of name: String) -> Int64? {
    guard let ids = ids[ExactText(name)], ids.count == 1 else { return nil }
    return ids[0]
  }

  /// The name of a location; nil where it has none, or one that is another's too.
  func name(of id: Int64) -> String? { names[id].flatMap { self.id(of: $0) == nil ? nil : $0 } }

  /// Shopify's numbers of the locations that have a name here.
  var mapped: [Int64] { names.keys.sorted() }

  /// Names of several locations.
  var shared: [String] { ids.filter { $0.value.count > 1 }.keys.sorted().map(\.text) }
}
