import InventoryEngine
import StockLedger
import Testing

/// A machine's two clocks, in seconds, and what the steered one makes of them.
private struct Clocks {
  var elapsed: Double = 5_000
  var wall: Double
  var steered: SteeredClock

  init(wall: Double = 1_700_000_000, lastJournaled: Double = 0) {
    self.wall = wall
    steered = SteeredClock(
      SteeredClock.Reading(elapsed: 5_000_000_000_000, wall: Int64(wall * 1e9)),
      lastJournaled: Timestamp(milliseconds: Int64(lastJournaled * 1e3)))
  }

  var reading: SteeredClock.Reading {
    SteeredClock.Reading(elapsed: Int64(elapsed * 1e9), wall: Int64(wall * 1e9))
  }

  /// Lets seconds pass on both clocks, and gives the seconds that passed for the steered one.
  mutating func pass(_ seconds: Double) -> Double {
    let before = steered.now
    elapsed += seconds
    wall += seconds
    let now = steered.advance(to: reading)
    return Double(now.milliseconds - before.milliseconds) / 1_000
  }
}

@Suite("The steered clock follows the wall slowly, and never back")
struct SteeredClockTests {
  @Test("where both agree, now is the wall")
  func agreeing() {
    var clocks = Clocks()
    #expect(clocks.steered.now == Timestamp(milliseconds: 1_700_000_000_000))
    #expect(clocks.pass(3_600) == 3_600)
    #expect(clocks.steered.now == Timestamp(milliseconds: 1_700_003_600_000))
    #expect(!clocks.steered.isAlarmed)
  }

  @Test("it starts at the last journaled time where the wall is behind, and says so past a minute")
  func startsAtJournal() {
    let near = Clocks(wall: 1_700_000_000, lastJournaled: 1_700_000_060)
    #expect(near.steered.now == Timestamp(milliseconds: 1_700_000_060_000))
    #expect(near.steered.wallAhead == -60_000)
    #expect(!near.steered.isAlarmed)
    let far = Clocks(wall: 1_700_000_000, lastJournaled: 1_700_000_061)
    #expect(far.steered.isAlarmed)
    // A machine whose battery is empty starts in 1970.
    let empty = Clocks(wall: 0, lastJournaled: 1_700_000_000)
    #expect(empty.steered.now == Timestamp(milliseconds: 1_700_000_000_000))
    #expect(empty.steered.isAlarmed)
  }

  @Test("it starts at the wall where that is ahead: the engine asks about a day or more")
  func startsAtWall() {
    let clocks = Clocks(wall: 1_700_000_000, lastJournaled: 1_600_000_000)
    #expect(clocks.steered.now == Timestamp(milliseconds: 1_700_000_000_000))
    #expect(!clocks.steered.isAlarmed)
  }

  @Test(
    "a wall that jumps an hour moves now by one part in a hundred, until they meet", arguments: [3_600.0, -3_600.0])
  func jumps(jump: Double) {
    var clocks = Clocks()
    clocks.wall += jump
    let direction = jump > 0 ? 1.0 : -1.0
    #expect(clocks.pass(100) == 100 + direction)
    #expect(clocks.steered.isAlarmed)
    #expect(clocks.pass(100_000) == 100_000 + direction * 1_000)
    #expect(clocks.pass(300_000) == 300_000 + direction * 2_599)
    #expect(clocks.steered.wallAhead == 0)
    #expect(!clocks.steered.isAlarmed)
    #expect(clocks.pass(100) == 100)
  }

  @Test("to 1970 and to 2038: now goes on", arguments: [0.0, 2_147_483_648.0])
  func farJumps(wall: Double) {
    var clocks = Clocks()
    clocks.wall = wall
    for _ in 0..<1_000 {
      let passed = clocks.pass(0.01)
      #expect(passed >= 0.009 && passed <= 0.011)
    }
    #expect(clocks.steered.isAlarmed)
  }

  @Test("a suspension counts whole, as it does on the wall")
  func suspension() {
    var clocks = Clocks()
    #expect(clocks.pass(8 * 3_600) == 8 * 3_600)
  }

  @Test("many small readings steer as much as one large one")
  func smallReadings() {
    var clocks = Clocks()
    clocks.wall += 30
    let start = clocks.steered.now
    for step in 1...100_000 {
      // 70 µs each: 7 s in all, of which one part in a hundred is 70 ms.
      clocks.steered.advance(
        to: SteeredClock.Reading(
          elapsed: 5_000_000_000_000 + Int64(step) * 70_000,
          wall: 1_700_000_030_000_000_000 + Int64(step) * 70_000))
    }
    #expect(clocks.steered.now == start + 7_070)
  }

  @Test("it never goes back, whatever the readings say")
  func neverBack() {
    var chance = UInt64(7)
    func draw() -> Int64 {
      chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(bitPattern: chance)
    }
    var clocks = Clocks()
    var last = clocks.steered.now
    for step in 0..<5_000 {
      let elapsed = step % 9 == 0 ? draw() >> 1 : 5_000_000_000_000 + Int64(step) * 1_000_000
      let now = clocks.steered.advance(to: SteeredClock.Reading(elapsed: elapsed, wall: draw()))
      #expect(now >= last)
      last = now
    }
  }

  @Test("an operator's word jumps forward, and only forward")
  func accepted() {
    var clocks = Clocks()
    clocks.wall += 90_000
    #expect(clocks.pass(1) == 1.01)
    #expect(clocks.steered.accept(clocks.reading) == Timestamp(milliseconds: 1_700_090_001_000))
    #expect(!clocks.steered.isAlarmed)
    clocks.wall -= 90_000
    let now = clocks.steered.now
    #expect(clocks.steered.accept(clocks.reading) == now)
    #expect(clocks.steered.isAlarmed)
  }

  @Test("claiming a shard raises now to its last journaled time, and never lowers it")
  func raised() {
    var clocks = Clocks()
    clocks.steered.raise(to: Timestamp(milliseconds: 1_700_000_005_000))
    #expect(clocks.steered.now == Timestamp(milliseconds: 1_700_000_005_000))
    #expect(clocks.steered.wallAhead == -5_000)
    clocks.steered.raise(to: .distantPast)
    #expect(clocks.steered.now == Timestamp(milliseconds: 1_700_000_005_000))
    #expect(clocks.pass(100) == 99)
  }
}

@Suite("The system's clock")
struct SystemClockTests {
  @Test("it goes on, sleeps at least until its deadline, and starts after the journal")
  func goesOn() async throws {
    let clock = SystemClock()
    let before = clock.now
    try await clock.sleep(until: before + 3)
    #expect(clock.now >= before + 3)
    try await clock.sleep(until: .distantPast)
    #expect(before.isInRange)
  }

  @Test("a journal from the future is where it starts, and that is alarmed once")
  func alarmed() async {
    await confirmation { alarmed in
      let clock = SystemClock(lastJournaled: .distantFuture) { wallAhead in
        #expect(wallAhead < -60_000)
        alarmed()
      }
      #expect(clock.now >= .distantFuture)
      #expect(clock.now >= .distantFuture)
    }
  }

  @Test("a cancelled sleeper is told so")
  func cancelled() async {
    let clock = SystemClock()
    await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        do { try await clock.sleep(until: .distantFuture) } catch is CancellationError { return true } catch {}
        return false
      }
      group.cancelAll()
      for await wasCancelled in group { #expect(wasCancelled) }
    }
  }
}
