import StockJournal
import StockLedger

// Leases: claims that are kept alive without appends, and given up.

extension RedisWriter {
  /// Renews the claims that no append has renewed for a while.
  func renew() {
    let shards = lease.due(after: lease.times.renewal).filter { owners[$0] != nil }
    if shards.isEmpty { return }
    let sentAt = lease.now
    let round = transaction(shards) { shard, writer throws(RedisFailure) in
      guard let owner = owners[shard] else { return }
      try write(.renew, owner, in: &writer)
      writer.argument(lease.milliseconds)
    }
    guard let replies = round.replies else { return }
    lease.isInDoubt = false
    var behind: [Int] = []
    var end = RoundsEnd()
    for (shard, reply) in zip(shards, replies) {
      guard let verdict = owners[shard]?.hear(renewal: AppendReply(reply)) else { continue }
      switch verdict {
      case .again(.now): behind.append(shard)
      case .again(let after): end.note(after)
      case .durable where replicas > 0 && (round.copies ?? 0) < replicas: break
      case .stop(let failure):
        stop(failure)
        return
      default: heed(verdict, of: shard, sentAt: sentAt)
      }
    }
    // Nobody waits for a renewal: the next turn is pause enough.
    turn(end)
    _ = settle(behind)
  }

  private func write(
    _ script: RedisScript, _ owner: ShardOwner, in writer: inout RESPWriter
  ) throws(RedisFailure) {
    try session.begin(script, keys: script == .release ? 2 : 1, arguments: script == .release ? 4 : 5, in: &writer)
    writer.argument(RedisKeys.owner(owner.shard))
    if script == .release { writer.argument(RedisKeys.meta) }
    writer.argument(owner.epoch)
    writer.argument(owner.nonce)
    writer.argument(owner.head.number)
    writer.argument(owner.head.hash)
  }

  /// Gives shards up, in a few tries; what is another's already is as good as given up.
  ///
  /// - Returns: A failure where Redis did not take note of some: they are not renewed any more and end with their
  ///   lease, and may be given up again before that.
  func release(_ shards: [Int]) -> Result<Void, StoreFailure> {
    var left = shards.filter { owners[$0] != nil }
    for _ in 0..<Self.releaseTries where !left.isEmpty && !lease.isClosing {
      var end = RoundsEnd()
      left = releaseRound(left, &end)
      if !left.isEmpty { act(on: end) }
    }
    backoff.reset()
    for shard in left { lease.forget(shard) }
    if left.isEmpty { return .success(()) }
    return .failure(.unavailable("Redis did not take note that shards are given up; the claims end with their lease"))
  }

  /// Enough for a connection that was cut unnoticed, and for scripts that were flushed; more would hold up a stop.
  private static let releaseTries = 3

  /// The shards of which Redis did not take note.
  private func releaseRound(_ shards: [Int], _ end: inout RoundsEnd) -> [Int] {
    let round = transaction(shards) { shard, writer throws(RedisFailure) in
      guard let owner = owners[shard] else { return }
      try write(.release, owner, in: &writer)
    }
    var left: [Int] = []
    for (index, shard) in shards.enumerated() {
      // A copy hears, for the shard is given up: the machine only tells what an answer means.
      var leaving = owners[shard]
      let reply = round.replies.map { AppendReply($0[index]) } ?? round.silence
      switch leaving?.hear(renewal: reply) {
      case .durable, .lost, nil:
        owners[shard] = nil
        lease.forget(shard)
      case .again(let after):
        end.note(after, reply)
        left.append(shard)
      case .refused, .stop: left.append(shard)
      }
    }
    return left
  }
}
