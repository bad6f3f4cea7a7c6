/// The GraphQL documents that are sent, word for word; a test holds each against the schema of version 2026-04.
///
/// What differs from call to call is in variables. Two documents grow by a line for each thing that they ask for, since
/// GraphQL has no loop: ``levels(locations:)`` and ``activate(_:)``.
enum AdminDocument {
  /// Sets numbers, all rows or none. The answer's group is not asked for: 250 rows of it say nothing new.
  static let setQuantities = """
    mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
      inventorySetQuantities(input: $input) @idempotent(key: $key) {
        userErrors { code field message }
      }
    }
    """

  /// What may be sold of items at locations: `$i0` are the items that are asked for at `$l0`, and so on. The answer's
  /// list `p0` has their places.
  ///
  /// Asked by item and location, because the id of a level cannot be made of the two.
  static func levels(locations count: Int) -> String {
    let places = 0..<count
    return """
      query Levels(\(places.map { "$i\($0): [ID!]!, $l\($0): ID!" }.joined(separator: ", "))) {
      \(places.map(levelsAtPlace).joined(separator: "\n"))
      }
      """
  }

  private static func levelsAtPlace(_ place: Int) -> String {
    """
      p\(place): nodes(ids: $i\(place)) {
        ... on InventoryItem { sku inventoryLevel(locationId: $l\(place)) { \(available) } }
      }
    """
  }

  private static let available = #"quantities(names: ["available"]) { quantity }"#

  /// Stocks items at locations, with nothing: `$i0` at `$l0` under the key `$k0`, and so on.
  static func activate(_ count: Int) -> String {
    let places = 0..<count
    return """
      mutation Activate(\(places.map { "$i\($0): ID!, $l\($0): ID!, $k\($0): String!" }.joined(separator: ", "))) {
      \(places.map(activationAtPlace).joined(separator: "\n"))
      }
      """
  }

  private static func activationAtPlace(_ place: Int) -> String {
    """
      p\(place): inventoryActivate(inventoryItemId: $i\(place), locationId: $l\(place)) @idempotent(key: $k\(place)) {
        inventoryLevel { \(available) }
        userErrors { field message }
      }
    """
  }

  /// A page of variants, all or those of a search.
  static let variants = """
    query Variants($first: Int!, $after: String, $search: String) {
      productVariants(first: $first, after: $after, query: $search) {
        nodes { id sku inventoryItem { id tracked } }
        pageInfo { hasNextPage endCursor }
      }
    }
    """

  /// All variants, for a bulk read.
  static let allVariants = """
    { productVariants { edges { node { id sku inventoryItem { id tracked } } } } }
    """

  /// What may be sold of everything everywhere, for a bulk read. The root's own lines say nothing but that they are
  /// there: a level's line names its item as its parent.
  static let allLevels = """
    {
      inventoryItems {
        edges {
          node {
            id
            inventoryLevels {
              edges { node { id location { id } quantities(names: ["available"]) { quantity } } }
            }
          }
        }
      }
    }
    """

  /// A page of locations, closed ones too: what was mapped may have been closed since.
  static let locations = """
    query Locations($first: Int!, $after: String) {
      locations(first: $first, after: $after, includeInactive: true) {
        nodes { id name isActive }
        pageInfo { hasNextPage endCursor }
      }
    }
    """

  /// Begins a bulk read.
  static let runBulk = """
    mutation RunBulk($query: String!) {
      bulkOperationRunQuery(query: $query) {
        bulkOperation { id }
        userErrors { code field message }
      }
    }
    """

  /// How far a bulk read is.
  static let bulk = """
    query Bulk($id: ID!) {
      bulkOperation(id: $id) { status errorCode objectCount url }
    }
    """

  /// A page of the app's webhook subscriptions.
  static let subscriptions = """
    query Subscriptions($first: Int!, $after: String) {
      webhookSubscriptions(first: $first, after: $after) {
        nodes { id topic uri format }
        pageInfo { hasNextPage endCursor }
      }
    }
    """

  /// Subscribes to a topic.
  static let subscribe = """
    mutation Subscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
      webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
        webhookSubscription { id }
        userErrors { field message }
      }
    }
    """

  /// Ends a subscription.
  static let unsubscribe = """
    mutation Unsubscribe($id: ID!) {
      webhookSubscriptionDelete(id: $id) {
        deletedWebhookSubscriptionId
        userErrors { field message }
      }
    }
    """

  /// What the app may do.
  static let scopes = """
    query Scopes { currentAppInstallation { accessScopes { handle } } }
    """
}
