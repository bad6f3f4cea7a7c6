import ShopifyEmulatorCore
import StockLedger
import Testing

/// What goes wrong by setting, and what has happened then.
@Suite("Faults")
struct FaultTests {
  /// A fault, how its call ends, and whether the write happened.
  enum Fault: CaseIterable {
    case errorBefore, errorAfter, cutBefore, cutAfter, tooMany, slow

    var setting: WritableKeyPath<FaultSettings, UInt64> {
      switch self {
      case .errorBefore: \.errorBeforePerMille
      case .errorAfter: \.errorAfterPerMille
      case .cutBefore: \.cutBeforePerMille
      case .cutAfter: \.cutAfterPerMille
      case .tooMany: \.tooManyPerMille
      case .slow: \.slowPerMille
      }
    }

    var happens: Bool { self == .errorAfter || self == .cutAfter || self == .slow }
    var status: Int { [.errorBefore: 503, .errorAfter: 502, .tooMany: 429, .slow: 200][self] ?? 0 }
  }

  @Test(arguments: Fault.allCases)
  func aCallEndsSo(_ fault: Fault) {
    var script = ShopScript { $0.faults[keyPath: fault.setting] = 1_000 }
    let mug = script.add("MUG", leeds: 10)
    let answer = script.request(
      ShopScript.set, ["input": script.input([script.row(mug, 7, from: 10)]), "key": "k"])
    #expect(answer.status == fault.status)
    #expect(answer.ending == (fault.status == 0 ? .cut : .answered))
    #expect(script.stock(mug) == (fault.happens ? [7, 0, 7] : [10, 0, 10]))
    #expect((answer.delay > 0) == (fault == .slow))
    #expect(answer.headers.contains { $0.name == "Retry-After" } == (fault == .tooMany))
    if fault == .cutBefore || fault == .cutAfter { #expect(answer.body.isEmpty) }
  }

  /// The writer cannot know whether a cut call happened; the same key again settles it, once.
  @Test func theSameKeyAfterAnUnknownOutcome() {
    for seed in UInt64(1)...20 {
      var script = ShopScript(seed: seed) {
        $0.faults.cutBeforePerMille = 300
        $0.faults.cutAfterPerMille = 300
        $0.faults.errorAfterPerMille = 200
      }
      let mug = script.add("MUG", leeds: 10)
      let variables: JSON = ["input": script.input([script.row(mug, 7, from: 10)]), "key": "k"]
      var answer = script.request(ShopScript.set, variables)
      while answer.status != 200 { answer = script.request(ShopScript.set, variables) }
      #expect(ShopScript.codes(answer.json["data"]?["inventorySetQuantities"] ?? .null) == [])
      #expect(script.shop.audit.writes == 1)
      #expect(script.stock(mug) == [7, 0, 7])
    }
  }

  @Test func aPersonEditsBetweenTwoCalls() throws {
    var script = ShopScript {
      $0.faults.handEditPerMille = 1_000
      $0.faults.handEdit = 2...2
    }
    let mug = script.add("MUG", leeds: 10)
    #expect(script.read(mug) == 12)
    #expect(ShopScript.codes(script.set([script.row(mug, 7, from: 12)])) == ["CHANGE_FROM_QUANTITY_STALE"])
    #expect(script.stock(mug) == [14, 0, 14])
  }

  @Test func aSeedIsTheSameRunForEver() throws {
    let run = { (seed: UInt64) throws -> [EmulatedAnswer] in
      var script = ShopScript(seed: seed) {
        $0.faults.errorBeforePerMille = 200
        $0.faults.slowPerMille = 200
        $0.faults.handEditPerMille = 200
      }
      let mug = script.add("MUG", leeds: 1_000)
      return try (0..<50).map { _ in
        try script.shop.placeOrder(OrderDraft(variantID: mug, quantity: 1), .decrementIgnoringPolicy, at: script.now)
        return script.request("{ productVariants(first: 1) { nodes { inventoryQuantity } } }")
      }
    }
    #expect(try run(5) == run(5))
    #expect(try run(5) != run(6))
  }
}
