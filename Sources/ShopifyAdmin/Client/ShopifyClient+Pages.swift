import ChannelIntake
import InventoryEngine
import StockLedger

extension ShopifyClient {
  /// What the Admin API gives in one page at most.
  static let pageMax = 250
  /// Pages of one walk: two million objects. A cursor that leads in a circle ends there.
  private static let pagesMax = 8_000

  private struct PageRequest: Encodable, Sendable {
    let first: Int
    let after: String?
    let search: String?
  }

  /// Walks through a connection page by page, as long as `take` answers true.
  ///
  /// - Parameters:
  ///   - document: Asks for one connection with `$first` and `$after`, and where it is searched with `$search`.
  ///   - pointsEach: What one object of a page costs.
  ///   - waits: Whether it waits for points as long as it takes.
  func eachPage<Node: Decodable & Sendable>(
    of document: String, first: Int = pageMax, search: String? = nil, pointsEach: Int64 = 1, waits: Bool = true,
    _ take: ([Node]) async throws(ShopifyFailure) -> Bool
  ) async throws(ShopifyFailure) {
    var after: String?
    for _ in 0..<Self.pagesMax {
      let call = AdminCall(
        document, PageRequest(first: first, after: after, search: search), cost: 2 + Int64(first) * pointsEach,
        for: .read)
      let answer: [String: ShopifyPage<Node>] = waits ? try await patientCall(call) : try await self.call(call)
      guard let page = answer.values.first else { throw .unanswered("a page without its list") }
      guard try await take(page.nodes), page.pageInfo.hasNextPage else { return }
      guard let cursor = page.pageInfo.endCursor, cursor != after else {
        throw .unanswered("a page that has a next one does not say where")
      }
      after = cursor
    }
    throw .refused("a list of more than \(Self.pagesMax) pages is not read to its end")
  }

  /// Sends a call that may be sent again, until it is answered: it waits for points, and tries thrice what is not
  /// answered. For reads that nobody waits for.
  func patientCall<Content: Decodable & Sendable>(_ call: AdminCall) async throws(ShopifyFailure) -> Content {
    var unanswered = 0
    while true {
      do throws(ShopifyFailure) { return try await self.call(call) } catch {
        let time: Timestamp
        switch error {
        case .throttled(let until): time = until
        case .unanswered where unanswered < 2:
          unanswered += 1
          time = clock.now + Int64(500 * unanswered)
        default: throw error
        }
        do { try await clock.sleep(until: time) } catch { throw .unanswered("it was cancelled") }
      }
    }
  }

  /// A variant as it is asked for.
  private struct VariantNode: Decodable, Sendable {
    struct Item: Decodable, Sendable {
      let id: String
      let tracked: Bool
    }

    let id: String
    let sku: String?
    let inventoryItem: Item

    var row: VariantRow? {
      guard let variant = AdminID.number(of: "ProductVariant", in: id),
        let item = AdminID.number(of: "InventoryItem", in: inventoryItem.id)
      else { return nil }
      return VariantRow(variant: variant, sku: sku, item: item, isTracked: inventoryItem.tracked)
    }
  }

  /// What one search may find: some have a meaning for Shopify that finds everything.
  private static let foundMax = 1_000

  /// Variants of a search. It does not wait long: somebody's write does meanwhile.
  func variants(search: String) async throws(ShopifyFailure) -> [VariantRow] {
    var rows: [VariantRow] = []
    try await eachPage(of: AdminDocument.variants, first: 100, search: search, pointsEach: 2, waits: false) {
      (nodes: [VariantNode]) in
      rows += nodes.compactMap(\.row)
      return rows.count < Self.foundMax
    }
    return rows
  }

  /// The first variants of all, page by page.
  ///
  /// - Returns: False where there are more than so many pages.
  func firstVariants(pagesMax: Int, _ take: (VariantRow) -> Void) async throws(ShopifyFailure) -> Bool {
    var pages = 0
    var isWhole = true
    try await eachPage(of: AdminDocument.variants, pointsEach: 2) { (nodes: [VariantNode]) in
      isWhole = pages < pagesMax
      pages += 1
      if isWhole { nodes.compactMap(\.row).forEach(take) }
      return isWhole
    }
    return isWhole
  }

  /// All locations, closed ones too.
  func locations() async throws(ShopifyFailure) -> [ShopifyLocation] {
    var locations: [ShopifyLocation] = []
    try await eachPage(of: AdminDocument.locations, first: 100) { (nodes: [ShopifyLocation]) in
      locations += nodes
      return true
    }
    return locations
  }
}
