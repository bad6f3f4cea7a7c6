/// What an error line of Redis means for the request that it answers, by its word. In every class this try of the
/// request did nothing.
public enum WordClass: Hashable, Sendable {
  /// It cannot answer yet: loading, a slow script, a cluster that is voting. Passes by itself.
  case again
  /// It says no to every write while it is full, cannot save, or lacks replicas: surely not written, and nobody knows
  /// for how long.
  case refused
  /// It is not the one that takes writes (any more): a replica, another slot's owner, or just demoted.
  case otherServer
  /// It was restarted or its scripts were flushed.
  case loadScripts
  /// Only people can mend it: passwords, rights, foreign keys, a script it does not understand, a word we do not know.
  case stop

  /// The class of an error line, with or without the leading `-`.
  public static func classify(_ errorLine: String) -> WordClass {
    switch word(of: errorLine) {
    case "LOADING", "BUSY", "TRYAGAIN", "CLUSTERDOWN": .again
    case "OOM", "MISCONF", "NOREPLICAS": .refused
    // UNBLOCKED ends a WAIT on a primary that becomes a replica.
    case "READONLY", "MOVED", "ASK", "MASTERDOWN", "UNBLOCKED": .otherServer
    case "NOSCRIPT": .loadScripts
    // Said to a new connection while others hold all places: no error of the request, and it passes.
    case "ERR" where errorLine.contains("max number of clients reached"): .again
    default: .stop
    }
  }

  /// The failure that an error line becomes where it ends the request; for ``stop`` with what to do about it.
  public static func failure(_ errorLine: String) -> StoreFailure {
    let word = word(of: errorLine)
    switch classify(errorLine) {
    case .refused: return word == "NOREPLICAS" ? .unavailable(errorLine) : .full(errorLine)
    case .again, .otherServer, .loadScripts: return .unavailable(errorLine)
    case .stop: return .other("Redis said: \(errorLine); \(advice(on: word))")
    }
  }

  /// The word that tells: the first, but Redis 6 wraps what a command in a script said: `ERR Error running script (…):
  /// @user_script:12: -OOM …`, and a transaction what refused it: `EXECABORT Transaction discarded because of: BUSY …`.
  private static func word(of errorLine: String) -> Substring {
    let line = errorLine.hasPrefix("-") ? errorLine.dropFirst() : Substring(errorLine)
    if line.hasPrefix("EXECABORT"), let mark = line.firstRange(of: "because of: ") {
      return firstWord(of: line[mark.upperBound...])
    }
    if line.hasPrefix("ERR Error running script"), let mark = line.firstRange(of: ": -") {
      return firstWord(of: line[mark.upperBound...])
    }
    return firstWord(of: line)
  }

  private static func firstWord(of line: Substring) -> Substring { line.prefix { $0 != " " } }

  private static func advice(on word: Substring) -> String {
    switch word {
    case "NOAUTH", "WRONGPASS": "check the user and the password of the store's address"
    case "NOPERM": "the user needs the rights that docs/operations names"
    case "WRONGTYPE": "a key of ours holds something else: is the database shared with another program?"
    case "CROSSSLOT": "the keys of a shard must be in one slot: is there a proxy that renames keys?"
    default: "this program does not know how to go on after it"
    }
  }
}
