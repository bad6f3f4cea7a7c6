@testable import StockLedger
import Testing

@Suite("An outbox sends many keys in few calls, and each call has one fate")
struct PublicationOutboxTests {
  private func keys(_ numbers: ClosedRange<Int>) -> [StockKey] { numbers.map(OutboxWorld.key) }

  /// So many keys whose channel has their number.
  private func atRest(_ count: Int, units: Int64 = 10, rules: PublicationOutboxRules = .init()) -> OutboxWorld {
    var world = OutboxWorld(rules: rules)
    for number in 1...count { world.set(number, physical: units, available: units) }
    world.settle()
    world.pass(60_000)
    return world
  }

  @Test("keys are read and written 250 at a time, and then rest")
  func batches() {
    var world = OutboxWorld()
    for number in 1...600 { world.set(number, physical: 10, available: 3) }
    var sizes: [Int] = []
    while let call = world.next() {
      switch call {
      case .read(let number, let keys):
        sizes.append(keys.count)
        world.outbox.take(keys.map { world.available[$0] }, ofRead: number, at: world.now)
      case .write(let write, let rows):
        sizes.append(rows.count)
        world.outbox.take(world.effect(of: write, rows), of: write, at: world.now)
      }
    }
    #expect(sizes.sorted() == [100, 100, 250, 250, 250, 250])
    world.expectRest()
  }

  @Test("a batch that fails is sent again without the failing rows, under a new key; those are read")
  func withoutTheFailing() throws {
    var world = atRest(5)
    for number in 1...5 { world.set(number, physical: 8) }
    world.sells(3)
    let (first, rows) = try world.nextWrite()
    #expect(rows.map(\.key) == keys(1...5))
    world.outbox.take(world.effect(of: first, rows), of: first, at: world.now)
    let (read, missed) = try world.nextRead()
    #expect(missed == [OutboxWorld.key(3)])
    let (second, others) = try world.nextWrite()
    #expect(second != first)
    #expect(others.map(\.key) == [1, 2, 4, 5].map(OutboxWorld.key))
    world.outbox.take(world.effect(of: second, others), of: second, at: world.now)
    world.outbox.take(missed.map { world.available[$0] }, ofRead: read, at: world.now)
    world.settle()
    #expect(world.available[OutboxWorld.key(3)] == 7)
    world.hears(3, madeAt: ShopWorld.start + 50_000)
    world.settle()
    world.expectRest()
  }

  @Test("those that have stopped are listed page by page, in their order")
  func stoppedPages() throws {
    var world = atRest(7)
    for number in 1...7 { world.set(number, physical: 8) }
    let (write, rows) = try world.nextWrite()
    let faults = rows.indices.map { ($0, PublicationOutbox.RowFault.rejected(.invalidItem)) }
    world.outbox.take(.refused(Dictionary(uniqueKeysWithValues: faults)), of: write, at: world.now)
    let outbox = world.outbox
    #expect(outbox.stoppedKeys(after: nil, limit: 3) == keys(1...3))
    #expect(outbox.stoppedKeys(after: OutboxWorld.key(3), limit: 3) == keys(4...6))
    #expect(outbox.stoppedKeys(after: OutboxWorld.key(6), limit: 3) == keys(7...7))
    #expect(outbox.stoppedKeys(after: OutboxWorld.key(7), limit: 3).isEmpty)
    #expect(outbox.stoppedKeys(after: nil, limit: 9).count == 7)
  }

  @Test("an unknown call is repeated whole, under its key, whatever its targets are by then")
  func repeated() throws {
    var world = atRest(3)
    for number in 1...3 { world.set(number, physical: 7) }
    let (write, rows) = try world.nextWrite()
    world.outbox.take(.unknown, of: write, at: world.now)
    world.set(2, physical: 5)
    #expect(world.next() == nil)
    world.pass(world.outbox.rules.backoffMin)
    #expect(world.next() == .write(key: write, rows: rows))
    #expect(world.next() == nil, "it is awaited")
    world.outbox.take(world.effect(of: write, rows), of: write, at: world.now)
    world.settle()
    world.expectRest()
    #expect(world.effects.count == 2)
  }

  @Test("throttled, nothing leaves before its time, and then what fell to nothing goes first")
  func throttled() throws {
    var rules = PublicationOutboxRules()
    rules.order.batchMax = 2
    var world = atRest(6, rules: rules)
    for number in 1...4 { world.set(number, physical: 20) }
    let (write, _) = try world.nextWrite()
    let until = world.now + 3_000
    world.outbox.take(.throttled(until: until), of: write, at: world.now)
    world.set(6, physical: 0)
    world.pass(2_999)
    #expect(world.next() == nil)
    #expect(world.outbox.nextTime() == until)
    world.pass(1)
    let (_, rows) = try world.nextWrite()
    #expect(rows.contains { $0.key == OutboxWorld.key(6) && $0.quantity == 0 })
  }

  @Test("a channel that does not answer is tried once at a time, ever later, and found when it comes back")
  func circuit() {
    var rules = PublicationOutboxRules()
    rules.order.batchMax = 1
    var world = atRest(8, rules: rules)
    for number in 1...8 { world.set(number, physical: 9) }
    var tries = 0
    let downUntil = world.now + 120_000
    while world.now < downUntil {
      while case .write(let write, _) = world.next() {
        tries += 1
        world.outbox.take(.unknown, of: write, at: world.now)
      }
      world.pass(100)
    }
    #expect(world.outbox.circuit.isOpen)
    #expect(tries > 5 && tries < 20, "\(tries) tries in two minutes")
    #expect(world.available[OutboxWorld.key(1)] == 10)
    world.settle()
    #expect(!world.outbox.circuit.isOpen)
    world.expectRest()
  }

  @Test("reads and writes take turns: a stream of the one does not hold the other up", arguments: [true, false])
  func turns(readsStream: Bool) {
    var rules = PublicationOutboxRules()
    rules.order.batchMax = 1
    rules.callsMax = 100
    var world = atRest(40, rules: rules)
    // A key that nobody has read is as urgent as a fall: before a rise, after what falls to nothing.
    for number in 1...(readsStream ? 1 : 20) { world.set(number, physical: readsStream ? 20 : 0) }
    for number in 41...(readsStream ? 60 : 41) { world.set(number, physical: 5, available: 5) }
    var writes: [Bool] = []
    for _ in 0..<6 {
      if case .write = world.next() { writes.append(true) } else { writes.append(false) }
    }
    #expect(writes.firstIndex(of: readsStream) == rules.order.turnsPassedOverMax)
  }

  @Test("at most four calls are awaited")
  func callsMax() {
    var rules = PublicationOutboxRules()
    rules.order.batchMax = 1
    var world = atRest(9, rules: rules)
    for number in 1...9 { world.set(number, physical: 9) }
    var calls = 0
    while world.next() != nil { calls += 1 }
    #expect(calls == 4)
    #expect(world.outbox.callsAwaited == 4)
  }

  @Test("dead letters are listed, retried and dropped, and hold nobody else up")
  func deadLetters() throws {
    var world = atRest(3)
    for number in 1...3 { world.set(number, physical: 4) }
    let (write, _) = try world.nextWrite()
    let faults: [Int: PublicationOutbox.RowFault] = [0: .rejected(.notStocked), 2: .rejected(.invalidItem)]
    world.outbox.take(.refused(faults), of: write, at: world.now)
    world.settle()
    #expect(world.available[OutboxWorld.key(2)] == 4)
    #expect(world.outbox.stoppedKeys.map(\.key) == [1, 3].map(OutboxWorld.key))
    #expect(world.outbox.stoppedKeys.map(\.trouble) == [.rejected(.notStocked), .rejected(.invalidItem)])
    world.outbox.tell(.retry, of: OutboxWorld.key(1), at: world.now)
    world.outbox.tell(.drop, of: OutboxWorld.key(3), at: world.now)
    world.settle()
    #expect(world.available[OutboxWorld.key(1)] == 4)
    #expect(world.available[OutboxWorld.key(3)] == 10)
    #expect(world.outbox.stoppedKeys.isEmpty)
    world.set(3, physical: 3)
    world.settle()
    world.expectRest()
  }

  @Test("a call that is refused without a row stops all its rows: the call itself is wrong")
  func refusedAsAWhole() throws {
    var world = atRest(2)
    for number in 1...2 { world.set(number, physical: 4) }
    let (write, _) = try world.nextWrite()
    world.outbox.take(.refused([:]), of: write, at: world.now)
    #expect(world.outbox.stoppedKeys.map(\.trouble) == [.rejected(.invalidCall), .rejected(.invalidCall)])
  }

  @Test("suspended, nothing leaves; a dry run says what would, and changes nothing")
  func dryRun() {
    var world = atRest(4)
    world.outbox.suspend(true)
    world.set(1, physical: 12)
    world.set(2, physical: 0)
    world.set(3, physical: 9)
    #expect(world.next() == nil)
    let preview = world.outbox.preview(at: world.now, max: 100)
    #expect(Set(preview.map(\.quantity)) == [12, 0, 9])
    #expect(preview.allSatisfy { $0.changeFrom == 10 })
    #expect(world.outbox.preview(at: world.now, max: 2).count == 2)
    world.outbox.suspend(false)
    world.settle()
    world.expectRest()
  }

  @Test("a failed read is tried again; a key that the read could not say waits longer")
  func failedReads() throws {
    var world = OutboxWorld()
    world.set(1, physical: 5, available: 5)
    world.set(2, physical: 5, available: 5)
    let (first, _) = try world.nextRead()
    world.outbox.failed(read: first, at: world.now)
    #expect(world.next() == nil)
    world.pass(world.outbox.rules.backoffMin)
    let (second, keys) = try world.nextRead()
    #expect(keys.count == 2)
    world.outbox.take([5, nil], ofRead: second, at: world.now)
    #expect(world.next() == nil)
    #expect(world.outbox.nextTime() == world.now + world.outbox.rules.unknownKeyWait)
    world.pass(world.outbox.rules.unknownKeyWait)
    world.settle()
    world.expectRest()
  }

  @Test("after a crash a call goes on with its key and all its rows", arguments: [false, true])
  func crashWhileOut(reached: Bool) throws {
    var world = atRest(40)
    for number in 1...40 { world.set(number, physical: 3) }
    let (write, rows) = try world.nextWrite()
    if reached { _ = world.effect(of: write, rows) }
    world.set(7, physical: 1)
    world.crash()
    #expect(world.next() == .write(key: write, rows: rows))
    world.outbox.take(world.effect(of: write, rows), of: write, at: world.now)
    world.settle()
    world.expectRest()
    #expect(world.effects.count == 2)
  }

  @Test("an answer of which a crash kept some rows only is the answer of all", arguments: [true, false])
  func halfAnAnswer(accepted: Bool) throws {
    var world = atRest(6)
    for number in 1...6 { world.set(number, physical: 3) }
    let (write, rows) = try world.nextWrite()
    if !accepted { world.sells(2) }
    // One shard's record with the answer of one row is durable, the others' are not.
    let answer: PublicationInput.WriteAnswer =
      switch world.effect(of: write, rows) {
      case .accepted: .accepted
      default: .notTaken
      }
    world.outbox.tell(.answered(answer), of: OutboxWorld.key(1), at: world.now)
    world.commit()
    world.crash()
    #expect(world.outbox.writesUnanswered == 0)
    if !accepted { world.hears(2, madeAt: world.now - 30_000) }
    world.settle()
    world.pass(Limits.hintPatience)
    world.settle()
    world.expectRest()
  }

  @Test("keys at rest are images: memory in motion is that of what moves")
  func memory() {
    var world = atRest(5_000)
    #expect(world.outbox.counts == (0, 5_000))
    world.set(17, physical: 2)
    #expect(world.outbox.counts == (1, 5_000))
    world.settle()
    world.expectRest()
    let images = world.outbox.resting.values.map(\.count)
    #expect((images.max() ?? 0) < 100)
  }

  @Test("any trade over many keys, with lost answers and crashes, ends with both sides equal", arguments: 1...40)
  func anyTrade(seed: Int) {
    var chance = LevelChance(state: UInt64(seed))
    var rules = PublicationOutboxRules()
    rules.order.batchMax = 8
    rules.order.hotBatchMax = 3
    var world = atRest(30, units: 40, rules: rules)
    var late: [(key: Int, units: Int64, madeAt: Timestamp)] = []
    var out: [PublicationOutbox.Call] = []
    for _ in 0..<500 {
      world.pass(Int64(chance.draw(0...300)))
      let number = chance.draw(1...30)
      switch chance.draw(0...9) {
      case 0, 1:
        guard let left = world.available[OutboxWorld.key(number)], left > 0 else { continue }
        world.sells(number)
        late.append((number, 1, world.now))
      case 2, 3:
        guard !late.isEmpty else { continue }
        let order = late.remove(at: chance.draw(0...(late.count - 1)))
        world.hears(order.key, order.units, madeAt: order.madeAt)
      case 4: world.set(number, physical: Int64(chance.draw(30...60)))
      case 5: world.book()
      case 6, 7: if let call = world.next() { out.append(call) }
      case 8:
        guard !out.isEmpty else { continue }
        answer(out.remove(at: chance.draw(0...(out.count - 1))), &world, &chance)
        guard chance.isOne(in: 6) else { break }
        // The answer is durable for some shards only.
        let half = UInt64(chance.draw(0...3))
        world.crash { $0.keyHash % 4 <= half }
        out = []
      default:
        guard chance.isOne(in: 8) else { continue }
        world.commit()
        world.crash()
        out = []
      }
      world.commit()
    }
    for call in out { answer(call, &world, &chance) }
    for order in late { world.hears(order.key, order.units, madeAt: order.madeAt) }
    for (key, units) in world.available { world.outbox.tell(.hint(available: units), of: key, at: world.now) }
    for _ in 0..<4 {
      world.settle()
      for stopped in world.outbox.stoppedKeys { world.outbox.tell(.retry, of: stopped.key, at: world.now) }
    }
    world.expectRest()
    #expect(world.unnamed.values.allSatisfy { $0.isEmpty })
  }

  private func answer(
    _ call: PublicationOutbox.Call, _ world: inout OutboxWorld, _ chance: inout LevelChance
  ) {
    let isLost = chance.isOne(in: 5)
    switch call {
    case .write(let write, let rows):
      // Lost on its way there, or on its way back.
      if isLost && chance.isOne(in: 2) { return world.outbox.take(.unknown, of: write, at: world.now) }
      let answer = world.effect(of: write, rows)
      world.outbox.take(isLost ? .unknown : answer, of: write, at: world.now)
    case .read(let number, let keys):
      if isLost { return world.outbox.failed(read: number, at: world.now) }
      world.outbox.take(keys.map { world.available[$0] }, ofRead: number, at: world.now)
    }
  }
}
