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
  /// - Returns: What the list says of itself.
  /// - Throws: ``ChannelFailure`` where it cannot be read to its end: then nothing of it counts.
  func readAll(_ deliver: ([KeyedReport]) async -> Void) async throws(ChannelFailure) -> SnapshotExtent
}

/// What a source's list says of itself, once it was read to its end.
public struct SnapshotExtent: Hashable, Sendable {
  /// When all of it was true, by its source's clock; nil where nobody says: then what it lacks says nothing.
  public var asOf: Timestamp?
  /// Components of which it names every line that there is: what it lacks of them is none any more.
  public var complete: Set<Component>
  /// Rows that could not be read; with any, what the list lacks says nothing.
  public var unreadRows = 0
  /// Why the first of them could not.
  public var firstFault = ""

  /// An extent.
  public init(asOf: Timestamp? = nil, complete: Set<Component> = []) {
    self.asOf = asOf
    self.complete = complete
  }
}

/// Who knows which sources have been silent for too long.
public protocol SilenceWatch: Sendable {
  /// The sources of a shop that should have said something by now, by name.
  func silentSources(ofShop shop: String, at now: Timestamp) -> [SilentSource]
}

/// A source that has not spoken for longer than was agreed.
public struct SilentSource: Hashable, Sendable {
  /// The source.
  public let source: SourceID
  /// When it spoke last; the service's start where it has not since.
  public let since: Timestamp
  /// How often something should come, in milliseconds.
  public let expectedEvery: Int64

  /// A silent source.
  public init(source: SourceID, since: Timestamp, expectedEvery: Int64) {
    self.source = source
    self.since = since
    self.expectedEvery = expectedEvery
  }
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
