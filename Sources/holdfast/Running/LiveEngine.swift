import Foundation
import InventoryEngine
import InventoryService
import Metrics
import RedisJournal
import StockJournal
import StockLedger

/// Opens an engine on a journal, keeps it running while work is done, and stops it in order.
///
/// A sync that fails ends the process at once: nothing more may be answered, and no other part of the program could
/// still do anything with a store that is lost.
func withEngine<Result: Sendable>(
  on journal: any JournalStore, clock: any EngineClock, settings: EngineSettings = .ofProgram,
  shards: ShardSelection = .all, feed: (any AvailabilityFeed)? = nil, observing: Observing = Observing(),
  _ work: @escaping @Sendable (InventoryEngine) async throws -> Result
) async throws -> Result {
  var settings = settings
  var random = SystemRandomNumberGenerator()
  settings.nonce = (random.next(), random.next())
  // A disk answers or fails; a Redis on the network can be away for long.
  if journal is RedisJournal { settings.answerPatience = 800 }
  let engine: InventoryEngine
  do {
    let start = ContinuousClock.now
    engine = try await openEngine(
      on: journal, settings: settings, shards: shards, clock: clock, feed: feed, observing: observing)
    observing.metrics.gauge(.recoveryDuration).record((ContinuousClock.now - start) / .seconds(1))
  } catch {
    try? await journal.close()
    throw error
  }
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      do { try await engine.run() } catch let failure as StoreFailure {
        let complaint = Complaint(failure)
        Console.complain(complaint.line)
        _exit(Outcome.failed.rawValue)
      }
    }
    let done: Swift.Result<Result, any Error>
    do { done = .success(try await work(engine)) } catch { done = .failure(error) }
    do { try await engine.stop() } catch {
      // Why the work failed says more than what a stop after it met.
      _ = try done.get()
      throw error
    }
    (clock as? SteppedClock)?.end()
    try await group.waitForAll()
    return try done.get()
  }
}

/// Opens an engine, after the leases of a process that died have ended: nothing tells it from one that is only slow.
private func openEngine(
  on journal: any JournalStore, settings: EngineSettings, shards: ShardSelection, clock: any EngineClock,
  feed: (any AvailabilityFeed)?, observing: Observing
) async throws -> InventoryEngine {
  let lifetime = RedisJournal.Options().lease + 2_000
  let deadline = ContinuousClock.now + .milliseconds(lifetime)
  var hasSaid = false
  while true {
    let holder: String
    do throws(StartFailure) {
      return try await InventoryEngine.open(
        store: MeasuredJournal(journal, observing.metrics), settings: settings, shards: shards, clock: clock,
        logger: observing.log.logger(), feed: feed, tracer: observing.tracer)
    } catch {
      guard case .store(.owned(let owner)) = error, journal is RedisJournal, ContinuousClock.now < deadline else {
        throw error
      }
      holder = owner
    }
    if !hasSaid { Console.say("waiting up to \(lifetime / 1_000) s for a lease to end: \(holder)") }
    hasSaid = true
    try await Task.sleep(for: .milliseconds(250))
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
