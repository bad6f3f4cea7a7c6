import Testing

@testable import ShopifyAdmin

/// Where a shop is, and what may be said of it.
@Suite("Access to a shop")
struct AccessTests {
  private func access(
    domain: String = "mugs.myshopify.com", version: String = "2026-04", address: String? = nil
  ) throws(ShopifyAccessError) -> ShopifyAccess {
    guard let token = ShopifyToken("shpat_secret") else { throw ShopifyAccessError("no token") }
    return try ShopifyAccess(domain: domain, token: token, version: version, address: address)
  }

  @Test func theShopsOwnAddress() throws {
    #expect(try access().graphQL == "https://mugs.myshopify.com/admin/api/2026-04/graphql.json")
    #expect(try access(domain: "Mugs.MyShopify.com").domain == "mugs.myshopify.com")
  }

  @Test(arguments: [
    "http://127.0.0.1:9080", "http://localhost:9080/", "http://[::1]:9080", "https://proxy.example.com/shopify/",
  ])
  func anotherAddress(_ address: String) throws {
    let trimmed = address.hasSuffix("/") ? String(address.dropLast()) : address
    #expect(try access(address: address).graphQL == "\(trimmed)/admin/api/2026-04/graphql.json")
  }

  @Test(arguments: [
    ("http://example.com", "write https"), ("http://127.0.0.1.example.com", "write https"),
    ("ftp://127.0.0.1", "no address"),
    ("127.0.0.1:9080", "no address"), ("", "no address"), ("https://", "no address"),
    ("https://user:shpat_secret@example.com", "no user"), ("https://example.com/?a=b", "no user"),
    ("https://example.com/#a", "no user"), ("http://user:shpat_secret@", "no address"),
  ])
  func whereTheTokenDoesNotGo(_ address: String, _ words: String) {
    do throws(ShopifyAccessError) {
      _ = try access(address: address)
      Issue.record("\(address) was taken")
    } catch {
      #expect(error.description.contains(words), "\(error)")
      #expect(!error.description.contains("shpat_secret"), "\(error)")
    }
  }

  @Test(arguments: ["", "mugs", "mugs myshopify.com", "https://mugs.myshopify.com", "mugs..com", "mügs.com", "a.b/c"])
  func domainsThatAreNone(_ domain: String) {
    #expect(throws: ShopifyAccessError.self) { try access(domain: domain) }
  }

  @Test(arguments: ["", "2026", "2026-4", "latest", "2026-04/../..", "٢٠٢٦-٠٤"])
  func versionsThatAreNone(_ version: String) {
    #expect(throws: ShopifyAccessError.self) { try access(version: version) }
  }

  @Test(arguments: ["", " ", "a b", "a\n", "a\r\nX-Other: b", "ü", String(repeating: "a", count: 513)])
  func tokensThatAreNone(_ text: String) { #expect(ShopifyToken(text) == nil) }

  @Test(arguments: [
    ("https://storage.example.com/a?signature=b", true), ("http://127.0.0.1:1/bulk/1.jsonl", true),
    ("http://storage.example.com/a", false), ("file:///etc/passwd", false), ("", false),
  ])
  func whereAResultIsFetched(_ url: String, _ isSafe: Bool) { #expect(ShopifyAddress.isSafe(url) == isSafe) }

  @Test(
    arguments: [
      ("gid://shopify/InventoryItem/30322695", 30_322_695), ("gid://shopify/InventoryItem/1?a=b", 1),
      ("gid://shopify/InventoryItem/820982911946154508", 820_982_911_946_154_508),
      ("gid://shopify/Location/1", nil), ("gid://shopify/InventoryItem/", nil), ("gid://shopify/InventoryItem/01", nil),
      ("gid://shopify/InventoryItem/-1", nil), ("gid://shopify/InventoryItem/0", nil), ("30322695", nil),
      ("gid://shopify/InventoryItem/9223372036854775808", nil),
    ] as [(String, Int64?)])
  func ids(_ text: String, _ number: Int64?) {
    #expect(AdminID.number(of: "InventoryItem", in: text) == number)
  }
}
