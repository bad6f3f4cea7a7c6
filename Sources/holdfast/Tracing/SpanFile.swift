import Foundation
import Logging
import StoreThread
import Synchronization

/// The file of `--trace-file`: spans are gathered in memory and written behind, so that no request waits for a disk.
///
/// What does not fit is dropped and counted: a trace is a sample, and a full disk must not stop the shop.
final class SpanFile: Sendable {
  private struct State {
    var lines: [String] = []
    var dropped = 0
    var bytes: Int
  }

  /// Spans that wait: a second of the fastest service.
  private static let linesMax = 50_000
  /// Bytes of the file: an hour at a thousand requests a second. Nobody looks at more by hand.
  private static let bytesMax = 4 << 30

  private let descriptor: Int32
  private let thread = StoreThread(name: "spans")
  private let logger: Logger
  private let state: Mutex<State>

  /// Opens a file to append to; makes it where there is none, for its owner alone.
  init(path: String, logger: Logger) throws(Complaint) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Complaint("\(path) cannot be written: \(String(cString: strerror(errno)))", do: "check --trace-file")
    }
    self.descriptor = descriptor
    self.logger = logger
    state = Mutex(State(bytes: Int(max(0, lseek(descriptor, 0, SEEK_END)))))
  }

  deinit {
    thread.end()
    close(descriptor)
  }

  func add(_ line: String) {
    state.withLock { state in
      let count = line.utf8.count + 1
      guard state.lines.count < Self.linesMax, state.bytes + count <= Self.bytesMax else {
        state.dropped += 1
        return
      }
      state.lines.append(line)
      state.bytes += count
    }
  }

  /// Writes what has gathered, five times a second, until it is cancelled; then the rest.
  func run() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .milliseconds(200))
      await flush()
    }
  }

  private func flush() async {
    let (lines, dropped) = state.withLock { state in
      defer { (state.lines, state.dropped) = ([], 0) }
      return (state.lines, state.dropped)
    }
    if dropped > 0 { logger.warning("spans were dropped", metadata: ["spans": .stringConvertible(dropped)]) }
    if lines.isEmpty { return }
    let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
    let descriptor = descriptor
    let isWritten = await thread.run { () -> Result<Bool, Never> in
      .success(bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
    }
    if !isWritten { logger.error("spans could not be written", metadata: ["spans": .stringConvertible(lines.count)]) }
  }
}
