import Foundation
import Testing

/// The built program, run as a person would run it.
struct Program {
  /// What a run left behind.
  struct Run {
    var code: Int32
    var wasKilled: Bool
    var out: String
    var errors: String
    /// The lines of stdout.
    var lines: [String] { out.split(separator: "\n").map(String.init) }
    /// Every line of stdout as a JSON object.
    var objects: [[String: Any]] { lines.compactMap(jsonObject) }
  }

  /// The program beside the test bundle: built by the same command.
  static let path: String = {
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("holdfast").path
  }()

  /// The root of the sources.
  static let root: String = {
    let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    return file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
  }()

  /// The shipped trace.
  static let trace = root + "/Simulations/Traces/online-retail-2010-12.csv"

  /// Runs the program to its end.
  static func run(_ arguments: String..., in place: Place) async throws -> Run {
    try await start(path, arguments, in: place).end()
  }

  /// Starts a program; stdout and stderr go to files, so that a killed one keeps what it wrote.
  static func start(_ program: String, _ arguments: [String], in place: Place) throws -> Running {
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw Missing(words: "\(program) is not there: swift build builds the program, apt-get install strace the tracer")
    }
    return try Running(program, arguments, in: place)
  }

  /// Something that the tests need and do not have: a failure, never a skipped test.
  struct Missing: Error, CustomStringConvertible {
    var words: String
    var description: String { words }
  }
}

/// A program that runs.
final class Running: @unchecked Sendable {
  // Written once, before anything else can see it.
  private let process = Process()
  private let out: String
  private let errors: String
  private let ended: AsyncStream<Void>

  init(_ program: String, _ arguments: [String], in place: Place) throws {
    out = place.newFile()
    errors = place.newFile()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR": place.path, "NO_COLOR": "1"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    ended = stream
    process.terminationHandler = { _ in continuation.finish() }
    try process.run()
  }

  /// Sends a signal.
  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end.
  func end() async throws -> Program.Run {
    for await _ in ended {}
    return Program.Run(
      code: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
      out: try String(contentsOfFile: out, encoding: .utf8), errors: try String(contentsOfFile: errors, encoding: .utf8)
    )
  }
}

/// A directory of one test, gone with it.
final class Place: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/holdfast-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A directory for a journal, not made yet.
  var data: String { path + "/data" }

  /// A new file's path; the file is there and empty.
  func newFile() -> String { file("") }

  /// A new file with a content.
  func file(_ text: String) -> String {
    let path = path + "/" + UUID().uuidString
    // A file that could not be made is missed by whoever reads it.
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    return path
  }
}

/// One JSON object.
func jsonObject(_ text: String) -> [String: Any]? {
  (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
}
