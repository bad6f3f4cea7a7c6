import Foundation
import InventoryEngine
import Logging
import SQLiteJournal
import StockJournal
import StockLedger

/// Opens an engine on a journal, keeps it running while work is done, and stops it in order.
///
/// A sync that fails ends the process at once: nothing more may be answered, and no other part of the program could
/// still do anything with a store that is lost.
func withEngine<Result: Sendable>(
  on journal: SQLiteJournal, clock: any EngineClock, settings: EngineSettings = .ofProgram,
  _ work: @escaping @Sendable (InventoryEngine) async throws -> Result
) async throws -> Result {
  let logger = Logger(label: "holdfast") { StandardErrorLog(label: $0) }
  var settings = settings
  var random = SystemRandomNumberGenerator()
  settings.nonce = (random.next(), random.next())
  let engine: InventoryEngine
  do {
    engine = try await InventoryEngine.open(store: journal, settings: settings, clock: clock, logger: logger)
  } catch {
    try? await journal.close()
    throw error
  }
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      do { try await engine.run() } catch let failure as StoreFailure {
        let complaint = Complaint(failure)
        Console.complain(complaint.what + "; " + complaint.advice)
        _exit(Outcome.failed.rawValue)
      }
    }
    let done: Swift.Result<Result, any Error>
    do { done = .success(try await work(engine)) } catch { done = .failure(error) }
    try await engine.stop()
    (clock as? SteppedClock)?.end()
    try await group.waitForAll()
    return try done.get()
  }
}

extension EngineSettings {
  /// What the commands use: durable, and without a bound on clock jumps where the clock is a trace's.
  static var ofProgram: EngineSettings {
    var settings = EngineSettings()
    settings.clockJumpMax = nil
    return settings
  }
}

/// The engine's log lines, on stderr: errors and worse.
struct StandardErrorLog: LogHandler {
  let label: String
  var logLevel = Logger.Level.error
  var metadata: Logger.Metadata = [:]

  init(label: String) { self.label = label }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    Console.complain("\(event.message)" + (fields.isEmpty ? "" : " (" + fields.joined(separator: ", ") + ")"))
  }
}
