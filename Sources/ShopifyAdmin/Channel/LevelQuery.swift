/// A read of what may be sold of items at locations: one call for all of them.
struct LevelQuery: Sendable {
  /// What one pair costs: the item, its level, and the level's list of quantities.
  private static let pointsPerPair: Int64 = 3

  /// Items by location, and at which place of the read each is.
  private struct Group {
    let location: Int64
    var items: [Int64] = []
    var places: [Int] = []
  }

  private let groups: [Group]
  private let count: Int

  /// A read of pairs; 250 of them cost 750 points of the 1,000 that a call may.
  init(_ pairs: [ItemPlace]) {
    var groups: [Group] = []
    var groupOf: [Int64: Int] = [:]
    for (place, pair) in pairs.enumerated() {
      let group = groupOf[pair.location] ?? groups.count
      if group == groups.count {
        groupOf[pair.location] = group
        groups.append(Group(location: pair.location))
      }
      groups[group].items.append(pair.item)
      groups[group].places.append(place)
    }
    self.groups = groups
    count = pairs.count
  }

  /// The call.
  var call: AdminCall {
    var variables: [String: AdminVariable] = [:]
    for (index, group) in groups.enumerated() {
      variables["i\(index)"] = .texts(group.items.map { AdminID.text("InventoryItem", $0) })
      variables["l\(index)"] = .text(AdminID.text("Location", group.location))
    }
    return AdminCall(
      AdminDocument.levels(locations: groups.count), variables, cost: Int64(count) * Self.pointsPerPair, for: .read)
  }

  /// What the call answers.
  typealias Answer = [String: [Item?]]
  /// An item; nil where Shopify has none of that number.
  struct Item: Decodable, Sendable {
    let sku: String?
    let inventoryLevel: InventoryLevel?
  }

  /// What is there of each pair, in their order; nil where the item is no more.
  func items(in answer: Answer) -> [Item?] {
    var items: [Item?] = Array(repeating: nil, count: count)
    for (index, group) in groups.enumerated() {
      for (place, item) in zip(group.places, answer["p\(index)"] ?? []) { items[place] = item }
    }
    return items
  }
}

/// A level of the Admin API, asked for its number to sell.
struct InventoryLevel: Decodable, Sendable {
  struct Quantity: Decodable, Sendable { let quantity: Int64 }
  let quantities: [Quantity]

  var available: Int64? { quantities.first?.quantity }
}

/// A variable of a document whose variables are as many as what it asks for.
enum AdminVariable: Encodable, Sendable {
  case text(String)
  case texts([String])

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .text(let text): try value.encode(text)
    case .texts(let texts): try value.encode(texts)
    }
  }
}
