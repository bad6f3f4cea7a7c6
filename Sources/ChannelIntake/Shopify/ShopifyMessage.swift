import FoundationEssentials
import StockLedger

/// What a webhook says, once its signature is known to be good.
public enum ShopifyMessage: Hashable, Sendable {
  /// Facts about lines of an order.
  case lines(order: Int64, [ShopifyLine])
  /// Something of Shopify's own changed: a reason to look there, never a number. Says of what.
  case signal(key: String, order: Int64?)
  /// The app was taken out of the shop.
  case uninstalled

  /// Reads a body.
  ///
  /// Tolerant of fields that are not known and strict on what is used: a number that is none is never passed over.
  ///
  /// - Throws: ``ShopifyBodyError`` with the field that is not what it should be.
  public init(_ topic: ShopifyTopic, body: [UInt8], of shop: ShopifyShop) throws(ShopifyBodyError) {
    switch topic {
    case .ordersCreate, .ordersUpdated, .ordersCancelled, .ordersPaid:
      let order = try Self.decode(OrderBody.self, body)
      self = .lines(order: order.id.number, order.lines(of: shop))
    case .refundsCreate:
      let refund = try Self.decode(RefundBody.self, body)
      self = .lines(order: refund.orderId?.number ?? 0, ShopifyLineTable.lines { refund.add(to: &$0) })
    case .fulfillmentsCreate, .fulfillmentsUpdate:
      let parcel = try Self.decode(FulfillmentBody.self, body)
      self = .lines(order: parcel.orderId?.number ?? 0, ShopifyLineTable.lines { parcel.add(to: &$0) })
    case .routingComplete, .fulfillmentOrderMoved:
      self = try Self.routing(body)
    case .ordersEdited, .inventoryLevelsUpdate, .inventoryItemsUpdate, .bulkOperationsFinish:
      let signal = try Self.decode(SignalBody.self, body)
      self = .signal(key: signal.key, order: signal.orderEdit?.orderId?.number)
    case .appUninstalled:
      self = .uninstalled
    }
  }

  private static func routing(_ body: [UInt8]) throws(ShopifyBodyError) -> ShopifyMessage {
    let wrapped = try decode(RoutingBody.self, body)
    let routed: FulfillmentOrderBody
    if let inner = wrapped.movedFulfillmentOrder ?? wrapped.fulfillmentOrder {
      routed = inner
    } else {
      routed = try decode(FulfillmentOrderBody.self, body)
    }
    guard routed.lineItems != nil, routed.location != nil else {
      return .signal(key: "fulfillmentOrder/\(routed.id.number)", order: routed.orderId?.number)
    }
    let order = routed.orderId?.number ?? wrapped.originalFulfillmentOrder?.orderId?.number ?? 0
    return .lines(order: order, ShopifyLineTable.lines { wrapped.add(to: &$0, whole: routed) })
  }

  private static func decode<Body: Decodable>(_ type: Body.Type, _ bytes: [UInt8]) throws(ShopifyBodyError) -> Body {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { return try decoder.decode(type, from: Data(bytes)) } catch { throw ShopifyBodyError(error) }
  }
}

/// Why a signed body cannot be read: Shopify has changed its form, or a test was sent by hand.
public struct ShopifyBodyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in the body, and what is wrong there.
  public let description: String

  /// What is wrong, in words.
  public init(_ description: String) { self.description = description }

  init(_ error: any Error) {
    let context: DecodingError.Context? =
      switch error as? DecodingError {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context
      case .keyNotFound(let key, let context):
        DecodingError.Context(codingPath: context.codingPath + [key], debugDescription: "missing")
      default: nil
      }
    let path = (context?.codingPath ?? []).map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
    let reason = context?.debugDescription ?? "not JSON"
    description = path.isEmpty ? reason : path.joined(separator: ".") + ": " + reason
  }
}
