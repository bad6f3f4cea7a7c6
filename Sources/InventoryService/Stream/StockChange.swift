import InventoryEngine
import StockLedger

/// What a stream says of a key at one moment.
struct StockStanding: Hashable, Sendable {
  var availableToSell: Int64
  var shortfall: Int64
  /// Claims that the shortfall leaves uncovered, newest first.
  var uncovered: [ClaimID]

}

extension StockStanding {
  init(_ view: StockView) {
    self.init(
      availableToSell: view.availableToSell, shortfall: view.numbers.shortfall, uncovered: view.uncoveredClaims)
  }
}

/// A key's change, from what a listener was told last to what is so now.
struct StockChange: Sendable {
  let key: StockKey
  /// Nil where it was not told before: then everything that is out of the ordinary is news.
  let before: StockStanding?
  let now: StockStanding
  let entry: EntryNumber

  /// This change and the one after it as one: what was between is passed over.
  func followed(by next: StockChange) -> StockChange {
    StockChange(key: key, before: before, now: next.now, entry: next.entry)
  }
}
