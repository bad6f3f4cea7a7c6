import InventoryEngine
import SimulationKit
import StockLedger
import Testing

@Suite("The virtual clock")
struct VirtualClockTests {
  @Test("time stands still while there is work, then jumps to the next sleeper")
  func jumps() throws {
    let executor = SeededExecutor(seed: 1)
    let clock = executor.clock
    let start = clock.now
    let times = try executor.run {
      for _ in 0..<100 { await Task.yield() }
      let afterWork = clock.now
      try await clock.sleep(until: start + 14_400_000)
      let afterSleep = clock.now
      try await clock.sleep(for: .microseconds(1))
      return [afterWork, afterSleep, clock.now]
    }
    #expect(times == [start, start + 14_400_000, start + 14_400_001])
  }

  @Test("sleepers wake in the order of their deadlines; the seed breaks ties")
  func order() throws {
    func wakings(seed: UInt64) throws -> [Int] {
      let executor = SeededExecutor(seed: seed)
      return try executor.run {
        await withTaskGroup(of: Int.self) { group in
          for sleeper in 0..<6 {
            group.addTask {
              try? await executor.clock.sleep(for: .seconds(sleeper < 3 ? 9 : sleeper))
              return sleeper
            }
          }
          var woken: [Int] = []
          for await sleeper in group { woken.append(sleeper) }
          return woken
        }
      }
    }
    var ties: Set<[Int]> = []
    for seed in UInt64(0)..<60 {
      let woken = try wakings(seed: seed)
      #expect(Array(woken.prefix(3)) == [3, 4, 5])
      #expect(woken.suffix(3).sorted() == [0, 1, 2])
      ties.insert(Array(woken.suffix(3)))
    }
    #expect(ties.count == 6)
  }

  @Test("a cancelled sleeper wakes at once, and time does not move for it")
  func cancellation() throws {
    let executor = SeededExecutor(seed: 2)
    let clock = executor.clock
    let start = clock.now
    let ending = try executor.run {
      await withTaskGroup(of: String.self) { group in
        group.addTask {
          do {
            try await clock.sleep(for: .seconds(3_600))
            return "slept"
          } catch { return error is CancellationError ? "cancelled" : "\(error)" }
        }
        for _ in 0..<20 { await Task.yield() }
        group.cancelAll()
        return await group.next() ?? "nobody"
      }
    }
    #expect(ending == "cancelled")
    #expect(clock.now == start)
  }

  @Test("a pause of the process: time jumps although there is work")
  func pause() throws {
    let executor = SeededExecutor(seed: 3)
    let clock: VirtualClock = executor.clock
    let start = clock.now
    let woken = try executor.run {
      async let sleeper: Timestamp = {
        try? await clock.sleep(until: start + 1_000)
        return clock.now
      }()
      for _ in 0..<20 { await Task.yield() }
      clock.jump(to: start + 60_000)
      clock.jump(to: start + 5)
      return await sleeper
    }
    #expect(woken == start + 60_000)
  }

  @Test("it is the engine's clock")
  func engineClock() throws {
    let executor = SeededExecutor(seed: 4)
    let clock: any EngineClock = executor.clock
    let start = clock.now
    try executor.run { try await clock.sleep(until: start + 7) }
    #expect(clock.now == start + 7)
  }

  @Test("durations round up to whole milliseconds, and the ends of the range hold")
  func durations() {
    let start = Timestamp(milliseconds: 1_000)
    #expect(start.advanced(by: .nanoseconds(1)) == start + 1)
    #expect(start.advanced(by: .milliseconds(-3)) == start - 3)
    #expect(start.advanced(by: .microseconds(-500)) == start)
    #expect(start.advanced(by: .seconds(Int64.max)) == Timestamp(milliseconds: .max))
    #expect(start.duration(to: start + 250) == .milliseconds(250))
  }
}
