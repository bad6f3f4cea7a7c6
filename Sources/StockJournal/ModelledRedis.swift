public import StockLedger

/// A Redis with up to two replicas, as the journal's scripts see it: a value that does what they do, word by word.
///
/// Deterministic: time is handed in, replication is a queue that a test holds back and lets go, and a failover happens
/// when it is told to. A primary that was replaced and not told goes on taking writes that no replica gets.
public struct ModelledRedis: Sendable {
  /// What becomes of the primary at a failover.
  public enum FormerPrimary: Hashable, Sendable {
    /// It follows the new one, and forgets what only it had.
    case follows
    /// It does not know, and takes writes on.
    case isolated
    /// It is down.
    case down
  }

  var servers: [ModelledServer]
  /// The server that clients are sent to.
  public private(set) var primary = 0
  /// How many servers there are, whatever their state.
  public var serverCount: Int { servers.count }
  private let lease: Int64
  private let checksNonce: Bool

  /// A store that was set up and that nobody has claimed anything in.
  ///
  /// - Parameters:
  ///   - replicas: 0 to 2.
  ///   - lease: How long a lease lives, in milliseconds.
  ///   - checksNonce: False plants a mistake: a claim is told from another by its epoch alone.
  public init(replicas: Int = 0, lease: Int64 = LeaseTimes().lease, checksNonce: Bool = true) {
    invariant((0...2).contains(replicas), "a model has 0 to 2 replicas, not \(replicas)")
    servers = Array(repeating: ModelledServer(), count: 1 + replicas)
    for replica in servers.indices.dropFirst() { servers[replica].follows = 0 }
    self.lease = lease
    self.checksNonce = checksNonce
  }

  // MARK: The scripts

  /// The owner row of a shard.
  public func own(_ shard: Int, on server: Int, at now: Timestamp) -> OwnReply {
    guard servers[server].isUp else { return .none }
    guard let row = servers[server].rows[shard] else { return .gone }
    return .own(row.state(at: now))
  }

  /// Claims a shard for a node.
  public mutating func claim(
    _ request: ClaimRequest, node: String, address: String, on server: Int, at now: Timestamp
  ) -> ClaimReply {
    let record = request.record
    guard servers[server].isUp else { return .none }
    guard servers[server].follows == nil else { return .word(Self.readOnly) }
    guard var row = servers[server].rows[record.shard] else { return .gone }
    if row.nonce == record.nonce && row.head == record.head {
      row.until = now + lease
      write(.row(shard: record.shard, row), on: server)
      return .duplicate
    }
    let state = row.state(at: now)
    if row.nonce != record.nonce && state.leaseLeft > 0 { return .held(by: row.node, for: state.leaseLeft) }
    guard state.isSameClaim(as: request.expected) else { return .changed }
    row = ModelledServer.Row(
      epoch: record.epoch, nonce: record.nonce, node: node, address: address, head: record.head, until: now + lease)
    write(.write(record, row), on: server)
    return .ok
  }

  /// Appends a record that must go on where the log ends, under the claim that owns the shard.
  public mutating func append(_ record: JournalRecord, on server: Int, at now: Timestamp) -> AppendReply {
    let claim = (epoch: record.epoch, nonce: record.nonce)
    return asOwner(of: record.shard, claim, on: server) { [lease] row in
      let isThere = row.head.number == record.lastNumber && row.head.hash == record.hash
      guard isThere || (row.head.number == record.firstNumber - 1 && row.head.hash == record.previous) else {
        return (.gap(number: row.head.number, hash: row.head.hash), nil)
      }
      row.until = now + lease
      if isThere { return (.duplicate, .row(shard: record.shard, row)) }
      row.head = record.head
      return (.ok, .write(record, row))
    }
  }

  /// Renews the lease of a shard whose log ends where its owner believes.
  public mutating func renew(_ owner: ShardOwner, on server: Int, at now: Timestamp) -> AppendReply {
    asOwner(of: owner.shard, (owner.epoch, owner.nonce), on: server) { [lease] row in
      guard row.head.number == owner.head.number && row.head.hash == owner.head.hash else {
        return (.gap(number: row.head.number, hash: row.head.hash), nil)
      }
      row.until = now + lease
      return (.ok, .row(shard: owner.shard, row))
    }
  }

  /// Gives a shard up: it can be claimed at once.
  public mutating func release(_ owner: ShardOwner, on server: Int) -> AppendReply {
    asOwner(of: owner.shard, (owner.epoch, owner.nonce), on: server) { row in
      row.node = ""
      row.address = ""
      row.until = .distantPast
      return (.ok, .row(shard: owner.shard, row))
    }
  }

  /// How many replicas have all that a server wrote; what WAIT answers.
  public func wait(on server: Int) -> Int {
    servers.count { $0.follows == server && $0.isUp && $0.pending.isEmpty }
  }

  private mutating func asOwner(
    of shard: Int, _ claim: (epoch: UInt64, nonce: RecordNonce), on server: Int,
    _ body: (inout ModelledServer.Row) -> (AppendReply, ModelledServer.Change?)
  ) -> AppendReply {
    guard servers[server].isUp else { return .none }
    guard servers[server].follows == nil else { return .word(Self.readOnly) }
    guard var row = servers[server].rows[shard] else { return .gone }
    guard row.epoch == claim.epoch && (row.nonce == claim.nonce || !checksNonce) else {
      return .fenced(epoch: row.epoch, node: row.node)
    }
    let (reply, change) = body(&row)
    if let change { write(change, on: server) }
    return reply
  }

  mutating func write(_ change: ModelledServer.Change, on server: Int) {
    servers[server].apply(change)
    for replica in servers.indices where servers[replica].follows == server {
      servers[replica].pending.append(change)
      takePending(replica)
    }
  }

  private mutating func takePending(_ replica: Int) {
    if servers[replica].isUp && !servers[replica].isLagging { servers[replica].takePending(.max) }
  }

  private static let readOnly = "READONLY You can't write against a read only replica."

  mutating func save(_ snapshot: ShardSnapshot, by owner: ShardOwner, on server: Int) throws(StoreFailure) {
    // What the disk refuses is refused before a replica hears of it.
    var disk = servers[server].disk
    try disk.save(snapshot)
    let reply = asOwner(of: owner.shard, (owner.epoch, owner.nonce), on: server) { _ in (.ok, .snapshot(snapshot)) }
    guard reply == .ok else { throw .unavailable("the snapshot of shard \(snapshot.shard) was answered \(reply)") }
  }

  mutating func trim(shard: Int, through number: UInt64, by owner: ShardOwner, on server: Int) {
    _ = asOwner(of: shard, (owner.epoch, owner.nonce), on: server) { _ in (.ok, .trim(shard: shard, through: number)) }
  }

  // MARK: Faults

  /// Holds a replica back, or lets it take all that it has missed.
  public mutating func lag(_ replica: Int, _ isLagging: Bool) {
    servers[replica].isLagging = isLagging
    takePending(replica)
  }

  /// Lets a replica that is held back take so many changes.
  public mutating func replicate(_ replica: Int, count: Int) {
    if servers[replica].isUp { servers[replica].takePending(count) }
  }

  /// True where a server is up and follows the primary.
  public func isReplica(_ server: Int) -> Bool { servers[server].isUp && servers[server].follows == primary }

  /// Makes a server the primary; what it had not taken yet is lost. Nothing where it is the primary or down.
  public mutating func failOver(to server: Int, former: FormerPrimary = .follows) {
    guard server != primary, servers[server].isUp else { return }
    let old = primary
    primary = server
    servers[server].follows = nil
    servers[server].pending = []
    for other in servers.indices where other != server && (other != old || former == .follows) { follow(other) }
    if former == .down { servers[old].isUp = false }
  }

  /// Brings a server back: up, following the primary, with a copy of what that has. The primary itself just comes up.
  public mutating func bringBack(_ server: Int) {
    servers[server].isUp = true
    servers[server].isLagging = false
    if server != primary { follow(server) }
  }

  /// A server no longer answers; what it stores stays.
  public mutating func takeDown(_ server: Int) { servers[server].isUp = false }

  /// The newest records of a shard are gone from every server, as after a restore from a copy; a claim among them goes
  /// with its ownership.
  ///
  /// - Returns: How many were lost; fewer where the log has no more.
  @discardableResult
  public mutating func loseTail(shard: Int, records count: Int) -> Int {
    var lost = 0
    while lost < count && servers[primary].dropLast(shard: shard) { lost += 1 }
    for server in servers.indices where server != primary { follow(server) }
    return lost
  }

  /// Everything is gone from every server, as after FLUSHALL.
  public mutating func dropEverything() { write(.flush, on: primary) }

  private mutating func follow(_ server: Int) { servers[server].copy(servers[primary], at: primary) }

  /// A shard's log on the primary, verified.
  public func records(shard: Int) throws(StoreFailure) -> [JournalRecord] {
    try servers[primary].disk.records(shard: shard, after: 0, limit: .max)
  }
}
