import StockJournal
import StockLedger

/// What a node does in its turn: one request of one shard's machine, and what its answer means.
extension OwnershipWorld {
  mutating func act(_ node: Int, shard: Int) throws(Violation) {
    guard isHealed || now >= nodes[node].wakesAt else { return }
    switch nodes[node].shards[shard] {
    case .nothing: startClaim(node, shard)
    case .claiming(let claiming, let step): try goOn(node, shard, claiming, step)
    case .owning(let owner) where owner.toSend.isEmpty: try startRecord(node, shard, owner)
    case .owning(let owner): try append(node, shard, owner)
    }
  }

  private mutating func startClaim(_ node: Int, _ shard: Int) {
    nonceCount += 1
    var nonce = RecordNonce(first: UInt64(node), second: nonceCount)
    if mistakes.reusesNonce, let former = nodes[node].fencedNonces[shard] { nonce = former }
    let claiming = ShardClaiming(
      shard: shard, node: nodes[node].name, nonce: nonce, time: now, replicas: replicasAsked)
    nodes[node].shards[shard] = .claiming(claiming, .read(.now))
  }

  private mutating func goOn(
    _ node: Int, _ shard: Int, _ claiming: ShardClaiming, _ step: ClaimStep
  ) throws(Violation) {
    var claiming = claiming
    var next: ClaimStep
    switch step {
    case .read(let after):
      prepare(node, after)
      let reply = fate().isAnswered ? redis.own(shard, on: nodes[node].server, at: now) : .none
      next = claiming.hear(own: reply)
      if case .send(let request, _) = next, case .own(let row) = reply, row.head == request.record.head {
        audit.see(.claimFoundWritten)
      }
    case .send(let request, let after):
      prepare(node, after)
      let (reply, copies) = try send(request, from: node)
      next = claiming.hear(reply, copies: copies)
    default: return nodes[node].shards[shard] = .nothing
    }
    nodes[node].shards[shard] = .claiming(claiming, next)
    switch next {
    case .granted(let owner):
      if case .send(let request, _) = step { try audit.acknowledge(request.record) }
      nodes[node].shards[shard] = .owning(owner)
    case .held:
      audit.see(.held)
      nodes[node].shards[shard] = .nothing
    case .failed: nodes[node].shards[shard] = .nothing
    case .stop(let failure): throw Violation("node \(nodes[node].name) stopped: \(failure)")
    case .read, .send: break
    }
  }

  private mutating func send(_ claim: ClaimRequest, from node: Int) throws(Violation) -> (ClaimReply, Int?) {
    let server = nodes[node].server
    switch fate() {
    case .answered: return (try send(claim, from: nodes[node].name, to: server), redis.wait(on: server))
    case .word(let line): return (.word(line), nil)
    case .replyLost: _ = try send(claim, from: nodes[node].name, to: server)
    case .late: late.append(.claim(claim, node: nodes[node].name, server: server))
    case .lost: break
    }
    return (.none, nil)
  }

  /// A node with nothing to send renews its lease, rarely gives it up, or writes the next record.
  private mutating func startRecord(_ node: Int, _ shard: Int, _ owner: ShardOwner) throws(Violation) {
    if !isHealed && chance.isOne(in: 50) { return try release(node, shard, owner) }
    if chance.isOne(in: 4) { return try renew(node, shard, owner) }
    var owner = owner
    let record = makeRecord(after: owner)
    do throws(RecordError) { try owner.begin(record) } catch { throw Violation("a next record is refused: \(error)") }
    nodes[node].inFlight[shard] = record
    nodes[node].shards[shard] = .owning(owner)
    try append(node, shard, owner)
  }

  private mutating func renew(_ node: Int, _ shard: Int, _ owner: ShardOwner) throws(Violation) {
    var owner = owner
    let reply = fate().isAnswered ? redis.renew(owner, on: nodes[node].server, at: now) : .none
    let verdict = owner.hear(renewal: reply)
    nodes[node].shards[shard] = .owning(owner)
    try settle(node, shard, verdict)
  }

  private mutating func release(_ node: Int, _ shard: Int, _ owner: ShardOwner) throws(Violation) {
    var owner = owner
    let verdict = owner.hear(renewal: redis.release(owner, on: nodes[node].server))
    nodes[node].shards[shard] = .owning(owner)
    try settle(node, shard, verdict)
    if verdict == .durable { nodes[node].shards[shard] = .nothing }
  }

  private mutating func makeRecord(after owner: ShardOwner) -> JournalRecord {
    let at = max(now, owner.head.time)
    let count = chance.draw(1...2)
    var payload: [UInt8] = []
    for _ in 0..<count {
      recordCount += 1
      let entry = JournalEntry(at: at, body: .expired(Identifier(high: 1, low: recordCount)))
      EntryCodec.appendSection(key: .journal, entry: entry, to: &payload)
    }
    return JournalRecord.seal(
      shard: owner.shard, epoch: owner.epoch, nonce: owner.nonce, firstNumber: owner.head.number + 1, count: count,
      time: at, previous: owner.head.hash, payload: payload)
  }

  private mutating func append(_ node: Int, _ shard: Int, _ owner: ShardOwner) throws(Violation) {
    var owner = owner
    let records = owner.toSend
    let server = nodes[node].server
    var replies = [AppendReply](repeating: .none, count: records.count)
    var copies: Int?
    switch fate() {
    case .answered:
      replies = records.map { redis.append($0, on: server, at: now) }
      copies = redis.wait(on: server)
    case .word(let line): replies = records.map { _ in .word(line) }
    // The connection dies in the midst of the replies.
    case .replyLost:
      let all = records.map { redis.append($0, on: server, at: now) }
      for index in 0..<chance.draw(0...(all.count - 1)) { replies[index] = all[index] }
    case .late: late.append(.append(records, server: server))
    case .lost: break
    }
    let verdict = owner.hear(replies, copies: copies)
    nodes[node].shards[shard] = .owning(owner)
    if verdict == .durable {
      if replies == [.duplicate] { audit.see(.duplicateAfterDoubt) }
      if records.count > 1 || nodes[node].inFlight[shard] == nil { audit.see(.gapHealed) }
    }
    try settle(node, shard, verdict)
  }

  private mutating func settle(_ node: Int, _ shard: Int, _ verdict: Verdict) throws(Violation) {
    let record = nodes[node].inFlight[shard]
    if case .again(let after) = verdict { return prepare(node, after) }
    nodes[node].inFlight[shard] = nil
    switch verdict {
    case .durable: if let record { try audit.acknowledge(record) }
    case .refused:
      audit.see(.refused)
      if let record { audit.refuse(record) }
    case .lost(let mayBeWritten):
      audit.see(mayBeWritten ? .lostInDoubt : .fenced)
      if let record, !mayBeWritten { audit.refuse(record) }
      nodes[node].fencedNonces[shard] = nodes[node].owner(of: shard)?.nonce
      nodes[node].shards[shard] = .nothing
    case .stop(let failure): throw Violation("node \(nodes[node].name) stopped: \(failure)")
    case .again: break
    }
  }

  /// Does what a machine asks for before it asks again. A new connection may still be to a primary that was replaced.
  private mutating func prepare(_ node: Int, _ after: RetryAfter) {
    switch after {
    case .otherServer: nodes[node].server = redis.primary
    case .reconnect where isHealed || chance.isOne(in: 2): nodes[node].server = redis.primary
    case .now, .pause, .loadScripts, .reconnect: break
    }
  }
}
