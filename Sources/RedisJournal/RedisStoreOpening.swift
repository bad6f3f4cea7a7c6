import StockJournal

/// What happens before a store is used: is this a Redis that keeps what it is given, and is our store in it?
struct RedisStoreOpening: @unchecked Sendable {
  // The session is used by the one thread that opens.
  let session: RedisSession
  let options: RedisJournal.Options

  /// The newest format of the store's keys that this program reads and writes.
  static let format = 1

  /// What was found.
  struct Opened: Sendable {
    let replicas: Int
    let warnings: [String]
  }

  func open() -> Result<Opened, StoreFailure> {
    defer { session.drop() }
    do {
      let made = try meta()
      let replicas = try self.replicas(made)
      let check = try RedisStoreCheck.read(session, replicas: replicas)
      var warnings = check.warnings
      if !check.refusals.isEmpty {
        guard options.acceptsRisks else {
          throw StoreFailure.other(
            "this Redis would lose records: " + check.refusals.joined(separator: "; ")
              + " (or accept it with --accept-redis-risks)")
        }
        warnings += check.refusals
      }
      if made == nil { try create(replicas: replicas) }
      try tryScripts()
      return .success(Opened(replicas: replicas, warnings: warnings))
    } catch { return .failure(RedisStoreFailure.failure(error)) }
  }

  /// The store's own word on itself; nil where there is no store.
  private func meta() throws -> (format: Int64, shards: Int64, replicas: Int64)? {
    let reply = try session.ask("HMGET", RedisKeys.meta, "format", "shards", "replicas")
    guard let fields = reply.array else { throw RedisReader.failure(reply, RedisKeys.meta) }
    if fields.allSatisfy({ $0 == .null }) { return nil }
    guard let format = fields[0].integer, let shards = fields[1].integer, let replicas = fields[2].integer else {
      throw StoreFailure.damaged("\(RedisKeys.meta) is not a store's; name another database")
    }
    return (format, shards, replicas)
  }

  private func replicas(_ made: (format: Int64, shards: Int64, replicas: Int64)?) throws -> Int {
    guard let made else {
      guard options.creates else {
        throw StoreFailure.other(
          "there is no journal in this Redis; --create makes one, but never for a Redis that had one: restore that"
        )
      }
      return options.replicas ?? 0
    }
    if made.format > Self.format {
      throw StoreFailure.newerFormat("the store has format \(made.format); run the newer program")
    }
    guard made.shards == 256, let replicas = Int(exactly: made.replicas), replicas >= 0 else {
      throw StoreFailure.damaged("\(RedisKeys.meta) is not a store's; name another database")
    }
    if let wanted = options.replicas, wanted != replicas {
      throw StoreFailure.other(
        "the store was made for \(replicas) replicas, not \(wanted); "
          + "every node must wait for as many: redis-cli HSET \(RedisKeys.meta) replicas \(wanted) while no node runs")
    }
    return replicas
  }

  /// A user who may not run scripts hears it now, and not at the first claim: a renewal under no claim changes nothing.
  private func tryScripts() throws {
    var writer = RESPWriter()
    try session.begin(.renew, keys: 1, arguments: 5, in: &writer)
    writer.argument(RedisKeys.owner(0))
    for _ in 0..<5 { writer.argument("") }
    let reply = try session.run(&writer)[0]
    switch reply.array?.first?.text {
    case "FENCED": return
    case "GONE": throw RedisReader.gone(0)
    default: throw RedisReader.failure(reply, "trying a script")
    }
  }

  private func create(replicas: Int) throws {
    var writer = RESPWriter()
    try session.begin(.initialise, keys: 257, arguments: 3, in: &writer)
    writer.argument(RedisKeys.meta)
    for shard in 0..<256 { writer.argument(RedisKeys.owner(shard)) }
    writer.argument(Self.format)
    writer.argument(replicas)
    writer.argument(RecordHash.zero)
    let reply = try session.run(&writer)[0]
    switch reply.array?.first?.text {
    case "OK": return
    case "THERE":
      // Somebody else made it meanwhile, or a part of a store is left.
      guard try meta() != nil else {
        throw StoreFailure.damaged("\(reply.array?.last?.text ?? "a key") is there without its store; restore Redis")
      }
    default: throw RedisReader.failure(reply, "making a store")
    }
  }
}

/// What the world did, as the port names it.
enum RedisStoreFailure {
  static func failure(_ error: any Error) -> StoreFailure {
    switch error {
    case let failure as StoreFailure: failure
    case let failure as RedisFailure: failure.refusal.map(WordClass.failure) ?? .unavailable("\(failure)")
    default: .other("\(error)")
    }
  }
}
