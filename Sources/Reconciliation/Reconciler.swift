public import InventoryEngine
public import Logging
public import StockLedger

/// Looks at a shop from all its sides, says what differs and why, and mends what may be mended; a person is asked about
/// the rest.
///
/// A look compares, classes, plans, keeps the plan, and only then mends: each mending is named after its report and row
/// and compares before it changes, so that neither a crash between nor a second reconciler applies it twice. Rules:
/// docs/reconciliation.md.
public actor Reconciler {
  /// A channel to look at.
  public struct Channel: Sendable {
    /// Who publishes to it.
    public let publisher: ChannelPublisher
    /// The channel itself.
    public let port: any ChannelPort
    /// Its orders; nil where they cannot be listed: then nothing that an unheard order might explain is mended.
    public let orders: (any OrderListing)?

    /// A channel.
    public init(publisher: ChannelPublisher, port: any ChannelPort, orders: (any OrderListing)?) {
      self.publisher = publisher
      self.port = port
      self.orders = orders
    }
  }

  /// A look that was asked for.
  private struct Wanted {
    let id: Identifier
    let order: LookOrder
  }

  /// The shop.
  public nonisolated let shop: String
  let engine: InventoryEngine
  let channel: Channel?
  let sources: [any SnapshotSource]
  /// Who knows which sources are silent; nil where nobody does.
  var silence: (any SilenceWatch)?
  let store: any ReportStore
  let settings: ReconciliationSettings
  let logger: Logger
  /// When each key was corrected within the last hour.
  var corrections = CorrectionTimes()
  /// Claims without a name that the last look found: only what two looks found is mended.
  var unnamedBefore: [StockKey: [Int64: Int64]] = [:]
  /// Lines that a source's last list lacked, and the time of the list that lacked each first.
  var lackedSince: [SourceID: [LackedLine.Name: Timestamp]] = [:]
  /// Rises that the last lists spoke of.
  var firstRises = FirstRises()
  /// Up to when the channel's orders have been seen.
  var ordersSeenUntil: Timestamp?
  /// Who hears what came of looks.
  var observer: (any LookObserver)?
  private var isLooking = false
  private var wanted: [Wanted] = []
  private let bell = Bell()
  /// The look that is under way, or the last one.
  var look: Look
  private var reportsMade: UInt64 = 0
  private let idSeed: (UInt64, UInt64)

  /// A reconciler that has looked at nothing yet.
  ///
  /// - Parameters:
  ///   - channel: Nil where the shop is not published.
  ///   - sources: Those that can say all they know.
  public init(
    shop: String, engine: InventoryEngine, channel: Channel?, sources: [any SnapshotSource] = [],
    store: any ReportStore, settings: ReconciliationSettings = ReconciliationSettings(), logger: Logger
  ) {
    self.shop = shop
    self.engine = engine
    self.channel = channel
    self.sources = sources
    self.store = store
    self.settings = settings
    self.logger = logger
    let nonce = engine.settings.nonce
    look = Look(
      report: DriftReport(id: .none, shop: shop, scope: .shop, startedAt: engine.clock.now, isDryRun: true))
    idSeed = (nonce.first ^ 0xD21F ^ settings.nonce, nonce.second ^ UInt64(bitPattern: engine.clock.now.milliseconds))
  }

  var now: Timestamp { engine.clock.now }

  /// Tells somebody what comes of looks from here on, in the place of whoever was told before.
  public func observe(_ observer: any LookObserver) { self.observer = observer }

  /// Looks every ``ReconciliationSettings/period``, and where it is asked to, until the caller's task is cancelled.
  public func run() async {
    var next = settings.period.map { now + $0 }
    while !Task.isCancelled {
      do { try await bell.wait(until: next, by: engine.clock) } catch { return }
      if wanted.isEmpty && next.map({ now < $0 }) ?? true { continue }
      if wanted.isEmpty { wanted.append(Wanted(id: newID(), order: LookOrder())) }
      while let first = wanted.first {
        do throws(ReconciliationFailure) {
          try await reconcile(first.order, as: first.id)
        } catch {
          logger.error("a look at the shop ended early", metadata: ["shop": "\(shop)", "failure": "\(error)"])
          await observer?.failed(shop: shop)
        }
        wanted.removeFirst()
      }
      next = settings.period.map { now + $0 }
    }
  }

  /// Asks for a look by ``run()``.
  ///
  /// - Returns: The name of its report; nil where ``wantedMax`` are asked for already.
  public func ask(_ order: LookOrder) -> Identifier? {
    guard hasRoom else { return nil }
    let id = newID()
    wanted.append(Wanted(id: id, order: order))
    bell.ring()
    return id
  }

  /// Asks for a look at all sides by ``run()``, as ``ask(_:)`` does.
  public func ask(_ scope: ReconciliationScope = .shop, isDryRun: Bool) -> Identifier? {
    ask(LookOrder(scope, isDryRun: isDryRun))
  }

  /// False where ``wantedMax`` looks are asked for already.
  public var hasRoom: Bool { wanted.count < Self.wantedMax }

  /// The list of a source that can be asked for it; nil where it cannot.
  public func list(of source: SourceID) -> (any SnapshotSource)? { sources.first { $0.source == source } }

  /// Looks out for silent sources from here on.
  public func watch(_ silence: any SilenceWatch) { self.silence = silence }

  /// True until a look that was asked for has ended.
  public func isWaiting(_ id: Identifier) -> Bool { wanted.contains { $0.id == id } }

  /// Looks that wait at once: each reads a whole channel.
  public static let wantedMax = 8

  /// Looks at all sides of the shop once, as ``reconcile(_:)`` does.
  @discardableResult
  public func reconcile(
    _ scope: ReconciliationScope = .shop, isDryRun: Bool = false
  ) async throws(ReconciliationFailure) -> DriftReport {
    try await reconcile(LookOrder(scope, isDryRun: isDryRun))
  }

  /// Looks once.
  ///
  /// - Returns: What was found, and what became of it; kept in the store.
  /// - Throws: ``ReconciliationFailure`` where a look is under way, or its report cannot be kept: then nothing of it
  ///   was mended.
  @discardableResult
  public func reconcile(_ order: LookOrder) async throws(ReconciliationFailure) -> DriftReport {
    try await reconcile(order, as: newID())
  }

  @discardableResult
  private func reconcile(
    _ order: LookOrder, as id: Identifier
  ) async throws(ReconciliationFailure) -> DriftReport {
    if isLooking { throw .isLooking }
    isLooking = true
    defer { isLooking = false }
    await finishWhatWasPlanned()
    look = Look(
      report: DriftReport(
        id: id, shop: shop, scope: order.scope, startedAt: now, isDryRun: order.isDryRun,
        refresh: order.list == nil ? nil : order.refresh))
    if let list = order.list {
      await lookAtBooks(checking: false)
      await look(at: list)
    } else {
      await lookAtBooks(checking: true)
      if let channel { await look(at: channel) }
      for source in sources { await look(at: source) }
      await addDoubleCounts()
      addSilent()
    }
    plan(isSentList: order.list.map { list(of: $0.source) == nil } ?? false)
    look.report.endedAt = now
    try await keep(look.report)
    if !order.isDryRun {
      look.report = await mended(look.report)
      // A refresh that waits for a yes changes nothing at all.
      if look.report.refresh?.isApplied ?? true {
        for row in look.settling { _ = await engine.submit(KeyedCommand(key: row.key, command: .report(row.report))) }
      }
      try await keep(look.report)
    }
    await observer?.ended(look.report, compared: look.compared)
    return look.report
  }

  func keep(_ report: DriftReport) async throws(ReconciliationFailure) {
    do throws(ChannelFailure) { try await store.save(report) } catch { throw .store(error) }
  }

  /// A name for a report, given once: short enough to be said, and to stand in a path.
  private func newID() -> Identifier {
    reportsMade += 1
    var mixed = SipHash128(key0: idSeed.0, key1: idSeed.1)
    for byte in 0..<8 { mixed.absorb(UInt8(truncatingIfNeeded: reportsMade >> UInt64(8 * byte))) }
    let (first, second) = mixed.finish()
    let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
    var text = "r"
    for word in [first, second] {
      for place in 0..<7 { text.append(letters[Int((word >> UInt64(5 * place)) & 31)]) }
    }
    return Identifier(text) ?? .none
  }

  // MARK: Our own books

  /// - Parameter checking: False where only what sources have reported is looked for.
  private func lookAtBooks(checking: Bool) async {
    let check = checking ? KeyCheck(countAgeMax: settings.countAgeMax, now: now) : nil
    await engine.eachKey(ofShop: shop) { await self.look(at: $0, check) }
    look.endOfBooks()
  }

  private func look(at keys: [StockKey], _ check: KeyCheck?) async {
    for key in keys where look.report.scope.covers(key) {
      guard let level = await engine.glance(at: key) else { continue }
      look.noteKnown(level)
      if let check { look.note(level, of: key, check: check, channel: channel?.publisher.place.channel) }
    }
  }
}

/// Why there is no report.
public enum ReconciliationFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// A look at the shop is under way: ask for its report.
  case isLooking
  /// There is no report of that name.
  case unknownReport
  /// The report is of a dry run, which plans and does nothing: there is nothing to say yes or no to.
  case isDryRun
  /// Reports cannot be kept or read.
  case store(ChannelFailure)

  /// One line, for people.
  public var description: String {
    switch self {
    case .isLooking: "the shop is being looked at already; its report comes when that has ended"
    case .isDryRun: "the report is of a dry run: ask for a look that mends"
    case .unknownReport: "there is no report of that name"
    case .store(let failure): "\(failure)"
    }
  }
}
