import ChannelIntake
public import InventoryEngine
import Logging

extension ShopifyChannel {
  /// Reads what Shopify would sell of all our keys: one bulk read, in pieces of a thousand and in flat memory.
  ///
  /// The catalogue is read anew first, so that what was added at Shopify is ours to see. What Shopify has and we do not
  /// name is passed over and counted in the log.
  public func readAll(_ deliver: ([ChannelHolding]) async -> Void) async throws(ChannelFailure) {
    try await catalogue.load()
    let size = client.settings.bulk.pieceSize
    var piece: [(place: ItemPlace, available: Int64)] = []
    var strange = 0
    try await BulkRead(client: client, settings: client.settings.bulk).run(AdminDocument.allLevels) {
      (line, number) throws(ChannelFailure) in
      guard let row = try BulkRows.level(line, number) else { return }
      piece.append(row)
      if piece.count == size {
        strange += await hand(piece, to: deliver)
        piece.removeAll(keepingCapacity: true)
      }
    }
    strange += await hand(piece, to: deliver)
    if strange > 0 {
      client.logger.notice(
        "Shopify has \(strange) stocked items that are not ours: no SKU, or a location without a name")
    }
  }

  /// Hands on what is ours of a piece; answers how much is not.
  private func hand(
    _ piece: [(place: ItemPlace, available: Int64)], to deliver: ([ChannelHolding]) async -> Void
  ) async -> Int {
    let keys = await catalogue.keys(of: piece.map(\.place))
    let holdings = zip(piece, keys).compactMap { row, key in
      key.map { ChannelHolding(key: $0, available: row.available) }
    }
    if !holdings.isEmpty { await deliver(holdings) }
    return piece.count - holdings.count
  }
}
