import InventoryEngine
import Logging
import SimulationKit
import StockJournal
import StockLedger
import Synchronization
import Testing

/// Two engines on one modelled Redis, by seed: shards are handed over, taken, lost and claimed again while buyers hold.
@Suite("Two nodes under the seeded executor")
struct TwoNodeTests {
  @Test("nothing acknowledged is lost, nothing refused is there, no number is acknowledged twice", arguments: 0..<4)
  func nodes(lane: UInt64) throws {
    var seen: [String: Int] = [:]
    for seed in (lane * 12)..<(lane * 12 + 12) {
      let run = try TwoNodes.run(seed: seed)
      #expect(run.faults == [], "seed \(seed)")
      for (what, times) in run.seen { seen[what, default: 0] += times }
    }
    for what in ["accepted", "elsewhere", "unknown", "adopted", "handed over", "lost", "asleep"] {
      #expect(seen[what, default: 0] > 0, "'\(what)' never happened")
    }
  }
}

/// What a run of two nodes showed.
private struct TwoNodes: Sendable {
  var faults: [String] = []
  var seen: [String: Int] = [:]

  static func run(seed: UInt64) throws -> TwoNodes {
    let executor = SeededExecutor(seed: seed)
    let books = NodeBooks()
    let chance = executor.makeGenerator()
    let clock = executor.clock
    try executor.run(picksMax: 3_000_000, until: clock.now + 86_400_000) {
      try await NodeWorld(clock: clock, books: books).live(chance)
    }
    return books.outcome
  }
}

/// What buyers were told, by the hold's name.
private final class NodeBooks: Sendable {
  struct State {
    var outcome = TwoNodes()
    var answers: [(key: StockKey, id: Identifier, answer: Answer)] = []
  }

  private let state = Mutex(State())

  var outcome: TwoNodes { state.withLock { $0.outcome } }
  var answers: [(key: StockKey, id: Identifier, answer: Answer)] { state.withLock { $0.answers } }

  func count(_ what: String) { state.withLock { $0.outcome.seen[what, default: 0] += 1 } }
  func fault(_ words: String) { state.withLock { $0.outcome.faults.append(words) } }
  func note(_ key: StockKey, _ id: Identifier, _ answer: Answer) {
    state.withLock { $0.answers.append((key, id, answer)) }
    switch answer {
    case .accepted: count("accepted")
    case .refused(let refusal): count(refusal.code)
    case .unknown: count("unknown")
    }
  }
}

private struct NodeWorld: Sendable {
  let clock: VirtualClock
  let books: NodeBooks
  private let keys: [StockKey]

  struct Node: Sendable {
    let engine: InventoryEngine
    let store: SharedMemoryJournal
  }

  init(clock: VirtualClock, books: NodeBooks) throws {
    self.clock = clock
    self.books = books
    keys = try (0..<6).map { try StockKey(shop: "shop", sku: "sku-\($0)", location: "leeds") }
  }

  func live(_ chance: SeededGenerator) async throws {
    var chance = chance
    let clock = clock
    let redis = SharedRedis { clock.now }
    var nodes: [Node] = []
    for name in ["ann", "bob"] { nodes.append(try await open(name, on: redis, nonce: chance.next())) }
    let opened = nodes
    try await withThrowingTaskGroup(of: Void.self) { group in
      for node in opened { group.addTask { try await node.engine.run() } }
      try await opened[0].engine.adopt(Array(Set(keys.map(\.shard))))
      await count(on: opened[0])
      try await trouble(opened, chance.split())
      try await reckon(opened)
      for node in opened { try await node.engine.stop() }
      try await group.waitForAll()
    }
  }

  private func open(_ name: String, on redis: SharedRedis, nonce: UInt64) async throws -> Node {
    let clock = clock
    let store = SharedMemoryJournal(node: name, address: name, on: redis) { milliseconds in
      try? await clock.sleep(until: clock.now + milliseconds)
    }
    var settings = EngineSettings()
    settings.nonce = (nonce, 0)
    // One of them lets its callers wait as long as it takes: they are there when a loss is found.
    settings.answerPatience = name == "ann" ? 800 : nil
    settings.snapshotsOnStop = false
    settings.passivateAfter = nil
    let engine = try await InventoryEngine.open(
      store: store, settings: settings, shards: .some([]), clock: clock,
      logger: Logger(label: name) { _ in SwiftLogNoOpLogHandler() })
    return Node(engine: engine, store: store)
  }

  private func count(on node: Node) async {
    let erp = Identifier("erp") ?? .none
    for (place, key) in keys.enumerated() {
      let report = Report(
        source: erp, delivery: Identifier("c\(place)") ?? .none, body: .count(Count(units: 1_000, asOf: clock.now)))
      let answer = await node.engine.submit(KeyedCommand(key: key, command: .report(report)))
      if answer.receipt == nil { books.fault("the count was answered \(answer)") }
    }
  }

  /// Buyers, moves, sleeps, stalls and lost replies, all at once; returns when they are over.
  private func trouble(_ nodes: [Node], _ chance: SeededGenerator) async throws {
    var chance = chance
    try await withThrowingTaskGroup(of: Void.self) { group in
      for buyer in 0..<6 {
        let own = chance.split()
        group.addTask { try await buy(as: buyer, from: nodes, own) }
      }
      for node in nodes {
        let (moves, leases, network) = (chance.split(), chance.split(), chance.split())
        group.addTask { try await move(node, moves) }
        group.addTask { try await renew(node, leases) }
        group.addTask { try await disturb(node, network) }
      }
      try await group.waitForAll()
    }
  }

  private func buy(as buyer: Int, from nodes: [Node], _ chance: SeededGenerator) async throws {
    var chance = chance
    for round in 0..<120 {
      try await clock.sleep(until: clock.now + chance.number(in: 0...1_500))
      let node = nodes[chance.index(below: nodes.count)]
      var commands: [KeyedCommand] = []
      var names: [Identifier] = []
      for line in 0..<(1 + chance.index(below: 4)) {
        let id = Identifier("\(buyer)-\(round)-\(line)") ?? .none
        names.append(id)
        commands.append(
          KeyedCommand(
            key: keys[chance.index(below: keys.count)],
            command: .hold(HoldRequest(id: id, quantity: .one, lifetime: 14_400_000))))
      }
      let answers = await node.engine.submit(commands)
      for (place, answer) in answers.enumerated() { books.note(commands[place].key, names[place], answer) }
    }
  }

  private func move(_ node: Node, _ chance: SeededGenerator) async throws {
    var chance = chance
    for _ in 0..<25 {
      try await clock.sleep(until: clock.now + chance.number(in: 0...4_000))
      let shards = keys.map(\.shard).filter { _ in chance.chance(perMille: 500) }
      do throws(StoreFailure) {
        if chance.chance(perMille: 400) {
          try await node.engine.handOver(shards)
          books.count("handed over")
        } else {
          let outcomes = try await node.engine.adopt(shards)
          for (_, outcome) in outcomes { if case .granted = outcome { books.count("adopted") } }
        }
      } catch { books.fault("\(error)") }
    }
  }

  private func renew(_ node: Node, _ chance: SeededGenerator) async throws {
    var chance = chance
    for _ in 0..<25 {
      let isAsleep = chance.chance(perMille: 150)
      if isAsleep { books.count("asleep") }
      try await clock.sleep(until: clock.now + (isAsleep ? 14_000 : 2_500))
      let owned = Set(node.engine.ownedShards)
      try await node.store.renew()
      if !owned.isSubset(of: node.engine.ownedShards) { books.count("lost") }
    }
  }

  private func disturb(_ node: Node, _ chance: SeededGenerator) async throws {
    var chance = chance
    for _ in 0..<25 {
      try await clock.sleep(until: clock.now + chance.number(in: 0...4_000))
      switch chance.below(4) {
      case 0: node.store.arm(.dropReply)
      case 1: node.store.arm(.dropRequest)
      case 2: node.store.arm(.word("OOM command not allowed"))
      default: try await stall(node, chance.split())
      }
    }
  }

  /// Holds requests back, for longer than a lease lives as often as not; a reply may be lost just before.
  private func stall(_ node: Node, _ chance: SeededGenerator) async throws {
    var chance = chance
    if chance.chance(perMille: 500) {
      node.store.arm(.dropReply)
      try await clock.sleep(until: clock.now + chance.number(in: 0...300))
    }
    node.store.stall()
    let isLong = chance.chance(perMille: 500)
    try await clock.sleep(
      until: clock.now + (isLong ? chance.number(in: 10_000...18_000) : chance.number(in: 0...2_000)))
    node.store.resume()
  }

  /// One node takes everything; what it knows is compared with what buyers were told.
  private func reckon(_ nodes: [Node]) async throws {
    try await clock.sleep(until: clock.now + 15_000)
    let shards = Array(Set(keys.map(\.shard)))
    try await nodes[1].engine.handOver(shards)
    // A fault that was still armed strikes once.
    for _ in 0..<10 where Set(nodes[0].engine.ownedShards) != Set(shards) {
      try await nodes[0].engine.adopt(shards)
      try await clock.sleep(until: clock.now + 1_000)
    }
    var levels: [StockKey: StockLevel] = [:]
    for key in keys {
      levels[key] = await nodes[0].engine.level(key)
      if levels[key] == nil { books.fault("\(key) is nowhere at the end") }
    }
    var numbers: [EntryNumber: Identifier] = [:]
    for (key, id, answer) in books.answers {
      let isThere = levels[key]?.reservation(id) != nil
      switch answer {
      case .accepted(let receipt):
        if !isThere { books.fault("\(id) of \(key) was accepted at \(receipt.entry) and is lost") }
        if let other = numbers.updateValue(id, forKey: receipt.entry), !isSameTurn(other, id) {
          books.fault("\(receipt.entry) is \(other)'s and \(id)'s")
        }
      case .refused(let refusal):
        if isThere { books.fault("\(id) of \(key) was refused (\(refusal.code)) and is there") }
      case .unknown: break
      }
    }
  }

  /// Answers of one turn of one key share the number of its last entry.
  private func isSameTurn(_ one: Identifier, _ other: Identifier) -> Bool {
    "\(one)".split(separator: "-").dropLast() == "\(other)".split(separator: "-").dropLast()
  }
}
