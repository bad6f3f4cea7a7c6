/// What a round of the drill does to nodes and servers, drawn from its seed before it begins.
struct DrillPlan: Sendable {
  /// What happens to a node; times are milliseconds.
  enum NodeFault: Sendable {
    /// kill -9, and started again after a while.
    case kill(Int, down: Int)
    /// Asked to end, waited for, and started again.
    case terminate(Int, down: Int)
    /// Frozen: for longer than its lease, or not.
    case freeze(Int, for: Int)
  }

  /// What happens to a Redis; times are milliseconds.
  enum ServerFault: Sendable {
    /// kill -9; without a replica it is started again, else the replica is promoted and it becomes that one's replica.
    case killPrimary(down: Int)
    /// kill -9, and started again.
    case killReplica(down: Int)
    /// Frozen.
    case pausePrimary(for: Int)
  }

  /// A fault, and how long all was well before it.
  struct Step<Fault: Sendable>: Sendable {
    var after: Int
    var fault: Fault
  }

  /// 2 or 3.
  let nodes: Int
  let hasReplica: Bool
  /// True where a primary without its replica refuses every write, instead of leaving it in doubt.
  let refusesAlone: Bool
  /// How long faults go on.
  let length: Int
  /// One after the other, beside the servers'.
  let nodeFaults: [Step<NodeFault>]
  let serverFaults: [Step<ServerFault>]
  /// How many units of each SKU there are.
  let counted: [String: Int64]
  /// For each client what it does.
  let clients: [SeededChance]

  /// Milliseconds that a claim lives in a drill; another node takes it a fifth later.
  static let lease = 1_000

  init(seed: UInt64) {
    var chance = SeededChance(seed: seed)
    nodes = Int.random(in: 2...3, using: &chance)
    hasReplica = chance.isOne(in: 2)
    refusesAlone = hasReplica && chance.isOne(in: 2)
    length = Int.random(in: 2_000...4_000, using: &chance)
    counted = Dictionary(
      uniqueKeysWithValues: (0..<20).map { ("sku-\($0)", Int64.random(in: 3...15, using: &chance)) })
    clients = (0..<8).map { _ in chance.split() }
    nodeFaults = Self.steps(length, &chance) { [nodes] chance in
      let node = Int.random(in: 1...nodes, using: &chance)
      return switch Int.random(in: 0..<4, using: &chance) {
      case 0: .kill(node, down: Int.random(in: 50...1_500, using: &chance))
      case 1: .terminate(node, down: Int.random(in: 0...600, using: &chance))
      case 2: .freeze(node, for: Int.random(in: 50...700, using: &chance))
      default: .freeze(node, for: Int.random(in: Self.lease * 5 / 4...Self.lease * 9 / 4, using: &chance))
      }
    }
    serverFaults = Self.steps(length, &chance) { [hasReplica] chance in
      switch Int.random(in: 0..<(hasReplica ? 4 : 2), using: &chance) {
      case 0: .pausePrimary(for: Int.random(in: 50...2_500, using: &chance))
      case 1, 2: .killPrimary(down: Int.random(in: 50...800, using: &chance))
      default: .killReplica(down: Int.random(in: 50...800, using: &chance))
      }
    }
  }

  private static func steps<Fault>(
    _ length: Int, _ chance: inout SeededChance, _ draw: (inout SeededChance) -> Fault
  ) -> [Step<Fault>] {
    (0..<length / 700).map { _ in
      Step(after: Int.random(in: 50...900, using: &chance), fault: draw(&chance))
    }
  }
}
