public import StockLedger
import Synchronization

/// An ``Auditor`` that many tasks share: writes down question and answer around the call that puts it.
public final class Witness: Sendable {
  private let auditor: Mutex<Auditor>

  /// A witness with empty books; the margin is ``Auditor/init(clockMargin:)``'s.
  public init(clockMargin: Int64 = 0) { auditor = Mutex(Auditor(clockMargin: clockMargin)) }

  /// Puts a command and writes down what is answered. A thrown error leaves the question open: unknown.
  ///
  /// - Parameters:
  ///   - now: The time, asked for before and after.
  ///   - put: Puts the command to the engine.
  public func ask(
    _ command: Command, of key: StockKey, now: () -> Timestamp, _ put: () async throws -> Answer
  ) async rethrows -> Answer {
    let ticket = auditor.withLock { $0.asked(command, of: key, at: now()) }
    let answer = try await put()
    auditor.withLock { $0.answered(ticket, answer, at: now()) }
    return answer
  }

  /// Changes the books directly: carts, and what is read at rest.
  public func write<Result: Sendable>(_ change: @Sendable (inout Auditor) -> Result) -> Result {
    auditor.withLock { change(&$0) }
  }

  /// What the audit says now.
  public func report() -> AuditReport { auditor.withLock { $0 }.report() }
}
