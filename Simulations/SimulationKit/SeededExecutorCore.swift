import StockLedger
import Synchronization

extension SeededExecutor {
  /// What executor and clock share: the ready jobs, the sleepers, the time, the chance and the trace of one run.
  final class Core: Sendable {
    struct ReadyJob: Sendable {
      var job: UnownedJob
      var number: UInt64
    }

    enum Step {
      case run(UnownedJob)
      case wake([CheckedContinuation<Void, any Error>])
      case pause(Pause)
    }

    struct State: Sendable {
      var ready: [ReadyJob] = []
      var jobsSeen: UInt64 = 0
      var generator: SeededGenerator
      var order: PickOrder
      var now: Timestamp
      var due = DueQueue<UInt64>()
      var sleeping: [UInt64: CheckedContinuation<Void, any Error>] = [:]
      var sleepersSeen: UInt64 = 0
      var trace: RunTrace
      var isWorking = false
      var hasRootEnded = false
      var escape: String?
    }

    let state: Mutex<State>

    init(seed: UInt64, start: Timestamp, order: PickOrder, eventsKept: Int) {
      let trace = RunTrace(eventsKept: eventsKept)
      state = Mutex(State(generator: SeededGenerator(seed: seed), order: order, now: start, trace: trace))
    }

    /// Marks that jobs may come in while the closure runs on the loop's own thread.
    func working<Result>(_ work: () -> Result) -> Result {
      let before = state.withLock { state in
        defer { state.isWorking = true }
        return state.isWorking
      }
      defer { state.withLock { $0.isWorking = before } }
      return work()
    }

    func note(_ event: String, isInside: Bool) {
      state.withLock { state in
        if !isInside && state.isWorking { state.escape = state.escape ?? "'\(event)' was noted by a task outside" }
        state.trace.noted(event, at: state.now)
      }
    }

    /// The next thing to do. Whoever gets a job must set `isWorking` back when it has run.
    func next(until limit: Timestamp, mayPick: Bool) -> Step {
      state.withLock { state in
        if let escape = state.escape { return .pause(.escaped(escape)) }
        if !state.ready.isEmpty {
          guard mayPick else { return .pause(.picksReached) }
          let job = state.pick()
          state.isWorking = true
          return .run(job)
        }
        if state.hasRootEnded { return .pause(.finished) }
        while let due = state.due.firstDue {
          guard due <= limit else { return .pause(.timeReached) }
          let sleepers = state.wake(dueBy: due)
          if !sleepers.isEmpty { return .wake(sleepers) }
        }
        return .pause(.deadlock)
      }
    }
  }
}

extension SeededExecutor.Core.State {
  fileprivate mutating func pick() -> UnownedJob {
    let count = ready.count
    let index: Int
    switch order {
    case .arrival: index = 0
    case .uniform: index = generator.index(below: count)
    case .newest(let perMille):
      index = generator.chance(perMille: perMille) ? count - 1 : generator.index(below: count)
    }
    // Keeps the order of arrival; a run has tens of ready jobs, so moving them costs less than a job.
    let picked = ready.remove(at: index)
    trace.picked(picked.number, of: count)
    return picked.job
  }

  /// All who sleep until `due` or less wake at once; the seed then picks among their jobs, which breaks the tie.
  ///
  /// The list is empty where all of them were cancelled meanwhile: then time stays.
  mutating func wake(dueBy due: Timestamp) -> [CheckedContinuation<Void, any Error>] {
    var woken: [CheckedContinuation<Void, any Error>] = []
    while let id = self.due.popFirst(dueBy: due) {
      if let sleeper = sleeping.removeValue(forKey: id) { woken.append(sleeper) }
    }
    if !woken.isEmpty && due > now {
      now = due
      trace.jumped(to: due.milliseconds)
    }
    return woken
  }
}
