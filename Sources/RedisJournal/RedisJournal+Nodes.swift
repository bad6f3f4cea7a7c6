public import StockJournal

// Nodes: signs of life, and who owns what. On a thread and connection of their own, so that nothing long delays them.

extension RedisJournal {
  /// Says that this node is there, for the length of a lease in whole seconds, rounded up.
  public func announce() async throws(StoreFailure) {
    let (node, seconds) = (node, (lease.times.lease + 999) / 1_000)
    try await poll { reader in
      try reader.expectDone(
        try reader.session.ask("SET", RedisKeys.node(node.name), node.address, "EX", "\(max(1, seconds))"))
    }
  }

  /// Takes this node's sign of life back, so that the others need not wait until it fades.
  public func withdraw() async throws(StoreFailure) {
    let name = node.name
    try await poll { reader in try reader.expectDone(try reader.session.ask("DEL", RedisKeys.node(name))) }
  }

  /// Who owns what and which of the named nodes are there, in one pipeline; ``owner(of:)`` answers by it afterwards.
  public func standing(of nodes: [String]) async throws(StoreFailure) -> RedisStanding {
    let lease = lease
    return try await poll { reader in try reader.standing(of: nodes, noting: lease) }
  }

  /// How often shards were given up in this store: where it has grown, a look at ``standing(of:)`` pays. Cheap enough
  /// to ask every 50 ms.
  public func handovers() async throws(StoreFailure) -> Int64 {
    try await poll { reader in
      try reader.handovers(try reader.session.ask("HGET", RedisKeys.meta, "handovers"))
    }
  }
}

/// Who owns what, and who is there: one look at the store.
public struct RedisStanding: Sendable {
  /// The owner row of each shard, 256 of them. Its node is empty where nobody ever claimed it, or it was given up;
  /// its lease has ended where ``OwnState/leaseLeft`` is 0 or less.
  public var owners: [OwnState]
  /// Shards that this process holds, as far as it knows.
  public var ours: Set<Int>
  /// The addresses of the nodes that are there, by name.
  public var announced: [String: String]
  /// As ``RedisJournal/handovers()``.
  public var handovers: Int64
}

extension RedisReader {
  fileprivate func standing(of nodes: [String], noting lease: RedisLease) throws -> RedisStanding {
    let shards = Array(0..<256)
    var writer = RESPWriter()
    writer.command("HGET", RedisKeys.meta, "handovers")
    for name in nodes { writer.command("GET", RedisKeys.node(name)) }
    RedisOwnerRow.ask(shards, in: &writer)
    let replies = try session.run(&writer)
    let rows = RedisOwnerRow.read(Array(replies[(1 + nodes.count)...]))
    let owners = try zip(shards, rows).map { try Self.owner(of: $0, $1) }
    for (shard, row) in zip(shards, rows) { lease.note(row, of: shard) }
    var announced: [String: String] = [:]
    for (name, reply) in zip(nodes, replies[1...]) {
      if let line = reply.error { throw WordClass.failure(line) }
      announced[name] = reply.text
    }
    return RedisStanding(
      owners: owners, ours: Set(shards.filter(lease.isOurs)), announced: announced,
      handovers: try handovers(replies[0]))
  }

  fileprivate func handovers(_ reply: RedisReply) throws -> Int64 {
    if let count = reply.integer { return count }
    guard reply == .null else { throw Self.failure(reply, RedisKeys.meta) }
    throw StoreFailure.damaged("\(RedisKeys.meta) is gone: this Redis was emptied; restore it from a copy")
  }

  fileprivate func expectDone(_ reply: RedisReply) throws {
    if let line = reply.error { throw WordClass.failure(line) }
  }
}
