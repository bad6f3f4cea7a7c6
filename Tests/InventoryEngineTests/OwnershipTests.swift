import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("Shards that come and go")
struct OwnershipTests {
  private let clock = ManualClock()
  private let mug = Place.mug
  private let cup = Place.cup
  private var elsewhere: Refusal { .elsewhere(shard: UInt8(mug.shard)) }

  @Test("an engine without shards refuses everything as elsewhere, and shows nothing")
  func nothingOwned() async throws {
    try await OpenNode.open("ann", on: OpenNode.redis(clock), clock: clock) { ann in
      #expect(ann.engine.ownedShards == [])
      #expect(await ann.hold(mug, "h", 1).refusal == elsewhere)
      #expect(await ann.engine.submit([OpenShop.hold(mug, "h", 1)])[0].refusal == elsewhere)
      #expect(await ann.hold(cart: "c", [(mug, 1), (cup, 1)]).refusal?.code == "elsewhere")
      #expect(await ann.order(mug.item, "o", 1).refusal == elsewhere)
      #expect(await ann.engine.stock(mug) == nil)
      #expect(await ann.engine.available(mug, to: .none) == nil)
      #expect(await ann.engine.level(mug) == nil)
      #expect(ann.engine.keys() == [])
    }
  }

  @Test("one engine owns all: another is told who holds them and for how long, and takes none")
  func allOrNone() async throws {
    let redis = OpenNode.redis(clock)
    try await OpenNode.open("ann", on: redis, clock: clock, shards: .some([mug.shard])) { ann in
      #expect(ann.engine.ownedShards == [mug.shard])
      do {
        try await OpenNode.open("bob", on: redis, clock: clock, shards: .all) { _ in }
        Issue.record("two engines own one shard")
      } catch StartFailure.store(let failure) {
        #expect(failure == .owned("shard \(mug.shard) is ann's for 10000 ms more"))
      }
      // Nothing that bob was granted is left behind.
      try await OpenNode.open("cat", on: redis, clock: clock, shards: .some([cup.shard])) { cat in
        #expect(cat.engine.ownedShards == [cup.shard])
        #expect(cat.engine.owner(of: mug.shard) == "ann:1")
        #expect(cat.engine.owner(of: cup.shard) == nil)
      }
    }
  }

  @Test("a claim that another node holds is an outcome, not a failure; an owned shard is granted as it is")
  func heldClaim() async throws {
    let redis = OpenNode.redis(clock)
    try await OpenNode.open("ann", on: redis, clock: clock, shards: .some([mug.shard])) { ann in
      try await OpenNode.open("bob", on: redis, clock: clock) { bob in
        let outcomes = try await bob.engine.adopt([mug.shard, cup.shard, cup.shard])
        #expect(outcomes.map(\.shard) == [mug.shard, cup.shard, cup.shard])
        #expect(outcomes[0].outcome == .held(by: "ann", for: 10_000))
        #expect(outcomes[1].outcome == outcomes[2].outcome)
        #expect(bob.engine.ownedShards == [cup.shard])
        await bob.stock(cup, 5)
        #expect(await bob.ats(cup) == 5)
      }
      #expect(ann.engine.ownedShards == [mug.shard])
    }
  }

  @Test("handed over: what was promised here is known there, and nothing is shown here any more")
  func handedOver() async throws {
    let redis = OpenNode.redis(clock)
    let shards = ShardSelection.some([mug.shard, cup.shard])
    try await OpenNode.open("ann", on: redis, clock: clock, shards: shards) { ann in
      await ann.stock(mug, 5)
      await ann.stock(cup, 7)
      await ann.hold(mug, "h", 2)
      try await ann.engine.handOver([mug.shard])
      #expect(await ann.hold(mug, "h2", 1).refusal == elsewhere)
      #expect(await ann.ats(mug) == nil)
      #expect(await ann.ats(cup) == 7)
      #expect(ann.engine.keys() == [cup])
      try await OpenNode.open("bob", on: redis, clock: clock) { bob in
        let outcome = try await bob.engine.adopt([mug.shard])[0].outcome
        if case .granted(let head, let epoch) = outcome {
          #expect(epoch == 2)
          #expect(head.number == 4, "two claims, a count and a hold")
        } else {
          Issue.record("\(outcome)")
        }
        #expect(await bob.ats(mug) == 3)
        #expect(await bob.hold(mug, "h", 2).receipt?.isDuplicate == true)
        #expect(await bob.hold(mug, "h2", 3).receipt?.entry.number == 5)
      }
      // Given back by bob's stop; nothing is left of the first time.
      try await ann.engine.adopt([mug.shard])
      #expect(await ann.ats(mug) == 0)
      #expect(await ann.release(mug, "h2").receipt != nil)
      #expect(await ann.ats(mug) == 3)
    }
  }

  @Test("a handover under load: every command is answered, and what was accepted is there")
  func handoverUnderLoad() async throws {
    let redis = OpenNode.redis(clock)
    let keys = (0..<40).map { OpenShop.key("sku-\($0)") }
    let shards = Set(keys.map(\.shard)).sorted()
    let accepted = try await OpenNode.open("ann", on: redis, clock: clock, shards: .some(shards)) { ann in
      for key in keys { await ann.stock(key, 100) }
      let accepted = try await withThrowingTaskGroup(of: [Int].self) { group in
        for buyer in 0..<20 {
          group.addTask {
            var accepted: [Int] = []
            for round in 0..<20 {
              let place = (buyer * 7 + round) % keys.count
              let answer = await ann.hold(keys[place], "h\(buyer)-\(round)", 1)
              if answer.receipt != nil { accepted.append(place) } else { #expect(answer.refusal?.code == "elsewhere") }
            }
            return accepted
          }
        }
        group.addTask {
          for _ in 0..<20 { await Task.yield() }
          try await ann.engine.handOver(shards)
          return []
        }
        return try await group.reduce(into: [Int]()) { $0 += $1 }
      }
      #expect(ann.engine.ownedShards == [])
      #expect(ann.engine.counters.inFlight == 0)
      return accepted
    }
    try await OpenNode.open("bob", on: redis, clock: clock, shards: .some(shards)) { bob in
      for (place, key) in keys.enumerated() {
        let held = accepted.count { $0 == place }
        #expect(await bob.numbers(key)?.reserved == Int64(held), "\(key)")
      }
    }
  }

  @Test("who asks for a key while its shard is being adopted waits, and is answered")
  func adoptWhileCommandsWait() async throws {
    let redis = OpenNode.redis(clock)
    try await OpenNode.open("ann", on: redis, clock: clock, shards: .some([mug.shard])) { await $0.stock(mug, 5) }
    try await OpenNode.open("bob", on: redis, clock: clock) { bob in
      let answers = try await withThrowingTaskGroup(of: [Answer].self) { group in
        group.addTask {
          try await bob.engine.adopt([mug.shard])
          return []
        }
        for buyer in 0..<10 {
          group.addTask {
            var answers = [await bob.hold(mug, "h\(buyer)", 1)]
            // Before the claim is granted nobody knows that this will be the place.
            while answers.last?.refusal == elsewhere { answers.append(await bob.hold(mug, "h\(buyer)", 1)) }
            return [answers[answers.count - 1]]
          }
        }
        return try await group.reduce(into: [Answer]()) { $0 += $1 }
      }
      #expect(answers.count { $0.receipt != nil } == 5)
      #expect(answers.count { $0.refusal == .insufficientStock(available: 0) } == 5)
    }
  }

  @Test("an engine that looks owns nothing, shows all as it was, and takes no command")
  func readOnly() async throws {
    let redis = OpenNode.redis(clock)
    try await OpenNode.open("ann", on: redis, clock: clock, shards: .some([mug.shard])) { ann in
      await ann.stock(mug, 5)
      await ann.hold(mug, "h", 2, seconds: 600)
    }
    clock.advance(3_600_000)
    let store = SharedMemoryJournal(node: "looker", on: redis) { _ in }
    let looker = try await InventoryEngine.open(
      store: store, shards: .readOnly, clock: clock, logger: OpenNode.silent)
    #expect(looker.ownedShards == [])
    #expect(looker.keys() == [mug])
    // The hold is due, but to end it is an owner's to do.
    #expect(await looker.stock(mug)?.availableToSell == 3)
    #expect(await looker.stock(mug)?.age == 0)
    #expect(await looker.level(mug)?.liveCount == 1)
    #expect(await looker.submit(OpenShop.hold(mug, "h2", 1)).refusal == .stopping)
    try await OpenNode.open("bob", on: redis, clock: clock, shards: .some([mug.shard])) { bob in
      #expect(await bob.ats(mug) == 5)
    }
  }

  @Test("a shop's own configuration needs all of its keys' shards; an item's does not")
  func shopScope() async throws {
    var patch = PolicyPatch()
    patch.safetyBuffer = 2
    let scope = Command.setScope(patch)
    let redis = OpenNode.redis(clock)
    let shopKey = mug.shopKey
    try await OpenNode.open("ann", on: redis, clock: clock, shards: .some([mug.shard, shopKey.shard])) { ann in
      let answers = await ann.engine.submit([
        KeyedCommand(key: shopKey, command: scope), KeyedCommand(key: mug.item, command: scope),
      ])
      #expect(answers[0].refusal == .shopSpansNodes)
      #expect(answers[1].receipt != nil)
      try await ann.engine.adopt(Array(0..<256))
      #expect(await ann.engine.submit(KeyedCommand(key: shopKey, command: scope)).receipt != nil)
    }
  }
}
