public import StockLedger
import Synchronization

/// A task executor on one thread whose next job is drawn by seed: the same seed runs the same interleaving.
///
/// Every task that prefers it, with its child tasks, task groups and the default actors that they call, puts its jobs
/// here; ``run(_:)`` draws one after the other on the caller's thread. When no job is ready, time jumps to the next
/// sleeper of ``clock``. What it cannot see is what leaves it: a bare `Task {}`, a custom actor executor, a thread.
/// Jobs that come in from such a place are counted in ``Pause/escaped(_:)`` as far as they can be told apart.
///
/// An executor is for one run: the root, once ended, cannot be started again.
public final class SeededExecutor: TaskExecutor, Sendable {
  /// In which order ready jobs are picked.
  public enum PickOrder: Hashable, Sendable {
    /// Each ready job is equally likely.
    case uniform
    /// The newest job so many times in a thousand, else uniform: runs ahead with one task and starves the others, which
    /// finds what needs one task to overtake by many steps.
    case newest(perMille: UInt64)
    /// First come, first served: one plain interleaving, to compare with.
    case arrival
  }

  /// Why ``advance(until:picksMax:)`` came back.
  public enum Pause: Hashable, Sendable {
    /// The root ended and nothing is ready.
    case finished
    /// Nothing is ready, nobody sleeps, and the root has not ended.
    case deadlock
    /// The next sleeper wakes after the limit.
    case timeReached
    /// So many jobs ran as were allowed.
    case picksReached
    /// Work of the run was done outside the executor, so that the seed no longer decides.
    case escaped(String)
  }

  let core: Core
  /// The run's time: jumps to the next sleeper when no job is ready.
  public let clock: VirtualClock

  /// An executor for one run.
  ///
  /// - Parameters:
  ///   - seed: Decides every pick.
  ///   - start: What the clock says at first.
  ///   - order: How ready jobs are picked.
  ///   - eventsKept: As of ``RunTrace/init(eventsKept:)``.
  public init(
    seed: UInt64, startingAt start: Timestamp = VirtualClock.startDefault, order: PickOrder = .uniform,
    eventsKept: Int = RunTrace.lastEventsMax
  ) {
    core = Core(seed: seed, start: start, order: order, eventsKept: eventsKept)
    clock = VirtualClock(core: core)
  }

  /// Takes a job; called by the runtime.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    core.state.withLock { state in
      // Our own loop enqueues only while a job runs, a sleeper is woken or the root starts.
      if !state.isWorking { state.escape = state.escape ?? "a job came in from another thread" }
      state.ready.append(Core.ReadyJob(job: job, number: state.jobsSeen))
      state.jobsSeen += 1
    }
  }

  /// Starts the run's root; nothing of it runs before ``advance(until:picksMax:)``.
  ///
  /// - Returns: The root's task, whose value is there once `advance` says ``Pause/finished``.
  @discardableResult
  public func start<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) -> Task<Value, any Error> {
    core.working {
      Task(executorPreference: self) { [core] in
        defer { core.state.withLock { $0.hasRootEnded = true } }
        return try await body()
      }
    }
  }

  /// Runs jobs on this thread until the root has ended or a limit is reached; may be called again after a limit.
  ///
  /// - Parameters:
  ///   - limit: The latest time the clock may jump to.
  ///   - picksMax: How many jobs may run in this call.
  public func advance(until limit: Timestamp = .distantFuture, picksMax: Int = .max) -> Pause {
    var picks = 0
    while true {
      switch core.next(until: limit, mayPick: picks < picksMax) {
      case .run(let job):
        picks += 1
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        core.state.withLock { $0.isWorking = false }
      case .wake(let sleepers):
        core.working { for sleeper in sleepers { sleeper.resume() } }
      case .pause(let pause):
        return pause
      }
    }
  }

  /// What the run did so far.
  public var trace: RunTrace { core.state.withLock { $0.trace.trimmed() } }

  /// Adds a labelled event to the trace. The label must not hold anything that differs from run to run (an address).
  public func note(_ event: String) { core.note(event, isInside: isCurrent) }

  /// A generator for the run's traffic, split off the executor's own: its draws do not disturb the picks.
  public func makeGenerator() -> SeededGenerator { core.state.withLock { $0.generator.split() } }

  /// True in a task that runs here.
  public var isCurrent: Bool {
    let here = unsafe asUnownedTaskExecutor()
    return unsafe withUnsafeCurrentTask { task in
      guard let executor = unsafe task?.unownedTaskExecutor else { return false }
      return unsafe executor == here
    }
  }
}

extension SeededExecutor {
  /// Runs a root to its end and returns its value.
  ///
  /// - Parameters:
  ///   - picksMax: How many jobs may run: past it the run is called a livelock.
  ///   - limit: The latest time the clock may jump to; past it only sleepers are left that wake for ever.
  /// - Throws: ``SimulationFailure`` when the root never ends, and what the root throws.
  public func run<Value: Sendable>(
    picksMax: Int = 10_000_000, until limit: Timestamp = .distantFuture,
    _ body: @escaping @Sendable () async throws -> Value
  ) throws -> Value {
    let ending = RunEnding<Value>()
    let root = start {
      do { ending.keep(.success(try await body())) } catch { ending.keep(.failure(error)) }
    }
    let pause = advance(until: limit, picksMax: picksMax)
    if pause == .finished, let result = ending.kept { return try result.get() }
    let failure = SimulationFailure(pause: pause, at: clock.now, trace: trace)
    // Lets go of what a cancelled task gives up; what waits for a continuation that nobody resumes stays, and leaks.
    core.working { root.cancel() }
    _ = advance(until: clock.now, picksMax: 100_000)
    throw failure
  }
}

/// A run whose root did not end: the seed's find, never a normal outcome.
public struct SimulationFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What stopped the run.
  public let pause: SeededExecutor.Pause
  /// The time it stopped at.
  public let at: Timestamp
  /// What it did until then.
  public let trace: RunTrace

  /// What happened, when, and the newest events before it.
  public var description: String {
    let what =
      switch pause {
      case .finished: "the root was cancelled before it began"
      case .deadlock:
        "deadlock: no job is ready, nobody sleeps, and the root has not ended: it waits for something that no one "
          + "will do, or that happens outside the executor"
      case .timeReached: "livelock: only sleepers are left past the time limit, and the root has not ended"
      case .picksReached: "livelock: the root has not ended after so many jobs"
      case .escaped(let how): "escape: \(how), so the seed no longer decides"
      }
    let last = trace.lastEvents.suffix(8).map(\.description).joined(separator: "; ")
    return "\(what) (at \(at), \(trace.picks) jobs ran; last events: \(last.isEmpty ? "none" : last))"
  }
}

/// Where a root's result waits for the thread that ran it.
private final class RunEnding<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)
  var kept: Result<Value, any Error>? { result.withLock { $0 } }
  func keep(_ ended: Result<Value, any Error>) { result.withLock { $0 = ended } }
}
