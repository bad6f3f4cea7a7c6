import StockJournal

/// What has to be done before the next round: the gravest of what the shards ask for.
struct RoundsEnd {
  /// True where another round is asked for.
  private(set) var goesOn = false
  private(set) var pauses = false
  private(set) var reconnects = false
  private(set) var looksElsewhere = false
  private(set) var reason: String?

  mutating func note(_ after: RetryAfter, _ reply: AppendReply? = nil) {
    goesOn = true
    if case .word(let line) = reply { reason = line }
    switch after {
    case .now: break
    case .pause: pauses = true
    // A new connection loads the scripts.
    case .loadScripts: reconnects = true
    case .reconnect:
      reconnects = true
      pauses = true
    case .otherServer:
      looksElsewhere = true
      pauses = true
    }
  }
}
