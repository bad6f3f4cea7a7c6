import ChannelIntake
import Reconciliation
import StockLedger

extension SourceBoard: SilenceWatch {
  func silentSources(ofShop shop: String, at now: Timestamp) -> [SilentSource] {
    standings(of: shop).compactMap { standing in
      guard standing.isSilent(at: now), let every = standing.expectedEvery,
        let source = Identifier(standing.origin.source)
      else { return nil }
      return SilentSource(source: source, since: standing.lastDelivery?.at ?? standing.since, expectedEvery: every)
    }
  }
}
