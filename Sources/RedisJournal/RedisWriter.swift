import Logging
import StockJournal
import StockLedger

/// Claims, appends, renews and releases; confined to its thread, one round at a time on a connection of its own.
///
/// A round is one pipeline: the calls of all shards that have something to send, as one transaction so that Redis
/// syncs once, then one `WAIT`. Each shard's ``ShardOwner`` says what its reply means; rounds go on until every
/// shard's outcome is definite.
final class RedisWriter: @unchecked Sendable {
  // Confined: everything here is touched by the writing thread alone.
  let session: RedisSession
  let lease: RedisLease
  let node: RedisNode
  let replicas: Int
  private let logger: Logger
  var owners: [ShardOwner?] = Array(repeating: nil, count: 256)
  private var writer = RESPWriter()
  var backoff = Backoff()

  init(session: RedisSession, lease: RedisLease, node: RedisNode, replicas: Int, logger: Logger) {
    self.session = session
    self.lease = lease
    self.node = node
    self.replicas = replicas
    self.logger = logger
  }

  /// The claim under which a shard is ours.
  func claim(of shard: Int) -> (epoch: UInt64, nonce: RecordNonce)? {
    owners.indices.contains(shard) ? owners[shard].map { ($0.epoch, $0.nonce) } : nil
  }

  func owned(_ shard: Int) -> ShardOwner? { owners[shard] }

  func isOurs(_ shard: Int, _ owner: ShardOwner) -> Bool { owners[shard]?.nonce == owner.nonce }

  func adopt(_ owner: ShardOwner, sentAt: Int64) {
    owners[owner.shard] = owner
    lease.confirm(owner.shard, sentAt: sentAt)
  }

  // MARK: Appends

  /// Makes records durable: returns when the outcome of each is definite.
  func append(_ records: [JournalRecord]) -> Result<[AppendOutcome], StoreFailure> {
    if let failure = begin(records) {
      return .success(Array(repeating: .failed(failure), count: records.count))
    }
    return settle(records.map(\.shard)).map { verdicts in verdicts.map(\.outcome) }
  }

  /// Gives every record to its shard's owner, or none of them.
  private func begin(_ records: [JournalRecord]) -> StoreFailure? {
    var begun: [ShardOwner] = []
    for record in records {
      guard var owner = owners[record.shard], !begun.contains(where: { $0.shard == record.shard }) else {
        return .owned("shard \(record.shard) is not claimed by this node, or named twice in one commit")
      }
      do throws(RecordError) { try owner.begin(record) } catch {
        return .other("shard \(record.shard) does not go on with this record: \(error)")
      }
      begun.append(owner)
    }
    for owner in begun { owners[owner.shard] = owner }
    return nil
  }

  /// Rounds until no shard has anything to send; what ends the process is a failure.
  func settle(_ shards: [Int]) -> Result<[Verdict], StoreFailure> {
    var verdicts: [Verdict] = Array(repeating: .again(.now), count: shards.count)
    var open = Array(shards.indices)
    while !open.isEmpty {
      if lease.isClosing { return .failure(.unavailable("the journal was closed before Redis answered")) }
      let sentAt = lease.now
      let round = send(open.map { shards[$0] })
      var end = RoundsEnd()
      for (place, replies) in zip(open, round.replies) {
        let verdict = owners[shards[place]]?.hear(replies, copies: round.copies) ?? .lost(mayBeWritten: true)
        verdicts[place] = verdict
        if case .stop(let failure) = verdict { return .failure(stop(failure)) }
        heed(verdict, of: shards[place], sentAt: sentAt)
        if case .again(let after) = verdict { end.note(after, replies.last) }
      }
      open = open.filter { if case .again = verdicts[$0] { true } else { false } }
      if open.isEmpty { backoff.reset() } else { act(on: end) }
    }
    lease.isInDoubt = false
    return .success(verdicts)
  }

  func heed(_ verdict: Verdict, of shard: Int, sentAt: Int64) {
    switch verdict {
    case .durable: lease.confirm(shard, sentAt: sentAt)
    case .lost:
      owners[shard] = nil
      lease.lose(shard)
    case .again, .refused, .stop: break
    }
  }

  /// Redis tells another story than this node remembers: nothing is written under any of its claims any more.
  @discardableResult
  func stop(_ failure: StoreFailure) -> StoreFailure {
    owners = Array(repeating: nil, count: 256)
    lease.stop(failure)
    return failure
  }

  /// Sends what each shard's owner has to send; every shard gets as many replies as it had records.
  private func send(_ shards: [Int]) -> (replies: [[AppendReply]], copies: Int?) {
    let batches = shards.map { owners[$0]?.toSend ?? [] }
    let round = transaction(batches.flatMap(\.self)) { record, writer throws(RedisFailure) in
      try write(.append, record, in: &writer)
    }
    var place = 0
    return (
      batches.map { batch in
        defer { place += batch.count }
        return batch.indices.map { index in round.replies.map { AppendReply($0[place + index]) } ?? round.silence }
      }, round.copies
    )
  }

  /// One append, or one load of another journal's record: the same arguments.
  func write(_ script: RedisScript, _ record: JournalRecord, in writer: inout RESPWriter) throws(RedisFailure) {
    try session.begin(script, keys: 2, arguments: 9, in: &writer)
    writer.argument(RedisKeys.owner(record.shard))
    writer.argument(RedisKeys.log(record.shard))
    writer.argument(record.epoch)
    writer.argument(record.nonce)
    writer.argument(record.firstNumber - 1)
    writer.argument(record.previous)
    writer.argument(record.lastNumber)
    writer.argument(record.hash)
    writer.argument(Int(record.time.milliseconds))
    writer.argument(lease.milliseconds)
    writer.argument(record.bytes)
  }

  // MARK: Rounds

  /// What came of one pipeline.
  struct Round {
    /// One reply per call; nil where there were none.
    var replies: [RedisReply]?
    /// How many replicas have it; nil where that was not asked or not answered.
    var copies: Int?
    /// What each call hears where there were no replies.
    var silence = AppendReply.none
  }

  /// Sends one call per item, as one transaction where there are several, and asks how many replicas have them.
  func transaction<Item>(
    _ items: [Item], _ write: (Item, inout RESPWriter) throws(RedisFailure) -> Void
  ) -> Round {
    do throws(RedisFailure) {
      writer.clear()
      if items.count > 1 { writer.command("MULTI") }
      for item in items { try write(item, &writer) }
      if items.count > 1 { writer.command("EXEC") }
      // After a write on this very connection: on a fresh one WAIT counts replicas that have nothing of it.
      if replicas > 0 { writer.command("WAIT", "\(replicas)", "1000") }
      let replies = try session.run(&writer)
      let copies = replicas > 0 ? replies.last?.integer.map { Int(clamping: $0) } : nil
      let results = items.count > 1 ? Self.results(replies, count: items.count) : Array(replies.prefix(1))
      return Round(replies: results, copies: copies)
    } catch {
      lease.isInDoubt = true
      logger.warning("Redis does not answer", metadata: ["failure": "\(error)"])
      return Round(silence: error.refusal.map { .word($0) } ?? .none)
    }
  }

  /// Each call's own reply where the transaction ran; else, for every call, the line that refused the whole.
  private static func results(_ replies: [RedisReply], count: Int) -> [RedisReply] {
    // Without its beginning there is no transaction: each call was carried out, or refused, by itself.
    if replies[0].error != nil { return Array(replies[1...count]) }
    let executed = replies[count + 1]
    if let results = executed.array, results.count == count { return results }
    // Refused while it was queued: the first such line says why, EXEC only that there was one.
    return Array(repeating: replies[0...count].first { $0.error != nil } ?? executed, count: count)
  }

  /// Does what has to be done before the next round.
  func act(on end: RoundsEnd) {
    turn(end)
    guard end.pauses else { return }
    lease.isInDoubt = true
    if let reason = end.reason { logger.warning("Redis takes no records now", metadata: ["reason": "\(reason)"]) }
    // One that goes on answering, but not as it must, may be a primary that was replaced and does not know it.
    if backoff.isLong { session.lookElsewhere() }
    lease.sleep(milliseconds: backoff.pause())
  }

  func turn(_ end: RoundsEnd) {
    if end.looksElsewhere { session.lookElsewhere() } else if end.reconnects { session.drop() }
  }
}

extension RedisFailure {
  /// What Redis said where asking again does not help: a wrong password does not get better.
  var refusal: String? { if case .auth(let line) = self { line } else { nil } }
}

extension AppendReply {
  /// What a script said, or Redis in its place.
  init(_ reply: RedisReply) {
    guard let words = reply.array?.map({ $0.text ?? "" }), let first = words.first else {
      self = .word(reply.error ?? "an answer that is none")
      return
    }
    switch first {
    case "OK": self = .ok
    case "DUP": self = .duplicate
    case "GONE": self = .gone
    case "FENCED" where words.count == 3: self = .fenced(epoch: UInt64(words[1]) ?? 0, node: words[2])
    case "GAP" where words.count == 3:
      let hash = RecordHash(hexadecimal: Array(words[2].utf8))
      if let number = UInt64(words[1]), let hash {
        self = .gap(number: number, hash: hash)
      } else {
        self = .word(first)
      }
    default: self = .word(first)
    }
  }
}

extension Verdict {
  /// What the port says of it.
  var outcome: AppendOutcome {
    switch self {
    case .durable: .durable
    case .refused(let failure), .stop(let failure): .failed(failure)
    case .lost(let mayBeWritten): .lost(mayBeWritten: mayBeWritten)
    case .again: .failed(.unavailable("no answer"))
    }
  }
}
