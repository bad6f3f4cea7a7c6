import InventoryEngine
import RedisJournal
import StockJournal
import StockLedger

/// Looks after which shards a node owns: takes those of its home and of nodes that are gone, gives back those of nodes
/// that are there again.
struct ShardWatch: Sendable {
  private let engine: InventoryEngine
  private let journal: RedisJournal
  private let plan: ShardPlan
  private let lease: Int64

  init(engine: InventoryEngine, journal: RedisJournal, node: Int, of nodes: Int, lease: Int64) {
    self.engine = engine
    self.journal = journal
    self.lease = lease
    plan = ShardPlan(node: node, nodes: nodes, patience: lease / 5)
  }

  /// Watches until the flag is raised; leaves the shards to the engine's stop.
  func run(_ flag: StopFlag) async throws {
    var watched = ShardPlan.Memory()
    var owned: [Int] = []
    var announcedAt = ContinuousClock.now - .seconds(3_600)
    var lookedAt = announcedAt
    var handovers: Int64 = -1
    while !flag.isRaised {
      do throws(StoreFailure) {
        let now = ContinuousClock.now
        if now - announcedAt > .milliseconds(lease / 4) {
          try await journal.announce()
          announcedAt = now
        }
        let seen = try await journal.handovers()
        if seen != handovers || now - lookedAt > .milliseconds(lease / 10) {
          handovers = seen
          lookedAt = now
          try await look(&watched)
        }
      } catch {
        switch error {
        // Redis is away, or takes nothing: what is owned goes on as the engine can, and the next look is soon.
        case .unavailable, .full: break
        default: throw error
        }
      }
      if engine.ownedShards != owned {
        owned = engine.ownedShards
        Console.put(
          JSONValue.object([("event", .string("owns")), ("shards", .array(owned.map { JSONValue($0) }))]).text)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    // Those that take over need not wait for this sign of life to fade.
    try? await journal.withdraw()
  }

  private func look(_ watched: inout ShardPlan.Memory) async throws(StoreFailure) {
    let standing = try await journal.standing(of: (1...plan.nodes).map(String.init))
    let moves = plan.moves(standing, owned: Set(engine.ownedShards), &watched)
    if !moves.give.isEmpty { try await engine.handOver(moves.give) }
    if !moves.take.isEmpty { _ = try await engine.adopt(moves.take) }
  }
}

/// Who should own what: a pure rule over what Redis says now.
struct ShardPlan: Sendable {
  let node: Int
  let nodes: Int
  /// Milliseconds that a shard must have been free before one that is not at home takes it, and after a lease's end
  /// before anybody does: the takeover delay, 2 s for a lease of 10 s.
  let patience: Int64

  /// Since when each shard that nobody ever owned was seen free.
  struct Memory {
    var freeSince: [Int: ContinuousClock.Instant] = [:]
  }

  /// Shards to claim and to hand over.
  struct Moves: Equatable {
    var take: [Int] = []
    var give: [Int] = []
  }

  func home(of shard: Int) -> Int { shard % nodes + 1 }

  func moves(_ standing: RedisStanding, owned: Set<Int>, _ memory: inout Memory) -> Moves {
    let alive = (1...nodes).filter { $0 == node || standing.announced["\($0)"] != nil }
    var moves = Moves()
    for shard in 0..<256 {
      let home = home(of: shard)
      let heir = alive.contains(home) ? home : alive[shard / nodes % alive.count]
      if owned.contains(shard) {
        memory.freeSince[shard] = nil
        if heir != node && heir == home { moves.give.append(shard) }
      } else if heir == node && isFree(standing.owners[shard], shard, isHome: home == node, &memory) {
        moves.take.append(shard)
      }
    }
    return moves
  }

  private func isFree(_ owner: OwnState, _ shard: Int, isHome: Bool, _ memory: inout Memory) -> Bool {
    if owner.leaseLeft > 0 { return false }
    // Given up, or never owned: its home takes it at once; another only after its home had time to come up.
    if owner.node.isEmpty && (isHome || owner.epoch > 0) { return true }
    if owner.node.isEmpty {
      let since = memory.freeSince[shard] ?? ContinuousClock.now
      memory.freeSince[shard] = since
      return ContinuousClock.now - since > .milliseconds(patience)
    }
    // Its lease ended by itself: its owner may be about to notice.
    return owner.leaseLeft <= -patience
  }
}
