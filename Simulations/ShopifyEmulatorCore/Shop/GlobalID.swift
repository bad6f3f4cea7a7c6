/// A global id of the Admin API, `gid://shopify/Order/820982911946154508`.
public struct GlobalID: Hashable, Sendable, CustomStringConvertible {
  /// The type, as `Order`.
  public let type: String
  /// The number; for an inventory level that of its location.
  public let number: Int64
  /// The item of an inventory level; nil for all else.
  public let item: Int64?

  /// An id from its parts.
  public init(_ type: String, _ number: Int64, item: Int64? = nil) {
    self.type = type
    self.number = number
    self.item = item
  }

  /// An id from its text; nil where the text is no global id.
  public init?(_ text: String) {
    let start = "gid://shopify/"
    guard text.hasPrefix(start) else { return nil }
    let parts = text.dropFirst(start.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    let ends = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let number = Int64(ends[0]), number >= 0 else { return nil }
    var item: Int64?
    if ends.count == 2 {
      let name = "inventory_item_id="
      guard ends[1].hasPrefix(name), let found = Int64(ends[1].dropFirst(name.count)) else { return nil }
      item = found
    }
    self.init(String(parts[0]), number, item: item)
  }

  /// The text of the id.
  public var description: String {
    "gid://shopify/\(type)/\(number)\(item.map { "?inventory_item_id=\($0)" } ?? "")"
  }

  /// The number of an id of one type, read from a request; a bare number counts as one, as with the real API.
  static func number(of type: String, in value: JSON?) -> Int64? {
    guard let text = value?.text else { return nil }
    if let number = Int64(text), number >= 0 { return number }
    guard let id = GlobalID(text), id.type == type else { return nil }
    return id.number
  }
}

extension LevelKey {
  /// The id of the level of an item at a location.
  public var id: GlobalID { GlobalID("InventoryLevel", location, item: item) }
}
