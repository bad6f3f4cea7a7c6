/// The documents that read orders. Lists within an order are short at first: most orders have one or two of each thing,
/// and points are counted by what could be there. What is longer is asked for again, list by list.
extension AdminDocument {
  /// How many of each thing an order is asked for at first.
  enum FewOf {
    static let lines = 4
    /// Refunds, parcels, and fulfillment orders.
    static let documents = 2
    /// Lines of each of these.
    static let rows = 4
  }

  /// Orders of a search, the longest unchanged first.
  static let orders = """
    query Orders($first: Int!, $after: String, $search: String) {
      orders(first: $first, after: $after, query: $search, sortKey: UPDATED_AT) {
        nodes {
          id createdAt updatedAt cancelledAt sourceName
          retailLocation { id }
          customAttributes { key value }
          lineItems(first: \(FewOf.lines)) { \(list(of: line)) }
          refunds(first: \(FewOf.documents)) { \(refund) }
          fulfillments(first: \(FewOf.documents)) { \(parcel) }
          fulfillmentOrders(first: \(FewOf.documents)) { \(list(of: wanted)) }
        }
        pageInfo { hasNextPage endCursor }
      }
    }
    """

  /// Which refunds and parcels an order has, as many as one answer may name, and when it was so.
  static let orderDocuments = """
    query OrderDocuments($id: ID!) {
      order(id: $id) {
        updatedAt
        refunds(first: \(ShopifyClient.pageMax)) { id }
        fulfillments(first: \(ShopifyClient.pageMax)) { id }
      }
    }
    """

  /// When an order last changed.
  static let orderTime = """
    query OrderTime($id: ID!) { order(id: $id) { updatedAt } }
    """

  /// Refunds by their ids.
  static let refunds = """
    query Refunds($ids: [ID!]!) { nodes(ids: $ids) { ... on Refund { \(refund) } } }
    """

  /// Parcels by their ids.
  static let parcels = """
    query Parcels($ids: [ID!]!) { nodes(ids: $ids) { ... on Fulfillment { \(parcel) } } }
    """

  // MARK: What follows in a list

  static let moreLines = more("Lines", of: "Order", "lineItems", line)
  static let moreWanted = more("Wanted", of: "Order", "fulfillmentOrders", wanted)
  static let moreWantedLines = more("WantedLines", of: "FulfillmentOrder", "lineItems", wantedLine)
  static let moreRefunded = more("Refunded", of: "Refund", "refundLineItems", refunded)
  static let moreParcelLines = more("ParcelLines", of: "Fulfillment", "fulfillmentLineItems", parcelLine)

  /// A page of a list that a thing has.
  private static func more(_ name: String, of type: String, _ field: String, _ node: String) -> String {
    """
    query \(name)($id: ID!, $first: Int!, $after: String) {
      node(id: $id) {
        ... on \(type) { list: \(field)(first: $first, after: $after) { \(list(of: node)) } }
      }
    }
    """
  }

  private static func list(of node: String) -> String { "nodes { \(node) } pageInfo { hasNextPage endCursor }" }

  // MARK: What is asked of each thing

  private static let line =
    "id sku quantity currentQuantity unfulfilledQuantity isGiftCard variant { id }"
  private static let refunded = "id quantity restockType lineItem { id } location { id }"
  private static let refund = "id createdAt refundLineItems(first: \(FewOf.rows)) { \(list(of: refunded)) }"
  private static let parcelLine = "quantity lineItem { id }"
  private static let parcel =
    "id status createdAt location { id } fulfillmentLineItems(first: \(FewOf.rows)) { \(list(of: parcelLine)) }"
  private static let wantedLine = "totalQuantity remainingQuantity lineItem { id }"
  private static let wanted =
    "id status createdAt updatedAt assignedLocation { location { id } }"
    + " lineItems(first: \(FewOf.rows)) { \(list(of: wantedLine)) }"
}
