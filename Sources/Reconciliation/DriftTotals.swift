public import StockLedger

/// What a report comes to, in a few numbers: what a chart over many reports needs of each.
public struct DriftTotals: Hashable, Sendable {
  /// The report.
  public let report: Identifier
  /// When its look began.
  public let startedAt: Timestamp
  /// Numbers compared.
  public let compared: Int
  /// Rows whose numbers differ.
  public let drifted: Int
  /// Rows that were mended.
  public let mended: Int
  /// Rows that somebody still has to do something about.
  public let open: Int

  /// The totals of a report with all its rows.
  public init(of report: DriftReport) {
    self.report = report.id
    startedAt = report.startedAt
    compared = report.compared
    drifted = report.drifted
    mended = report.count(.mended)
    open = report.open
  }
}
