import ArgumentParser
import Foundation
import InventoryEngine
import StockJournal

/// What every command has: `--json`.
struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "Write the result as JSON.")
  var json = false
}

/// What it means that a command was told to stop.
enum Stopping: Sendable {
  /// Its work is not whole: the exit code says by which signal.
  case isSaid
  /// A service has no other end: all is done.
  case isDone
  /// The same, of a service that keeps nothing.
  case isGone

  /// What is said of it when the signal comes.
  fileprivate var words: String { self == .isGone ? "stopping" : "stopping; everything answered is kept" }
}

extension AsyncParsableCommand {
  /// Runs a command's work off the main actor, listens for signals, and turns what went wrong into words and a code.
  ///
  /// - Parameters:
  ///   - stopping: How the program ends when it was told to stop, and did.
  ///   - work: Gets the flag that a signal raises; it looks at it between two steps.
  func perform(
    json: Bool, stopping: Stopping = .isSaid, _ work: @Sendable @concurrent (StopFlag) async throws -> Outcome
  ) async throws {
    signal(SIGPIPE, SIG_IGN)
    let flag = StopFlag()
    let signals = StopSignals(flag, saying: stopping.words)
    defer { signals.end() }
    var outcome: Outcome
    do {
      outcome = try await work(flag)
    } catch let complaint as Complaint {
      outcome = Self.report(complaint, json: json)
    } catch let failure as StoreFailure {
      outcome = Self.report(Complaint(failure), json: json)
    } catch let failure as StartFailure {
      outcome = Self.report(Complaint("\(failure)", do: ""), json: json)
    }
    if let stopped = flag.outcome, outcome == .done, stopping == .isSaid { outcome = stopped }
    if outcome != .done { throw outcome.exitCode }
  }

  private static func report(_ complaint: Complaint, json: Bool) -> Outcome {
    Console.complain(complaint.line)
    if json {
      let error: [(String, JSONValue)] = [
        ("message", .string(complaint.what)), ("advice", .string(complaint.advice)),
        ("exitCode", JSONValue(complaint.outcome.rawValue)),
      ]
      Console.put(JSONValue.object([("error", .object(error))]).text)
    }
    return complaint.outcome
  }
}

extension Complaint {
  /// A store's failure with the advice that goes with its kind.
  init(_ failure: StoreFailure) {
    let advice =
      switch failure {
      case .syncFailed: "look at the disk; what was answered before is kept, start again when the disk is sound"
      case .full: "make room on the disk and start again"
      case .unavailable: "check that the directory, or the Redis, can be reached and written, then start again"
      case .historyTrimmed: "run this on that machine, with its --archive"
      case .damaged, .owned, .newerFormat, .other: ""
      }
    self.init(failure.description, do: advice)
  }
}
