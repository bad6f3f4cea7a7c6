/// A topic that the emulator sends.
public enum WebhookTopic: String, Hashable, Sendable, CaseIterable {
  /// An order was placed.
  case ordersCreate = "orders/create"
  /// Anything of an order changed.
  case ordersUpdated = "orders/updated"
  /// A person edited an order's lines.
  case ordersEdited = "orders/edited"
  /// An order was cancelled.
  case ordersCancelled = "orders/cancelled"
  /// An order was paid.
  case ordersPaid = "orders/paid"
  /// Units were refunded.
  case refundsCreate = "refunds/create"
  /// Units were shipped.
  case fulfillmentsCreate = "fulfillments/create"
  /// A fulfillment changed.
  case fulfillmentsUpdate = "fulfillments/update"
  /// It is known which location ships.
  case orderRoutingComplete = "fulfillment_orders/order_routing_complete"
  /// Another location ships.
  case fulfillmentOrdersMoved = "fulfillment_orders/moved"
  /// What may be sold of an item at a location changed.
  case inventoryLevelsUpdate = "inventory_levels/update"
  /// An item changed.
  case inventoryItemsUpdate = "inventory_items/update"
  /// The shop threw the app out.
  case appUninstalled = "app/uninstalled"
  /// A bulk read is over.
  case bulkOperationsFinish = "bulk_operations/finish"

  /// The schema's word, as `ORDERS_CREATE`.
  public var schemaName: String { rawValue.map { $0 == "/" ? "_" : String($0) }.joined().uppercased() }

  /// A topic from the schema's word; nil for one that is not sent.
  public init?(schemaName: String) {
    guard let topic = Self.allCases.first(where: { $0.schemaName == schemaName }) else { return nil }
    self = topic
  }
}
