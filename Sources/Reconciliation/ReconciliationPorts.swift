public import InventoryEngine
public import StockLedger

/// The channel's list of orders: what webhooks should have told.
public protocol OrderListing: Sendable {
  /// Reads every order that changed since a time, and applies it by its identity: what was told before changes nothing.
  ///
  /// - Throws: ``ChannelFailure`` where the list could not be read to its end; what was applied stays.
  func bringIn(changedSince: Timestamp) async throws(ChannelFailure) -> BroughtIn
}

/// What a reading of orders brought.
public struct BroughtIn: Hashable, Sendable {
  /// Orders that were read.
  public var orders: Int
  /// Keys whose ledger changed by them, sorted, none twice.
  public var changed: [StockKey]
  /// Everything that changed before this has been seen.
  public var until: Timestamp

  /// What was brought.
  public init(orders: Int, changed: [StockKey], until: Timestamp) {
    self.orders = orders
    self.changed = changed
    self.until = until
  }
}

/// Everything that a source knows now, row by row.
public protocol SnapshotSource: Sendable {
  /// The source.
  var source: SourceID { get }

  /// Reads all of it, in pieces and in flat memory.
  ///
  /// - Throws: ``ChannelFailure`` where it cannot be read to its end: then nothing of it counts.
  func readAll(_ deliver: ([KeyedReport]) async -> Void) async throws(ChannelFailure)
}

/// A report, and of which key.
public struct KeyedReport: Hashable, Sendable {
  /// The key.
  public let key: StockKey
  /// What the source says of it.
  public let report: Report

  /// A report of a key.
  public init(key: StockKey, report: Report) {
    self.key = key
    self.report = report
  }
}

/// Where reports are kept.
public protocol ReportStore: Sendable {
  /// Keeps a report in the place of what was kept under its id; all of it or nothing.
  func save(_ report: DriftReport) async throws(ChannelFailure)
  /// A report; nil where none is kept under the id.
  func load(_ id: Identifier) async throws(ChannelFailure) -> DriftReport?
  /// The newest reports of a shop, newest first.
  func latest(_ count: Int, ofShop shop: String) async throws(ChannelFailure) -> [DriftReport]
}
