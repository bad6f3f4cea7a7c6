public import InventoryEngine
public import Logging
import StockLedger

/// Where alerts wait until they are delivered: on the disk before they are sent, each at least once.
///
/// One desk serves the whole deployment and sends to one receiver; a message is of one shop, and only that shop's keys
/// see it in the list.
public actor AlertDesk {
  /// Something to be told.
  struct Draft: Sendable {
    let kind: AlertKind
    let shop: String
    /// Writes what the kind has to say.
    let write: @Sendable (inout JSONWriter) -> Void
  }

  /// Lines appended until the file is written anew: some 10 MB.
  private static let linesMax = 10_000
  /// The longest that a receiver which fails again and again is left alone.
  private static let restMax: Int64 = 60_000

  nonisolated let settings: AlertSettings
  private let clock: any EngineClock
  private let store: any KeptLines
  private let logger: Logger
  private let turns = KeyedTurns()
  private let bell = Bell()
  private(set) var book = AlertBook()
  private var linesAppended = 0
  /// Tries that failed one after the other, whichever message they were of.
  private var failuresInARow: Int64 = 0
  private var restUntil = Timestamp.distantPast
  private(set) var outcomes: [Outcome: Int] = [:]

  /// What came of a try.
  enum Outcome: String, CaseIterable, Sendable { case delivered, failed, dead }

  /// A desk with what was kept before.
  ///
  /// - Throws: What the store throws, or ``KeptLineError`` for a line that cannot be read.
  public init(_ settings: AlertSettings, clock: any EngineClock, store: any KeptLines, logger: Logger) async throws {
    self.settings = settings
    self.clock = clock
    self.store = store
    self.logger = logger
    for (index, line) in try await store.all().enumerated() {
      guard let line = try? AlertLine(line) else { throw KeptLineError(line: index + 1) }
      book.take(line)
    }
    try await store.replace(with: try book.lines.map { try $0.bytes })
  }

  // MARK: What is told

  /// Keeps messages, and has them sent.
  ///
  /// - Parameter heard: Everything of stock before this is in these messages or earlier ones; nil where they are of
  ///   something else.
  /// - Returns: What was kept; nil where it could not be, and the log says why.
  @discardableResult
  func tell(_ drafts: [Draft], heard: Timestamp? = nil) async -> [Alert]? {
    let alerts = drafts.map { alert($0) }
    let lines = alerts.map { AlertLine.kept($0) } + (heard.map { [.heard($0.milliseconds)] } ?? [])
    do { try await note(lines) } catch {
      logger.error("alerts cannot be kept", metadata: ["error": "\(error)"])
      return nil
    }
    if !alerts.isEmpty { bell.ring() }
    return alerts
  }

  private func alert(_ draft: Draft) -> Alert {
    var random = SystemRandomNumberGenerator()
    let id = "a" + AccessKey.hexadecimal(of: random.next() as UInt64)
    let now = clock.now
    let body = JSONWriter.object { json in
      json.field("id", id)
      json.field("kind", draft.kind.rawValue)
      json.field("shop", draft.shop)
      json.field("at", now)
      draft.write(&json)
    }
    return Alert(id: id, kind: draft.kind, shop: draft.shop, madeAt: now, body: body)
  }

  /// Lets lines hold once they are on the disk.
  private func note(_ lines: [AlertLine]) async throws {
    if lines.isEmpty { return }
    let bytes = try lines.map { try $0.bytes }
    try await turns.run("file") {
      try await store.append(bytes)
      for line in lines { book.take(line) }
      linesAppended += lines.count
      if linesAppended >= Self.linesMax {
        try await store.replace(with: try book.lines.map { try $0.bytes })
        linesAppended = 0
      }
    }
  }

  // MARK: What a person asks

  /// The newest messages of a shop, newest first.
  func latest(_ count: Int, of shop: String) -> [Alert] {
    Array(book.alerts.reversed().lazy.filter { $0.shop == shop }.prefix(count))
  }

  /// Has a message sent again at once, whatever became of it; nil where the shop has none of the name.
  func retry(_ id: String, of shop: String) async throws -> Alert? {
    guard let alert = book.alert(id, of: shop) else { return nil }
    let now = clock.now.milliseconds
    var standing = Alert.Standing(begunAt: now, nextAt: now)
    (standing.triedAt, standing.status) = (alert.standing.triedAt, alert.standing.status)
    try await note([.stands(id: id, standing)])
    (failuresInARow, restUntil) = (0, .distantPast)
    bell.ring()
    return book.alert(id, of: shop)
  }

  // MARK: Sending

  /// Sends what waits, until it is cancelled.
  func run() async {
    do { try await AlertClient.run(settings) { client in await send(by: client) } } catch {
      // Only the end of the client itself is left to fail; at a stop nobody waits for it.
      logger.debug("connections for alerts were not closed", metadata: ["error": "\(error)"])
    }
  }

  private func send(by client: AlertClient) async {
    while !Task.isCancelled {
      if restUntil <= clock.now, let alert = book.due(at: clock.now) {
        await send(alert, by: client)
      } else {
        let next = book.nextAt.map { max($0, restUntil) }
        do { try await bell.wait(until: next, by: clock) } catch { return }
      }
    }
  }

  private func send(_ alert: Alert, by client: AlertClient) async {
    var standing = alert.standing
    let outcome: Outcome
    do throws(AlertFailure) {
      standing.status = try await client.send(alert, at: clock.now)
      standing.state = .delivered
      standing.tries += 1
      standing.triedAt = clock.now.milliseconds
      standing.trouble = ""
      outcome = .delivered
      (failuresInARow, restUntil) = (0, .distantPast)
    } catch {
      // A stop is no failure of the receiver's.
      if Task.isCancelled { return }
      standing = settings.standing(standing, after: error, at: clock.now.milliseconds)
      outcome = standing.state == .dead ? .dead : .failed
      rest()
      logger.warning(
        "an alert was not delivered", metadata: ["alert": "\(alert.id)", "reason": "\(standing.trouble)"])
    }
    outcomes[outcome, default: 0] += 1
    do { try await note([.stands(id: alert.id, standing)]) } catch {
      // It goes out once more after a restart: its receiver knows it by its name.
      logger.error("what became of an alert cannot be kept", metadata: ["error": "\(error)"])
      book.take(.stands(id: alert.id, standing))
    }
  }

  /// Leaves a receiver alone that has failed: for longer each time.
  private func rest() {
    restUntil = clock.now + min(settings.retryFirst / 5 << min(failuresInARow, 20), Self.restMax)
    failuresInARow += 1
  }
}
