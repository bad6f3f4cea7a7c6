import Foundation
import InventoryEngine
import Logging
import RedisJournal
import StockLedger
import Synchronization

/// The Redis under a journal: what a start would say of it, without taking anything.
struct RedisCheck: Sendable {
  let place: RedisPlace

  func findings(_ now: Timestamp) async -> [Finding] {
    let heard = Heard()
    do {
      let journal = try await place.open(
        creates: false, logger: Logger(label: "doctor") { _ in HeardLog(heard: heard) })
      let begun = ContinuousClock.now
      let last = try await journal.lastTime()
      let way = ContinuousClock.now - begun
      try await journal.close()
      return [.good("redis", "\(place.address) holds a journal, its last entry is of \(last)")]
        + heard.lines.map { line in
          .warning("redis", line, costs: "as it says", do: "change the setting, in redis.conf too")
        } + [speed(way)] + ClockCheck.findings(last: last, now: now)
    } catch { return [.failure("redis", Complaint(of: error))] }
  }

  private func speed(_ way: Duration) -> Finding {
    let words = "256 heads were read in \(decimal(way.milliseconds)) ms"
    if way < .milliseconds(100) { return .good("redis", words) }
    return .warning(
      "redis", words, costs: "every answer waits for the way to Redis and back", do: "run the node near its Redis")
  }

  /// What the store warns of while it is opened.
  private final class Heard: Sendable {
    private let said = Mutex<[String]>([])
    func hear(_ line: String) { said.withLock { $0.append(line) } }
    var lines: [String] { said.withLock { $0 } }
  }

  private struct HeardLog: LogHandler {
    let heard: Heard
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { heard.hear("\(event.message)") }
  }
}
