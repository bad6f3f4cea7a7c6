import Foundation
import Synchronization

/// This program as a process of its own that listens, for the demo: started, told to stop, and gone with whoever
/// started it.
final class ServiceChild: Sendable {
  /// Where it listens: `http://127.0.0.1:8080`.
  let base: String
  private let process: Process
  private let ended: AsyncStream<Int32>

  private init(base: String, process: Process, ended: AsyncStream<Int32>) {
    self.base = base
    self.process = process
    self.ended = ended
  }

  /// Starts a service on the port that the documentation names, or on a free one where somebody has that.
  static func start(on directory: DataDirectory, shop: String) async throws -> ServiceChild {
    for port in [8_080, 0] {
      if let child = try await start(on: directory, shop: shop, port: port) { return child }
    }
    throw Complaint("the service did not start", do: "holdfast serve --data \(directory.path) says why")
  }

  private static func start(on directory: DataDirectory, shop: String, port: Int) async throws -> ServiceChild? {
    try await start(["serve", "--data", directory.path, "--shop", shop, "--listen", "127.0.0.1:\(port)"])
  }

  /// Starts a command that says on stderr where it listens; nil where it does not come to that.
  static func start(_ arguments: [String], environment: [String: String] = [:]) async throws -> ServiceChild? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
    process.arguments = arguments
    // What a person has set for a service of theirs is not for this one.
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix(Setting.prefix) }
      .merging(environment) { $1 }
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    let (ended, end) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { process in
      end.yield(process.terminationStatus)
      end.finish()
    }
    do { try process.run() } catch {
      throw Complaint("the program cannot start itself: \(error)", do: "check that /proc is mounted")
    }
    try? pipe.fileHandleForWriting.close()
    for await lines in PipeLines.batches(of: pipe.fileHandleForReading.fileDescriptor) {
      for line in lines.map({ String(decoding: $0, as: UTF8.self) }) {
        guard let found = line.firstMatch(of: /(?:listening on|the Admin API is at) (http:\/\/[^\/\s]+)/) else {
          continue
        }
        return ServiceChild(base: String(found.output.1), process: process, ended: ended)
      }
    }
    return nil
  }

  /// Tells it to stop, and waits until it has.
  func stop() async -> Int32 {
    if process.isRunning { process.terminate() }
    for await status in ended { return status }
    return 0
  }
}
