import ChannelIntake
import Metrics
import StockLedger

/// The numbers of one source, for whoever collects them. The source is a label; a shop or a SKU never is.
struct SourceMetrics: Sendable {
  private let labels: [(String, String)]

  private let factory: any MetricsFactory

  init(_ origin: DeliveryOrigin, _ factory: any MetricsFactory) {
    labels = [("source", origin.source)]
    self.factory = factory
  }

  /// Counts what became of rows.
  func count(_ tally: IntakeTally) {
    let outcomes = [
      ("taken", tally.taken), ("duplicate", tally.duplicates), ("stale", tally.stale),
      ("refused", tally.refusedCount), ("rejected", tally.rejected),
    ]
    for (outcome, rows) in outcomes where rows > 0 {
      Counter(label: "holdfast_source_rows_total", dimensions: labels + [("outcome", outcome)], factory: factory)
        .increment(by: rows)
    }
    if tally.gaps > 0 {
      Counter(label: "holdfast_source_gaps_total", dimensions: labels, factory: factory).increment(by: tally.gaps)
    }
    if let newest = tally.newest { record("holdfast_source_newest_report_timestamp_seconds", newest) }
  }

  /// Counts a delivery.
  func delivered(at now: Timestamp) {
    Counter(label: "holdfast_source_deliveries_total", dimensions: labels, factory: factory).increment()
    record("holdfast_source_last_delivery_timestamp_seconds", now)
  }

  /// Counts a delivery that failed as a whole.
  func failed() { Counter(label: "holdfast_source_failures_total", dimensions: labels, factory: factory).increment() }

  private func record(_ name: String, _ time: Timestamp) {
    Meter(label: name, dimensions: labels, factory: factory).set(Double(time.milliseconds) / 1_000)
  }
}
