import ChannelIntake
import StockLedger

/// Reads on in the lists of an order, until each is whole.
struct OrderLists: Sendable {
  /// What one object of a list costs, with what is asked of it.
  enum Points {
    static let line: Int64 = 2
    static let wanted: Int64 = 13
    static let wantedLine: Int64 = 2
    static let refund: Int64 = 15
    static let refunded: Int64 = 3
    static let parcel: Int64 = 12
    static let parcelLine: Int64 = 2
  }

  /// Refunds or parcels of one call: 750 points.
  static let documentsMax = 50
  /// Fulfillment orders of one call: 653 points.
  static let wantedMax = 50
  /// An order has at most 500 lines: a cursor that leads in a circle ends here.
  private static let pagesMax = 100

  let client: ShopifyClient

  /// Completes an order.
  ///
  /// - Returns: What it has more of than Shopify lists; nil where it is whole now.
  func complete(_ order: inout ShopifyOrderNode) async throws(ShopifyFailure) -> String? {
    if let excess = try await completeDocuments(&order) { return excess }
    let id = AdminID.text("Order", order.number)
    try await finish(&order.lineItems, of: id, AdminDocument.moreLines, each: Points.line)
    try await finish(
      &order.fulfillmentOrders, of: id, AdminDocument.moreWanted, each: Points.wanted, first: Self.wantedMax)
    for place in order.refunds.indices {
      try await finish(
        &order.refunds[place].refundLineItems, of: AdminID.text("Refund", order.refunds[place].number),
        AdminDocument.moreRefunded, each: Points.refunded)
    }
    for place in order.fulfillments.indices {
      try await finish(
        &order.fulfillments[place].fulfillmentLineItems,
        of: AdminID.text("Fulfillment", order.fulfillments[place].number), AdminDocument.moreParcelLines,
        each: Points.parcelLine)
    }
    for place in order.fulfillmentOrders.nodes.indices {
      try await finish(
        &order.fulfillmentOrders.nodes[place].lineItems,
        of: AdminID.text("FulfillmentOrder", order.fulfillmentOrders.nodes[place].number),
        AdminDocument.moreWantedLines, each: Points.wantedLine)
    }
    return nil
  }

  /// When an order last changed; nil where it is no more.
  func changedAt(_ order: ShopifyOrderNode) async throws(ShopifyFailure) -> Timestamp? {
    let call = AdminCall(AdminDocument.orderTime, ["id": AdminID.text("Order", order.number)], cost: 1)
    let answer: [String: OrderTime?] = try await client.patientCall(call)
    return answer["order"]??.updatedAt
  }

  private struct OrderTime: Decodable, Sendable {
    let updatedAt: Timestamp

    private enum CodingKeys: CodingKey { case updatedAt }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      let text = try fields.decode(String.self, forKey: .updatedAt)
      guard let time = Timestamp(iso8601: text, finer: .up) else {
        throw DecodingError.dataCorruptedError(forKey: .updatedAt, in: fields, debugDescription: "not a time")
      }
      updatedAt = time
    }
  }

  // MARK: Refunds and parcels

  private struct Documents: Decodable, Sendable {
    struct Document: Decodable, Sendable { let id: String }

    let refunds: [Document]
    let fulfillments: [Document]
  }

  /// Refunds and parcels are lists without pages: where one is as long as was asked for, all are asked for by their
  /// ids.
  private func completeDocuments(_ order: inout ShopifyOrderNode) async throws(ShopifyFailure) -> String? {
    let few = AdminDocument.FewOf.documents
    guard order.refunds.count >= few || order.fulfillments.count >= few else { return nil }
    let call = AdminCall(
      AdminDocument.orderDocuments, ["id": AdminID.text("Order", order.number)],
      cost: 1 + 2 * Int64(ShopifyClient.pageMax))
    let answer: [String: Documents?] = try await client.patientCall(call)
    guard let found = answer["order"] ?? nil else { return nil }
    if found.refunds.count >= ShopifyClient.pageMax { return "refunds" }
    if found.fulfillments.count >= ShopifyClient.pageMax { return "fulfillments" }
    order.refunds = try await all(found.refunds.map(\.id), AdminDocument.refunds, each: Points.refund)
    order.fulfillments = try await all(found.fulfillments.map(\.id), AdminDocument.parcels, each: Points.parcel)
    return nil
  }

  private func all<Node: Decodable & Sendable>(
    _ ids: [String], _ document: String, each points: Int64
  ) async throws(ShopifyFailure) -> [Node] {
    var nodes: [Node] = []
    for start in stride(from: 0, to: ids.count, by: Self.documentsMax) {
      let some = Array(ids[start..<min(start + Self.documentsMax, ids.count)])
      let answer: [String: [Node?]] = try await client.patientCall(
        AdminCall(document, ["ids": some], cost: Int64(some.count) * points))
      nodes += (answer["nodes"] ?? []).compactMap { $0 }
    }
    return nodes
  }

  // MARK: Pages

  private struct Request: Encodable, Sendable {
    let id: String
    let first: Int
    let after: String
  }

  private struct Listed<Node: Decodable & Sendable>: Decodable, Sendable {
    let list: ShopifyPage<Node>
  }

  /// Reads what follows a page, to the end of its list.
  private func finish<Node: Decodable & Sendable>(
    _ page: inout ShopifyPage<Node>, of id: String, _ document: String, each points: Int64,
    first: Int = ShopifyClient.pageMax
  ) async throws(ShopifyFailure) {
    for _ in 0..<Self.pagesMax where page.pageInfo.hasNextPage {
      guard let cursor = page.pageInfo.endCursor else {
        throw .unanswered("a page that has a next one does not say where")
      }
      let answer: [String: Listed<Node>?] = try await client.patientCall(
        AdminCall(document, Request(id: id, first: first, after: cursor), cost: 3 + Int64(first) * points))
      guard let next = answer["node"]??.list else { throw .unanswered("\(id) was deleted while it was read") }
      page.nodes += next.nodes
      page.pageInfo = next.pageInfo
    }
    if page.pageInfo.hasNextPage { throw .refused("a list of \(id) does not end") }
  }
}

extension ShopifyOrderNode {
  /// True where every list came whole with the order itself.
  var isWhole: Bool {
    let few = AdminDocument.FewOf.documents
    let isCut =
      [lineItems.pageInfo.hasNextPage, fulfillmentOrders.pageInfo.hasNextPage]
      + refunds.map(\.refundLineItems.pageInfo.hasNextPage)
      + fulfillments.map(\.fulfillmentLineItems.pageInfo.hasNextPage)
      + fulfillmentOrders.nodes.map(\.lineItems.pageInfo.hasNextPage)
    return refunds.count < few && fulfillments.count < few && !isCut.contains(true)
  }
}
