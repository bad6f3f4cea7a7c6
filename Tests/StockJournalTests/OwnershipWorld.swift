import StockJournal
import StockLedger

/// Three nodes that claim and append to two shards of one modelled Redis, while chance drops requests and replies,
/// delays some, lets nodes sleep over their leases or restart, and fails servers over.
struct OwnershipWorld {
  /// Deliberate mistakes, each of which the audit must find.
  struct Mistakes {
    /// Redis tells claims apart by their epoch alone.
    var ignoresNonce = false
    /// Nodes acknowledge without waiting for copies.
    var ignoresCopies = false
    /// A fenced node claims again under the nonce that it had.
    var reusesNonce = false
  }

  /// What a shard is to a node.
  enum Holding {
    case nothing
    case claiming(ShardClaiming, ClaimStep)
    case owning(ShardOwner)
  }

  struct Node {
    let name: String
    var shards: [Holding] = Array(repeating: .nothing, count: OwnershipWorld.shardCount)
    /// The nonce of the last claim of each shard, while it may (wrongly) be used again.
    var fencedNonces: [RecordNonce?] = Array(repeating: nil, count: OwnershipWorld.shardCount)
    var inFlight: [JournalRecord?] = Array(repeating: nil, count: OwnershipWorld.shardCount)
    var server = 0
    var wakesAt = SampleTime.start
  }

  /// A request that the network has kept, for a server.
  enum Late {
    case claim(ClaimRequest, node: String, server: Int)
    case append([JournalRecord], server: Int)
  }

  static let shardCount = 2

  var redis: ModelledRedis
  var nodes = ["a", "b", "c"].map { Node(name: $0) }
  var late: [Late] = []
  var audit: OwnershipAudit
  var chance: SeededChance
  var now = SampleTime.start
  let mistakes: Mistakes
  /// How many replicas a record needs.
  let replicas: Int
  /// True where copies of the store are restored that lack the newest records.
  let restoresCopies: Bool
  var isHealed = false
  var nonceCount: UInt64 = 0
  var recordCount: UInt64 = 0

  /// The world of a seed: by turns enough replicas, one replica that nobody waits for, and restored copies.
  init(seed: UInt64, mistakes: Mistakes = Mistakes()) {
    chance = SeededChance(state: seed)
    let servers = seed % 3 == 0 ? 1 + Int(seed / 3 % 2) : 1
    replicas = seed % 3 == 1 ? 0 : servers
    restoresCopies = seed % 3 == 2
    redis = ModelledRedis(replicas: servers, checksNonce: !mistakes.ignoresNonce)
    audit = OwnershipAudit(shards: Self.shardCount, isLossless: seed % 3 == 0)
    self.mistakes = mistakes
  }

  var replicasAsked: Int { mistakes.ignoresCopies ? 0 : replicas }

  // MARK: The run

  /// So many steps under faults; then everything is healed, and every shard must go on.
  mutating func run(steps: Int) throws(Violation) {
    for _ in 0..<steps {
      now = now + Int64(chance.draw(1...400))
      switch chance.draw(1...40) {
      case 1: try failOver()
      case 2: bringBack()
      case 3: redis.lag(chance.draw(1...redis.serverCount) - 1, !chance.isOne(in: 2))
      case 4 where !late.isEmpty: try deliver(late.remove(at: chance.draw(1...late.count) - 1))
      case 5 where restoresCopies:
        redis.loseTail(shard: chance.draw(1...Self.shardCount) - 1, records: chance.draw(1...4))
        try audit.lookForLosses(redis)
      case 6 where chance.isOne(in: 3): restart(chance.draw(1...nodes.count) - 1)
      case 7 where chance.isOne(in: 2):
        nodes[chance.draw(1...nodes.count) - 1].wakesAt = now + Int64(chance.draw(1...16)) * 1_000
      default: try act(chance.draw(1...nodes.count) - 1, shard: chance.draw(1...Self.shardCount) - 1)
      }
    }
    try heal()
  }

  private mutating func heal() throws(Violation) {
    for server in 0..<redis.serverCount { redis.bringBack(server) }
    try audit.lookForLosses(redis)
    for request in late { try deliver(request) }
    late = []
    isHealed = true
    now = now + 20_000
    let before = try (0..<Self.shardCount).map { shard throws(Violation) in try end(of: shard) }
    for _ in 0..<40 {
      now = now + 300
      for node in nodes.indices { for shard in 0..<Self.shardCount { try act(node, shard: shard) } }
    }
    for shard in 0..<Self.shardCount {
      guard try end(of: shard) > before[shard] + 2 else { throw Violation("shard \(shard) does not go on") }
    }
    try audit.check(redis, owners: (0..<Self.shardCount).map { shard in nodes.compactMap { $0.owner(of: shard) } })
  }

  private func end(of shard: Int) throws(Violation) -> UInt64 {
    guard case .own(let row) = redis.own(shard, on: redis.primary, at: now) else {
      throw Violation("the primary does not tell who owns shard \(shard)")
    }
    return row.head.number
  }

  // MARK: Servers

  private mutating func failOver() throws(Violation) {
    let server = chance.draw(1...redis.serverCount) - 1
    guard server != redis.primary, redis.isReplica(server) else { return }
    // Without replicas that are waited for, two primaries are two truths: nothing is promised then.
    let former: ModelledRedis.FormerPrimary = [.follows, .down, replicas == 0 ? .follows : .isolated][
      chance.draw(0...2)]
    if former == .isolated { audit.see(.isolatedPrimary) }
    redis.failOver(to: server, former: former)
    try audit.lookForLosses(redis)
  }

  private mutating func bringBack() {
    let server = chance.draw(1...redis.serverCount) - 1
    if server != redis.primary { redis.bringBack(server) }
  }

  private mutating func deliver(_ request: Late) throws(Violation) {
    audit.see(.lateRequest)
    switch request {
    case .claim(let claim, let node, let server): _ = try send(claim, from: node, to: server)
    case .append(let records, let server): for record in records { _ = redis.append(record, on: server, at: now) }
    }
  }

  mutating func send(
    _ claim: ClaimRequest, from node: String, to server: Int
  ) throws(Violation) -> ClaimReply {
    let reply = redis.claim(claim, node: node, address: "", on: server, at: now)
    if reply == .ok { try audit.claimed(claim.record) }
    return reply
  }

  private mutating func restart(_ node: Int) { nodes[node] = Node(name: nodes[node].name) }

  // MARK: The network

  enum Fate {
    case answered, lost, replyLost, late
    case word(String)

    var isAnswered: Bool { if case .answered = self { true } else { false } }
  }

  mutating func fate() -> Fate {
    if isHealed { return .answered }
    switch chance.draw(1...24) {
    case 1: return .lost
    case 2, 3: return .replyLost
    case 4: return .late
    case 5:
      let words = [
        "LOADING Redis is loading", "OOM command not allowed", "NOREPLICAS Not enough", "NOSCRIPT No matching",
      ]
      return .word(words[chance.draw(0...3)])
    default: return .answered
    }
  }
}

extension OwnershipWorld.Node {
  func owner(of shard: Int) -> ShardOwner? { if case .owning(let owner) = shards[shard] { owner } else { nil } }
}

/// Where a world's time begins.
enum SampleTime {
  static let start = Timestamp(milliseconds: 1_700_000_000_000)
}
