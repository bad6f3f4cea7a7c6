/// An id of the Admin API: `gid://shopify/InventoryItem/30322695`, of which we keep the number.
enum AdminID {
  /// The id of a thing of a type.
  static func text(_ type: String, _ number: Int64) -> String { "gid://shopify/\(type)/\(number)" }

  /// The number of an id of a type; nil where it is no such id. What stands behind a question mark is passed over.
  static func number(of type: String, in text: some StringProtocol) -> Int64? {
    let start = "gid://shopify/\(type)/"
    guard text.hasPrefix(start) else { return nil }
    let digits = text.dropFirst(start.count).prefix { $0 != "?" }
    guard let number = Int64(digits), number > 0, String(number) == digits else { return nil }
    return number
  }
}
