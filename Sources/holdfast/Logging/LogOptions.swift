import ArgumentParser
import Logging

/// How a log is written.
enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// A line for people.
  case text
  /// An object a line, for what collects logs: everything on stderr is one then.
  case json
}

/// What every long-lived command can be told about its log.
struct LogOptions: ParsableArguments {
  @Option(name: .customLong("log-format"), help: "How log lines are written on stderr: text or json.")
  var format = LogFormat.text

  @Option(
    name: .customLong("log-level"),
    help: "What is logged at least: trace, debug, info, notice, warning, error or critical.", transform: Self.level)
  var level = Logger.Level.warning

  private static func level(_ word: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: word) else {
      throw ValidationError("--log-level is one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return level
  }

  /// The log that was asked for; from now on all that the program says has its form.
  func start() -> ProgramLog {
    Console.speaksJSON = format == .json
    return ProgramLog(format: format, level: level)
  }
}

/// Where a command's rooms log: stderr.
struct ProgramLog: Sendable {
  var format = LogFormat.text
  var level = Logger.Level.error

  /// What commands use that end by themselves: errors, for people.
  static let quiet = ProgramLog()

  /// A logger of one room.
  ///
  /// - Parameter level: What it logs at least; nil = as everybody.
  func logger(_ label: String = "holdfast", level: Logger.Level? = nil) -> Logger {
    Logger(label: label) { StandardErrorLog(label: $0, logLevel: level ?? self.level, format: format) }
  }
}
