import ShopifyEmulatorCore
import StockLedger
import Testing

@testable import ShopifyEmulator

/// The shell's time, and what wakes it.
@Suite struct EmulatorClockTests {
  @Test func aTimeIsReachedWhenTheClockShowsIt() async throws {
    for speed: Int64 in [1, 10_000, 999_999_999, -5] {
      let clock = EmulatorClock(speed: speed)
      let due = clock.now + 25
      try await Task.sleep(until: clock.instant(of: due), clock: .continuous)
      #expect(clock.now >= due)
      #expect(clock.instant(of: .distantPast) <= .now)
    }
  }

  @Test func timeRunsAsManyTimesFaster() async throws {
    let (slow, fast) = (EmulatorClock(), EmulatorClock(speed: 1_000))
    let begun = (slow.now, fast.now)
    try await fast.sleep(20_000)
    let passed = fast.now.milliseconds - begun.1.milliseconds
    #expect(passed >= 20_000)
    // Asked after the fast one: what it shows is at least a thousandth, however late this task is woken.
    #expect((slow.now.milliseconds - begun.0.milliseconds) * 1_000 >= passed - 1_000)
  }

  @Test func aRingBeforeTheSleepIsKept() async {
    let bell = Bell()
    bell.ring()
    await bell.sleep(until: nil)
  }

  @Test func aRingWakesAndSoDoesTheTimeAndACancel() async {
    let bell = Bell()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await bell.sleep(until: nil) }
      group.addTask { bell.ring() }
    }
    await bell.sleep(until: .now + .milliseconds(1))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await bell.sleep(until: nil) }
      group.cancelAll()
    }
    // The sleeper is gone: what rings now is kept for the next.
    bell.ring()
    await bell.sleep(until: nil)
  }
}

/// Faults by their names.
@Suite struct EmulatorFaultsTests {
  @Test func eachNameIsSetAndShown() throws {
    for name in EmulatorFaults.names {
      var faults = EmulatorFaults()
      let isRange = faults.values.first { $0.name == name }?.value.integer == nil
      try faults.set(name, from: isRange ? 1 : 4, to: isRange ? 2 : 4)
      #expect(faults.values.first { $0.name == name }?.value == (isRange ? [1, 2] : 4))
      #expect(faults != EmulatorFaults())
    }
    var faults = EmulatorFaults()
    #expect(throws: EmulatorFaults.Mistake.self) { try faults.set("nothing", from: 1, to: 1) }
  }

  @Test func presetsGetWorse() {
    let presets = EmulatorFaults.presets.map(\.faults)
    let rates = presets.map { $0.values.compactMap(\.value.integer) }
    #expect(rates[0].allSatisfy { $0 == 0 })
    #expect(zip(rates[0], rates[1]).allSatisfy { $0 <= $1 })
    #expect(zip(rates[1], rates[2]).allSatisfy { $0 < $1 })
  }
}
