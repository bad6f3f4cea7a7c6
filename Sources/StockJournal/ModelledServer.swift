import StockLedger

/// One server of a ``ModelledRedis``: what it stores, and what it has yet to take from its primary.
struct ModelledServer: Sendable {
  /// The owner row of a shard. The end of the log in it is what the scripts compare.
  struct Row: Sendable {
    var epoch: UInt64 = 0
    var nonce = RecordNonce(first: 0, second: 0)
    var node = ""
    var address = ""
    var head = ShardHead()
    /// When the lease ends.
    var until = Timestamp.distantPast

    func state(at now: Timestamp) -> OwnState {
      OwnState(
        epoch: epoch, nonce: nonce, node: node, address: address, head: head,
        leaseLeft: until > now ? until.milliseconds &- now.milliseconds : 0)
    }
  }

  /// What one script changes: whole, on the primary and on each replica.
  enum Change: Sendable {
    case write(JournalRecord, Row)
    case row(shard: Int, Row)
    case snapshot(ShardSnapshot)
    case trim(shard: Int, through: UInt64)
    case flush
  }

  var disk = MemoryDisk()
  /// By shard; nil where it is gone.
  var rows = [Row?](repeating: Row(), count: 256)
  /// By shard, the rows that the records of the log left, oldest first: what a rolled back log goes back to.
  var formerRows = [[Row]](repeating: [], count: 256)
  /// The server that it follows; nil where it takes writes itself.
  var follows: Int?
  /// What the primary wrote and this replica has not taken yet, oldest first.
  var pending: [Change] = []
  /// While true nothing is taken.
  var isLagging = false
  /// While false nobody is answered and nothing is taken.
  var isUp = true

  mutating func apply(_ change: Change) {
    switch change {
    case .write(let record, let row):
      if let former = rows[record.shard] { formerRows[record.shard].append(former) }
      disk.apply([record])
      rows[record.shard] = row
    case .row(let shard, let row): rows[shard] = row
    case .snapshot(let snapshot):
      // The primary kept it, and a replica has what the primary had then: a refusal here is our bug.
      do throws(StoreFailure) { try disk.save(snapshot) } catch {
        invariant(false, "a replica refuses a snapshot: \(error)")
      }
    case .trim(let shard, let number): disk.trim(shard: shard, through: number)
    case .flush:
      disk = MemoryDisk()
      rows = Array(repeating: nil, count: 256)
      formerRows = Array(repeating: [], count: 256)
    }
  }

  mutating func takePending(_ count: Int) {
    for change in pending.prefix(count) { apply(change) }
    pending.removeFirst(min(count, pending.count))
  }

  /// Forgets the newest record of a shard; false where it has none.
  mutating func dropLast(shard: Int) -> Bool {
    guard let former = formerRows[shard].popLast() else { return false }
    disk.dropLast(shard: shard)
    rows[shard] = former
    return true
  }

  /// Becomes a copy of a primary.
  mutating func copy(_ primary: ModelledServer, at index: Int) {
    disk = primary.disk
    rows = primary.rows
    formerRows = primary.formerRows
    follows = index
    pending = []
  }
}
