import ShopifyEmulatorCore
import Testing

@testable import ShopifyAdmin

/// Every document that is sent, held against the schema of 2026-04.
@Suite("Documents")
struct DocumentTests {
  typealias Ours = ShopifyAdmin.AdminDocument
  typealias Schema = ShopifyEmulatorCore.AdminDocument

  static let documents: [(name: String, text: String)] = [
    ("setQuantities", Ours.setQuantities), ("levels of one location", Ours.levels(locations: 1)),
    ("levels of 250 locations", Ours.levels(locations: 250)), ("activate one", Ours.activate(1)),
    ("activate the most", Ours.activate(Activation.pairsMax)), ("variants", Ours.variants),
    ("allVariants", Ours.allVariants), ("allLevels", Ours.allLevels), ("locations", Ours.locations),
    ("runBulk", Ours.runBulk), ("bulk", Ours.bulk), ("subscriptions", Ours.subscriptions),
    ("subscribe", Ours.subscribe), ("unsubscribe", Ours.unsubscribe), ("scopes", Ours.scopes),
  ]

  @Test(arguments: documents.map(\.name))
  func isOfTheSchema(_ name: String) throws {
    let text = try #require(Self.documents.first { $0.name == name }).text
    #expect(Schema.problems(in: text).map(\.message) == [])
  }

  @Test func aMisspeltFieldIsFound() {
    #expect(!Schema.problems(in: Ours.bulk.replacing("objectCount", with: "objectsCount")).isEmpty)
  }

  @Test func aReadOf250PairsIsOneCall() throws {
    for locations in [1, 7, 250] {
      let pairs = (0..<250).map { ItemPlace(item: Int64(1 + $0), location: Int64(1 + $0 % locations)) }
      let call = LevelQuery(pairs).call
      let variables = try #require(JSON(bytes: call.body)?["variables"])
      #expect(try #require(Schema.cost(of: call.document, variables: variables)) == call.cost)
      #expect(call.cost <= 1_000)
    }
  }
}
