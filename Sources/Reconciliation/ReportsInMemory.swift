public import InventoryEngine
public import StockLedger
import Synchronization

/// Reports that live as long as their process.
public final class ReportsInMemory: ReportStore {
  private let reports = Mutex<[DriftReport]>([])

  /// No reports.
  public init() {}

  /// Keeps a report.
  public func save(_ report: DriftReport) async throws(ChannelFailure) {
    reports.withLock { reports in
      reports.removeAll { $0.id == report.id }
      reports.append(report)
    }
  }

  /// A report with its rows.
  public func load(_ id: Identifier) async throws(ChannelFailure) -> DriftReport? {
    reports.withLock { $0.first { $0.id == id } }
  }

  /// The newest of a shop, newest first.
  public func latest(_ count: Int, ofShop shop: String) async throws(ChannelFailure) -> [DriftReport] {
    reports.withLock { reports in
      Array(reports.filter { $0.shop == shop }.sorted { $0.startedAt > $1.startedAt }.prefix(count))
    }
  }
}
