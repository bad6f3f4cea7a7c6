import ChannelIntake
import InventoryEngine
import Logging
import StockLedger

/// A system that is asked over HTTP, again and again: its rows are taken, and then only is its cursor moved.
///
/// Nothing that it answers stops the asking. What cannot be used is told in the source's health and asked for again,
/// later each time; a row that cannot be used is counted, and the others go on.
struct PullSource: Sendable {
  private let settings: PullSettings
  private let origin: DeliveryOrigin
  private let engine: InventoryEngine
  private let board: SourceBoard
  private let clock: any EngineClock
  private let logger: Logger
  private let file: PullMarkFile?

  init(
    _ settings: PullSettings, origin: DeliveryOrigin, engine: InventoryEngine, board: SourceBoard,
    clock: any EngineClock, logger: Logger
  ) {
    self.settings = settings
    self.origin = origin
    self.engine = engine
    self.board = board
    self.clock = clock
    self.logger = logger
    file = settings.stateFile.map { PullMarkFile($0, origin: origin, address: settings.address) }
  }

  /// Asks until it is cancelled.
  func run() async {
    do {
      try await PullClient.run(settings) { client in await run(client) }
    } catch {
      // Only the end of the client itself is left to fail; at a stop nobody waits for it.
      logger.debug("a source's connections were not closed", metadata: ["error": "\(error)"])
    }
  }

  private func run(_ client: PullClient) async {
    var schedule = PollSchedule(
      interval: settings.interval.wholeMilliseconds, first: settings.retryFirst.wholeMilliseconds)
    var random = SystemRandomNumberGenerator()
    var mark = PullMark()
    var isRead = false
    while !Task.isCancelled {
      let begun = clock.now
      let pause: Int64
      do {
        if !isRead, let file { mark = try await file.read() }
        isRead = true
        try await poll(client, &mark)
        board.change(origin) { $0.failure = nil }
        pause = schedule.afterSuccess(took: clock.now.milliseconds - begun.milliseconds, using: &random)
      } catch {
        if Task.isCancelled { return }
        note(error)
        pause = schedule.afterFailure(retryAfter: (error as? PullFailure)?.retryAfter ?? 0, using: &random)
      }
      let next = clock.now + pause
      board.change(origin) { $0.nextPollAt = next }
      try? await Task.sleep(for: .milliseconds(pause))
    }
  }

  /// Asks until nothing is left to ask.
  private func poll(_ client: PullClient, _ mark: inout PullMark) async throws {
    var walk = PullWalk(settings, from: mark)
    var rowCount = 0
    while let address = walk.next {
      guard case .body(let body, let validators, _) = try await client.get(address, known: walk.known) else { break }
      let answer: ForeignAnswer
      let rows: [IntakeRow]
      do throws(RowError) {
        answer = try ForeignAnswer(body)
        rows = try settings.mapping.rows(of: answer, origin: origin)
      } catch { throw PullFailure("the answer of \(address) cannot be used: \(error)") }
      let isClean = try await take(rows)
      rowCount += rows.count
      try walk.take(answer, rows: rows.count, validators: isClean ? validators : nil)
      if walk.mark != mark {
        try await file?.keep(walk.mark)
        mark = walk.mark
      }
    }
    // An answer that says nothing new is no delivery: a source may fall silent behind a server that goes on.
    if rowCount > 0 { board.delivered("poll@\(clock.now)", of: origin, at: clock.now) }
  }

  /// Takes rows; they are durable when this returns.
  ///
  /// - Returns: False where some were refused or rejected: they are asked for again, even if nothing has changed there.
  private func take(_ rows: [IntakeRow]) async throws -> Bool {
    var intake = SourceIntake(origin: origin, engine: engine, board: board)
    try await intake.take(rows: rows)
    return intake.tally.isClean
  }

  private func note(_ error: any Error) {
    logger.warning(
      "a source could not be asked", metadata: ["source": "\(origin.source)", "reason": "\(error)"])
    board.failed("\(error)", of: origin, at: clock.now)
  }
}
