import Foundation

/// The built program.
enum Holdfast {
  /// Beside the test bundle: built by the same command.
  static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appendingPathComponent("holdfast").path

  /// How a run ended, and what it said.
  struct Run {
    var code: Int32
    var out: String
    var errors: String
  }

  /// Runs a command to its end.
  static func run(_ arguments: String..., in place: ScratchPlace) async throws -> Run {
    let process = try ServeProcess(arguments, in: place)
    let code = await process.end()
    return Run(code: code, out: try process.text(of: process.out), errors: try process.text(of: process.errors))
  }
}

/// A directory of one test, gone with it.
final class ScratchPlace: Sendable {
  let path: String
  var data: String { path + "/data" }
  var keys: String { path + "/keys.jsonl" }

  init() throws {
    path = NSTemporaryDirectory() + "/holdfast-service-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Makes a key and gives its token.
  func key(_ shop: String, _ scopes: String...) async throws -> String {
    let process = try ServeProcess(
      ["key", "create", "--keys", keys, "--shop", shop] + scopes.flatMap { ["--scope", $0] }, in: self)
    guard await process.end() == 0 else { throw ServeProcess.Failed(words: try process.text(of: process.errors)) }
    return try process.text(of: process.out).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// A run of the program that goes on.
final class ServeProcess: @unchecked Sendable {
  struct Failed: Error { var words: String }

  // Written once, before anything else can see it.
  private let process = Process()
  private let ended: AsyncStream<Void>
  let out: String
  let errors: String

  var isRunning: Bool { process.isRunning }

  init(_ arguments: [String], environment: [String: String] = [:], in place: ScratchPlace) throws {
    out = place.path + "/" + UUID().uuidString
    errors = place.path + "/" + UUID().uuidString
    for path in [out, errors] {
      guard FileManager.default.createFile(atPath: path, contents: nil) else { throw Failed(words: path) }
    }
    process.executableURL = URL(fileURLWithPath: Holdfast.path)
    process.arguments = arguments
    process.environment = ["PATH": "/usr/bin:/bin", "TMPDIR": place.path, "NO_COLOR": "1"].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    ended = stream
    process.terminationHandler = { _ in continuation.finish() }
    try process.run()
  }

  /// The process, as the system numbers it.
  var number: Int32 { process.processIdentifier }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  func text(of file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for its end.
  func end() async -> Int32 {
    for await _ in ended {}
    return process.terminationStatus
  }

  /// Starts a service on a free port, and waits until it listens.
  static func serve(_ place: ScratchPlace, _ arguments: String...) async throws -> (process: ServeProcess, port: Int) {
    let process = try ServeProcess(["serve", "--data", place.data, "--listen", "127.0.0.1:0"] + arguments, in: place)
    return (process, try await process.port())
  }

  /// Waits until it listens on this machine, and says where.
  func port() async throws -> Int {
    while true {
      let words = try text(of: errors)
      if let found = words.firstMatch(of: /listening on http:\/\/127\.0\.0\.1:(\d+)["\n]/),
        let port = Int(found.output.1)
      {
        return port
      }
      guard isRunning else { throw Failed(words: words) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
