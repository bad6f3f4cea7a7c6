import StockLedger

/// Sums up how far Shopify's numbers are from the truth, one look after the other.
struct DriftMeter: Sendable {
  private let plan: StrategyPlan
  private let opening: Timestamp
  private var looks = 0
  private var distance: Int64 = 0
  private var distanceMax: Int64 = 0
  private var missing: Int64 = 0
  private var twelfths: [(distance: Int64, looks: Int)] = []
  /// When a number was last wrong.
  private(set) var wrongAt: Timestamp?

  init(_ plan: StrategyPlan, opening: Timestamp) {
    self.plan = plan
    self.opening = opening
    twelfths = Array(repeating: (0, 0), count: 12)
  }

  mutating func take(_ numbers: [(offered: Int64, free: Int64)], at now: Timestamp) {
    let distances = numbers.map { abs($0.offered - $0.free) }
    if distances.contains(where: { $0 > 0 }) { wrongAt = now }
    let elapsed = now.milliseconds - opening.milliseconds
    guard elapsed < plan.tradingTime else { return }
    let sum = distances.reduce(0, +)
    looks += 1
    distance += sum
    distanceMax = max(distanceMax, distances.max() ?? 0)
    missing += numbers.reduce(0) { $0 + max(0, $1.free - $1.offered) }
    let twelfth = Int(elapsed * 12 / plan.tradingTime)
    twelfths[twelfth].distance += sum
    twelfths[twelfth].looks += 1
  }

  func write(to outcome: inout StrategyOutcome) {
    let skus = Double(max(1, plan.skus))
    outcome.driftMean = Double(distance) / Double(max(1, looks)) / skus
    outcome.driftMax = distanceMax
    outcome.driftByTwelfth = twelfths.map { Double($0.distance) / Double(max(1, $0.looks)) / skus }
    outcome.undersoldUnitHours = Double(missing) * Double(plan.samplePeriod) / 3_600_000
  }

}
