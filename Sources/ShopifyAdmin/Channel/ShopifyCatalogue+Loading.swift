import ChannelIntake
public import InventoryEngine
import StockLedger

extension ShopifyCatalogue {
  /// Pages that are asked for before a bulk read is less work: a thousand variants, about 2,000 points.
  private static let pagesMax = 4

  /// Reads all variants and locations, and forgets what is no more there. What is looked up meanwhile is looked up
  /// again when it is next asked for.
  ///
  /// Up to a thousand variants are read page by page, more by a bulk read, which costs no points.
  ///
  /// - Returns: What a person should see to.
  /// - Throws: ``ChannelFailure``; what was known before is known still.
  @discardableResult
  public func load() async throws(ChannelFailure) -> [ShopifyFinding] {
    var read = CatalogueBook(overrides: shop.variants)
    let there: [ShopifyLocation]
    let isWhole: Bool
    do throws(ShopifyFailure) {
      there = try await client.locations()
      isWhole = try await client.firstVariants(pagesMax: Self.pagesMax) { read.add($0) }
    } catch { throw ChannelFailure("the catalogue of \(shop.domain) cannot be read: \(error)") }
    if !isWhole {
      read = CatalogueBook(overrides: shop.variants)
      try await BulkRead(client: client, settings: client.settings.bulk).run(AdminDocument.allVariants) {
        (line, number) throws(ChannelFailure) in
        read.add(try BulkRows.variant(line, number))
      }
    }
    replace(with: read)
    return ShopifyFinding.all(in: read, locations, there)
  }
}
