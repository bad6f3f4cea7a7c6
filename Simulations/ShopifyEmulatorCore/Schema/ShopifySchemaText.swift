// Written by Scripts/generate-shopify-schema: run it to change this.
// swift-format-ignore-file

/// The served part of the Admin schema, version 2026-04, as SDL: admin-2026-04.graphql beside this file.
let shopifySchemaText = #"""
  directive @idempotent(key: String!) on FIELD
  type AccessScope {
    description: String!
    handle: String!
  }
  type ApiVersion {
    displayName: String!
    handle: String!
    supported: Boolean!
  }
  type App implements Node {
    id: ID!
    title: String!
    handle: String
    apiKey: String!
  }
  type AppInstallation implements Node {
    id: ID!
    accessScopes: [AccessScope!]!
    app: App!
  }
  type Attribute {
    key: String!
    value: String
  }
  type BulkOperation implements Node {
    id: ID!
    status: BulkOperationStatus!
    type: BulkOperationType!
    query: String!
    url: URL
    partialDataUrl: URL
    errorCode: BulkOperationErrorCode
    objectCount: UnsignedInt64!
    rootObjectCount: UnsignedInt64!
    fileSize: UnsignedInt64
    createdAt: DateTime!
    completedAt: DateTime
  }
  type BulkOperationCancelPayload {
    bulkOperation: BulkOperation
    userErrors: [UserError!]!
  }
  type BulkOperationConnection {
    edges: [BulkOperationEdge!]!
    nodes: [BulkOperation!]!
    pageInfo: PageInfo!
  }
  type BulkOperationEdge {
    cursor: String!
    node: BulkOperation!
  }
  enum BulkOperationErrorCode { ACCESS_DENIED INTERNAL_SERVER_ERROR TIMEOUT }
  type BulkOperationRunQueryPayload {
    bulkOperation: BulkOperation
    userErrors: [BulkOperationUserError!]!
  }
  enum BulkOperationStatus { CANCELED CANCELING COMPLETED CREATED EXPIRED FAILED RUNNING }
  enum BulkOperationType { QUERY MUTATION }
  type BulkOperationUserError implements DisplayableError {
    code: BulkOperationUserErrorCode
    field: [String!]
    message: String!
  }
  enum BulkOperationUserErrorCode { OPERATION_IN_PROGRESS INVALID LIMIT_REACHED }
  enum BulkOperationsSortKeys { COMPLETED_AT CREATED_AT }
  type Count {
    count: Int!
    precision: CountPrecision!
  }
  enum CountPrecision { EXACT AT_LEAST }
  enum CurrencyCode { USD EUR GBP CAD AFN ALL DZD AOA ARS AMD AWG AUD BBD AZN BDT BSD BHD BIF BYN BZD BMD BTN BAM
      BRL BOB BWP BND BGN MMK KHR CVE KYD XAF CLP CNY COP KMF CDF CRC HRK CZK DKK DJF DOP XCD EGP ERN ETB FKP XPF
      FJD GIP GMD GHS GTQ GYD GEL GNF HTG HNL HKD HUF ISK INR IDR ILS IRR IQD JMD JPY JEP JOD KZT KES KID KWD KGS
      LAK LVL LBP LSL LRD LYD LTL MGA MKD MOP MWK MVR MRU MXN MYR MUR MDL MAD MNT MZN NAD NPR ANG NZD NIO NGN NOK
      OMR PAB PKR PGK PYG PEN PHP PLN QAR RON RUB RWF WST SHP SAR RSD SCR SLL SGD SDG SOS SYP ZAR KRW SSP SBD LKR
      SRD SZL SEK CHF TWD THB TJS TZS TOP TTD TND TRY TMT UGX UAH AED UYU UZS VUV VES VND XOF YER ZMW USDC BYR STD
      STN VED VEF XXX }
  scalar DateTime
  scalar Decimal
  interface DisplayableError {
    field: [String!]
    message: String!
  }
  type Fulfillment implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    name: String!
    status: FulfillmentStatus!
    displayStatus: FulfillmentDisplayStatus
    totalQuantity: Int!
    createdAt: DateTime!
    updatedAt: DateTime!
    location: Location
    order: Order!
    fulfillmentLineItems(first: Int, after: String, last: Int, before: String,
      reverse: Boolean = false): FulfillmentLineItemConnection!
    fulfillmentOrders(first: Int, after: String, last: Int, before: String,
      reverse: Boolean = false): FulfillmentOrderConnection!
    trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
    requiresShipping: Boolean!
  }
  type FulfillmentCancelPayload {
    fulfillment: Fulfillment
    userErrors: [UserError!]!
  }
  type FulfillmentConnection {
    edges: [FulfillmentEdge!]!
    nodes: [Fulfillment!]!
    pageInfo: PageInfo!
  }
  type FulfillmentCreatePayload {
    fulfillment: Fulfillment
    userErrors: [UserError!]!
  }
  enum FulfillmentDisplayStatus { ATTEMPTED_DELIVERY CANCELED CONFIRMED DELAYED DELIVERED FAILURE FULFILLED
      CARRIER_PICKED_UP IN_TRANSIT LABEL_PRINTED LABEL_PURCHASED LABEL_VOIDED MARKED_AS_FULFILLED NOT_DELIVERED
      OUT_FOR_DELIVERY READY_FOR_PICKUP PICKED_UP SUBMITTED }
  type FulfillmentEdge {
    cursor: String!
    node: Fulfillment!
  }
  input FulfillmentInput {
    lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!
    notifyCustomer: Boolean = false
    trackingInfo: FulfillmentTrackingInput
  }
  type FulfillmentLineItem implements Node {
    id: ID!
    quantity: Int
    lineItem: LineItem!
  }
  type FulfillmentLineItemConnection {
    edges: [FulfillmentLineItemEdge!]!
    nodes: [FulfillmentLineItem!]!
    pageInfo: PageInfo!
  }
  type FulfillmentLineItemEdge {
    cursor: String!
    node: FulfillmentLineItem!
  }
  type FulfillmentOrder implements Node {
    id: ID!
    status: FulfillmentOrderStatus!
    requestStatus: FulfillmentOrderRequestStatus!
    assignedLocation: FulfillmentOrderAssignedLocation!
    createdAt: DateTime!
    updatedAt: DateTime!
    lineItems(first: Int, after: String, last: Int, before: String,
      reverse: Boolean = false): FulfillmentOrderLineItemConnection!
    order: Order!
    orderId: ID!
    orderName: String!
    orderProcessedAt: DateTime!
    fulfillments(first: Int, after: String, last: Int, before: String,
      reverse: Boolean = false): FulfillmentConnection!
  }
  type FulfillmentOrderAssignedLocation {
    name: String!
    location: Location
  }
  type FulfillmentOrderConnection {
    edges: [FulfillmentOrderEdge!]!
    nodes: [FulfillmentOrder!]!
    pageInfo: PageInfo!
  }
  type FulfillmentOrderEdge {
    cursor: String!
    node: FulfillmentOrder!
  }
  type FulfillmentOrderLineItem implements Node {
    id: ID!
    sku: String
    inventoryItemId: ID
    totalQuantity: Int!
    remainingQuantity: Int!
    lineItem: LineItem!
    variant: ProductVariant
    productTitle: String!
    variantTitle: String
    requiresShipping: Boolean!
  }
  type FulfillmentOrderLineItemConnection {
    edges: [FulfillmentOrderLineItemEdge!]!
    nodes: [FulfillmentOrderLineItem!]!
    pageInfo: PageInfo!
  }
  type FulfillmentOrderLineItemEdge {
    cursor: String!
    node: FulfillmentOrderLineItem!
  }
  input FulfillmentOrderLineItemInput {
    id: ID!
    quantity: Int!
  }
  input FulfillmentOrderLineItemsInput {
    fulfillmentOrderId: ID!
    fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]
  }
  type FulfillmentOrderMoveFulfillmentOrderMoveUserError implements DisplayableError {
    code: FulfillmentOrderMoveFulfillmentOrderMoveUserErrorCode
    field: [String!]
    message: String!
  }
  enum FulfillmentOrderMoveFulfillmentOrderMoveUserErrorCode {
      CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS }
  type FulfillmentOrderMovePayload {
    movedFulfillmentOrder: FulfillmentOrder
    originalFulfillmentOrder: FulfillmentOrder
    remainingFulfillmentOrder: FulfillmentOrder
    userErrors: [FulfillmentOrderMoveFulfillmentOrderMoveUserError!]!
  }
  enum FulfillmentOrderRequestStatus { UNSUBMITTED SUBMITTED ACCEPTED REJECTED CANCELLATION_REQUESTED
      CANCELLATION_ACCEPTED CANCELLATION_REJECTED CLOSED }
  enum FulfillmentOrderStatus { OPEN IN_PROGRESS CANCELLED INCOMPLETE CLOSED SCHEDULED ON_HOLD }
  enum FulfillmentStatus { PENDING OPEN SUCCESS CANCELLED ERROR FAILURE }
  type FulfillmentTrackingInfo {
    company: String
    number: String
    url: URL
  }
  input FulfillmentTrackingInput {
    number: String
    url: URL
    company: String
    numbers: [String!]
    urls: [URL!]
  }
  type InventoryActivatePayload {
    inventoryLevel: InventoryLevel
    userErrors: [UserError!]!
  }
  input InventoryAdjustQuantitiesInput {
    reason: String!
    name: String!
    referenceDocumentUri: String
    changes: [InventoryChangeInput!]!
  }
  type InventoryAdjustQuantitiesPayload {
    inventoryAdjustmentGroup: InventoryAdjustmentGroup
    userErrors: [InventoryAdjustQuantitiesUserError!]!
  }
  type InventoryAdjustQuantitiesUserError implements DisplayableError {
    code: InventoryAdjustQuantitiesUserErrorCode
    field: [String!]
    message: String!
  }
  enum InventoryAdjustQuantitiesUserErrorCode { INTERNAL_LEDGER_DOCUMENT INVALID_AVAILABLE_DOCUMENT
      INVALID_INVENTORY_ITEM INVALID_LEDGER_DOCUMENT INVALID_LOCATION INVALID_QUANTITY_DOCUMENT
      INVALID_QUANTITY_NAME INVALID_QUANTITY_TOO_LOW INVALID_QUANTITY_TOO_HIGH INVALID_REASON
      INVALID_REFERENCE_DOCUMENT SERVICE_UNAVAILABLE CHANGE_FROM_QUANTITY_STALE ADJUST_QUANTITIES_FAILED
      MAX_ONE_LEDGER_DOCUMENT ITEM_NOT_STOCKED_AT_LOCATION NON_MUTABLE_INVENTORY_ITEM
      IDEMPOTENCY_CONCURRENT_REQUEST IDEMPOTENCY_KEY_PARAMETER_MISMATCH }
  type InventoryAdjustmentGroup implements Node {
    id: ID!
    reason: String!
    referenceDocumentUri: String
    createdAt: DateTime!
    changes(inventoryItemIds: [ID!], locationIds: [ID!], quantityNames: [String!]): [InventoryChange!]!
    app: App
  }
  type InventoryChange {
    name: String!
    delta: Int!
    quantityAfterChange: Int
    item: InventoryItem
    location: Location
    ledgerDocumentUri: String
  }
  input InventoryChangeInput {
    delta: Int!
    changeFromQuantity: Int
    inventoryItemId: ID!
    locationId: ID!
    ledgerDocumentUri: String
  }
  type InventoryItem implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    sku: String
    tracked: Boolean!
    requiresShipping: Boolean!
    duplicateSkuCount: Int!
    createdAt: DateTime!
    updatedAt: DateTime!
    variant: ProductVariant!
    variants(first: Int, after: String, last: Int, before: String): ProductVariantConnection
    inventoryLevel(locationId: ID!, includeInactive: Boolean = false): InventoryLevel
    inventoryLevels(includeInactive: Boolean = false, first: Int, after: String, last: Int, before: String,
      reverse: Boolean = false, query: String): InventoryLevelConnection!
    locationsCount: Count
  }
  type InventoryItemConnection {
    edges: [InventoryItemEdge!]!
    nodes: [InventoryItem!]!
    pageInfo: PageInfo!
  }
  type InventoryItemEdge {
    cursor: String!
    node: InventoryItem!
  }
  type InventoryLevel implements Node {
    id: ID!
    isActive: Boolean!
    canDeactivate: Boolean!
    item: InventoryItem!
    location: Location!
    quantities(names: [String!]!): [InventoryQuantity!]!
    createdAt: DateTime!
    updatedAt: DateTime!
  }
  type InventoryLevelConnection {
    edges: [InventoryLevelEdge!]!
    nodes: [InventoryLevel!]!
    pageInfo: PageInfo!
  }
  type InventoryLevelEdge {
    cursor: String!
    node: InventoryLevel!
  }
  type InventoryQuantity implements Node {
    id: ID!
    name: String!
    quantity: Int!
    updatedAt: DateTime
  }
  input InventoryQuantityInput {
    inventoryItemId: ID!
    locationId: ID!
    quantity: Int!
    changeFromQuantity: Int
  }
  input InventorySetQuantitiesInput {
    reason: String!
    name: String!
    referenceDocumentUri: String
    quantities: [InventoryQuantityInput!]!
  }
  type InventorySetQuantitiesPayload {
    inventoryAdjustmentGroup: InventoryAdjustmentGroup
    userErrors: [InventorySetQuantitiesUserError!]!
  }
  type InventorySetQuantitiesUserError implements DisplayableError {
    code: InventorySetQuantitiesUserErrorCode
    field: [String!]
    message: String!
  }
  enum InventorySetQuantitiesUserErrorCode { INVALID_INVENTORY_ITEM INVALID_LOCATION INVALID_QUANTITY_NEGATIVE
      INVALID_REASON INVALID_REFERENCE_DOCUMENT ITEM_NOT_STOCKED_AT_LOCATION INVALID_QUANTITY_TOO_HIGH
      INVALID_QUANTITY_TOO_LOW COMPARE_QUANTITY_REQUIRED COMPARE_QUANTITY_STALE CHANGE_FROM_QUANTITY_STALE
      INVALID_NAME NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR NON_MUTABLE_INVENTORY_ITEM
      IDEMPOTENCY_CONCURRENT_REQUEST IDEMPOTENCY_KEY_PARAMETER_MISMATCH }
  type Job {
    id: ID!
    done: Boolean!
  }
  type LineItem implements Node {
    id: ID!
    sku: String
    title: String!
    name: String!
    variantTitle: String
    quantity: Int!
    currentQuantity: Int!
    unfulfilledQuantity: Int!
    fulfillableQuantity: Int!
    refundableQuantity: Int!
    nonFulfillableQuantity: Int!
    requiresShipping: Boolean!
    restockable: Boolean!
    variant: ProductVariant
    product: Product
    customAttributes: [Attribute!]!
    originalUnitPriceSet: MoneyBag!
    taxable: Boolean!
    isGiftCard: Boolean!
  }
  type LineItemConnection {
    edges: [LineItemEdge!]!
    nodes: [LineItem!]!
    pageInfo: PageInfo!
  }
  type LineItemEdge {
    cursor: String!
    node: LineItem!
  }
  type Location implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    name: String!
    isActive: Boolean!
    fulfillsOnlineOrders: Boolean!
    shipsInventory: Boolean!
    isFulfillmentService: Boolean!
    hasActiveInventory: Boolean!
    inventoryLevel(inventoryItemId: ID!, includeInactive: Boolean = false): InventoryLevel
    inventoryLevels(includeInactive: Boolean = false, first: Int, after: String, last: Int, before: String,
      reverse: Boolean = false, query: String): InventoryLevelConnection!
    createdAt: DateTime!
    updatedAt: DateTime!
  }
  type LocationConnection {
    edges: [LocationEdge!]!
    nodes: [Location!]!
    pageInfo: PageInfo!
  }
  type LocationEdge {
    cursor: String!
    node: Location!
  }
  enum LocationSortKeys { ID NAME RELEVANCE }
  scalar Money
  type MoneyBag {
    presentmentMoney: MoneyV2!
    shopMoney: MoneyV2!
  }
  input MoneyBagInput {
    shopMoney: MoneyInput!
    presentmentMoney: MoneyInput
  }
  input MoneyInput {
    amount: Decimal!
    currencyCode: CurrencyCode!
  }
  type MoneyV2 {
    amount: Decimal!
    currencyCode: CurrencyCode!
  }
  type Mutation {
    inventorySetQuantities(input: InventorySetQuantitiesInput!): InventorySetQuantitiesPayload
    inventoryAdjustQuantities(input: InventoryAdjustQuantitiesInput!): InventoryAdjustQuantitiesPayload
    inventoryActivate(inventoryItemId: ID!, locationId: ID!, available: Int, onHand: Int,
      stockAtLegacyLocation: Boolean = false): InventoryActivatePayload
    orderCreate(order: OrderCreateOrderInput!, options: OrderCreateOptionsInput): OrderCreatePayload
    orderCancel(orderId: ID!, refundMethod: OrderCancelRefundMethodInput, restock: Boolean!,
      reason: OrderCancelReason!, notifyCustomer: Boolean = false, staffNote: String = null): OrderCancelPayload
    refundCreate(input: RefundInput!): RefundCreatePayload
    fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
    fulfillmentCancel(id: ID!): FulfillmentCancelPayload
    fulfillmentOrderMove(id: ID!, newLocationId: ID!,
      fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]): FulfillmentOrderMovePayload
    webhookSubscriptionCreate(topic: WebhookSubscriptionTopic!,
      webhookSubscription: WebhookSubscriptionInput!): WebhookSubscriptionCreatePayload
    webhookSubscriptionDelete(id: ID!): WebhookSubscriptionDeletePayload
    bulkOperationRunQuery(query: String!, groupObjects: Boolean! = false): BulkOperationRunQueryPayload
    bulkOperationCancel(id: ID!): BulkOperationCancelPayload
  }
  interface Node {
    id: ID!
  }
  type Order implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    name: String!
    number: Int!
    createdAt: DateTime!
    updatedAt: DateTime!
    processedAt: DateTime!
    cancelledAt: DateTime
    cancelReason: OrderCancelReason
    closed: Boolean!
    closedAt: DateTime
    confirmed: Boolean!
    currencyCode: CurrencyCode!
    customAttributes: [Attribute!]!
    displayFinancialStatus: OrderDisplayFinancialStatus
    displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
    edited: Boolean!
    email: String
    fulfillable: Boolean!
    fulfillmentOrders(displayable: Boolean = false, first: Int, after: String, last: Int, before: String,
      reverse: Boolean = false, query: String): FulfillmentOrderConnection!
    fulfillments(first: Int, query: String): [Fulfillment!]!
    lineItems(first: Int, after: String, last: Int, before: String, reverse: Boolean = false): LineItemConnection!
    note: String
    phone: String
    poNumber: String
    refunds(first: Int): [Refund!]!
    requiresShipping: Boolean!
    retailLocation: Location
    sourceIdentifier: String
    sourceName: String
    subtotalLineItemsQuantity: Int!
    currentSubtotalLineItemsQuantity: Int!
    tags: [String!]!
    test: Boolean!
    totalPriceSet: MoneyBag!
  }
  type OrderCancelPayload {
    job: Job
    orderCancelUserErrors: [OrderCancelUserError!]!
    userErrors: [UserError!]!
  }
  enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY STAFF OTHER }
  input OrderCancelRefundMethodInput {
    originalPaymentMethodsRefund: Boolean
  }
  type OrderCancelUserError implements DisplayableError {
    code: OrderCancelUserErrorCode
    field: [String!]
    message: String!
  }
  enum OrderCancelUserErrorCode { NO_REFUND_PERMISSION NO_REFUND_TO_STORE_CREDIT_PERMISSION
      STORE_CREDIT_REFUND_EXPIRATION_IN_PAST STORE_CREDIT_REFUND_MISSING_CUSTOMER
      STORE_CREDIT_REFUND_B2B_NOT_SUPPORTED NOT_FOUND INVALID INTERNAL_ERROR }
  type OrderConnection {
    edges: [OrderEdge!]!
    nodes: [Order!]!
    pageInfo: PageInfo!
  }
  input OrderCreateCustomAttributeInput {
    key: String!
    value: String!
  }
  enum OrderCreateFinancialStatus { PENDING AUTHORIZED PARTIALLY_PAID PAID PARTIALLY_REFUNDED REFUNDED VOIDED
      EXPIRED }
  enum OrderCreateInputsInventoryBehavior { BYPASS DECREMENT_IGNORING_POLICY DECREMENT_OBEYING_POLICY }
  input OrderCreateLineItemInput {
    quantity: Int!
    variantId: ID
    productId: ID
    sku: String
    title: String
    priceSet: MoneyBagInput
    properties: [OrderCreateLineItemPropertyInput!]
    requiresShipping: Boolean = false
    taxable: Boolean = true
    variantTitle: String
  }
  input OrderCreateLineItemPropertyInput {
    name: String!
    value: String!
  }
  input OrderCreateOptionsInput {
    inventoryBehaviour: OrderCreateInputsInventoryBehavior = BYPASS
    sendReceipt: Boolean = false
    sendFulfillmentReceipt: Boolean = false
  }
  input OrderCreateOrderInput {
    currency: CurrencyCode
    customAttributes: [OrderCreateCustomAttributeInput!]
    email: String
    financialStatus: OrderCreateFinancialStatus
    lineItems: [OrderCreateLineItemInput!]
    name: String
    note: String
    phone: String
    poNumber: String
    processedAt: DateTime
    sourceIdentifier: String
    sourceName: String
    sourceUrl: URL
    tags: [String!]
    test: Boolean = false
  }
  type OrderCreatePayload {
    order: Order
    userErrors: [OrderCreateUserError!]!
  }
  type OrderCreateUserError implements DisplayableError {
    code: OrderCreateUserErrorCode
    field: [String!]
    message: String!
  }
  enum OrderCreateUserErrorCode { INVALID FULFILLMENT_SERVICE_INVALID INVENTORY_CLAIM_FAILED PROCESSED_AT_INVALID
      TAX_LINE_RATE_MISSING REDUNDANT_CUSTOMER_FIELDS SHOP_DORMANT }
  enum OrderDisplayFinancialStatus { PENDING AUTHORIZED PARTIALLY_PAID PARTIALLY_REFUNDED VOIDED PAID REFUNDED
      EXPIRED }
  enum OrderDisplayFulfillmentStatus { UNFULFILLED PARTIALLY_FULFILLED FULFILLED RESTOCKED PENDING_FULFILLMENT
      OPEN IN_PROGRESS ON_HOLD SCHEDULED REQUEST_DECLINED }
  type OrderEdge {
    cursor: String!
    node: Order!
  }
  enum OrderSortKeys { CREATED_AT CURRENT_TOTAL_PRICE CUSTOMER_NAME DESTINATION FINANCIAL_STATUS
      FULFILLMENT_STATUS ID ORDER_NUMBER PO_NUMBER PROCESSED_AT RELEVANCE TOTAL_ITEMS_QUANTITY TOTAL_PRICE
      UPDATED_AT }
  type PageInfo {
    endCursor: String
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
  }
  type Product implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    title: String!
    handle: String!
    vendor: String!
    status: ProductStatus!
    totalInventory: Int!
    totalVariants: Int!
    createdAt: DateTime!
    updatedAt: DateTime!
    variants(first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      sortKey: ProductVariantSortKeys = POSITION): ProductVariantConnection!
  }
  type ProductConnection {
    edges: [ProductEdge!]!
    nodes: [Product!]!
    pageInfo: PageInfo!
  }
  type ProductEdge {
    cursor: String!
    node: Product!
  }
  enum ProductSortKeys { CREATED_AT ID INVENTORY_TOTAL PRODUCT_TYPE PUBLISHED_AT RELEVANCE TITLE UPDATED_AT VENDOR
      }
  enum ProductStatus { ACTIVE ARCHIVED DRAFT UNLISTED }
  type ProductVariant implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    sku: String
    title: String!
    displayName: String!
    barcode: String
    price: Money!
    position: Int!
    inventoryItem: InventoryItem!
    inventoryPolicy: ProductVariantInventoryPolicy!
    inventoryQuantity: Int
    sellableOnlineQuantity: Int!
    availableForSale: Boolean!
    product: Product!
    taxable: Boolean!
    createdAt: DateTime!
    updatedAt: DateTime!
  }
  type ProductVariantConnection {
    edges: [ProductVariantEdge!]!
    nodes: [ProductVariant!]!
    pageInfo: PageInfo!
  }
  type ProductVariantEdge {
    cursor: String!
    node: ProductVariant!
  }
  enum ProductVariantInventoryPolicy { DENY CONTINUE }
  enum ProductVariantSortKeys { FULL_TITLE ID INVENTORY_LEVELS_AVAILABLE INVENTORY_MANAGEMENT INVENTORY_POLICY
      INVENTORY_QUANTITY NAME POPULAR POSITION RELEVANCE SKU TITLE }
  type Query {
    shop: Shop!
    productVariants(first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      sortKey: ProductVariantSortKeys = ID, query: String, savedSearchId: ID): ProductVariantConnection!
    productVariant(id: ID!): ProductVariant
    products(first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      sortKey: ProductSortKeys = ID, query: String, savedSearchId: ID): ProductConnection!
    product(id: ID!): Product
    inventoryItems(first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      query: String): InventoryItemConnection!
    inventoryItem(id: ID!): InventoryItem
    locations(first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      sortKey: LocationSortKeys = NAME, query: String, includeLegacy: Boolean = false,
      includeInactive: Boolean = false): LocationConnection!
    location(id: ID): Location
    inventoryLevel(id: ID!): InventoryLevel
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    orders(first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      sortKey: OrderSortKeys = PROCESSED_AT, query: String, savedSearchId: ID): OrderConnection!
    order(id: ID!): Order
    webhookSubscriptions(first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      sortKey: WebhookSubscriptionSortKeys = CREATED_AT, query: String, uri: String,
      format: WebhookSubscriptionFormat, topics: [WebhookSubscriptionTopic!]): WebhookSubscriptionConnection!
    webhookSubscription(id: ID!): WebhookSubscription
    currentBulkOperation(type: BulkOperationType = QUERY): BulkOperation
    bulkOperation(id: ID!): BulkOperation
    bulkOperations(first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      sortKey: BulkOperationsSortKeys = CREATED_AT, query: String): BulkOperationConnection!
    currentAppInstallation: AppInstallation!
  }
  type Refund implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    note: String
    order: Order!
    createdAt: DateTime
    processedAt: DateTime!
    updatedAt: DateTime!
    refundLineItems(first: Int, after: String, last: Int, before: String,
      reverse: Boolean = false): RefundLineItemConnection!
  }
  type RefundCreatePayload {
    order: Order
    refund: Refund
    userErrors: [UserError!]!
  }
  input RefundInput {
    orderId: ID!
    note: String
    notify: Boolean
    refundLineItems: [RefundLineItemInput!]
    processedAt: DateTime
    currency: CurrencyCode
    allowOverRefunding: Boolean = false
  }
  type RefundLineItem {
    id: ID
    lineItem: LineItem!
    location: Location
    quantity: Int!
    restockType: RefundLineItemRestockType!
    restocked: Boolean!
  }
  type RefundLineItemConnection {
    edges: [RefundLineItemEdge!]!
    nodes: [RefundLineItem!]!
    pageInfo: PageInfo!
  }
  type RefundLineItemEdge {
    cursor: String!
    node: RefundLineItem!
  }
  input RefundLineItemInput {
    lineItemId: ID!
    quantity: Int!
    restockType: RefundLineItemRestockType
    locationId: ID
  }
  enum RefundLineItemRestockType { RETURN CANCEL LEGACY_RESTOCK NO_RESTOCK }
  type Shop implements Node {
    id: ID!
    name: String!
    myshopifyDomain: String!
    currencyCode: CurrencyCode!
    createdAt: DateTime!
    updatedAt: DateTime!
    email: String!
    contactEmail: String!
    ianaTimezone: String!
    timezoneOffset: String!
    url: URL!
  }
  scalar URL
  scalar UnsignedInt64
  type UserError implements DisplayableError {
    field: [String!]
    message: String!
  }
  type WebhookSubscription implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    topic: WebhookSubscriptionTopic!
    uri: String!
    callbackUrl: URL!
    format: WebhookSubscriptionFormat!
    includeFields: [String!]!
    name: String
    filter: String
    apiVersion: ApiVersion!
    createdAt: DateTime!
    updatedAt: DateTime!
  }
  type WebhookSubscriptionConnection {
    edges: [WebhookSubscriptionEdge!]!
    nodes: [WebhookSubscription!]!
    pageInfo: PageInfo!
  }
  type WebhookSubscriptionCreatePayload {
    userErrors: [UserError!]!
    webhookSubscription: WebhookSubscription
  }
  type WebhookSubscriptionDeletePayload {
    deletedWebhookSubscriptionId: ID
    userErrors: [UserError!]!
  }
  type WebhookSubscriptionEdge {
    cursor: String!
    node: WebhookSubscription!
  }
  enum WebhookSubscriptionFormat { JSON XML }
  input WebhookSubscriptionInput {
    uri: String
    format: WebhookSubscriptionFormat
    includeFields: [String!]
    name: String
  }
  enum WebhookSubscriptionSortKeys { CREATED_AT ID }
  enum WebhookSubscriptionTopic { TAX_SUMMARIES_CREATE APP_UNINSTALLED APP_SCOPES_UPDATE CARTS_CREATE CARTS_UPDATE
      CHANNELS_DELETE CHECKOUTS_CREATE CHECKOUTS_DELETE CHECKOUTS_UPDATE CUSTOMER_PAYMENT_METHODS_CREATE
      CUSTOMER_PAYMENT_METHODS_UPDATE CUSTOMER_PAYMENT_METHODS_REVOKE COLLECTION_LISTINGS_ADD
      COLLECTION_LISTINGS_REMOVE COLLECTION_LISTINGS_UPDATE COLLECTION_PUBLICATIONS_CREATE
      COLLECTION_PUBLICATIONS_DELETE COLLECTION_PUBLICATIONS_UPDATE COLLECTIONS_CREATE COLLECTIONS_DELETE
      COLLECTIONS_UPDATE CUSTOMER_GROUPS_CREATE CUSTOMER_GROUPS_DELETE CUSTOMER_GROUPS_UPDATE CUSTOMERS_CREATE
      CUSTOMERS_DELETE CUSTOMERS_DISABLE CUSTOMERS_ENABLE CUSTOMERS_UPDATE CUSTOMERS_PURCHASING_SUMMARY
      CUSTOMERS_MARKETING_CONSENT_UPDATE CUSTOMER_TAGS_ADDED CUSTOMER_TAGS_REMOVED
      CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE DISPUTES_CREATE DISPUTES_UPDATE DRAFT_ORDERS_CREATE
      DRAFT_ORDERS_DELETE DRAFT_ORDERS_UPDATE FULFILLMENT_EVENTS_CREATE FULFILLMENT_EVENTS_DELETE
      FULFILLMENTS_CREATE FULFILLMENTS_UPDATE ATTRIBUTED_SESSIONS_FIRST ATTRIBUTED_SESSIONS_LAST
      ORDER_TRANSACTIONS_CREATE ORDERS_CANCELLED ORDERS_CREATE ORDERS_DELETE ORDERS_EDITED ORDERS_FULFILLED
      ORDERS_PAID ORDERS_PARTIALLY_FULFILLED ORDERS_UPDATED ORDERS_LINK_REQUESTED FULFILLMENT_ORDERS_MOVED
      FULFILLMENT_ORDERS_HOLD_RELEASED FULFILLMENT_ORDERS_SCHEDULED_FULFILLMENT_ORDER_READY
      FULFILLMENT_HOLDS_RELEASED FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE FULFILLMENT_ORDERS_CANCELLED
      FULFILLMENT_ORDERS_FULFILLMENT_SERVICE_FAILED_TO_COMPLETE FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_REJECTED
      FULFILLMENT_ORDERS_CANCELLATION_REQUEST_SUBMITTED FULFILLMENT_ORDERS_CANCELLATION_REQUEST_ACCEPTED
      FULFILLMENT_ORDERS_CANCELLATION_REQUEST_REJECTED FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_SUBMITTED
      FULFILLMENT_ORDERS_FULFILLMENT_REQUEST_ACCEPTED FULFILLMENT_HOLDS_ADDED
      FULFILLMENT_ORDERS_LINE_ITEMS_PREPARED_FOR_LOCAL_DELIVERY FULFILLMENT_ORDERS_PLACED_ON_HOLD
      FULFILLMENT_ORDERS_MERGED FULFILLMENT_ORDERS_SPLIT FULFILLMENT_ORDERS_PROGRESS_REPORTED
      FULFILLMENT_ORDERS_MANUALLY_REPORTED_PROGRESS_STOPPED PRODUCT_LISTINGS_ADD PRODUCT_LISTINGS_REMOVE
      PRODUCT_LISTINGS_UPDATE SCHEDULED_PRODUCT_LISTINGS_ADD SCHEDULED_PRODUCT_LISTINGS_UPDATE
      SCHEDULED_PRODUCT_LISTINGS_REMOVE PRODUCT_PUBLICATIONS_CREATE PRODUCT_PUBLICATIONS_DELETE
      PRODUCT_PUBLICATIONS_UPDATE PRODUCTS_CREATE PRODUCTS_DELETE PRODUCTS_UPDATE REFUNDS_CREATE SEGMENTS_CREATE
      SEGMENTS_DELETE SEGMENTS_UPDATE SHIPPING_ADDRESSES_CREATE SHIPPING_ADDRESSES_UPDATE SHOP_UPDATE
      TAX_PARTNERS_UPDATE TAX_SERVICES_CREATE TAX_SERVICES_UPDATE THEMES_CREATE THEMES_DELETE THEMES_PUBLISH
      THEMES_UPDATE VARIANTS_IN_STOCK VARIANTS_OUT_OF_STOCK INVENTORY_LEVELS_CONNECT INVENTORY_LEVELS_UPDATE
      INVENTORY_LEVELS_DISCONNECT INVENTORY_ITEMS_CREATE INVENTORY_ITEMS_UPDATE INVENTORY_ITEMS_DELETE
      LOCATIONS_ACTIVATE LOCATIONS_DEACTIVATE LOCATIONS_CREATE LOCATIONS_UPDATE LOCATIONS_DELETE
      TENDER_TRANSACTIONS_CREATE APP_PURCHASES_ONE_TIME_UPDATE APP_SUBSCRIPTIONS_APPROACHING_CAPPED_AMOUNT
      APP_SUBSCRIPTIONS_UPDATE LOCALES_CREATE LOCALES_UPDATE LOCALES_DESTROY DOMAINS_CREATE DOMAINS_UPDATE
      DOMAINS_DESTROY SUBSCRIPTION_CONTRACTS_CREATE SUBSCRIPTION_CONTRACTS_UPDATE
      SUBSCRIPTION_BILLING_CYCLE_EDITS_CREATE SUBSCRIPTION_BILLING_CYCLE_EDITS_UPDATE
      SUBSCRIPTION_BILLING_CYCLE_EDITS_DELETE PROFILES_CREATE PROFILES_UPDATE PROFILES_DELETE
      SUBSCRIPTION_BILLING_ATTEMPTS_SUCCESS SUBSCRIPTION_BILLING_ATTEMPTS_FAILURE
      SUBSCRIPTION_BILLING_ATTEMPTS_CHALLENGED RETURNS_CANCEL RETURNS_CLOSE RETURNS_REOPEN RETURNS_REQUEST
      RETURNS_APPROVE RETURNS_UPDATE RETURNS_PROCESS RETURNS_DECLINE REVERSE_DELIVERIES_ATTACH_DELIVERABLE
      REVERSE_FULFILLMENT_ORDERS_DISPOSE PAYMENT_TERMS_CREATE PAYMENT_TERMS_DELETE PAYMENT_TERMS_UPDATE
      PAYMENT_SCHEDULES_DUE SELLING_PLAN_GROUPS_CREATE SELLING_PLAN_GROUPS_UPDATE SELLING_PLAN_GROUPS_DELETE
      BULK_OPERATIONS_FINISH PRODUCT_FEEDS_CREATE PRODUCT_FEEDS_UPDATE PRODUCT_FEEDS_INCREMENTAL_SYNC
      PRODUCT_FEEDS_FULL_SYNC PRODUCT_FEEDS_FULL_SYNC_FINISH MARKETS_CREATE MARKETS_UPDATE MARKETS_DELETE
      ORDERS_RISK_ASSESSMENT_CHANGED ORDERS_SHOPIFY_PROTECT_ELIGIBILITY_CHANGED FINANCE_KYC_INFORMATION_UPDATE
      FULFILLMENT_ORDERS_RESCHEDULED PUBLICATIONS_DELETE AUDIT_EVENTS_ADMIN_API_ACTIVITY
      FULFILLMENT_ORDERS_LINE_ITEMS_PREPARED_FOR_PICKUP COMPANIES_CREATE COMPANIES_UPDATE COMPANIES_DELETE
      COMPANY_LOCATIONS_CREATE COMPANY_LOCATIONS_UPDATE COMPANY_LOCATIONS_DELETE COMPANY_CONTACTS_CREATE
      COMPANY_CONTACTS_UPDATE COMPANY_CONTACTS_DELETE CUSTOMERS_MERGE INVENTORY_TRANSFERS_ADD_ITEMS
      INVENTORY_TRANSFERS_UPDATE_ITEM_QUANTITIES INVENTORY_TRANSFERS_REMOVE_ITEMS
      INVENTORY_TRANSFERS_READY_TO_SHIP INVENTORY_TRANSFERS_CANCEL INVENTORY_TRANSFERS_COMPLETE
      INVENTORY_SHIPMENTS_DELETE INVENTORY_SHIPMENTS_CREATE INVENTORY_SHIPMENTS_MARK_IN_TRANSIT
      INVENTORY_SHIPMENTS_UPDATE_TRACKING INVENTORY_SHIPMENTS_ADD_ITEMS INVENTORY_SHIPMENTS_UPDATE_ITEM_QUANTITIES
      INVENTORY_SHIPMENTS_REMOVE_ITEMS INVENTORY_SHIPMENTS_RECEIVE_ITEMS CUSTOMER_ACCOUNT_SETTINGS_UPDATE
      CUSTOMER_JOINED_SEGMENT CUSTOMER_LEFT_SEGMENT COMPANY_CONTACT_ROLES_ASSIGN COMPANY_CONTACT_ROLES_REVOKE
      SUBSCRIPTION_CONTRACTS_ACTIVATE SUBSCRIPTION_CONTRACTS_PAUSE SUBSCRIPTION_CONTRACTS_CANCEL
      SUBSCRIPTION_CONTRACTS_FAIL SUBSCRIPTION_CONTRACTS_EXPIRE SUBSCRIPTION_BILLING_CYCLES_SKIP
      SUBSCRIPTION_BILLING_CYCLES_UNSKIP METAOBJECTS_CREATE METAOBJECTS_UPDATE METAOBJECTS_DELETE
      FINANCE_APP_STAFF_MEMBER_GRANT FINANCE_APP_STAFF_MEMBER_REVOKE FINANCE_APP_STAFF_MEMBER_DELETE
      FINANCE_APP_STAFF_MEMBER_UPDATE DISCOUNTS_CREATE DISCOUNTS_UPDATE DISCOUNTS_DELETE
      DISCOUNTS_REDEEMCODE_ADDED DISCOUNTS_REDEEMCODE_REMOVED METAFIELD_DEFINITIONS_CREATE
      METAFIELD_DEFINITIONS_UPDATE METAFIELD_DEFINITIONS_DELETE DELIVERY_PROMISE_SETTINGS_UPDATE
      MARKETS_BACKUP_REGION_UPDATE CHECKOUT_AND_ACCOUNTS_CONFIGURATIONS_UPDATE }
  """#

/// What the real types have besides: a type's name, a colon, names of its fields, on as many lines as it takes.
let shopifySchemaBesides = #"""
  App: appStoreAppUrl appStoreDeveloperUrl availableAccessScopes banner channels description developerName
  App: developerType developerUrl embedded failedRequirements features feedback icon installUrl installation
  App: isPostPurchaseAppInUse launchUrl navigationItems optionalAccessScopes previouslyInstalled pricingDetails
  App: pricingDetailsSummary privacyPolicyUrl publicCategory published requestedAccessScopes screenshots
  App: shopifyDeveloped uninstallMessage uninstallUrl webhookApiVersion
  AppInstallation: activeSubscriptions allSubscriptions channel credits launchUrl metafield metafields
  AppInstallation: oneTimePurchases publication revenueAttributionRecords subscriptions uninstallUrl
  Fulfillment: deliveredAt estimatedDeliveryAt events inTransitAt originAddress service
  FulfillmentInput: originAddress
  FulfillmentLineItem: discountedTotal discountedTotalSet originalTotal originalTotalSet
  FulfillmentOrder: channelId deliveryMethod destination fulfillAt fulfillBy fulfillmentHolds
  FulfillmentOrder: fulfillmentOrdersForMerge internationalDuties locationsForMove merchantRequests
  FulfillmentOrder: remainingLineItemsWeight supportedActions
  FulfillmentOrderAssignedLocation: address1 address2 city countryCode phone province zip
  FulfillmentOrderLineItem: financialSummaries image originalUnitPriceSet vendor warnings weight
  InventoryAdjustmentGroup: staffMember
  InventoryItem: countryCodeOfOrigin countryHarmonizedSystemCodes harmonizedSystemCode inventoryHistoryUrl
  InventoryItem: measurement provinceCodeOfOrigin trackedEditable unitCost
  InventoryLevel: deactivationAlert scheduledChanges
  Job: query
  LineItem: canRestock contract discountAllocations discountedTotal discountedTotalSet discountedUnitPrice
  LineItem: discountedUnitPriceAfterAllDiscountsSet discountedUnitPriceSet duties fulfillmentService
  LineItem: fulfillmentStatus image lineItemGroup merchantEditable originalTotal originalTotalSet
  LineItem: originalUnitPrice sellingPlan staffMember suggestedReturnReasonDefinitions taxLines totalDiscount
  LineItem: totalDiscountSet unfulfilledDiscountedTotal unfulfilledDiscountedTotalSet unfulfilledOriginalTotal
  LineItem: unfulfilledOriginalTotalSet vendor
  Location: activatable address addressVerified deactivatable deactivatedAt deletable fulfillmentService
  Location: hasUnfulfilledOrders isPrimary localPickupSettingsV2 metafield metafieldDefinitions metafields
  Location: suggestedAddresses
  Mutation: abandonmentEmailStateUpdate abandonmentUpdateActivitiesDeliveryStatuses appPurchaseOneTimeCreate
  Mutation: appRevokeAccessScopes appSubscriptionCancel appSubscriptionCreate appSubscriptionLineItemUpdate
  Mutation: appSubscriptionTrialExtend appUninstall appUsageRecordCreate articleCreate articleDelete
  Mutation: articleUpdate backupRegionUpdate blogCreate blogDelete blogUpdate bulkOperationRunMutation
  Mutation: bulkProductResourceFeedbackCreate carrierServiceCreate carrierServiceDelete carrierServiceUpdate
  Mutation: cartTransformCreate cartTransformDelete cashDrawerCreate cashDrawerFindOrCreate cashDrawerUpdate
  Mutation: cashManagementReasonCodeCreate cashManagementReasonCodeDelete catalogContextUpdate catalogCreate
  Mutation: catalogDelete catalogUpdate channelCreate channelDelete channelFullSync channelUpdate
  Mutation: checkoutAndAccountsConfigurationUpdate checkoutBrandingUpsert collectionAddProducts
  Mutation: collectionAddProductsV2 collectionCreate collectionDelete collectionDuplicate collectionPublish
  Mutation: collectionRemoveProducts collectionReorderProducts collectionUnpublish collectionUpdate
  Mutation: combinedListingUpdate commentApprove commentDelete commentNotSpam commentSpam companiesDelete
  Mutation: companyAddressDelete companyAssignCustomerAsContact companyAssignMainContact companyContactAssignRole
  Mutation: companyContactAssignRoles companyContactCreate companyContactDelete companyContactRemoveFromCompany
  Mutation: companyContactRevokeRole companyContactRevokeRoles companyContactSendWelcomeEmail
  Mutation: companyContactUpdate companyContactsDelete companyCreate companyDelete companyLocationAssignAddress
  Mutation: companyLocationAssignRoles companyLocationAssignStaffMembers companyLocationAssignTaxExemptions
  Mutation: companyLocationCreate companyLocationCreateTaxRegistration companyLocationDelete
  Mutation: companyLocationRemoveStaffMembers companyLocationRevokeRoles companyLocationRevokeTaxExemptions
  Mutation: companyLocationRevokeTaxRegistration companyLocationTaxSettingsUpdate companyLocationUpdate
  Mutation: companyLocationsDelete companyRevokeMainContact companyUpdate consentPolicyUpdate
  Mutation: customerAddTaxExemptions customerAddressCreate customerAddressDelete customerAddressUpdate
  Mutation: customerCancelDataErasure customerCreate customerDelete customerEmailMarketingConsentUpdate
  Mutation: customerGenerateAccountActivationUrl customerMerge customerPaymentMethodCreateFromDuplicationData
  Mutation: customerPaymentMethodCreditCardCreate customerPaymentMethodCreditCardUpdate
  Mutation: customerPaymentMethodGetDuplicationData customerPaymentMethodGetUpdateUrl
  Mutation: customerPaymentMethodPaypalBillingAgreementCreate customerPaymentMethodPaypalBillingAgreementUpdate
  Mutation: customerPaymentMethodRemoteCreate customerPaymentMethodRevoke customerPaymentMethodSendUpdateEmail
  Mutation: customerRemoveTaxExemptions customerReplaceTaxExemptions customerRequestDataErasure
  Mutation: customerSegmentMembersQueryCreate customerSendAccountInviteEmail customerSet
  Mutation: customerSmsMarketingConsentUpdate customerUpdate customerUpdateDefaultAddress dataSaleOptOut
  Mutation: delegateAccessTokenCreate delegateAccessTokenDestroy deliveryCustomizationActivation
  Mutation: deliveryCustomizationCreate deliveryCustomizationDelete deliveryCustomizationUpdate
  Mutation: deliveryProfileCreate deliveryProfileRemove deliveryProfileUpdate deliveryPromiseParticipantsUpdate
  Mutation: deliveryPromiseProviderUpsert deliverySettingUpdate deliveryShippingOriginAssign
  Mutation: discountAutomaticActivate discountAutomaticAppCreate discountAutomaticAppUpdate
  Mutation: discountAutomaticBasicCreate discountAutomaticBasicUpdate discountAutomaticBulkDelete
  Mutation: discountAutomaticBxgyCreate discountAutomaticBxgyUpdate discountAutomaticDeactivate
  Mutation: discountAutomaticDelete discountAutomaticFreeShippingCreate discountAutomaticFreeShippingUpdate
  Mutation: discountBulkTagsAdd discountBulkTagsRemove discountCodeActivate discountCodeAppCreate
  Mutation: discountCodeAppUpdate discountCodeBasicCreate discountCodeBasicUpdate discountCodeBulkActivate
  Mutation: discountCodeBulkDeactivate discountCodeBulkDelete discountCodeBxgyCreate discountCodeBxgyUpdate
  Mutation: discountCodeDeactivate discountCodeDelete discountCodeFreeShippingCreate
  Mutation: discountCodeFreeShippingUpdate discountCodeRedeemCodeBulkDelete discountRedeemCodeBulkAdd
  Mutation: disputeEvidenceUpdate draftOrderBulkAddTags draftOrderBulkDelete draftOrderBulkRemoveTags
  Mutation: draftOrderCalculate draftOrderComplete draftOrderCreate draftOrderCreateFromOrder draftOrderDelete
  Mutation: draftOrderDuplicate draftOrderInvoicePreview draftOrderInvoiceSend draftOrderUpdate
  Mutation: eventBridgeServerPixelUpdate eventBridgeWebhookSubscriptionCreate
  Mutation: eventBridgeWebhookSubscriptionUpdate fileAcknowledgeUpdateFailed fileCreate fileDelete fileUpdate
  Mutation: flowGenerateSignature flowTriggerReceive fulfillmentConstraintRuleCreate
  Mutation: fulfillmentConstraintRuleDelete fulfillmentConstraintRuleUpdate fulfillmentCreateV2
  Mutation: fulfillmentEventCreate fulfillmentOrderAcceptCancellationRequest
  Mutation: fulfillmentOrderAcceptFulfillmentRequest fulfillmentOrderCancel fulfillmentOrderClose
  Mutation: fulfillmentOrderHold fulfillmentOrderLineItemsPreparedForPickup fulfillmentOrderMerge
  Mutation: fulfillmentOrderOpen fulfillmentOrderRejectCancellationRequest
  Mutation: fulfillmentOrderRejectFulfillmentRequest fulfillmentOrderReleaseHold fulfillmentOrderReportProgress
  Mutation: fulfillmentOrderReschedule fulfillmentOrderSplit fulfillmentOrderSubmitCancellationRequest
  Mutation: fulfillmentOrderSubmitFulfillmentRequest fulfillmentOrdersReroute
  Mutation: fulfillmentOrdersSetFulfillmentDeadline fulfillmentServiceCreate fulfillmentServiceDelete
  Mutation: fulfillmentServiceUpdate fulfillmentTrackingInfoUpdate fulfillmentTrackingInfoUpdateV2 giftCardCreate
  Mutation: giftCardCredit giftCardDeactivate giftCardDebit giftCardSendNotificationToCustomer
  Mutation: giftCardSendNotificationToRecipient giftCardUpdate inventoryBulkToggleActivation inventoryDeactivate
  Mutation: inventoryItemUpdate inventoryMoveQuantities inventorySetOnHandQuantities inventorySetScheduledChanges
  Mutation: inventoryShipmentAddItems inventoryShipmentCreate inventoryShipmentCreateInTransit
  Mutation: inventoryShipmentDelete inventoryShipmentMarkInTransit inventoryShipmentReceive
  Mutation: inventoryShipmentRemoveItems inventoryShipmentSetBarcode inventoryShipmentSetTracking
  Mutation: inventoryShipmentUpdateItemQuantities inventoryTransferCancel inventoryTransferCreate
  Mutation: inventoryTransferCreateAsReadyToShip inventoryTransferDelete inventoryTransferDuplicate
  Mutation: inventoryTransferEdit inventoryTransferMarkAsReadyToShip inventoryTransferRemoveItems
  Mutation: inventoryTransferSetItems locationActivate locationAdd locationDeactivate locationDelete locationEdit
  Mutation: locationLocalPickupDisable locationLocalPickupEnable marketCreate marketCurrencySettingsUpdate
  Mutation: marketDelete marketLocalizationsRegister marketLocalizationsRemove marketRegionDelete
  Mutation: marketRegionsCreate marketRegionsDelete marketUpdate marketWebPresenceCreate marketWebPresenceDelete
  Mutation: marketWebPresenceUpdate marketingActivitiesDeleteAllExternal marketingActivityCreate
  Mutation: marketingActivityCreateExternal marketingActivityDeleteExternal marketingActivityUpdate
  Mutation: marketingActivityUpdateExternal marketingActivityUpsertExternal marketingEngagementCreate
  Mutation: marketingEngagementsDelete menuCreate menuDelete menuUpdate metafieldDefinitionCreate
  Mutation: metafieldDefinitionDelete metafieldDefinitionPin metafieldDefinitionUnpin metafieldDefinitionUpdate
  Mutation: metafieldsDelete metafieldsSet metaobjectBulkDelete metaobjectCreate metaobjectDefinitionCreate
  Mutation: metaobjectDefinitionDelete metaobjectDefinitionUpdate metaobjectDelete metaobjectUpdate
  Mutation: metaobjectUpsert mobilePlatformApplicationCreate mobilePlatformApplicationDelete
  Mutation: mobilePlatformApplicationUpdate orderCapture orderClose orderCreateMandatePayment
  Mutation: orderCreateManualPayment orderCustomerRemove orderCustomerSet orderDelete orderEditAddCustomItem
  Mutation: orderEditAddLineItemDiscount orderEditAddShippingLine orderEditAddVariant orderEditBegin
  Mutation: orderEditCommit orderEditRemoveDiscount orderEditRemoveLineItemDiscount orderEditRemoveShippingLine
  Mutation: orderEditSetQuantity orderEditUpdateDiscount orderEditUpdateShippingLine orderInvoiceSend
  Mutation: orderMarkAsPaid orderOpen orderRiskAssessmentCreate orderUpdate pageCreate pageDelete pageUpdate
  Mutation: paymentCustomizationActivation paymentCustomizationCreate paymentCustomizationDelete
  Mutation: paymentCustomizationUpdate paymentReminderSend paymentTermsCreate paymentTermsDelete
  Mutation: paymentTermsUpdate pointOfSaleDeviceAssignToCashDrawer pointOfSaleDevicePaymentSessionAdjust
  Mutation: pointOfSaleDevicePaymentSessionClose pointOfSaleDevicePaymentSessionCount
  Mutation: pointOfSaleDevicePaymentSessionOpen priceListCreate priceListDelete priceListFixedPricesAdd
  Mutation: priceListFixedPricesByProductUpdate priceListFixedPricesDelete priceListFixedPricesUpdate
  Mutation: priceListUpdate privacyFeaturesDisable productBundleCreate productBundleUpdate productChangeStatus
  Mutation: productCreate productCreateMedia productDelete productDeleteMedia productDuplicate productFeedCreate
  Mutation: productFeedDelete productFullSync productJoinSellingPlanGroups productLeaveSellingPlanGroups
  Mutation: productOptionUpdate productOptionsCreate productOptionsDelete productOptionsReorder productPublish
  Mutation: productReorderMedia productSet productUnpublish productUpdate productUpdateMedia
  Mutation: productVariantAppendMedia productVariantDetachMedia productVariantJoinSellingPlanGroups
  Mutation: productVariantLeaveSellingPlanGroups productVariantRelationshipBulkUpdate productVariantsBulkCreate
  Mutation: productVariantsBulkDelete productVariantsBulkReorder productVariantsBulkUpdate
  Mutation: pubSubServerPixelUpdate pubSubWebhookSubscriptionCreate pubSubWebhookSubscriptionUpdate
  Mutation: publicationCreate publicationDelete publicationUpdate publishablePublish
  Mutation: publishablePublishToCurrentChannel publishableUnpublish publishableUnpublishToCurrentChannel
  Mutation: quantityPricingByVariantUpdate quantityRulesAdd quantityRulesDelete removeFromReturn
  Mutation: returnApproveRequest returnCancel returnClose returnCreate returnDeclineRequest
  Mutation: returnLineItemRemoveFromReturn returnProcess returnRefund returnReopen returnRequest
  Mutation: reverseDeliveryCreateWithShipping reverseDeliveryShippingUpdate reverseFulfillmentOrderDispose
  Mutation: savedSearchCreate savedSearchDelete savedSearchUpdate scriptTagCreate scriptTagDelete scriptTagUpdate
  Mutation: segmentCreate segmentDelete segmentUpdate sellingPlanGroupAddProductVariants
  Mutation: sellingPlanGroupAddProducts sellingPlanGroupCreate sellingPlanGroupDelete
  Mutation: sellingPlanGroupRemoveProductVariants sellingPlanGroupRemoveProducts sellingPlanGroupUpdate
  Mutation: serverPixelCreate serverPixelDelete shippingPackageDelete shippingPackageMakeDefault
  Mutation: shippingPackageUpdate shopLocaleDisable shopLocaleEnable shopLocaleUpdate shopPolicyUpdate
  Mutation: shopResourceFeedbackCreate shopifyPaymentsPayoutAlternateCurrencyCreate stagedUploadTargetGenerate
  Mutation: stagedUploadTargetsGenerate stagedUploadsCreate standardMetafieldDefinitionEnable
  Mutation: standardMetaobjectDefinitionEnable storeCreditAccountCredit storeCreditAccountDebit
  Mutation: storefrontAccessTokenCreate storefrontAccessTokenDelete subscriptionBillingAttemptCreate
  Mutation: subscriptionBillingCycleBulkCharge subscriptionBillingCycleBulkSearch subscriptionBillingCycleCharge
  Mutation: subscriptionBillingCycleContractDraftCommit subscriptionBillingCycleContractDraftConcatenate
  Mutation: subscriptionBillingCycleContractEdit subscriptionBillingCycleEditDelete
  Mutation: subscriptionBillingCycleEditsDelete subscriptionBillingCycleScheduleEdit subscriptionBillingCycleSkip
  Mutation: subscriptionBillingCycleUnskip subscriptionContractActivate subscriptionContractAtomicCreate
  Mutation: subscriptionContractCancel subscriptionContractCreate subscriptionContractExpire
  Mutation: subscriptionContractFail subscriptionContractPause subscriptionContractProductChange
  Mutation: subscriptionContractSetNextBillingDate subscriptionContractUpdate subscriptionDraftCommit
  Mutation: subscriptionDraftDiscountAdd subscriptionDraftDiscountCodeApply subscriptionDraftDiscountRemove
  Mutation: subscriptionDraftDiscountUpdate subscriptionDraftFreeShippingDiscountAdd
  Mutation: subscriptionDraftFreeShippingDiscountUpdate subscriptionDraftLineAdd subscriptionDraftLineRemove
  Mutation: subscriptionDraftLineUpdate subscriptionDraftUpdate tagsAdd tagsRemove taxAppConfigure
  Mutation: taxSummaryCreate themeCreate themeDelete themeDuplicate themeFilesCopy themeFilesDelete
  Mutation: themeFilesUpsert themePublish themeUpdate transactionVoid translationsRegister translationsRemove
  Mutation: urlRedirectBulkDeleteAll urlRedirectBulkDeleteByIds urlRedirectBulkDeleteBySavedSearch
  Mutation: urlRedirectBulkDeleteBySearch urlRedirectCreate urlRedirectDelete urlRedirectImportCreate
  Mutation: urlRedirectImportSubmit urlRedirectUpdate validationCreate validationDelete validationUpdate
  Mutation: webPixelCreate webPixelDelete webPixelUpdate webPresenceCreate webPresenceDelete webPresenceUpdate
  Mutation: webhookSubscriptionUpdate
  Order: additionalFees agreements alerts app billingAddress billingAddressMatchesShippingAddress canMarkAsPaid
  Order: canNotifyCustomer cancellation capturable cartDiscountAmount cartDiscountAmountSet channel
  Order: channelInformation clientIp confirmationNumber currentCartDiscountAmountSet currentShippingPriceSet
  Order: currentSubtotalPriceSet currentTaxLines currentTotalAdditionalFeesSet currentTotalDiscountsSet
  Order: currentTotalDutiesSet currentTotalPriceSet currentTotalTaxSet currentTotalWeight customer
  Order: customerAcceptsMarketing customerJourney customerJourneySummary customerLocale discountApplications
  Order: discountCode discountCodes displayAddress disputes dutiesIncluded estimatedTaxes events exchangeV2s
  Order: fulfillmentsCount fullyPaid hasTimelineComment landingPageDisplayText landingPageUrl
  Order: localizationExtensions localizedFields merchantBusinessEntity merchantEditable merchantEditableErrors
  Order: merchantOfRecordApp metafield metafieldDefinitions metafields netPayment netPaymentSet
  Order: nonFulfillableLineItems originalTotalAdditionalFeesSet originalTotalDutiesSet originalTotalPriceSet
  Order: paymentCollectionDetails paymentGatewayNames paymentTerms physicalLocation presentmentCurrencyCode
  Order: productNetwork publication purchasingEntity referralCode referrerDisplayText referrerUrl
  Order: refundDiscrepancySet refundable registeredSourceUrl restockable returnStatus returns risk riskLevel
  Order: risks shippingAddress shippingLine shippingLines shopifyProtect staffMember statusPageUrl subtotalPrice
  Order: subtotalPriceSet suggestedRefund taxExempt taxLines taxesIncluded totalCapturable totalCapturableSet
  Order: totalCashRoundingAdjustment totalDiscounts totalDiscountsSet totalOutstandingSet totalPrice
  Order: totalReceived totalReceivedSet totalRefunded totalRefundedSet totalRefundedShippingSet
  Order: totalShippingPrice totalShippingPriceSet totalTax totalTaxSet totalTipReceived totalTipReceivedSet
  Order: totalWeight transactions transactionsCount unpaid
  OrderCancelRefundMethodInput: storeCreditRefund
  OrderCreateLineItemInput: fulfillmentService giftCard taxLines vendor weight
  OrderCreateOrderInput: billingAddress buyerAcceptsMarketing closedAt companyLocationId customer discountCode
  OrderCreateOrderInput: fulfillment fulfillmentStatus metafields presentmentCurrency referringSite
  OrderCreateOrderInput: shippingAddress shippingLines taxLines taxesIncluded transactions userId
  Product: availablePublicationsCount bodyHtml bundleComponents bundleConsolidatedOptions category collections
  Product: combinedListing combinedListingRole compareAtPriceRange contextualPricing customProductType
  Product: defaultCursor description descriptionHtml descriptionPlainSummary events featuredImage featuredMedia
  Product: feedback giftCardTemplateSuffix hasOnlyDefaultVariant hasOutOfStockVariants
  Product: hasVariantsThatRequiresComponents images inCollection isGiftCard media mediaCount metafield
  Product: metafieldDefinitions metafields onlineStorePreviewUrl onlineStoreUrl options priceRange priceRangeV2
  Product: productCategory productComponents productComponentsCount productParents productPublications
  Product: productType publicationCount publications publishedAt publishedInContext publishedOnChannel
  Product: publishedOnCurrentChannel publishedOnCurrentPublication publishedOnPublication requiresSellingPlan
  Product: resourcePublicationOnCurrentPublication resourcePublications resourcePublicationsCount
  Product: resourcePublicationsV2 restrictedForResource sellingPlanGroupCount sellingPlanGroups
  Product: sellingPlanGroupsCount seo standardizedProductType storefrontId tags templateSuffix tracksInventory
  Product: translations unpublishedChannels unpublishedPublications variantsCount
  ProductVariant: compareAtPrice contextualPricing defaultCursor deliveryProfile events image media metafield
  ProductVariant: metafieldDefinitions metafields presentmentPrices productParents productVariantComponents
  ProductVariant: requiresComponents selectedOptions sellingPlanGroupCount sellingPlanGroups
  ProductVariant: sellingPlanGroupsCount showUnitPrice storefrontId taxCode translations unitPrice
  ProductVariant: unitPriceMeasurement
  Query: abandonedCheckouts abandonedCheckoutsCount abandonment abandonmentByAbandonedCheckoutId app appByHandle
  Query: appByKey appDiscountType appDiscountTypes appDiscountTypesNodes appInstallation appInstallations article
  Query: articleAuthors articleTags articles assignedFulfillmentOrders automaticDiscount automaticDiscountNode
  Query: automaticDiscountNodes automaticDiscountSavedSearches automaticDiscounts availableBackupRegions
  Query: availableCarrierServices availableLocales backupRegion blog blogs blogsCount businessEntities
  Query: businessEntity carrierService carrierServices cartTransforms cashDrawer cashDrawers
  Query: cashManagementLocationSummary cashManagementReasonCodes cashManagementShopSummary cashTrackingSession
  Query: cashTrackingSessions catalog catalogOperations catalogs catalogsCount channel channelByHandle channels
  Query: checkoutAndAccountsConfiguration checkoutAndAccountsConfigurations checkoutBranding checkoutProfile
  Query: checkoutProfiles codeDiscountNode codeDiscountNodeByCode codeDiscountNodes codeDiscountSavedSearches
  Query: collection collectionByHandle collectionByIdentifier collectionRulesConditions collectionSavedSearches
  Query: collections collectionsCount comment comments companies companiesCount company companyContact
  Query: companyContactRole companyLocation companyLocations consentPolicy consentPolicyRegions
  Query: currentStaffMember customer customerAccountPage customerAccountPages customerByIdentifier
  Query: customerMergeJobStatus customerMergePreview customerPaymentMethod customerSavedSearches
  Query: customerSegmentMembers customerSegmentMembersQuery customerSegmentMembership customers customersCount
  Query: deletionEvents deliveryCustomization deliveryCustomizations deliveryProfile deliveryProfiles
  Query: deliveryPromiseParticipants deliveryPromiseProvider deliveryPromiseSettings discountCodesCount
  Query: discountNode discountNodes discountNodesCount discountRedeemCodeBulkCreation
  Query: discountRedeemCodeSavedSearches discountTags dispute disputeEvidence disputes domain draftOrder
  Query: draftOrderAvailableDeliveryOptions draftOrderSavedSearches draftOrderTag draftOrders draftOrdersCount
  Query: event events eventsCount fileSavedSearches files financeAppAccessPolicy financeKycInformation
  Query: fulfillment fulfillmentConstraintRules fulfillmentOrder fulfillmentOrders fulfillmentService giftCard
  Query: giftCardConfiguration giftCards giftCardsCount inventoryProperties inventoryShipment inventoryShipments
  Query: inventoryTransfer inventoryTransfers job locationByIdentifier locationsAvailableForDeliveryProfiles
  Query: locationsAvailableForDeliveryProfilesConnection locationsCount manualHoldsFulfillmentOrders market
  Query: marketByGeography marketLocalizableResource marketLocalizableResources marketLocalizableResourcesByIds
  Query: marketingActivities marketingActivity marketingEvent marketingEvents markets marketsResolvedValues menu
  Query: menus metafieldDefinition metafieldDefinitionTypes metafieldDefinitions metaobject metaobjectByHandle
  Query: metaobjectDefinition metaobjectDefinitionByType metaobjectDefinitions metaobjects
  Query: mobilePlatformApplication mobilePlatformApplications onlineStore orderByIdentifier orderEditSession
  Query: orderPaymentStatus orderSavedSearches ordersCount page pages pagesCount paymentCustomization
  Query: paymentCustomizations paymentTermsTemplates pendingOrdersCount pointOfSaleDevice
  Query: pointOfSaleDevicePaymentSession pointOfSaleDevicePaymentSessions priceList priceLists primaryMarket
  Query: privacySettings productByHandle productByIdentifier productDuplicateJob productFeed productFeeds
  Query: productOperation productResourceFeedback productSavedSearches productTags productTypes
  Query: productVariantByIdentifier productVariantsCount productVendors productsCount publicApiVersions
  Query: publication publications publicationsCount publishedProductsCount refund return returnCalculate
  Query: returnReasonDefinitions returnableFulfillment returnableFulfillments reverseDelivery
  Query: reverseFulfillmentOrder scriptTag scriptTags segment segmentFilterSuggestions segmentFilters
  Query: segmentMigrations segmentValueSuggestions segments segmentsCount sellingPlanGroup sellingPlanGroups
  Query: serverPixel shopBillingPreferences shopLocales shopPayPaymentRequestReceipt
  Query: shopPayPaymentRequestReceipts shopifyFunction shopifyFunctions shopifyPaymentsAccount shopifyqlQuery
  Query: staffMember staffMembers standardMetafieldDefinitionTemplates storeCreditAccount
  Query: storeCreditConfiguration subscriptionBillingAttempt subscriptionBillingAttempts subscriptionBillingCycle
  Query: subscriptionBillingCycleBulkResults subscriptionBillingCycles subscriptionContract subscriptionContracts
  Query: subscriptionDraft taxonomy tenderTransactions theme themes translatableResource translatableResources
  Query: translatableResourcesByIds urlRedirect urlRedirectImport urlRedirectSavedSearches urlRedirects
  Query: urlRedirectsCount validation validations webPixel webPresences webhookSubscriptionsCount
  Refund: duties orderAdjustments refundShippingLines return staffMember totalRefunded totalRefundedSet
  Refund: transactions
  RefundInput: discrepancyReason refundDuties refundMethods shipping transactions
  RefundLineItem: price priceSet subtotal subtotalSet totalTax totalTaxSet
  Shop: accountOwner alerts allProductCategories allProductCategoriesList analyticsToken
  Shop: assignedFulfillmentOrders availableChannelApps billingAddress channelDefinitionsForInstalledChannels
  Shop: channels checkoutApiSupported collections countriesInShippingZones currencyFormats currencySettings
  Shop: customerAccounts customerAccountsV2 customerTags customers description domains draftOrderTags
  Shop: enabledPresentmentCurrencies entitlements features fulfillmentOrders fulfillmentServices inventoryItems
  Shop: limitedPendingOrderCount locations marketingSmsConsentEnabledAtCheckout merchantApprovalSignals metafield
  Shop: metafieldDefinitions metafields navigationSettings orderNumberFormatPrefix orderNumberFormatSuffix
  Shop: orderTags orders paymentSettings plan primaryDomain productImages productTags productTypes
  Shop: productVariants productVendors products publicationCount resourceLimits richTextEditorUrl search
  Shop: searchFilters setupRequired shipsToCountries shopAddress shopOwnerName shopPolicies staffMembers
  Shop: storefrontAccessTokens storefrontUrl taxShipping taxesIncluded timezoneAbbreviation timezoneOffsetMinutes
  Shop: transactionalSmsDisabled translations unitSystem weightUnit
  WebhookSubscription: endpoint metafieldNamespaces metafields
  WebhookSubscriptionInput: filter metafieldNamespaces metafields
  """#
