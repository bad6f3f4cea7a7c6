import InventoryEngine
import Logging
import Reconciliation
import SimulationKit
import StockJournal
import StockLedger
import Synchronization

/// One shop with a channel, an ERP and reconcilers, on a virtual clock; everything real but the two other sides.
struct ReconcilerRig: Sendable {
  static let erp = Identifier("erp") ?? .none
  static let wms = Identifier("wms") ?? .none
  static let shopify = Identifier("shopify") ?? .none

  let engine: InventoryEngine
  let channel: TalkativeChannel
  let publisher: ChannelPublisher
  /// The ERP's list.
  let ledger: ListedSource
  /// The warehouse's.
  let warehouse = ListedSource(ReconcilerRig.wms)
  let reports = ReportsInMemory()
  let clock: VirtualClock
  let logger = Logger(label: "rig") { _ in SwiftLogNoOpLogHandler() }

  /// A channel that answers at once, and whose numbers a person may change.
  final class TalkativeChannel: ChannelPort {
    private let numbers = Mutex<[StockKey: Int64]>([:])

    subscript(key: StockKey) -> Int64? {
      get { numbers.withLock { $0[key] } }
      set { numbers.withLock { $0[key] = newValue } }
    }

    func write(_ rows: [PublicationOutbox.Row], key: Identifier) async -> PublicationOutbox.WriteAnswer {
      numbers.withLock { numbers in
        var faults: [Int: PublicationOutbox.RowFault] = [:]
        for (place, row) in rows.enumerated() where row.changeFrom.map({ $0 != numbers[row.key] }) ?? false {
          faults[place] = .stale
        }
        if !faults.isEmpty { return .refused(faults) }
        for row in rows { numbers[row.key] = row.quantity }
        return .accepted
      }
    }

    func read(_ keys: [StockKey]) async -> ChannelReading { .held(keys.map { self[$0] }) }

    func readAll(_ deliver: ([ChannelHolding]) async -> Void) async throws(ChannelFailure) {
      let holdings = numbers.withLock { $0.sorted { $0.key < $1.key } }
      await deliver(holdings.map { ChannelHolding(key: $0.key, available: $0.value) })
    }
  }

  /// What a source would say of everything, row by row.
  final class ListedSource: SnapshotSource {
    private let said = Mutex<(rows: [KeyedReport], extent: SnapshotExtent)>(([], SnapshotExtent()))
    let source: SourceID

    init(_ source: SourceID) { self.source = source }

    func list(_ rows: [(key: StockKey, body: Report.Body)], _ extent: SnapshotExtent = SnapshotExtent()) {
      let rows = rows.map { KeyedReport(key: $0.key, report: Report(source: source, saying: $0.body)) }
      said.withLock { $0 = (rows, extent) }
    }

    func say(_ counts: [(key: StockKey, count: Count)], _ extent: SnapshotExtent = SnapshotExtent()) {
      list(counts.map { (key: $0.key, body: Report.Body.count($0.count)) }, extent)
    }

    func readAll(_ deliver: ([KeyedReport]) async -> Void) async throws(ChannelFailure) -> SnapshotExtent {
      let (rows, extent) = said.withLock { $0 }
      await deliver(rows)
      return extent
    }
  }

  /// Orders that say nothing new.
  struct NoOrders: OrderListing {
    let clock: VirtualClock
    func bringIn(changedSince: Timestamp) async throws(ChannelFailure) -> BroughtIn {
      BroughtIn(orders: 0, changed: [], until: clock.now)
    }
  }

  /// Runs a script in a shop whose keys have so many units here, at the ERP and at the channel.
  static func run(
    keys count: Int = 4, units: Int64 = 100,
    _ script: @escaping @Sendable (ReconcilerRig, [StockKey]) async throws -> Void
  ) throws {
    let executor = SeededExecutor(seed: 1)
    try executor.run(picksMax: 20_000_000, until: executor.clock.now + 3 * 86_400_000) {
      let keys = try (0..<count).map { try StockKey(shop: "main", sku: "SKU-\($0)", location: "leeds") }
      try await withThrowingTaskGroup(of: Void.self) { group in
        let rig = try await ReconcilerRig(clock: executor.clock)
        group.addTask { try? await rig.engine.run() }
        for key in keys { rig.channel[key] = units }
        _ = await rig.engine.submit(
          keys.map { rig.report(.count(Count(units: units, asOf: rig.clock.now)), of: $0) })
        group.addTask { await rig.publisher.run() }
        try await rig.settle()
        try await script(rig, keys)
        try await rig.engine.stop()
        group.cancelAll()
      }
    }
  }

  private init(clock: VirtualClock) async throws {
    self.clock = clock
    var settings = EngineSettings()
    settings.nonce = (1, 2)
    settings.snapshotsOnStop = false
    engine = try await InventoryEngine.open(store: MemoryJournal(), settings: settings, clock: clock, logger: logger)
    channel = TalkativeChannel()
    ledger = ListedSource(Self.erp)
    publisher = ChannelPublisher(
      of: PublishedShop(shop: "main", channel: Self.shopify, source: Self.shopify), by: engine, to: channel,
      logger: logger)
  }

  func report(_ body: Report.Body, of key: StockKey, by source: SourceID = Self.erp) -> KeyedCommand {
    KeyedCommand(key: key, command: .report(Report(source: source, saying: body)))
  }

  /// A reconciler of its own; all of them keep their reports in one place.
  func reconciler(_ nonce: UInt64 = 0, keeping store: (any ReportStore)? = nil) -> Reconciler {
    var settings = ReconciliationSettings()
    settings.nonce = nonce
    settings.unnamedAfter = 60_000
    return Reconciler(
      shop: "main", engine: engine,
      channel: .init(publisher: publisher, port: channel, orders: NoOrders(clock: clock)),
      sources: [ledger, warehouse],
      store: store ?? reports, settings: settings, logger: logger)
  }

  /// Returns when nothing is on its way to the channel any more.
  func settle() async throws {
    repeat { try await clock.sleep(until: clock.now + 20_000) } while await !publisher.isAtRest(for: 5_000)
  }

  /// The ERP says of all keys what was last counted, but of some another number.
  func erp(says counts: [StockKey: Int64] = [:], of keys: [StockKey], else units: Int64 = 100) {
    let asOf = clock.now
    ledger.say(keys.map { ($0, Count(units: counts[$0] ?? units, asOf: asOf)) })
  }
}
