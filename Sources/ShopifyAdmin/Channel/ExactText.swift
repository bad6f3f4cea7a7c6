/// A SKU or another name, compared byte by byte, as keys are.
///
/// Swift's texts are equal where only their accents are written differently, and Shopify's search does not tell small
/// letters from large ones.
struct ExactText: Hashable, Comparable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  static func < (left: ExactText, right: ExactText) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// What is equal byte by byte is equal to Swift, too: its own hash will do.
  func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
