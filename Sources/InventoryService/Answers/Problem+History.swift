import HTTPTypes
import Hummingbird
import InventoryEngine
import Logging
import StockLedger

extension Call {
  /// Why a key's past is not told, as a problem. What is damaged is logged here: where, is not for clients.
  ///
  /// - Throws: A failure that no later question mends: it is ours, and logged.
  func problem(_ failure: HistoryFailure, of key: StockKey) throws(HistoryFailure) -> Problem {
    switch failure {
    case .notYet: return Problem(.unprocessableContent, "notYet", "Nothing is known of that moment yet")
    case .unknownThen: return .unknownKey
    case .trimmed(let oldest, let time):
      return Problem(
        .gone, "historyTrimmed", "What was so then is not kept any more",
        members: [("oldest", .text(oldest.description)), ("oldestAt", .text(time.description))])
    case .tooLong:
      return Problem(
        .unprocessableContent, "historyTooLong", "Too many entries lie between the moment and what is kept of it",
        detail: "a question reads \(KeyHistory.entriesMax) entries at most: ask for a later moment")
    case .overloaded(let retryAfter): return problem(Refusal.overloaded(retryAfter: retryAfter), of: key)
    case .elsewhere: return absence(of: key)
    case .storeUnavailable: return problem(Refusal.storeUnavailable(retryAfter: 1_000), of: key)
    case .damaged(let what):
      context.logger.error(
        "the journal is damaged",
        metadata: ["requestId": "\(context.requestID)", "error": "\(what)"])
      return .journalDamaged
    case .storeFailed: throw failure
    }
  }
}

extension Problem {
  /// What was so before lies in bytes that are not what was written.
  static let journalDamaged = Problem(
    .internalServerError, "journalDamaged", "What was so then cannot be read any more",
    detail: "the journal is damaged there; what is so now can be read and changed. It does not mend itself: who runs "
      + "the service finds the place in its log, and in docs/operations.md what to do")
}
