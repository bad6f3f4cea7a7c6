/// The ways of syncing stock that are compared.
public enum StrategyKind: String, Hashable, Sendable, CaseIterable {
  /// One system owns the number and pushes what it books.
  case push
  /// A job copies all numbers every so many minutes.
  case refresh
  /// Checkouts reserve against the last known stock.
  case reservation
  /// What is available to sell, from all sources, kept for half a minute.
  case aggregation
  /// The engine and its publisher; Shopify's own checkout sells, tills tell afterwards.
  case holdfast
  /// The engine and its publisher; web checkouts and tills hold first.
  case holds

  /// Its name for people.
  public var title: String {
    switch self {
    case .push: "single-source push"
    case .refresh: "full refresh, 15 min"
    case .reservation: "soft reservation"
    case .aggregation: "ATS, cached 30 s"
    case .holdfast: "holdfast, published"
    case .holds: "holdfast, all held"
    }
  }

  func make(_ market: StrategyMarket, chance: SeededGenerator) async throws -> any StockStrategy {
    switch self {
    case .push: SingleSourcePush(market, chance: chance)
    case .refresh: FullRefresh(market, chance: chance)
    case .reservation: SoftReservation(market, chance: chance)
    case .aggregation: CachedAggregation(market, chance: chance)
    case .holdfast: try await HoldfastSync(market, holdsCheckouts: false, chance: chance)
    case .holds: try await HoldfastSync(market, holdsCheckouts: true, chance: chance)
    }
  }
}
