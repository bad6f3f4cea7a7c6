public import ChannelIntake
public import InventoryEngine
public import StockLedger

/// Finds what webhooks of a shop did not tell: reads the orders that changed, and applies them as the webhooks would
/// have been.
///
/// What is known of a line only joins, so that an order that was told of changes nothing, before and after.
public struct ShopifyOrderFinder: Sendable {
  /// Reads the orders that changed at a time or later, the longest unchanged first, some at a time, until it is
  /// answered false.
  public typealias Read =
    @Sendable (Timestamp, ([ShopifyOrderReading]) async throws(ChannelFailure) -> Bool) async throws(ChannelFailure)
    -> Void

  /// What was found.
  public struct BroughtIn: Hashable, Sendable {
    /// Orders that were read.
    public var orders = 0
    /// Orders of which something waits, or that cannot be read: `GET /v1/webhooks/unjoined` shows them with the reason.
    public var waiting = 0
    /// Keys whose ledger changed, each once, in their order.
    public var changed: [StockKey] = []
    /// Everything that changed before this has been seen; the next search begins here.
    public var until: Timestamp
  }

  /// Milliseconds before its own start up to which a search has seen everything: Shopify's search shows a change some
  /// seconds late, its clock is another, and an order is routed after it was placed.
  public static let overlap: Int64 = 120_000
  /// Orders of one search. There may be more after a long silence: the next search goes on from there, so that none
  /// takes hours before anything is known of it.
  public static let ordersMax = 20_000

  private let shop: ShopifyShop
  private let desk: ShopifyDesk
  private let clock: any EngineClock
  private let ordersMax: Int
  private let read: Read

  /// A finder for a shop.
  ///
  /// - Parameters:
  ///   - desk: Where the shop's webhooks arrive.
  ///   - ordersMax: As ``ordersMax``.
  public init(
    shop: ShopifyShop, desk: ShopifyDesk, clock: any EngineClock, ordersMax: Int = Self.ordersMax,
    read: @escaping Read
  ) {
    self.shop = shop
    self.desk = desk
    self.clock = clock
    self.ordersMax = ordersMax
    self.read = read
  }

  /// Reads the orders that changed at a time or later, and applies them.
  ///
  /// - Throws: ``InventoryEngine/ChannelFailure`` where Shopify cannot be read, or the engine or the disk takes nothing
  ///   now: what was applied stays, and the same search is to be made again.
  public func bringIn(changedSince time: Timestamp) async throws(ChannelFailure) -> BroughtIn {
    var found = BroughtIn(until: clock.now + -Self.overlap)
    var changed: Set<StockKey> = []
    try await read(time) { (orders: [ShopifyOrderReading]) throws(ChannelFailure) in
      for taken in try await take(orders, since: time) {
        changed.formUnion(taken.changed)
        if taken.isKept { found.waiting += 1 }
      }
      found.orders += orders.count
      if found.orders < ordersMax { return true }
      // Times are whole seconds: more orders of the last one may follow.
      if let last = orders.compactMap(\.changedAt).max() { found.until = min(found.until, last) }
      return false
    }
    found.until = max(found.until, time)
    found.changed = changed.sorted()
    return found
  }

  /// Applies orders beside one another: each waits for the disk a few times.
  private func take(
    _ orders: [ShopifyOrderReading], since time: Timestamp
  ) async throws(ChannelFailure) -> [ShopifyDesk.TakenOrder] {
    do {
      return try await withThrowingTaskGroup(of: ShopifyDesk.TakenOrder.self) { group in
        for order in orders { group.addTask { try await desk.take(order, of: shop, since: time) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    } catch let away as ShopifyClerk.Away {
      throw ChannelFailure("the engine takes nothing now: search again in \(away.retryAfter) ms")
    } catch {
      throw ChannelFailure("an order of \(shop.domain) was not applied: \(error)")
    }
  }
}

extension ShopifyOrderReading {
  fileprivate var changedAt: Timestamp? { if case .read(let order) = self { order.changedAt } else { nil } }
}
