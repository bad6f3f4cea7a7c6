import StockJournal
import Testing

/// What Redis 7.0.15 says, word for word, where not noted; scripts append their name to what a command in them said.
@Suite struct WordClassTests {
  private static let script = " script: f4bb4592af66d27ff4ae599ecc1ea68640613538, on @user_script:1."
  private static let full = "OOM command not allowed when used memory > 'maxmemory'."

  private static let lines: [(String, WordClass)] = [
    ("LOADING Redis is loading the dataset in memory", .again),
    ("BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.", .again),
    ("CLUSTERDOWN Hash slot not served", .again), ("CLUSTERDOWN The cluster is down", .again),
    ("TRYAGAIN Multiple keys request during rehashing of slot", .again),
    ("ERR max number of clients reached", .again),
    (full, .refused), ("-" + full + script, .refused),
    ("NOREPLICAS Not enough good replicas to write.", .refused),
    ("NOREPLICAS Not enough good replicas to write." + script, .refused),
    (
      "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk." + script,
      .refused
    ),
    // Redis 6 says it so.
    ("ERR Error running script (call to f_f4bb45): @user_script:12: -" + full, .refused),
    (
      "ERR Error running script (call to f_f4bb45): @user_script:1: @user_script: 1: -READONLY You can't write",
      .otherServer
    ),
    ("EXECABORT Transaction discarded because of: BUSY Redis is busy running a script.", .again),
    ("EXECABORT Transaction discarded because of previous errors.", .stop),
    ("READONLY You can't write against a read only replica.", .otherServer),
    ("READONLY You can't write against a read only replica." + script, .otherServer),
    ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", .otherServer),
    ("MOVED 3999 127.0.0.1:6381", .otherServer), ("ASK 3999 127.0.0.1:6381", .otherServer),
    ("UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)", .otherServer),
    ("NOSCRIPT No matching script. Please use EVAL.", .loadScripts),
    ("NOAUTH Authentication required.", .stop),
    ("WRONGPASS invalid username-password pair or user is disabled.", .stop),
    ("NOPERM this user has no permissions to run the 'evalsha' command", .stop),
    ("NOPERM this user has no permissions to access one of the keys used as arguments", .stop),
    ("ERR The user executing the script can't run this command or subcommand" + script, .stop),
    ("WRONGTYPE Operation against a key holding the wrong kind of value" + script, .stop),
    ("EXECABORT Transaction discarded because of previous errors.", .stop),
    ("CROSSSLOT Keys in request don't hash to the same slot", .stop),
    ("ERR The ID specified in XADD is equal or smaller than the target stream top item" + script, .stop),
    ("ERR user_script:1: attempt to concatenate a table value" + script, .stop),
    ("ERR Error running script (call to f_f4bb45): @user_script:1: attempt to index a nil value", .stop),
    ("OOMPH of a later version", .stop), ("", .stop), ("-", .stop), ("loading", .stop),
  ]

  @Test(arguments: lines)
  func lineHasAClass(_ line: String, _ expected: WordClass) {
    #expect(WordClass.classify(line) == expected)
  }

  @Test func whatEndsARequestIsAFailureOfItsKind() {
    #expect(WordClass.failure(Self.full) == .full(Self.full))
    #expect(
      WordClass.failure("MISCONF Errors writing to the AOF file") == .full("MISCONF Errors writing to the AOF file"))
    #expect(WordClass.failure("NOREPLICAS Not enough") == .unavailable("NOREPLICAS Not enough"))
    #expect(WordClass.failure("LOADING Redis is") == .unavailable("LOADING Redis is"))
    #expect(
      WordClass.failure("NOAUTH Authentication required.")
        == .other(
          "Redis said: NOAUTH Authentication required.; check the user and the password of the store's address"))
  }
}
