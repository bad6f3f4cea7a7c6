import Reconciliation
import StockLedger
import Synchronization

/// What the last look at each shop found, and what is open in all of them.
final class LookBoard: Sendable {
  /// Rows are counted by these.
  struct Place: Hashable, Sendable {
    let driftClass: DriftClass
    let location: String
  }

  /// The last look at one shop, and what is open there.
  struct Shop: Sendable {
    /// Of the last look at the whole shop.
    fileprivate(set) var rows: [Place: Int] = [:]
    fileprivate(set) var compared: [String: Int] = [:]
    fileprivate(set) var endedAt: Timestamp?
    /// In milliseconds.
    fileprivate(set) var duration: Int64 = 0
    fileprivate(set) var open = OpenDifferences()
  }

  /// How looks ended.
  enum Outcome: String, CaseIterable, Sendable {
    /// Every side was looked at.
    case whole
    /// A side could not be looked at, or was not believed.
    case partial
    /// Without a report.
    case failed
  }

  fileprivate struct State {
    var shops: [String: Shop] = [:]
    var looks: [Outcome: Int] = [:]
    var mended: [DriftClass: Int] = [:]
    var locations: Set<String> = []
  }

  /// Locations that are told apart: people have tens. What comes later is counted as ``otherLocations``, since a label
  /// without end would fill every scraper.
  static let locationsMax = 64
  static let otherLocations = "other"

  private let state = Mutex(State())

  /// What is known of each shop.
  var shops: [Shop] { state.withLock { Array($0.shops.values) } }

  /// How many looks ended so.
  func looks(_ outcome: Outcome) -> Int { state.withLock { $0.looks[outcome, default: 0] } }

  /// How many rows of a class were mended without asking.
  func mended(_ driftClass: DriftClass) -> Int { state.withLock { $0.mended[driftClass, default: 0] } }

  /// Takes over a report of before the service was started, the oldest first.
  func remember(_ report: DriftReport) {
    if report.isDryRun { return }
    state.withLock { _ = $0.shops[report.shop, default: Shop()].open.take(report) }
  }

  /// Takes over a look that has ended. One that mends nothing is only counted.
  ///
  /// - Returns: The rows that somebody has to see to, and that were not open before.
  func ended(_ report: DriftReport, compared: [String: Int]) -> [DriftRow] {
    state.withLock { state in
      state.looks[report.failures.isEmpty ? .whole : .partial, default: 0] += 1
      if report.isDryRun { return [] }
      for row in report.rows where row.state == .mended { state.mended[row.driftClass, default: 0] += 1 }
      if report.scope == .shop && report.refresh == nil { state.note(report, compared) }
      return state.shops[report.shop, default: Shop()].open.take(report)
    }
  }

  /// Takes over how rows of an earlier report stand now.
  func changed(_ report: DriftReport) {
    if report.isDryRun { return }
    state.withLock { $0.shops[report.shop, default: Shop()].open.change(report) }
  }

  /// Counts a look without a report.
  func failed() { state.withLock { $0.looks[.failed, default: 0] += 1 } }
}

extension LookBoard.State {
  fileprivate mutating func note(_ report: DriftReport, _ compared: [String: Int]) {
    var shop = shops[report.shop] ?? LookBoard.Shop()
    // What was there once and is not any more is 0: a series that ends looks like a number that stands.
    shop.rows = shop.rows.mapValues { _ in 0 }
    shop.compared = shop.compared.mapValues { _ in 0 }
    for row in report.rows {
      shop.rows[LookBoard.Place(driftClass: row.driftClass, location: name(row.key.location)), default: 0] += 1
    }
    for (location, count) in compared { shop.compared[name(location), default: 0] += count }
    shop.endedAt = report.endedAt
    shop.duration = max(0, report.endedAt.milliseconds - report.startedAt.milliseconds)
    shops[report.shop] = shop
  }

  private mutating func name(_ location: String) -> String {
    // What is of no key, as a silent source, is of no location.
    if location.isEmpty { return "none" }
    if locations.contains(location) { return location }
    guard locations.count < LookBoard.locationsMax else { return LookBoard.otherLocations }
    locations.insert(location)
    return location
  }
}
