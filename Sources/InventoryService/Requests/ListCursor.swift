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
  ///
  /// - Parameter mayBeLevel: True where the list has more than keys of locations: the shop itself, and items.
  static func key(_ text: String, ofShop shop: String, mayBeLevel: Bool = false) -> StockKey? {
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
    guard String(validating: path, as: UTF8.self) != nil, let key = StockKey(path: path), mayBeLevel || !key.isItem
    else {
      return nil
    }
    return key
  }
}

extension Call {
  /// Where the page that is asked for begins; nil for the first.
  func cursor(mayBeLevel: Bool = false) throws(Problem) -> StockKey? {
    guard let text = query.text("cursor") else { return nil }
    guard let key = ListCursor.key(text, ofShop: caller.shop, mayBeLevel: mayBeLevel) else {
      throw .malformedQuery("cursor", "it is none: give back what next said, or leave it out to start anew")
    }
    return key
  }
}

extension JSONWriter {
  /// Rows of a list while there is room for them, and in `next` where the page after them begins.
  ///
  /// - Parameters:
  ///   - bytesMax: No row begins after so many bytes: what is left comes with the next page.
  ///   - last: Where the list ended for the engine; nil where there is no more.
  mutating func page<Row>(
    _ name: String, _ rows: [Row], upTo bytesMax: Int, last: StockKey?, key: (Row) -> StockKey,
    _ write: (Row, inout JSONWriter) -> Void
  ) {
    var written: StockKey?
    array(name) { json in
      for row in rows where json.bytes.count < bytesMax {
        json.object { write(row, &$0) }
        written = key(row)
      }
    }
    let isWhole = written == rows.last.map(key)
    if let next = isWhole ? last : written { field("next", ListCursor.text(after: next)) }
  }
}
