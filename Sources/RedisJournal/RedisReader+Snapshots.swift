import StockJournal
import StockLedger

// Snapshots: parts first, each gone in an hour unless it is named; then read back, verified, and named in one step.

extension RedisReader {
  /// How long parts live that no manifest names: longer than any snapshot takes to write.
  private static let unnamedSeconds = 3_600

  /// Checks that the log has the record that the snapshot names.
  func beginSnapshot(_ snapshot: ShardSnapshot, serial: UInt64, parts: Int) throws -> SnapshotName {
    let shard = snapshot.shard
    if let newest = try names(shard: shard).last, newest.through > snapshot.through {
      throw StoreFailure.other("shard \(shard) has a newer snapshot, through \(newest.through)")
    }
    if snapshot.through == 0 { return SnapshotName(through: 0, epoch: 0, serial: serial, parts: parts) }
    let named = try records(shard: shard, after: snapshot.through - 1, limit: 1).first
    guard let named, named.lastNumber == snapshot.through, named.hash == snapshot.hash else {
      throw StoreFailure.other("the snapshot of shard \(shard) names no record that ends at \(snapshot.through)")
    }
    return SnapshotName(through: snapshot.through, epoch: named.epoch, serial: serial, parts: parts)
  }

  func write(part: [UInt8], index: Int, of name: SnapshotName, shard: Int) throws {
    var writer = RESPWriter()
    writer.command(5)
    writer.argument("SET")
    writer.argument(RedisKeys.part(shard, name, index))
    writer.argument(part)
    writer.argument("EX")
    writer.argument(Self.unnamedSeconds)
    let reply = try session.run(&writer)[0]
    if !reply.isOK { throw Self.failure(reply, "a snapshot of shard \(shard)") }
  }

  /// Reads the parts back, verifies them, names them, and lets older snapshots go.
  ///
  /// - Parameter owner: The claim under which the shard is ours; nil where nobody's is needed.
  func finishSnapshot(_ snapshot: ShardSnapshot, name: SnapshotName, owner: (epoch: UInt64, nonce: RecordNonce)?) throws
  {
    let shard = snapshot.shard
    guard try read(name, shard: shard) == snapshot else {
      throw StoreFailure.damaged("the snapshot of shard \(shard) reads back as another; check Redis's memory")
    }
    var writer = RESPWriter()
    try session.begin(.name, keys: 2 + name.parts, arguments: 4, in: &writer)
    writer.argument(RedisKeys.owner(shard))
    writer.argument(RedisKeys.manifest(shard))
    for index in 0..<name.parts { writer.argument(RedisKeys.part(shard, name, index)) }
    writer.argument(owner: owner)
    writer.argument(name.through)
    writer.argument(name.row)
    let reply = try session.run(&writer)[0]
    try Self.expectOK(reply, shard: shard)
  }

  /// The named snapshots of a shard, oldest first.
  func names(shard: Int) throws -> [SnapshotName] {
    let reply = try session.ask("HGETALL", RedisKeys.manifest(shard))
    guard let fields = reply.array else { throw Self.failure(reply, "the snapshots of shard \(shard)") }
    var names: [SnapshotName] = []
    for place in stride(from: 0, to: fields.count - 1, by: 2) {
      guard let through = fields[place].text.flatMap({ UInt64($0) }), let row = fields[place + 1].text,
        let name = SnapshotName(through: through, row: row)
      else {
        throw StoreFailure.damaged("the list of snapshots of shard \(shard) is not one; restore Redis from a copy")
      }
      names.append(name)
    }
    return names.sorted { $0.through < $1.through }
  }

  /// The newest snapshot, verified.
  func snapshot(shard: Int) throws -> ShardSnapshot? {
    guard (0...255).contains(shard), var name = try names(shard: shard).last else { return nil }
    while true {
      do {
        let snapshot = try read(name, shard: shard)
        note(name, shard: shard)
        return snapshot
      } catch {
        // Its owner may have let it go while its parts were read; what is still named should be there.
        guard let newest = try names(shard: shard).last, newest != name else { throw error }
        name = newest
      }
    }
  }

  private func read(_ name: SnapshotName, shard: Int) throws -> ShardSnapshot {
    var parts: [[UInt8]] = []
    for index in 0..<name.parts {
      let reply = try session.ask("GET", RedisKeys.part(shard, name, index))
      guard let bytes = reply.bytes else {
        if reply == .null { throw SnapshotError(part: index, problem: .missing).failure(shard: shard) }
        throw Self.failure(reply, "a snapshot of shard \(shard)")
      }
      parts.append(bytes)
    }
    do throws(SnapshotError) {
      let snapshot = try SnapshotCodec.snapshot(from: parts)
      guard snapshot.shard == shard, snapshot.through == name.through else {
        throw SnapshotError(part: 0, problem: .otherSnapshot)
      }
      return snapshot
    } catch { throw error.failure(shard: shard) }
  }

  /// Reads a script's word; what is not `OK` is a failure.
  private static func expectOK(_ reply: RedisReply, shard: Int) throws {
    let words = reply.array?.map { $0.text ?? "" } ?? []
    switch words.first {
    case "OK": return
    case "FENCED", "HELD": throw StoreFailure.owned("shard \(shard) is another node's")
    case "GONE": throw gone(shard)
    case "MISSING": throw StoreFailure.other("a part of the snapshot of shard \(shard) was gone before it had a name")
    default: throw failure(reply, "a snapshot of shard \(shard)")
    }
  }

  // MARK: Trimming

  /// Moves up to 64 of the oldest records to the archive.
  ///
  /// - Returns: False where there is nothing more to move.
  func trimStep(shard: Int, through number: UInt64, owner: (epoch: UInt64, nonce: RecordNonce)?) throws -> Bool {
    guard let archive else { return false }
    let named = try names(shard: shard)
    guard named.count == 2, number <= named[0].through else { return false }
    let reply = try session.ask("XRANGE", RedisKeys.log(shard), "-", "+", "COUNT", "65")
    guard let entries = reply.array else { throw Self.failure(reply, "the log of shard \(shard)") }
    let records = try entries.map { try Self.record($0, shard: shard) }
    // One always stays: the log's end is where its ids go on from.
    let moved = records.dropLast().prefix { $0.lastNumber <= number }
    guard !moved.isEmpty else { return false }
    try archive.add(moved.filter { $0.lastNumber > archive.last(shard: shard) }, shard: shard)
    let stays = records[moved.count]
    var writer = RESPWriter()
    try session.begin(.trim, keys: 2, arguments: 3, in: &writer)
    writer.argument(RedisKeys.owner(shard))
    writer.argument(RedisKeys.log(shard))
    writer.argument(owner: owner)
    writer.argument(epoch: stays.epoch, number: stays.lastNumber)
    try Self.expectOK(try session.run(&writer)[0], shard: shard)
    return moved.count == 64
  }
}

extension RESPWriter {
  /// An owner's epoch and nonce, or two empty arguments where nobody's are asked for.
  mutating func argument(owner: (epoch: UInt64, nonce: RecordNonce)?) {
    guard let owner else {
      argument("")
      return argument("")
    }
    argument(owner.epoch)
    argument(owner.nonce)
  }
}
