public import StockLedger

extension Component {
  private static let byName: KeyValuePairs<String, Component> = [
    "allocated": .allocated, "pending": .pending, "open": .open,
  ]

  /// The components of lines that a text as `allocated,open` names; nil where it names others, or none.
  public static func named(_ text: String) -> Set<Component>? {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimming(" ") }
    let found = names.compactMap { name in byName.first { $0.key == name }?.value }
    return found.count == names.count ? Set(found) : nil
  }
}

extension Substring {
  fileprivate func trimming(_ character: Character) -> Substring {
    var text = drop { $0 == character }
    while text.last == character { text = text.dropLast() }
    return text
  }
}
