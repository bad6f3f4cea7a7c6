import SimulationKit
import StockLedger
import Testing

@Suite("The seeded executor")
struct SeededExecutorTests {
  /// Notes where each of its turns ran.
  actor Counter {
    let executor: SeededExecutor
    private(set) var value = 0
    private(set) var turnsOutside = 0

    init(executor: SeededExecutor) { self.executor = executor }

    func add(_ label: String) {
      value += 1
      if !executor.isCurrent { turnsOutside += 1 }
      executor.note(label)
    }
  }

  @Test("root, children, groups and default actors all run on it, on the caller's thread")
  func everythingRunsHere() throws {
    let executor = SeededExecutor(seed: 1)
    let outcome = try executor.run {
      let counter = Counter(executor: executor)
      var outside = executor.isCurrent ? 0 : 1
      async let child: Bool = {
        await counter.add("async let")
        return executor.isCurrent
      }()
      await withTaskGroup(of: Bool.self) { group in
        for index in 0..<10 {
          group.addTask {
            await counter.add("group \(index)")
            return executor.isCurrent
          }
        }
        for await isInside in group where !isInside { outside += 1 }
      }
      if await !child { outside += 1 }
      return (await counter.value, await counter.turnsOutside, outside)
    }
    #expect(outcome == (11, 0, 0))
    #expect(executor.trace.events == 11)
    #expect(executor.trace.picks > 11)
    #expect(!executor.isCurrent)
  }

  @Test("a continuation resumed by one task goes on here in the other")
  func continuations() throws {
    actor Mailbox {
      private var waiting: CheckedContinuation<Int, Never>?
      func receive() async -> Int { await withCheckedContinuation { waiting = $0 } }
      func send(_ value: Int) -> Bool {
        waiting?.resume(returning: value)
        defer { waiting = nil }
        return waiting != nil
      }
    }
    let executor = SeededExecutor(seed: 3)
    let received = try executor.run {
      let mailbox = Mailbox()
      async let value = mailbox.receive()
      while await !mailbox.send(42) { await Task.yield() }
      let got = await value
      return executor.isCurrent ? got : -1
    }
    #expect(received == 42)
  }

  @Test("streams hand over here")
  func streams() throws {
    let executor = SeededExecutor(seed: 4)
    let sum = try executor.run {
      let (stream, sender) = AsyncStream.makeStream(of: Int.self)
      async let total = {
        var sum = 0
        for await number in stream { sum += executor.isCurrent ? number : -1_000 }
        return sum
      }()
      for number in 1...4 {
        sender.yield(number)
        await Task.yield()
      }
      sender.finish()
      return await total
    }
    #expect(sum == 10)
  }

  /// Three tasks note what they do around two actors and a sleep.
  static func interleaving(seed: UInt64, order: SeededExecutor.PickOrder = .uniform) throws -> RunTrace {
    let executor = SeededExecutor(seed: seed, order: order)
    try executor.run {
      let first = Counter(executor: executor)
      let second = Counter(executor: executor)
      await withTaskGroup { group in
        for task in 0..<3 {
          group.addTask {
            await first.add("\(task) first")
            try? await executor.clock.sleep(for: .milliseconds(5))
            await second.add("\(task) second")
          }
        }
      }
    }
    return executor.trace
  }

  @Test("2,000 seeds twice: identical traces")
  func sameSeedSameTrace() throws {
    var orders: Set<UInt64> = []
    for seed in UInt64(0)..<2_000 {
      let once = try Self.interleaving(seed: seed)
      let again = try Self.interleaving(seed: seed)
      #expect(once == again)
      orders.insert(once.hash)
    }
    #expect(orders.count > 500, "seeds differ in what they do")
  }

  @Test(
    "the order of picking is part of the run",
    arguments: [SeededExecutor.PickOrder.arrival, .newest(perMille: 800)])
  func pickOrders(order: SeededExecutor.PickOrder) throws {
    let once = try Self.interleaving(seed: 5, order: order)
    #expect(try Self.interleaving(seed: 5, order: order) == once)
    #expect(try Self.interleaving(seed: 5) != once)
  }

  @Test("a root that waits for nobody is a deadlock, and the error says so")
  func deadlock() {
    let executor = SeededExecutor(seed: 6)
    let failure = #expect(throws: SimulationFailure.self) {
      try executor.run {
        executor.note("waits for nobody")
        let (stream, sender) = AsyncStream.makeStream(of: Int.self)
        for await _ in stream {}
        sender.finish()
      }
    }
    #expect(failure?.pause == .deadlock)
    #expect(failure?.description.contains("no job is ready, nobody sleeps") == true)
    #expect(failure?.description.contains("waits for nobody") == true)
  }

  @Test("a root that yields for ever is a livelock")
  func livelock() {
    let executor = SeededExecutor(seed: 7)
    let failure = #expect(throws: SimulationFailure.self) {
      try executor.run(picksMax: 1_000) {
        while !Task.isCancelled { await Task.yield() }
      }
    }
    #expect(failure?.pause == .picksReached)
  }

  @Test("sleepers that never end are stopped at the time limit")
  func endlessSleep() {
    let executor = SeededExecutor(seed: 8)
    let limit = VirtualClock.startDefault + 60_000
    let failure = #expect(throws: SimulationFailure.self) {
      try executor.run(until: limit) {
        while true { try await executor.clock.sleep(for: .seconds(7)) }
      }
    }
    #expect(failure?.pause == .timeReached)
    #expect(failure?.at == VirtualClock.startDefault + 56_000)
  }

  @Test("what the root throws comes out of the run")
  func rootThrows() {
    let executor = SeededExecutor(seed: 9)
    #expect(throws: Refusal.stopping) {
      try executor.run { throw Refusal.stopping }
    }
  }

  @Test("a run can be stopped between any two jobs, and goes on from there")
  func stepwise() async throws {
    let executor = SeededExecutor(seed: 10)
    let root = executor.start {
      let counter = Counter(executor: executor)
      for step in 0..<5 { await counter.add("step \(step)") }
      return await counter.value
    }
    #expect(executor.advance(picksMax: 0) == .picksReached)
    #expect(executor.trace.events == 0)
    #expect(executor.advance(picksMax: 4) == .picksReached)
    let halfway = executor.trace.events
    #expect(halfway > 0 && halfway < 5)
    #expect(executor.advance() == .finished)
    #expect(try await root.value == 5)
  }

  @Test("a job from outside the run is an escape")
  func escape() async {
    let executor = SeededExecutor(seed: 11)
    executor.start { await Task.yield() }
    #expect(executor.advance(picksMax: 1) == .picksReached)
    let stranger = Task(executorPreference: executor) { 1 }
    #expect(executor.advance() == .escaped("a job came in from another thread"))
    stranger.cancel()
  }
}
