public import StockLedger

/// What of a shop is looked at.
public enum ReconciliationScope: Hashable, Sendable {
  /// All of it.
  case shop
  /// One location.
  case location(String)
  /// One key.
  case key(StockKey)

  /// Whether a key of the shop is looked at.
  public func covers(_ key: StockKey) -> Bool {
    switch self {
    case .shop: true
    case .location(let name): key.location == name
    case .key(let one): key == one
    }
  }
}

/// One look at a shop: what was compared, what differs, and what became of it.
public struct DriftReport: Hashable, Sendable {
  /// Its name; every correction of the look carries it.
  public let id: Identifier
  /// The shop.
  public let shop: String
  /// What was looked at.
  public let scope: ReconciliationScope
  /// When the look began: what changed later is not missed by it, but is the next look's.
  public let startedAt: Timestamp
  /// When it ended.
  public internal(set) var endedAt: Timestamp
  /// Everything that changed in the channel's orders before this has been seen; nil where they were not read.
  public internal(set) var ordersSeenUntil: Timestamp?
  /// True where nothing was mended.
  public let isDryRun: Bool
  /// How a shop or a location was rebuilt from a source's list; nil for a look that compares.
  public let refresh: RefreshTerms?
  /// The sources' lists that were read.
  public internal(set) var lists: [ReadList] = []
  /// Numbers compared.
  public internal(set) var compared = 0
  /// Numbers that were in step.
  public internal(set) var inStep = 0
  /// Numbers that were on their way.
  public internal(set) var inFlight = 0
  /// What differs, at most ``rowsMax``.
  public internal(set) var rows: [DriftRow] = []
  /// Differences beyond ``rowsMax``: then nothing is mended without a person.
  public internal(set) var rowsLeftOut = 0
  /// What could not be looked at, and why; one line each.
  public internal(set) var failures: [String] = []

  /// More would not be read by anybody, and one that many is not drift but a mistake of a whole side.
  public static let rowsMax = 100_000

  init(
    id: Identifier, shop: String, scope: ReconciliationScope, startedAt: Timestamp, isDryRun: Bool,
    refresh: RefreshTerms? = nil
  ) {
    self.id = id
    self.shop = shop
    self.scope = scope
    self.startedAt = startedAt
    self.isDryRun = isDryRun
    self.refresh = refresh
    endedAt = startedAt
  }

  /// How many rows there are of a class.
  public func count(_ driftClass: DriftClass) -> Int { rows.count { $0.driftClass == driftClass } }
  /// How many rows stand so.
  public func count(_ state: MendingState) -> Int { rows.count { $0.state == state } }
  /// Rows whose numbers differ.
  public var drifted: Int { rows.count { $0.driftClass.isDrift } + rowsLeftOut }
  /// Rows that somebody still has to do something about.
  public var open: Int { rows.count { $0.state.isOpen } }

  mutating func add(_ row: DriftRow) {
    guard rows.count < Self.rowsMax else {
      rowsLeftOut += 1
      return
    }
    var row = row
    row.number = rows.count + 1
    rows.append(row)
  }
}

/// A source's list, as a report tells of it.
public struct ReadList: Hashable, Sendable {
  /// The source.
  public let source: SourceID
  /// When all of it was true, by its source's clock; nil where nobody said.
  public let asOf: Timestamp?
  /// Rows of the shop.
  public let rows: Int
  /// False where nothing of it counted.
  public let isBelieved: Bool
}
