import StockLedger
import Testing

@Suite("SipHash-2-4 with 128 bits is the authors'")
struct SipHashTests {
  private func digest(_ count: Int, splitAt split: Int? = nil) -> (first: UInt64, second: UInt64) {
    // The reference key is the bytes 0 to 15, the input the bytes 0 to count − 1.
    var hash = SipHash128(key0: 0x0706_0504_0302_0100, key1: 0x0f0e_0d0c_0b0a_0908)
    let bytes = (0..<count).map { UInt8($0) }
    if let split {
      hash.update(bytes.span.extracting(0..<split))
      hash.update(bytes.span.extracting(split..<count))
    } else {
      hash.update(bytes.span)
    }
    return hash.finish()
  }

  /// The reference output, bytes in order.
  private func text(_ digest: (first: UInt64, second: UInt64)) -> String {
    func bytes(_ word: UInt64) -> String {
      (0..<8).map { byte in
        let text = String(word >> UInt64(8 * byte) & 0xFF, radix: 16)
        return text.utf8.count == 1 ? "0" + text : text
      }.joined()
    }
    return bytes(digest.first) + bytes(digest.second)
  }

  @Test(
    "the reference code's vectors",
    arguments: [
      (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
      (2, "8177228da4a45dc7fca38bdef60affe4"), (3, "9c70b60c5267a94e5f33b6b02985ed51"),
      (4, "f88164c12d9c8faf7d0f6e7c7bcd5579"), (5, "1368875980776f8854527a07690e9627"),
      (6, "14eeca338b208613485ea0308fd7a15e"), (7, "a1f1ebbed8dbc153c0b84aa61ff08239"),
      (8, "3b62a9ba6258f5610f83e264f31497b4"), (63, "5150d1772f50834a503e069a973fbd7c"),
    ])
  func vectors(count: Int, expected: String) {
    #expect(text(digest(count)) == expected)
  }

  @Test("splitting the input changes nothing")
  func splits() {
    for split in 0...63 { #expect(digest(63, splitAt: split) == digest(63)) }
  }
}
