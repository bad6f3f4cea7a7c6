import ChannelIntake
public import InventoryEngine
import Logging
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

  /// Between two loads, in milliseconds: a SKU that was renamed at Shopify is another item's until the next one.
  private static let loadEach: Int64 = 3_600_000
  /// After a load that failed, and at most, in milliseconds.
  private static let retry: ClosedRange<Int64> = 1_000...600_000

  /// Loads now and each hour, until it is cancelled; what a person should see to is logged when it changes.
  ///
  /// - Parameter known: What a load found that was made already: the first one here is an hour from now.
  public func run(after known: [ShopifyFinding]? = nil) async {
    var told = known ?? []
    if known != nil { try? await client.clock.sleep(until: client.clock.now + Self.loadEach) }
    var pause = Self.retry.lowerBound
    while !Task.isCancelled {
      let wait: Int64
      do throws(ChannelFailure) {
        let findings = try await load()
        for finding in findings where !told.contains(finding) { tell(finding) }
        (told, wait, pause) = (findings, Self.loadEach, Self.retry.lowerBound)
      } catch {
        client.logger.warning("\(error.description)")
        (wait, pause) = (pause, min(pause * 2, Self.retry.upperBound))
      }
      try? await client.clock.sleep(until: client.clock.now + wait)
    }
  }

  private func tell(_ finding: ShopifyFinding) {
    client.logger.log(level: finding.needsSomebody ? .warning : .info, "\(finding.description)")
  }
}
