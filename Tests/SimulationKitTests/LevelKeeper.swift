import StockLedger

/// A keeper around the real rules whose turn can be broken in two: the law that the compiler cannot keep for us.
actor LevelKeeper {
  private var level = StockLevel()
  private let awaitsBetweenDecideAndApply: Bool

  init(awaitsBetweenDecideAndApply: Bool) { self.awaitsBetweenDecideAndApply = awaitsBetweenDecideAndApply }

  /// True where the command was accepted anew.
  func put(_ command: Command, at now: Timestamp) async -> Bool {
    guard case .accept(let body, _) = level.decide(command, now: now) else { return false }
    if awaitsBetweenDecideAndApply { await Task.yield() }
    level.apply(JournalEntry(at: now, body: body))
    level.checkInvariants()
    return true
  }

  var net: Int64 { level.numbers.net }
}
