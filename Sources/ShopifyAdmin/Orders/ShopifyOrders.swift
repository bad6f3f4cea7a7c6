public import ChannelIntake
public import InventoryEngine
public import StockLedger

/// The orders of a shop at Shopify, read whole: what webhooks would have told, for whoever did not hear of them.
///
/// The app needs to read fulfillment orders for it (`read_merchant_managed_fulfillment_orders`, and for those of
/// warehouses of others `read_third_party_fulfillment_orders`); orders of more than 60 days ago need `read_all_orders`.
public struct ShopifyOrders: Sendable {
  /// What an order of a page costs: itself, its till and attributes, and its lists as far as they are asked for.
  static let pointsPerOrder: Int64 = 95
  /// Orders of a page: as many as fit under the thousand points of one call.
  static let pageSize = 10

  let client: ShopifyClient

  /// The orders that a client can read.
  public init(_ client: ShopifyClient) { self.client = client }

  /// Reads all orders that changed at a time or later, the longest unchanged first.
  ///
  /// An order that changes meanwhile goes to the end of the list and is met again there. It waits for points as long as
  /// it takes, and tries again what is not answered.
  ///
  /// - Parameters:
  ///   - time: By Shopify's clock, which counts whole seconds.
  ///   - take: Given some orders at a time; answers false where it wants no more.
  /// - Throws: ``ChannelFailure``; what was taken is taken.
  public func changed(
    since time: Timestamp, _ take: ([ShopifyOrderReading]) async throws(ChannelFailure) -> Bool
  ) async throws(ChannelFailure) {
    // What `take` throws is its own, and what Shopify fails at is told with the shop's name.
    var thrown: ChannelFailure?
    do throws(ShopifyFailure) {
      try await client.eachPage(
        of: AdminDocument.orders, first: Self.pageSize, search: Self.search(since: time),
        pointsEach: Self.pointsPerOrder
      ) { (page: [ShopifyOrderReading]) async throws(ShopifyFailure) in
        let whole = try await completed(page)
        do throws(ChannelFailure) { return try await take(whole) } catch {
          thrown = error
          return false
        }
      }
    } catch { throw ChannelFailure("the orders of \(client.access.domain) cannot be read: \(error)") }
    if let thrown { throw thrown }
  }

  /// Quoted, because a time has colons.
  static func search(since time: Timestamp) -> String {
    let seconds = Timestamp(milliseconds: time.milliseconds - time.milliseconds % 1_000)
    return "updated_at:>='\(seconds)'"
  }

  // MARK: Completing

  /// The orders of a page with all their lists whole; without those that changed while they were completed, which come
  /// again.
  private func completed(_ page: [ShopifyOrderReading]) async throws(ShopifyFailure) -> [ShopifyOrderReading] {
    var orders: [ShopifyOrderReading] = []
    for reading in page {
      if case .read(let order) = reading, !order.isWhole {
        if let whole = try await completed(order) { orders.append(whole) }
      } else {
        orders.append(reading)
      }
    }
    return orders
  }

  private func completed(_ order: ShopifyOrderNode) async throws(ShopifyFailure) -> ShopifyOrderReading? {
    var order = order
    let lists = OrderLists(client: client)
    if let excess = try await lists.complete(&order) {
      return .unreadable(
        order: order.number,
        ShopifyBodyError("it has \(ShopifyClient.pageMax) \(excess) or more, and Shopify lists no more of them"))
    }
    return try await lists.changedAt(order) == order.changedAt ? .read(order) : nil
  }
}
