public import StockJournal

extension RecordHash {
  /// Reads what ``RESPWriter/argument(_:)-(RecordHash)`` writes: 32 hexadecimal digits; nil for everything else.
  public init?(hexadecimal digits: [UInt8]) {
    guard let words = hexadecimalWords(digits) else { return nil }
    self.init(first: words.0, second: words.1)
  }
}

extension RecordNonce {
  /// Reads what ``RESPWriter/argument(_:)-(RecordNonce)`` writes: 32 hexadecimal digits; nil for everything else.
  public init?(hexadecimal digits: [UInt8]) {
    guard let words = hexadecimalWords(digits) else { return nil }
    self.init(first: words.0, second: words.1)
  }
}

/// Sixteen bytes as two words, each read little-endian.
private func hexadecimalWords(_ digits: [UInt8]) -> (UInt64, UInt64)? {
  guard digits.count == 32 else { return nil }
  var words: [UInt64] = [0, 0]
  for place in 0..<16 {
    guard let high = digitValue(digits[2 * place]), let low = digitValue(digits[2 * place + 1]) else { return nil }
    words[place / 8] |= UInt64(high << 4 | low) << UInt64(8 * (place % 8))
  }
  return (words[0], words[1])
}

private func digitValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  default: nil
  }
}
