import ChannelIntake
import Metrics
import StockLedger

/// The numbers of one source, for whoever collects them. The source is a label; a shop or a SKU never is.
struct SourceMetrics: Sendable {
  private let labels: [(String, String)]
  private let factory: any MetricsFactory

  init(_ source: String, _ factory: any MetricsFactory) {
    labels = [("source", source)]
    self.factory = factory
  }

  /// Counts what became of rows.
  func count(_ tally: IntakeTally) {
    let outcomes = [
      ("taken", tally.taken), ("duplicate", tally.duplicates), ("stale", tally.stale),
      ("refused", tally.refusedCount), ("rejected", tally.rejected),
    ]
    for (outcome, rows) in outcomes where rows > 0 {
      factory.counter(.sourceRows, labels + [("outcome", outcome)]).increment(by: rows)
    }
    if tally.gaps > 0 { factory.counter(.sourceGaps, labels).increment(by: tally.gaps) }
    if let newest = tally.newest { record(.sourceNewestReport, newest) }
  }

  /// Counts a delivery.
  func delivered(at now: Timestamp) {
    factory.counter(.sourceDeliveries, labels).increment()
    record(.sourceLastDelivery, now)
  }

  /// Counts a delivery that failed as a whole.
  func failed() { factory.counter(.sourceFailures, labels).increment() }

  /// Says whether it is overdue.
  func note(isSilent: Bool) { factory.gauge(.sourceSilent, labels).record(isSilent ? 1 : 0) }

  private func record(_ measure: Measure, _ time: Timestamp) {
    factory.meter(measure, labels).set(Double(time.milliseconds) / 1_000)
  }
}
