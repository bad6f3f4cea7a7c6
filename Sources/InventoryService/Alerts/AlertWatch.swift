import ChannelIntake
import InventoryEngine
import Logging
import Reconciliation
import StockLedger
import Synchronization

/// Listens to what happens, after it is durable, and has told what somebody wants to hear of.
///
/// It hears the engine as streams do, so that no turn and no answer waits for it.
final class AlertWatch: Sendable {
  private struct State {
    var news: StockNews
    /// Everything of stock before this is in the news, or was.
    var through: Timestamp?
    /// The last of these times that is on the disk.
    var heard: Timestamp?
    var silent: Set<DeliveryOrigin> = []
    var hasSaidThatItIsFull = false
  }

  /// Entries that are read at a start, of the time that nobody has told of: two seconds of a core.
  private static let entriesMax = 1_000_000
  /// How old the time on the disk may be while stock changes: what was written since is told again after a crash.
  private static let heardEvery: Int64 = 60_000
  /// How far a turn's time may lie before that of the commit it was taken with: see ``StreamCursor/resumesFrom``.
  private static let turnsMax: Int64 = 2_000

  private let desk: AlertDesk
  private let engine: InventoryEngine
  private let sources: SourceBoard
  private let clock: any EngineClock
  private let logger: Logger
  private let state: Mutex<State>

  init(_ desk: AlertDesk, engine: InventoryEngine, sources: SourceBoard, clock: any EngineClock, logger: Logger) {
    self.desk = desk
    self.engine = engine
    self.sources = sources
    self.clock = clock
    self.logger = logger
    let kinds = desk.settings.kinds
    let news = StockNews(
      lowAt: kinds.contains(.lowStock) ? desk.settings.lowAt : nil, tellsShortfall: kinds.contains(.shortfall),
      quietFor: desk.settings.quietFor)
    state = Mutex(State(news: news))
  }

  /// Listens until it is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.listen() }
      group.addTask { await self.tellOnTime() }
    }
  }

  // MARK: Stock

  private var wantsStock: Bool {
    let settings = desk.settings
    return settings.kinds.contains(.shortfall) || (settings.kinds.contains(.lowStock) && settings.lowAt != nil)
  }

  private func listen() async {
    guard wantsStock else { return }
    let start = await desk.book.heard.map { $0 - Self.turnsMax } ?? clock.now
    var isFirst = true
    await engine.watchStock { changes in
      if isFirst {
        isFirst = false
        await lookAround()
        await catchUp(since: start)
      } else if changes.hasMoved {
        // What another node kept, it has told of.
        await lookAround()
      }
      let now = clock.now
      state.withLock { state in
        for view in changes.views { state.news.hear(StockNews.Moment(view), at: now) }
        state.through = changes.through
      }
    }
  }

  /// Notes what is low or short already.
  private func lookAround() async {
    await engine.eachKey { keys in
      for key in keys {
        guard let level = await engine.glance(at: key) else { continue }
        let moment = StockNews.Moment(
          key: key, availableToSell: level.availableToSell, shortfall: level.numbers.shortfall)
        state.withLock { $0.news.remember(moment) }
      }
    }
  }

  /// Tells what a crash kept from being told.
  private func catchUp(since start: Timestamp) async {
    guard let views = try? await engine.stockWritten(since: start, entriesMax: Self.entriesMax, where: { _ in true })
    else {
      return logger.warning("too much has changed to say what was not told of stock", metadata: ["since": "\(start)"])
    }
    let now = clock.now
    state.withLock { state in for view in views { state.news.hearAgain(StockNews.Moment(view), at: now) } }
  }

  // MARK: Telling

  private func tellOnTime() async {
    while true {
      do { try await clock.sleep(until: clock.now + desk.settings.gatherFor) } catch { return }
      await tellStock()
      await tellSources()
    }
  }

  private func tellStock() async {
    let now = clock.now
    let (news, through, heard) = state.withLock { ($0.news.take(), $0.through, $0.heard) }
    sayIfFull()
    let drafts = AlertWords.drafts(of: news, lowAt: desk.settings.lowAt)
    let isOld =
      through.map { $0 > (heard ?? .distantPast) && heard.map { $0 + Self.heardEvery <= now } ?? true } ?? false
    guard !drafts.isEmpty || isOld else { return }
    if await desk.tell(drafts, heard: through) == nil {
      state.withLock { $0.news.giveBack(news) }
    } else {
      state.withLock { $0.heard = through }
    }
  }

  private func sayIfFull() {
    let isNews = state.withLock { state in
      defer { state.hasSaidThatItIsFull = state.news.isFull }
      return state.news.isFull && !state.hasSaidThatItIsFull
    }
    if isNews { logger.error("more keys are low or short than alerts can tell of") }
  }

  private func tellSources() async {
    guard desk.settings.kinds.contains(.sourceSilent) else { return }
    let now = clock.now
    let silent = sources.silent(at: now)
    let known = state.withLock { $0.silent }
    let began = silent.filter { !known.contains($0.origin) }
    let ended = known.subtracting(silent.map(\.origin))
    if began.isEmpty && ended.isEmpty { return }
    let drafts =
      began.map { AlertWords.silent($0, at: now) }
      + ended.compactMap { origin in
        sources.standing(of: origin).map { AlertWords.back($0) }
      }.sorted { $0.shop < $1.shop }
    if await desk.tell(drafts) != nil { state.withLock { $0.silent = Set(silent.map(\.origin)) } }
  }
}

extension StockNews.Moment {
  init(_ view: StockView) {
    self.init(
      key: view.key, availableToSell: view.availableToSell, shortfall: view.numbers.shortfall,
      uncovered: view.uncoveredClaims)
  }
}

extension AlertDesk {
  /// Tells what came of a look, where it leaves something to be done that was not told before, or found very much.
  func tell(_ report: DriftReport, new rows: [DriftRow]) async {
    guard settings.kinds.contains(.drift), !report.isDryRun else { return }
    guard !rows.isEmpty || report.drifted > settings.driftMax else { return }
    await tell([AlertWords.drift(report, new: rows)])
  }
}
