import ArgumentParser

/// How the program ends, as a number that scripts can ask.
enum Outcome: Int32 {
  case done = 0
  /// A file, the disk or the store failed.
  case failed = 1
  /// Rows were bad; the good ones went on.
  case badRows = 2
  /// What must hold does not: an oversell, or a replay that differs.
  case broken = 3
  /// The command line or the configuration is wrong: ArgumentParser's own code.
  case misused = 64
  /// Ctrl-C.
  case interrupted = 130
  /// SIGTERM.
  case terminated = 143

  var exitCode: ExitCode { ExitCode(rawValue) }
}

/// Why a command could not do its work: what happened, and what the reader can do.
struct Complaint: Error {
  var what: String
  var advice: String
  var outcome = Outcome.failed

  /// Both, as people read them.
  var line: String { advice.isEmpty ? what : what + "; " + advice }

  init(_ what: String, do advice: String, outcome: Outcome = .failed) {
    self.what = what
    self.advice = advice
    self.outcome = outcome
  }
}
