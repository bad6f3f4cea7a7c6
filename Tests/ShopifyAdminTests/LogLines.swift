import Logging
import Synchronization

/// What was logged, line by line, at every level and with its metadata.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }
  var text: String { all.joined(separator: "\n") }

  var logger: Logger {
    var logger = Logger(label: "test") { _ in Lines(log: self) }
    logger.logLevel = .trace
    return logger
  }

  private struct Lines: LogHandler {
    let log: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      log.lines.withLock { $0.append("\(event.level): \(event.message) \(metadata) \(event.metadata ?? [:])") }
    }
  }
}
