import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("Commands are decided by their keys' keepers, in order, and answered when durable")
struct TurnTests {
  private let key = OpenShop.key("mug")

  @Test("last unit, two buyers")
  func lastUnit() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 1)
      #expect(await shop.hold(key, "ann", 1).receipt?.units == 1)
      #expect(await shop.hold(key, "bob", 1).refusal == .insufficientStock(available: 0))
      #expect(await shop.ats(key) == 0)
    }
  }

  @Test("commands of one key are decided in their order, and their entries are numbered in it")
  func order() async throws {
    try await OpenShop.open { shop in
      let other = OpenShop.key("cup")
      await shop.stock(key, 5)
      await shop.stock(other, 5)
      let answers = await shop.engine.submit([
        OpenShop.hold(key, "h1", 3), OpenShop.hold(other, "h2", 5), OpenShop.hold(key, "h3", 3),
        OpenShop.hold(key, "h4", 2), OpenShop.hold(key, "h1", 3), OpenShop.hold(other, "h5", 1),
      ])
      #expect(answers.map { $0.receipt?.units } == [3, 5, nil, 2, 3, nil])
      #expect(answers[2].refusal == .insufficientStock(available: 2))
      #expect(answers[5].refusal == .insufficientStock(available: 0))
      #expect(answers[4].receipt?.isDuplicate == true)
      #expect(answers.map { $0.receipt?.availableToSell } == [2, 0, nil, 0, 0, nil])
      let numbers = [0, 3, 4].compactMap { answers[$0].receipt?.entry }
      #expect(numbers == numbers.sorted())
      #expect(numbers[0] < numbers[1])
      // A duplicate reflects the key's last entry.
      #expect(numbers[2] == numbers[1])
      #expect(answers[0].receipt?.entry.shard == UInt8(key.shard))
    }
  }

  @Test("an empty batch is answered with nothing")
  func empty() async throws {
    try await OpenShop.open { shop in
      #expect(await shop.engine.submit([]).isEmpty)
      #expect(await shop.engine.hold(carts: []).isEmpty)
    }
  }

  @Test("due reservations end by the timer, without anybody asking")
  func timers() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 5)
      await shop.hold(key, "ann", 2, seconds: 60)
      let before = shop.engine.counters.entries
      await shop.pass(60_200)
      #expect(await shop.eventually { shop.engine.counters.entries == before + 1 })
      #expect(await shop.ats(key) == 5)
    }
  }

  @Test("an extension moves the timer")
  func extended() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 5)
      await shop.hold(key, "ann", 2, seconds: 60)
      let later = shop.clock.now + 120_000
      let extended = await shop.engine.submit(
        KeyedCommand(key: key, command: .extend(OpenShop.id("ann"), expiresAt: later)))
      #expect(extended.receipt?.expiresAt == later)
      let before = shop.engine.counters.entries
      await shop.pass(60_200)
      #expect(shop.engine.counters.entries == before)
      await shop.pass(60_200)
      #expect(await shop.eventually { shop.engine.counters.entries == before + 1 })
    }
  }

  @Test("after a restart the timers of live reservations ring again")
  func timersAfterRestart() async throws {
    let clock = ManualClock()
    let journal = MemoryJournal()
    try await OpenShop.open(journal, clock: clock) { shop in
      await shop.stock(key, 5)
      await shop.hold(key, "ann", 2, seconds: 60)
    }
    try await OpenShop.open(await journal.reopened(), clock: clock) { shop in
      let before = shop.engine.counters.entries
      #expect(shop.engine.counters.keepersActive == 1)
      await shop.pass(90_000)
      #expect(await shop.eventually { shop.engine.counters.entries == before + 1 })
    }
  }

  @Test("an idle keeper leaves memory and comes back with its state; never while something is live")
  func passivation() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 5)
      await shop.hold(key, "ann", 2)
      #expect(await shop.engine.passivate(idleSince: shop.clock.now) == 0)
      await shop.release(key, "ann")
      #expect(shop.engine.counters.keepersActive == 1)
      #expect(await shop.engine.passivate(idleSince: shop.clock.now) == 1)
      #expect(shop.engine.counters.keepersActive == 0)
      #expect(shop.engine.counters.keysKnown == 1)
      #expect(await shop.hold(key, "ann", 2).receipt?.isDuplicate == true)
      #expect(await shop.hold(key, "bob", 5).receipt?.units == 5)
      #expect(shop.engine.counters.keepersActive == 1)
    }
  }

  @Test("a key that was only asked about leaves nothing behind")
  func askedOnly() async throws {
    try await OpenShop.open { shop in
      #expect(await shop.ats(key) == 0)
      #expect(await shop.engine.passivate(idleSince: shop.clock.now) == 1)
      #expect(shop.engine.counters.keysKnown == 0)
    }
  }

  @Test("passivation beside traffic loses no turn and makes no second keeper")
  func passivationUnderLoad() async throws {
    try await OpenShop.open { shop in
      await shop.stock(key, 100)
      let granted = await withTaskGroup(of: Int.self) { group in
        for worker in 0..<4 {
          group.addTask {
            var granted = 0
            for step in 0..<60 {
              let id = "h\(worker)-\(step)"
              if await shop.hold(key, id, 1).receipt != nil {
                granted += 1
                if step % 2 == 0 { await shop.release(key, id) }
              }
            }
            return granted
          }
        }
        group.addTask {
          for _ in 0..<200 { await shop.engine.passivate(idleSince: shop.clock.now) }
          return 0
        }
        return await group.reduce(0, +)
      }
      #expect(granted >= 100)
      let numbers = await shop.numbers(key)
      #expect(numbers?.net ?? -1 >= 0)
      let replayed = try await replayDigest(of: shop.journal)
      #expect(await shop.engine.digest() == replayed)
    }
  }

  @Test("many tasks, few keys: never more is granted than there is, and the books agree")
  func concurrency() async throws {
    // ACIDRain: 200 parallel reserve, confirm and cancel calls.
    try await OpenShop.open { shop in
      let keys = ["a", "b", "c"].map { OpenShop.key($0) }
      for key in keys { await shop.stock(key, 50) }
      let held = await withTaskGroup(of: [Int64].self) { group in
        for worker in 0..<8 {
          group.addTask {
            var held: [Int64] = [0, 0, 0]
            for step in 0..<25 {
              let batch = keys.enumerated().map { OpenShop.hold($1, "w\(worker)-\(step)-\($0)", 1) }
              for (place, answer) in await shop.engine.submit(batch).enumerated() {
                guard answer.receipt != nil else { continue }
                switch step % 3 {
                case 0:
                  await shop.confirm(keys[place], "w\(worker)-\(step)-\(place)", as: "o\(worker)-\(step)-\(place)")
                  held[place] += 1
                case 1: await shop.release(keys[place], "w\(worker)-\(step)-\(place)")
                default: held[place] += 1
                }
              }
            }
            return held
          }
        }
        return await group.reduce([0, 0, 0]) { zip($0, $1).map { $0 + $1 } }
      }
      for (place, key) in keys.enumerated() {
        let numbers = await shop.numbers(key)
        #expect(held[place] <= 50)
        #expect(numbers?.net == 50 - held[place])
        #expect((numbers?.reserved ?? 0) + (numbers?.open ?? 0) == held[place])
        await shop.engine.level(key)?.checkInvariants()
      }
      let replayed = try await replayDigest(of: shop.journal)
      #expect(await shop.engine.digest() == replayed)
    }
  }
}

@Suite("What is too much is refused before it queues")
struct AdmissionTests {
  private let key = OpenShop.key("mug")

  /// A journal whose sync waits until the test lets it go.
  private struct Gate: Sendable {
    let entered: AsyncStream<Void>
    let journal: MemoryJournal
    let open: @Sendable () -> Void

    init() {
      let (entered, enter) = AsyncStream<Void>.makeStream()
      let (passed, pass) = AsyncStream<Void>.makeStream()
      self.entered = entered
      open = { pass.finish() }
      journal = MemoryJournal(duringSync: {
        enter.yield()
        for await _ in passed {}
      })
    }
  }

  @Test("a key, a shop and the engine each have their bound", arguments: 0...2)
  func bounds(which: Int) async throws {
    var settings = EngineSettings()
    settings.overloadedRetryAfter = 77
    switch which {
    case 0: settings.inFlightPerKeyMax = 2
    case 1: settings.inFlightPerShopMax = 2
    default: settings.inFlightMax = 2
    }
    let gate = Gate()
    try await OpenShop.open(gate.journal, settings: settings) { shop in
      await withTaskGroup(of: Answer.self) { group in
        // Two are in flight: their commit waits in its sync.
        group.addTask { await shop.hold(key, "a", 1) }
        var syncs = gate.entered.makeAsyncIterator()
        let first = KeyedCommand(key: key, command: .setPolicy(.default))
        group.addTask {
          await shop.report(key, "erp", "d1", .count(Count(units: 5, asOf: shop.clock.now)))
        }
        _ = await syncs.next()
        group.addTask { await shop.hold(key, "b", 1) }
        while shop.engine.counters.inFlight < 2 { await Task.yield() }
        for _ in 0..<100 { await Task.yield() }
        let overloaded = await shop.engine.submit([first, first])
        #expect(overloaded.allSatisfy { $0.refusal == .overloaded(retryAfter: 77) })
        gate.open()
        await group.waitForAll()
      }
      #expect(await shop.engine.submit(KeyedCommand(key: key, command: .setPolicy(.default))).receipt != nil)
    }
  }

  @Test("ten times what may be in flight: who has no room is told at once, who has room is answered, and it goes on")
  func tenfold() async throws {
    var settings = EngineSettings()
    settings.inFlightMax = 200
    settings.overloadedRetryAfter = 77
    let gate = Gate()
    try await OpenShop.open(gate.journal, settings: settings) { shop in
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        group.addTask { await shop.report(key, "erp", "d1", .count(Count(units: 250, asOf: shop.clock.now))) }
        var syncs = gate.entered.makeAsyncIterator()
        _ = await syncs.next()
        for number in 1..<2_000 { group.addTask { await shop.hold(key, "h\(number)", 1) } }
        // The store stands still: only who is sent away is answered, all of them.
        for _ in 0..<1_800 {
          #expect(try await group.next() == .refused(.overloaded(retryAfter: 77)))
          #expect(shop.engine.counters.inFlight <= 200)
        }
        gate.open()
        return try await group.reduce(into: [Answer]()) { $0.append($1) }
      }
      #expect(answers.count == 200)
      #expect(answers.allSatisfy { $0.receipt != nil })
      #expect(shop.engine.counters.inFlight == 0)
      let more = await shop.engine.submit((0..<60).map { OpenShop.hold(key, "more\($0)", 1) })
      #expect(more.count { $0.receipt != nil } == 51)
      #expect(await shop.numbers(key)?.reserved == 250)
    }
  }

  @Test("a batch larger than a bound passes where nothing else is there")
  func largeBatch() async throws {
    var settings = EngineSettings()
    settings.inFlightMax = 3
    settings.inFlightPerShopMax = 3
    settings.inFlightPerKeyMax = 3
    try await OpenShop.open(settings: settings) { shop in
      await shop.stock(key, 5)
      let answers = await shop.engine.submit((0..<10).map { OpenShop.hold(key, "h\($0)", 1) })
      #expect(answers.count { $0.receipt != nil } == 5)
    }
  }

  @Test("a stopping engine refuses what is new, and answers what is in flight")
  func stopping() async throws {
    let journal = MemoryJournal()
    let shop = try await OpenShop.open(journal) { shop in
      await shop.stock(key, 5)
      await shop.hold(key, "ann", 1)
      return shop
    }
    #expect(await shop.hold(key, "bob", 1).refusal == .stopping)
    #expect(await shop.hold(cart: "c", [(key, 1)]).refusal == .stopping)
    #expect(await shop.engine.release(carts: [(OpenShop.id("c"), key)])[0].refusal == .stopping)
  }

  @Test("a graceful stop under load loses nothing that was answered")
  func stopUnderLoad() async throws {
    let journal = MemoryJournal()
    let keys = (0..<6).map { OpenShop.key("sku\($0)") }
    let clock = ManualClock()
    let granted = try await OpenShop.open(journal, clock: clock, stops: false) { shop in
      for key in keys { await shop.stock(key, 1_000) }
      return try await withThrowingTaskGroup(of: [String].self) { group in
        for worker in 0..<4 {
          group.addTask {
            var granted: [String] = []
            for step in 0..<10_000 {
              let batch = keys.map { OpenShop.hold($0, "w\(worker)-\(step)", 1) }
              let answers = await shop.engine.submit(batch)
              for (place, answer) in answers.enumerated() where answer.receipt != nil {
                granted.append("\(place)/w\(worker)-\(step)")
              }
              if answers.contains(where: { $0.refusal == .stopping }) { break }
            }
            return granted
          }
        }
        while shop.engine.counters.entries < 300 { await Task.yield() }
        try await shop.stop()
        return try await group.reduce(into: []) { $0 += $1 }
      }
    }
    #expect(granted.count >= 290)
    try await OpenShop.open(await journal.reopened(), clock: clock) { shop in
      for name in granted {
        let parts = name.split(separator: "/")
        let level = await shop.engine.level(keys[Int(parts[0]) ?? 0])
        #expect(level?.reservation(OpenShop.id(String(parts[1]))) != nil, "\(name) was answered")
      }
    }
  }
}
