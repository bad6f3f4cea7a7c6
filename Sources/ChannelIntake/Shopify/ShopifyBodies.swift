// The bodies of webhooks as far as stock is concerned. Fields that are not named here are passed over: Shopify adds
// some with each version. Names are Shopify's, words joined.

struct OrderBody: Decodable {
  let id: ShopifyID
  let createdAt: ShopifyTime
  let updatedAt: ShopifyTime?
  let cancelledAt: ShopifyTime?
  let checkoutToken: String?
  let noteAttributes: [ShopifyAttribute]?
  let sourceName: String?
  let locationId: ShopifyID?
  let customer: CustomerBody?
  let lineItems: [LineBody]
  let fulfillments: [FulfillmentBody]?
  let refunds: [RefundBody]?
}

struct CustomerBody: Decodable {
  let id: ShopifyID?
}

/// A line of an order; within a fulfillment its quantity is what that parcel holds.
struct LineBody: Decodable {
  let id: ShopifyID
  let sku: String?
  let variantId: ShopifyID?
  let quantity: ShopifyUnits
  /// Units without those removed by edits and refunds.
  let currentQuantity: ShopifyUnits?
  /// Units that a parcel may still take.
  let fulfillableQuantity: ShopifyUnits?
  let giftCard: Bool?
}

struct RefundBody: Decodable {
  let id: ShopifyID
  let orderId: ShopifyID?
  let createdAt: ShopifyTime
  let refundLineItems: [RefundLineBody]
}

struct RefundLineBody: Decodable {
  let id: ShopifyID
  let lineItemId: ShopifyID
  let quantity: ShopifyUnits
  let restockType: String
  let locationId: ShopifyID?
  let lineItem: LineBody?
}

struct FulfillmentBody: Decodable {
  let id: ShopifyID
  let orderId: ShopifyID?
  let status: String?
  let createdAt: ShopifyTime
  let locationId: ShopifyID?
  let lineItems: [LineBody]
}

struct FulfillmentOrderBody: Decodable {
  let id: ShopifyID
  let orderId: ShopifyID?
  let status: String?
  let createdAt: ShopifyTime?
  let updatedAt: ShopifyTime?
  let assignedLocationId: ShopifyID?
  let assignedLocation: AssignedLocationBody?
  /// Not there in the short form of the webhook, which names the fulfillment order only.
  let lineItems: [FulfillmentOrderLineBody]?
}

struct AssignedLocationBody: Decodable {
  let locationId: ShopifyID?
}

struct FulfillmentOrderLineBody: Decodable {
  let lineItemId: ShopifyID
  let quantity: ShopifyUnits
  /// Those that no parcel has taken yet.
  let fulfillableQuantity: ShopifyUnits?
  let variantId: ShopifyID?
}

/// The wrapped forms of a fulfillment order's webhooks.
struct RoutingBody: Decodable {
  let fulfillmentOrder: FulfillmentOrderBody?
  let movedFulfillmentOrder: FulfillmentOrderBody?
  let originalFulfillmentOrder: FulfillmentOrderBody?
  let remainingFulfillmentOrder: FulfillmentOrderBody?
}

struct SignalBody: Decodable {
  let id: ShopifyID?
  let orderId: ShopifyID?
  let inventoryItemId: ShopifyID?
  let locationId: ShopifyID?
  let adminGraphqlApiId: String?
  let orderEdit: EditBody?

  struct EditBody: Decodable {
    let orderId: ShopifyID?
  }
}
