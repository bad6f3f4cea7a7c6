public import StockLedger
import Synchronization

extension SharedMemoryJournal {
  /// Claims one shard after the other. A shard that this node owns under the same nonce is granted as it is.
  public func claim(
    _ shards: [Int], nonce: RecordNonce, at time: Timestamp
  ) async throws(StoreFailure) -> [ClaimOutcome] {
    try await inTurn { () async throws(StoreFailure) in
      var outcomes: [ClaimOutcome] = []
      for shard in shards { outcomes.append(try await claim(shard, nonce: nonce, at: time)) }
      return outcomes
    }
  }

  private func claim(_ shard: Int, nonce: RecordNonce, at time: Timestamp) async throws(StoreFailure) -> ClaimOutcome {
    if let owner = owned(shard), owner.nonce == nonce { return .granted(owner.head, epoch: owner.epoch) }
    var claiming = ShardClaiming(shard: shard, node: node, nonce: nonce, time: time, replicas: replicas)
    var step = ClaimStep.read(.now)
    while true {
      let sentAt = redis.now()
      switch step {
      case .read(let after):
        try await wait([after])
        let (replies, _): ([OwnReply], Int?) = await ask(1) { redis, server, now in
          [redis.own(shard, on: server, at: now)]
        }
        step = claiming.hear(own: replies[0])
      case .send(let request, let after):
        try await wait([after])
        let (replies, copies): ([ClaimReply], Int?) = await ask(1) { redis, server, now in
          [redis.claim(request, node: node, address: address, on: server, at: now)]
        }
        step = claiming.hear(replies[0], copies: copies)
      case .granted(let owner):
        state.withLock { state in
          state.owners[shard] = owner
          state.leases[shard] = ShardLease(confirmedAt: sentAt)
        }
        return .granted(owner.head, epoch: owner.epoch)
      case .held(let node, let milliseconds): return .held(by: node, for: milliseconds)
      case .failed(let failure): return .failed(failure)
      case .stop(let failure): throw end(failure)
      }
    }
  }

  /// Gives up what this node owns of these shards; one that turns out to be another's already is as good as given up.
  public func release(_ shards: [Int]) async throws(StoreFailure) {
    try await inTurn { () async throws(StoreFailure) in
      for shard in shards {
        guard let owner = owned(shard) else { continue }
        try await release(owner)
        state.withLock { state in
          state.owners[shard] = nil
          state.leases[shard] = nil
        }
      }
    }
  }

  private func release(_ owner: ShardOwner) async throws(StoreFailure) {
    while true {
      let (replies, _): ([AppendReply], Int?) = await ask(1) { redis, server, _ in [redis.release(owner, on: server)] }
      // The machine tells what an answer means; a copy hears, for the shard is given up whatever it says.
      var leaving = owner
      switch leaving.hear(renewal: replies[0]) {
      case .again(let after) where after != .now: try await wait([after])
      case .stop(let failure): throw end(failure)
      case .durable, .lost, .refused, .again: return
      }
    }
  }

  /// Renews the leases of all owned shards with one request, and writes again what the store has lost. What gets no
  /// good answer is left for the next time.
  public func renew() async throws(StoreFailure) {
    try await inTurn { () async throws(StoreFailure) in
      let owners = state.withLock { $0.owners.compactMap { $0 } }
      let sentAt = redis.now()
      let (replies, copies): ([[AppendReply]], Int?) = await renewAll(owners)
      var waits: [RetryAfter] = []
      for (owner, replies) in zip(owners, replies) {
        let verdict = hear(owner.shard, sentAt: sentAt) { machine in
          owner.toSend.isEmpty ? machine.hear(renewal: replies[0]) : machine.hear(replies, copies: copies)
        }
        switch verdict {
        case .again(let after): waits.append(after)
        case .stop(let failure): throw end(failure)
        case .durable, .refused, .lost: break
        }
      }
      try await wait(waits.filter { $0 != .pause })
    }
  }

  /// For each owner the replies to its renewal, or to each record that the store has lost.
  private func renewAll(_ owners: [ShardOwner]) async -> ([[AppendReply]], Int?) {
    let (replies, copies): ([AppendReply], Int?) = await ask(owners.reduce(0) { $0 + max(1, $1.toSend.count) }) {
      redis, server, now in
      owners.flatMap { owner in
        owner.toSend.isEmpty
          ? [redis.renew(owner, on: server, at: now)] : owner.toSend.map { redis.append($0, on: server, at: now) }
      }
    }
    var rest = replies[...]
    let byOwner = owners.map { owner in
      let count = max(1, owner.toSend.count)
      defer { rest.removeFirst(count) }
      return Array(rest.prefix(count))
    }
    return (byOwner, copies)
  }
}
