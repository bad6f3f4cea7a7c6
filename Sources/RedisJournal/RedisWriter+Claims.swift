import StockJournal
import StockLedger

// Claims: rounds of reads and of claims, each one pipeline, until each shard's claim has ended.

extension RedisWriter {
  /// Claims shards, each by its own ``ShardClaiming``; one that is ours under the same nonce is granted as it is.
  func claim(_ shards: [Int], nonce: RecordNonce, at time: Timestamp) -> Result<[ClaimOutcome], StoreFailure> {
    var claimings = shards.map {
      ShardClaiming(shard: $0, node: node.name, nonce: nonce, time: time, replicas: replicas)
    }
    var steps: [ClaimStep] = shards.map { shard in
      owned(shard).flatMap { $0.nonce == nonce ? .granted($0) : nil } ?? .read(.now)
    }
    while let end = RoundsEnd(steps) {
      if lease.isClosing { return .failure(.unavailable("the journal was closed before Redis answered")) }
      act(on: end)
      let sentAt = lease.now
      read(shards, &claimings, &steps)
      send(&claimings, &steps)
      for (place, step) in steps.enumerated() {
        switch step {
        case .stop(let failure): return .failure(failure)
        case .granted(let owner) where !isOurs(shards[place], owner): adopt(owner, sentAt: sentAt)
        default: break
        }
      }
    }
    backoff.reset()
    lease.isInDoubt = false
    return .success(steps.map(\.outcome))
  }

  private func read(_ shards: [Int], _ claimings: inout [ShardClaiming], _ steps: inout [ClaimStep]) {
    let asking = steps.indices.filter { if case .read = steps[$0] { true } else { false } }
    if asking.isEmpty { return }
    let replies = self.owners(of: asking.map { shards[$0] })
    for (place, reply) in zip(asking, replies) { steps[place] = claimings[place].hear(own: reply) }
  }

  /// The rows of shards; where Redis does not answer, none of each.
  func owners(of shards: [Int]) -> [OwnReply] {
    var writer = RESPWriter()
    RedisOwnerRow.ask(shards, in: &writer)
    do throws(RedisFailure) {
      let replies = RedisOwnerRow.read(try session.run(&writer))
      for (shard, reply) in zip(shards, replies) { lease.note(reply, of: shard) }
      return replies
    } catch { return shards.map { _ in error.refusal.map { .word($0) } ?? .none } }
  }

  private func send(_ claimings: inout [ShardClaiming], _ steps: inout [ClaimStep]) {
    var requests: [(place: Int, request: ClaimRequest)] = []
    for (place, step) in steps.enumerated() {
      if case .send(let request, _) = step { requests.append((place, request)) }
    }
    if requests.isEmpty { return }
    let round = transaction(requests.map(\.request)) { request, writer throws(RedisFailure) in
      try write(request, in: &writer)
    }
    for (index, (place, _)) in requests.enumerated() {
      let reply = round.replies.map { ClaimReply($0[index]) } ?? .none
      steps[place] = claimings[place].hear(reply, copies: round.copies)
    }
  }

  private func write(_ request: ClaimRequest, in writer: inout RESPWriter) throws(RedisFailure) {
    let record = request.record
    try session.begin(.claim, keys: 2, arguments: 13, in: &writer)
    writer.argument(RedisKeys.owner(record.shard))
    writer.argument(RedisKeys.log(record.shard))
    writer.argument(record.nonce)
    writer.argument(node.name)
    writer.argument(node.address)
    writer.argument(request.expected.epoch)
    writer.argument(request.expected.nonce)
    writer.argument(request.expected.head.number)
    writer.argument(request.expected.head.hash)
    writer.argument(record.epoch)
    writer.argument(record.lastNumber)
    writer.argument(record.hash)
    writer.argument(Int(record.time.milliseconds))
    writer.argument(lease.milliseconds)
    writer.argument(record.bytes)
  }
}

extension RoundsEnd {
  /// What the claims that go on ask for; nil where all have ended.
  fileprivate init?(_ steps: [ClaimStep]) {
    self.init()
    for step in steps {
      switch step {
      case .read(let after), .send(_, let after): note(after)
      case .granted, .held, .failed, .stop: break
      }
    }
    if !goesOn { return nil }
  }
}

extension ClaimStep {
  /// What the port says of a claim that has ended.
  fileprivate var outcome: ClaimOutcome {
    switch self {
    case .granted(let owner): .granted(owner.head, epoch: owner.epoch)
    case .held(let node, let milliseconds): .held(by: node, for: milliseconds)
    case .failed(let failure), .stop(let failure): .failed(failure)
    case .read, .send: .failed(.unavailable("no answer"))
    }
  }
}

extension ClaimReply {
  /// What the script said, or Redis in its place.
  fileprivate init(_ reply: RedisReply) {
    guard let words = reply.array?.map({ $0.text ?? "" }), let first = words.first else {
      self = .word(reply.error ?? "an answer that is none")
      return
    }
    switch first {
    case "OK": self = .ok
    case "DUP": self = .duplicate
    case "CHANGED": self = .changed
    case "GONE": self = .gone
    case "HELD" where words.count == 4: self = .held(by: words[1], for: Int64(words[3]) ?? 0)
    default: self = .word(first)
    }
  }
}
