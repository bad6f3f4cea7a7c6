import StockLedger
import Testing

@Suite("An identifier keeps a name in 128 bits")
struct IdentifierTests {
  @Test(
    "short names, canonical numbers and lower-case UUIDs come back as written",
    arguments: [
      "a", "order-1", "gid://shopify/O1", "0123456789abcdef", "~", "0", "00000000000000001",
      "12345678901234567", "18446744073709551615", "5f0c2b1e-0d5c-4c1e-9a3b-0123456789ab",
      "c0ffee00-0000-4000-bfff-ffffffffffff",
    ])
  func exact(text: String) throws {
    let id = try #require(Identifier(text))
    if text.utf8.count > 16 && text.hasPrefix("0") {
      #expect(id.description.hasPrefix("~"))
    } else {
      #expect(id.description == text)
    }
    #expect(!id.isNone)
    #expect(Identifier(high: id.high, low: id.low) == id)
  }

  @Test("the empty text, control characters and texts past 128 bytes are no names")
  func refused() {
    #expect(Identifier("") == nil)
    #expect(Identifier("a\nb") == nil)
    #expect(Identifier("a\u{0}") == nil)
    #expect(Identifier("\u{7F}") == nil)
    #expect(Identifier(String(repeating: "x", count: 129)) == nil)
    #expect(Identifier(String(repeating: "x", count: 128)) != nil)
  }

  @Test("no text is none")
  func none() {
    #expect(Identifier.none.isNone)
    #expect(Identifier(" ")?.isNone == false)
  }

  @Test("upper-case UUIDs, leading zeroes and overlong numbers are told apart by their digests")
  func digests() {
    let names = [
      "5F0C2B1E-0D5C-4C1E-9A3B-0123456789AB", "5f0c2b1e-0d5c-4c1e-9a3b-0123456789ab", "18446744073709551616",
      "012345678901234567", "12345678901234567", "ünïcödé", "u\u{308}nicode", "5f0c2b1e-0d5c-4c1e-0a3b-0123456789ab",
    ]
    let ids = Set(names.map { Identifier($0) })
    #expect(ids.count == names.count)
    #expect(!ids.contains(nil))
    for name in names where name.utf8.count > 20 { #expect(Identifier(name)?.low ?? 0 >> 56 != 0) }
  }

  @Test("a digest is the same in every run: it is stored")
  func stable() {
    #expect(Identifier("a name of more than sixteen bytes")?.description == "~61df9ffde20104c8c1577425b51fc1b6")
  }

  @Test("order is by the bits, which for short names is byte order")
  func order() throws {
    let names = ["a", "aa", "ab", "b", "zzzzzzzzzzzzzzzz"]
    let ids = try names.map { try #require(Identifier($0)) }
    #expect(ids == ids.sorted())
  }
}
