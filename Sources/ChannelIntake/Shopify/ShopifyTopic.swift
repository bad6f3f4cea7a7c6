/// What a webhook is about, by the word in its `X-Shopify-Topic`.
public enum ShopifyTopic: String, CaseIterable, Sendable {
  /// An order was placed.
  case ordersCreate = "orders/create"
  /// Anything of an order changed; its body is the whole order.
  case ordersUpdated = "orders/updated"
  /// An edit was committed; its body says differences without SKUs, the whole order comes as ``ordersUpdated``.
  case ordersEdited = "orders/edited"
  /// An order was cancelled; its body is the whole order.
  case ordersCancelled = "orders/cancelled"
  /// An order was paid; its body is the whole order.
  case ordersPaid = "orders/paid"
  /// Lines were refunded.
  case refundsCreate = "refunds/create"
  /// A parcel was made.
  case fulfillmentsCreate = "fulfillments/create"
  /// A parcel changed.
  case fulfillmentsUpdate = "fulfillments/update"
  /// Routing has chosen the location of a fulfillment order.
  case routingComplete = "fulfillment_orders/order_routing_complete"
  /// A fulfillment order was moved to another location.
  case fulfillmentOrderMoved = "fulfillment_orders/moved"
  /// Shopify's own number at a location changed.
  case inventoryLevelsUpdate = "inventory_levels/update"
  /// An inventory item changed.
  case inventoryItemsUpdate = "inventory_items/update"
  /// The app was taken out of the shop.
  case appUninstalled = "app/uninstalled"
  /// A bulk query or mutation is over.
  case bulkOperationsFinish = "bulk_operations/finish"
}
