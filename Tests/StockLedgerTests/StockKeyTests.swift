@testable import StockLedger
import Testing

@Suite("A stock key is three texts, compared byte by byte")
struct StockKeyTests {
  @Test("the parts come back as written; case, spaces and slashes count")
  func parts() throws {
    let key = try StockKey(shop: "My Shop", sku: "85123A", location: "Leeds/2")
    #expect(key.shop == "My Shop")
    #expect(key.sku == "85123A")
    #expect(key.location == "Leeds/2")
    #expect(key != (try StockKey(shop: "My Shop", sku: "85123a", location: "Leeds/2")))
    #expect(key != (try StockKey(shop: "my shop", sku: "85123A", location: "Leeds/2")))
    #expect(key == (try StockKey(shop: "My Shop", sku: "85123A", location: "Leeds/2")))
    #expect(StockKey(path: key.path) == key)
    #expect("\(key)" == "My Shop/85123A/Leeds/2")
  }

  @Test("texts that look alike and differ in their bytes are two keys")
  func unicode() throws {
    let composed = try StockKey(shop: "s", sku: "caf\u{E9}", location: "x")
    let decomposed = try StockKey(shop: "s", sku: "cafe\u{301}", location: "x")
    #expect(composed != decomposed)
  }

  @Test("what is wrong is said of the part that it is wrong with")
  func refused() {
    func problem(_ shop: String, _ sku: String, _ location: String) -> StockKeyError? {
      do throws(StockKeyError) {
        _ = try StockKey(shop: shop, sku: sku, location: location)
        return nil
      } catch { return error }
    }
    let long = String(repeating: "x", count: 129)
    #expect(problem("", "a", "b") == StockKeyError(part: .shop, problem: .empty))
    #expect(problem("s", "", "b") == StockKeyError(part: .sku, problem: .empty))
    #expect(problem("s", "a", "") == nil)
    #expect(problem(long, "a", "b") == StockKeyError(part: .shop, problem: .tooLong))
    #expect(problem("s", long, "b") == StockKeyError(part: .sku, problem: .tooLong))
    #expect(problem("s", "a", long) == StockKeyError(part: .location, problem: .tooLong))
    #expect(problem("s", "a\u{0}b", "c") == StockKeyError(part: .sku, problem: .control))
    #expect(problem("s", "a", "c\u{7F}") == StockKeyError(part: .location, problem: .control))
    #expect(problem("s", "a", String(repeating: "x", count: 128)) == nil)
  }

  @Test("all locations of an item share its shard and its item key")
  func item() throws {
    let leeds = try StockKey(shop: "s", sku: "a", location: "leeds")
    let york = try StockKey(shop: "s", sku: "a", location: "york")
    #expect(leeds.shard == york.shard)
    #expect(leeds.item == york.item)
    #expect(leeds.item.isItem)
    #expect(!leeds.isItem)
    #expect(leeds.item.item == leeds.item)
    #expect(leeds.keyHash != york.keyHash)
    #expect((0..<256).contains(leeds.shard))
  }

  @Test("hashes are stable: they are stored and route")
  func stable() throws {
    let key = try StockKey(shop: "shop", sku: "sku", location: "leeds")
    #expect(key.shard == 182)
    #expect(key.itemHash == 13_122_108_400_508_015_806)
  }

  @Test("keys sort by their paths")
  func order() throws {
    let keys = try ["a", "b", "ba", "c"].map { try StockKey(shop: "s", sku: $0, location: "x") }
    #expect(keys.shuffled(with: 3).sorted() == keys)
  }

  @Test(
    "paths that are no keys are none",
    arguments: [[], [0], [0, 0], [65], [65, 0, 66], [65, 0, 66, 0, 67, 0]] as [[UInt8]])
  func paths(path: [UInt8]) {
    #expect(StockKey(path: path) == nil)
  }
}

extension Array {
  fileprivate func shuffled(with seed: UInt64) -> [Element] {
    var chance = LevelChance(state: seed)
    return shuffled(using: &chance)
  }
}
