import SimulationKit
import StockLedger
import Synchronization

/// What is known of a sale from its notes alone: where each buyer stands, the counts, and the audit.
final class SaleBooks: SaleWitness {
  /// Where a buyer stands.
  enum Standing: UInt8, Sendable {
    case notSeen, holdAsked, refused, granted, confirmAsked, confirmed, confirmRefused
  }

  struct State {
    var standings: [Standing]
    /// When granted buyers will pay, by buyer.
    var grantedAt: [Int: Timestamp] = [:]
    var asked = 0
    var granted = 0
    var confirmed = 0
    var refusals: [String: Int] = [:]
    var last = Timestamp.distantPast
    var auditor = Auditor()
    fileprivate var tickets: [Int: Auditor.Ticket] = [:]
    fileprivate var confirmTickets: [Int: Auditor.Ticket] = [:]
  }

  private let plan: SalePlan
  private let key: StockKey
  private let state: Mutex<State>
  private let progress: Progress

  init(_ plan: SalePlan, progress: Progress) throws {
    self.plan = plan
    self.progress = progress
    key = try plan.key
    state = Mutex(State(standings: Array(repeating: .notSeen, count: plan.buyers)))
  }

  /// A look at the books.
  func read<Result: Sendable>(_ body: (State) -> Result) -> Result { state.withLock { body($0) } }

  /// Writes down the number that is read when the sale is over.
  func rested(availableToSell: Int64, at now: Timestamp) {
    state.withLock { $0.auditor.rested(key, availableToSell: availableToSell, at: now) }
  }

  /// What the audit says now.
  func report() -> AuditReport { state.withLock { $0.auditor }.report() }

  func note(_ note: SaleNote) {
    let isNew = state.withLock { write(note, in: &$0) }
    if isNew { progress.add(1) }
  }

  /// Says whether the note is a buyer's first answer.
  private func write(_ note: SaleNote, in state: inout State) -> Bool {
    switch note {
    case .asked(let question, let buyer, let at):
      state.last = max(state.last, at)
      switch question {
      case .count: state.tickets[-1] = state.auditor.asked(plan.count, of: key, at: at)
      case .hold:
        if state.standings[buyer] == .notSeen { state.asked += 1 }
        state.standings[buyer] = .holdAsked
        state.tickets[buyer] = state.auditor.asked(.hold(plan.hold(buyer)), of: key, at: at)
      case .confirm:
        state.standings[buyer] = .confirmAsked
        state.confirmTickets[buyer] = state.auditor.asked(.confirm(plan.confirm(buyer)), of: key, at: at)
      }
      return false
    case .accepted(let question, let buyer, let receipt, let at):
      state.last = max(state.last, at)
      answered(question, buyer, .accepted(receipt), at: at, in: &state)
      switch question {
      case .count: return false
      case .hold:
        state.standings[buyer] = .granted
        state.grantedAt[buyer] = at
        state.granted += 1
        return true
      case .confirm:
        state.standings[buyer] = .confirmed
        state.confirmed += 1
        return false
      }
    case .refused(let question, let buyer, let code, let available, let at):
      state.last = max(state.last, at)
      // The auditor asks of a refusal only how many units it says were there.
      answered(question, buyer, .refused(.insufficientStock(available: available)), at: at, in: &state)
      state.refusals[question == .hold ? code : "\(question.rawValue) \(code)", default: 0] += 1
      if question == .hold { state.standings[buyer] = .refused }
      if question == .confirm { state.standings[buyer] = .confirmRefused }
      return question == .hold
    }
  }

  private func answered(
    _ question: SaleNote.Question, _ buyer: Int, _ answer: Answer, at: Timestamp, in state: inout State
  ) {
    let ticket =
      switch question {
      case .count: state.tickets.removeValue(forKey: -1)
      case .hold: state.tickets.removeValue(forKey: buyer)
      case .confirm: state.confirmTickets.removeValue(forKey: buyer)
      }
    if let ticket { state.auditor.answered(ticket, answer, at: at) }
  }
}
