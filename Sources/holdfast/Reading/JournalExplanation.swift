import Foundation
import InventoryEngine
import InventoryService
import StockJournal
import StockLedger

/// Explains a number from a journal that no service need have open.
struct JournalExplanation {
  private let key: StockKey
  private let place: JournalPlace

  init(of key: StockKey, in place: JournalPlace) {
    self.key = key
    self.place = place
  }

  /// The explanation as JSON.
  func ask(_ moment: HistoryMoment?, last count: Int) async throws -> Data {
    let journal = try await FrozenJournal(place.openExisting())
    let head = journal.heads[key.shard]
    // A journal of replayed trade may lie ahead of the wall.
    let now = max(head.time, SystemClock().now)
    do throws(HistoryFailure) {
      if case .time(let time) = moment, time > now { throw .notYet }
      let history = KeyHistory(of: key, in: journal, through: head, entriesMax: .max)
      let explanation = try await history.explanation(at: moment ?? .time(now), last: count)
      try? await journal.close()
      return Data(ExplanationJSON.object(explanation))
    } catch {
      try? await journal.close()
      throw complaint(error)
    }
  }

  private func complaint(_ failure: HistoryFailure) -> Complaint {
    switch failure {
    case .notYet: Complaint("nothing is known of that moment yet", do: "name one until now, or leave --at out")
    case .unknownThen:
      Complaint(
        "\(key) had no entry in \(place) by then",
        do: "name a later moment; names are compared exactly, also their case: holdfast export lists the keys")
    case .trimmed(let oldest, let time): .historyTrimmed(oldest: oldest.description, at: time.description)
    case .tooLong, .overloaded, .elsewhere: Complaint("\(place) was not read: \(failure)", do: "try again")
    case .storeUnavailable(let words), .storeFailed(let words): Complaint(words, do: "see to \(place), and try again")
    case .damaged(let words):
      Complaint("the journal is damaged: \(words)", do: "copy \(place) away, then see docs/operations.md")
    }
  }
}

extension Complaint {
  /// What was so then is not kept any more.
  static func historyTrimmed(oldest: String, at time: String) -> Complaint {
    Complaint(
      "historyTrimmed: what was so then is not kept here any more; the oldest moment that can be told is \(time),"
        + " after entry \(oldest)",
      do: "name that or a later one; older records may lie in an archive: --archive, on the machine that has it")
  }
}
