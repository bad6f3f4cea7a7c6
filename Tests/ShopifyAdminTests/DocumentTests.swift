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
    ("orders", Ours.orders), ("orderDocuments", Ours.orderDocuments), ("orderTime", Ours.orderTime),
    ("refunds", Ours.refunds), ("parcels", Ours.parcels), ("moreLines", Ours.moreLines),
    ("moreWanted", Ours.moreWanted), ("moreWantedLines", Ours.moreWantedLines), ("moreRefunded", Ours.moreRefunded),
    ("moreParcelLines", Ours.moreParcelLines),
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

  /// What is set aside for a read of orders is what Shopify asks for, and no call asks for more than one may.
  @Test func readsOfOrdersCostWhatIsSetAsideForThem() throws {
    let page: JSON = ["first": .integer(Int64(ShopifyOrders.pageSize)), "search": "updated_at:>='2026-04-01'"]
    let orders = try #require(Schema.cost(of: Ours.orders, variables: page))
    #expect(orders == 2 + Int64(ShopifyOrders.pageSize) * ShopifyOrders.pointsPerOrder)
    #expect(orders <= 1_000 && orders + ShopifyOrders.pointsPerOrder > 1_000, "as many as fit")
    typealias Points = OrderLists.Points
    let lists: [(String, first: Int, each: Int64)] = [
      (Ours.moreLines, 250, Points.line), (Ours.moreWanted, OrderLists.wantedMax, Points.wanted),
      (Ours.moreWantedLines, 250, Points.wantedLine), (Ours.moreRefunded, 250, Points.refunded),
      (Ours.moreParcelLines, 250, Points.parcelLine),
    ]
    for (document, first, each) in lists {
      let variables: JSON = ["id": "gid://shopify/Order/1", "first": .integer(Int64(first)), "after": "1"]
      let cost = try #require(Schema.cost(of: document, variables: variables))
      #expect(cost == 3 + Int64(first) * each)
      #expect(cost <= 1_000)
    }
    let ids = JSON.list((1...OrderLists.documentsMax).map { .string("gid://shopify/Refund/\($0)") })
    for (document, each) in [(Ours.refunds, Points.refund), (Ours.parcels, Points.parcel)] {
      #expect(Schema.cost(of: document, variables: ["ids": ids]) == Int64(OrderLists.documentsMax) * each)
    }
    #expect(Schema.cost(of: Ours.orderDocuments, variables: ["id": "gid://shopify/Order/1"]) == 501)
  }
}
