import Foundation
import RedisRig

/// The built program and its commands that end by themselves.
enum Holdfast {
  /// What a command left behind.
  struct Run {
    var ending: ChildProcess.Ending
    var out: String
    var errors: String
    /// The lines of stdout, each as a JSON object.
    var objects: [[String: Any]] {
      out.split(separator: "\n").compactMap { line in
        (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
      }
    }
  }

  /// The program beside the test bundle: built by the same command.
  static func path() throws -> String {
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = bundle.deletingLastPathComponent().appendingPathComponent("holdfast").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw RedisServer.Missing(words: "\(path) is not there: swift build builds it")
    }
    return path
  }

  /// Runs a command to its end.
  static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Run {
    try await start(arguments, environment: environment).end()
  }

  /// Starts a command.
  static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Command {
    try Command(arguments, environment: environment)
  }

  /// A command that runs.
  final class Command {
    private let process: ChildProcess
    private let out = ScratchFile()
    private let errors = ScratchFile()

    fileprivate init(_ arguments: [String], environment: [String: String]) throws {
      let outFile = open(out.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      let errorsFile = open(errors.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      defer {
        close(outFile)
        close(errorsFile)
      }
      process = try ChildProcess(
        [try Holdfast.path()] + arguments, ChildProcess.Streams(output: outFile, errors: errorsFile),
        environment: environment)
    }

    /// Sends a signal.
    func signal(_ number: Int32) { process.signal(number) }

    /// What it has written to stdout so far.
    var written: String { out.text }

    /// Waits for its end.
    func end() async throws -> Run {
      var ending: ChildProcess.Ending?
      try await until("the command ends") {
        ending = process.ending
        return ending != nil
      }
      return Run(ending: ending ?? .exited(-1), out: out.text, errors: errors.text)
    }
  }
}

/// A file of a name of its own, gone with this.
final class ScratchFile: Sendable {
  let path = NSTemporaryDirectory() + "/holdfast-node-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// What is in it.
  var text: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
