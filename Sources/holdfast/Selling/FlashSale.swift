import InventoryEngine
import SQLiteJournal
import SimulationKit
import StockJournal
import StockLedger

/// The whole flash sale: a process that dies in the middle, recovery, a check of everything it had acknowledged, the
/// rest of the sale, the expiries, and the verification.
struct FlashSale: Sendable {
  let plan: SalePlan
  let directory: DataDirectory
  let isQuiet: Bool

  /// What came of it.
  struct Result: Sendable {
    var asked = 0
    var granted = 0
    var confirmed = 0
    var refusals: [String: Int] = [:]
    /// Acknowledged before the kill, and found again after it.
    var acknowledgedGrants = 0
    var acknowledgedConfirms = 0
    /// Acknowledged operations that recovery did not bring back: must be empty.
    var lost: [String] = []
    var recovery = Duration.zero
    var entriesRecovered = 0
    var seconds = 0.0
    var availableAtEnd: Int64 = 0
    var audit: AuditReport
    var survey: JournalSurvey
    var verification: Verification
    var diskBytes: Int64
  }

  /// Runs it; nil where it was interrupted.
  func run(_ flag: StopFlag) async throws -> Result? {
    let progress = Progress("flash sale", total: plan.buyers, isQuiet: isQuiet)
    let books = try SaleBooks(plan, progress: progress)
    let begun = ContinuousClock.now
    let end = try await SaleProcess(plan: plan, directory: directory).run(books)
    let firstSeconds = (ContinuousClock.now - begun).seconds
    if flag.isRaised { return nil }
    if case .exited(let code) = end {
      throw Complaint(
        "the sale's process ended with code \(code) before its kill",
        do: "run the demo again with --data and look there")
    }
    progress.end()
    let acknowledged = books.read { ($0.granted, $0.confirmed, $0.asked) }
    if !isQuiet {
      Console.say(
        "flash sale: killed with SIGKILL after \(grouped(acknowledged.2)) buyers, "
          + "\(grouped(acknowledged.0)) grants and \(grouped(acknowledged.1)) confirms acknowledged")
    }
    let recoveryBegun = ContinuousClock.now
    let journal = try await directory.openExisting()
    let clock = SteppedClock(at: max(try await journal.lastTime(), books.read { $0.last }))
    let rest = try await withEngine(on: journal, clock: clock) { engine in
      let recovery = ContinuousClock.now - recoveryBegun
      let replayed = engine.recovery.entries
      let lost = try await lost(books, engine)
      if !isQuiet {
        Console.say(
          "flash sale: recovered in \(decimal(recovery.milliseconds)) ms; "
            + (lost.isEmpty ? "everything acknowledged is there" : "\(lost.count) acknowledged operations are lost"))
      }
      let begun = ContinuousClock.now
      let crowd = Crowd(
        plan: plan, key: try plan.key, engine: engine, clock: clock, witness: books, flag: flag,
        come: SharedCount(acknowledged.2), onConfirmed: {})
      await crowd.sell(remaining(books))
      let seconds = (ContinuousClock.now - begun).seconds
      progress.end()
      let available = flag.isRaised ? 0 : try await settle(engine, clock, books)
      return (recovery, replayed, lost, seconds, available)
    }
    if flag.isRaised { return nil }
    let reopened = try await directory.openExisting()
    let survey = try await JournalSurvey(of: reopened)
    let verification = try await Verification(of: reopened)
    try await reopened.close()
    var result = Result(
      audit: books.report(), survey: survey, verification: verification, diskBytes: directory.bytes)
    books.read { state in
      result.asked = state.asked
      result.granted = state.granted
      result.confirmed = state.confirmed
      result.refusals = state.refusals
    }
    result.acknowledgedGrants = acknowledged.0
    result.acknowledgedConfirms = acknowledged.1
    (result.recovery, result.entriesRecovered, result.lost) = (rest.0, rest.1, rest.2)
    result.seconds = firstSeconds + rest.3
    result.availableAtEnd = rest.4
    return result
  }

  /// Every grant and confirm that came over the pipe, looked up in the recovered state.
  private func lost(_ books: SaleBooks, _ engine: InventoryEngine) async throws -> [String] {
    guard let level = await engine.level(try plan.key) else { return ["the article itself"] }
    return books.read { state in
      var lost: [String] = []
      for (buyer, standing) in state.standings.enumerated() {
        switch standing {
        case .granted, .confirmAsked:
          if level.reservation(plan.hold(buyer).id)?.quantity != 1 { lost.append("the hold of buyer \(buyer)") }
        case .confirmed:
          let found = level.reservation(plan.hold(buyer).id)
          if found?.confirmed != 1 || found?.claim != plan.confirm(buyer).claim {
            lost.append("the confirm of buyer \(buyer)")
          }
        case .notSeen, .holdAsked, .refused, .confirmRefused: break
        }
      }
      return lost
    }
  }

  private func remaining(_ books: SaleBooks) -> Crowd.Work {
    books.read { state in
      var work = Crowd.Work(toAsk: [], toConfirm: [])
      for (buyer, standing) in state.standings.enumerated() {
        switch standing {
        case .notSeen, .holdAsked: work.toAsk.append(buyer)
        case .granted, .confirmAsked:
          if !plan.abandons(buyer), let at = state.grantedAt[buyer] {
            work.toConfirm.append((buyer, at + plan.checkout(buyer)))
          }
        case .refused, .confirmed, .confirmRefused: break
        }
      }
      return work
    }
  }

  /// Lets every abandoned hold expire, and reads what is left.
  private func settle(_ engine: InventoryEngine, _ clock: SteppedClock, _ books: SaleBooks) async throws -> Int64 {
    let key = try plan.key
    clock.advance(to: clock.now + plan.lifetime + 1)
    for _ in 0..<1_000 {
      if let view = await engine.stock(key), view.liveReservations == 0 {
        books.rested(availableToSell: view.availableToSell, at: clock.now)
        return view.availableToSell
      }
      clock.advance(to: clock.now + 1_000)
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Complaint("abandoned holds did not expire", do: "report this", outcome: .broken)
  }
}
