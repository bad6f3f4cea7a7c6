import StockLedger

/// Where a list of keys goes on: the key that was looked at last, without its shop, which is the caller's.
///
/// Base64 with the alphabet for URLs (RFC 4648, section 5), so that nobody takes it for something to write by hand.
enum ListCursor {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The cursor after a key.
  static func text(after key: StockKey) -> String {
    let bytes = Array(key.path.dropFirst(key.shop.utf8.count + 1))
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0...group.count { text.append(alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The key of a cursor, in a shop; nil where the text is no cursor.
  static func key(_ text: String, ofShop shop: String) -> StockKey? {
    var path = Array(shop.utf8) + [0]
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for letter in text.utf8 {
      guard let value = alphabet.firstIndex(of: letter) else { return nil }
      bits = (bits << 6 | UInt32(value)) & 0xFFFF
      count += 6
      if count >= 8 {
        count -= 8
        path.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    guard String(validating: path, as: UTF8.self) != nil, let key = StockKey(path: path), !key.isItem else {
      return nil
    }
    return key
  }
}
