import StockLedger

/// The owner of one claimed shard in a shared store: what it sends, and what each answer means for it. Pure.
///
/// One record is in flight at a time, and is sent again, the very same bytes, until its fate is known. Records that are
/// durable are kept for a while (by bytes): a failover may bring up a server that never had them, and then the owner
/// writes them once more. Source of the rules: docs/durability.md, "Redis protocol".
public struct ShardOwner: Sendable {
  /// The shard, 0 to 255.
  public let shard: Int
  /// The epoch of the claim.
  public let epoch: UInt64
  /// The nonce of the claim.
  public let nonce: RecordNonce
  /// Where the durable log ends.
  public private(set) var head: ShardHead
  private let replicas: Int
  private var kept: KeptTail
  private var inFlight: JournalRecord?
  /// An earlier try of the record in flight may have been carried out.
  private var isInDoubt = false
  /// How many of the kept records the store has lost.
  private var missing = 0
  /// Another claim was seen: nothing may be written under this nonce any more.
  private var isLost = false

  /// The owner after its claim was granted.
  ///
  /// - Parameters:
  ///   - claim: The record that claimed the shard: it gives the shard, the epoch and the nonce.
  ///   - replicas: How many replicas must have a record before it is durable; all that there are.
  ///   - keptBytesMax: How many bytes of durable records are kept; the newest is kept whatever its size.
  public init(claim: JournalRecord, replicas: Int, keptBytesMax: Int = 1 << 18) {
    shard = claim.shard
    epoch = claim.epoch
    nonce = claim.nonce
    head = claim.head
    self.replicas = replicas
    kept = KeptTail(claim, bytesMax: keptBytesMax)
  }

  /// Takes the next record of the log as the one in flight; ``toSend`` then ends with it.
  ///
  /// - Throws: ``RecordError`` for a record that does not continue ``head`` or carries another epoch or nonce; nothing
  ///   has changed then.
  public mutating func begin(_ record: JournalRecord) throws(RecordError) {
    invariant(inFlight == nil, "shard \(shard) has a record in flight")
    invariant(!isLost, "shard \(shard) is another's: nothing is written under its old nonce")
    var chain = RecordChain(shard: shard, from: head)
    try chain.accept(record)
    guard record.epoch == epoch else { throw RecordError(.epoch(last: epoch, found: record.epoch)) }
    guard record.nonce == nonce else { throw RecordError(.field("the nonce"), offset: 16) }
    inFlight = record
    isInDoubt = false
  }

  /// What goes out in this round, in order: the kept records that the store has lost, then the one in flight.
  public var toSend: [JournalRecord] { kept.last(missing) + (inFlight.map { [$0] } ?? []) }

  /// Hears what the store said to a round.
  ///
  /// - Parameters:
  ///   - replies: One per record of ``toSend``, in order.
  ///   - copies: How many replicas have it all (the answer of WAIT); nil where it was not asked or did not answer. Not
  ///     looked at where no replica is needed.
  public mutating func hear(_ replies: [AppendReply], copies: Int?) -> Verdict {
    let sent = toSend
    invariant(!sent.isEmpty && replies.count == sent.count, "\(replies.count) replies to \(sent.count) records")
    if let last = replies.last, inFlight != nil { noteDoubt(last) }
    // The last record of the chain that the store names is where its log ends: all before it are there too.
    var end: LogEnd?
    var interruption: Verdict?
    for (record, reply) in zip(sent, replies) {
      switch reply {
      case .ok, .duplicate: end = LogEnd(after: record)
      case .gap(let number, let hash): end = LogEnd(number: number, hash: hash)
      case .fenced: return lose()
      case .gone: return .stop(.emptied(shard: shard))
      case .word(let line): interruption = interruption ?? heard(line)
      case .none: interruption = interruption ?? .again(.reconnect)
      }
    }
    if let interruption { return interruption }
    guard let end, end != LogEnd(after: sent[sent.count - 1]) else { return settle(copies: copies) }
    return resend(after: end)
  }

  /// Hears what the store said to a renewal of the lease, which is asked where nothing is in flight.
  ///
  /// - Returns: ``Verdict/durable`` where the lease lives on. After ``Verdict/again(_:)`` with ``RetryAfter/now``,
  ///   ``toSend`` holds what the store has lost.
  public mutating func hear(renewal reply: AppendReply) -> Verdict {
    invariant(inFlight == nil, "shard \(shard) renews by its record in flight")
    switch reply {
    case .ok, .duplicate: return .durable
    case .gap(let number, let hash): return resend(after: LogEnd(number: number, hash: hash))
    case .fenced: return lose()
    case .gone: return .stop(.emptied(shard: shard))
    case .word(let line): return heard(line)
    case .none: return .again(.reconnect)
    }
  }

  private mutating func noteDoubt(_ reply: AppendReply) {
    switch reply {
    case .ok, .duplicate, .none: isInDoubt = true
    case .fenced, .gap, .gone, .word: break
    }
  }

  /// All that was sent is there: on one server, or on enough.
  private mutating func settle(copies: Int?) -> Verdict {
    if replicas > 0 {
      guard let copies else { return .again(.reconnect) }
      guard copies >= replicas else { return .again(.pause) }
    }
    missing = 0
    if let record = inFlight {
      head = record.head
      kept.append(record)
      inFlight = nil
    }
    return .durable
  }

  private mutating func resend(after end: LogEnd) -> Verdict {
    if let count = kept.count(after: end) {
      missing = count
      // A gap where nothing is missing: the store contradicts itself, and may come to its senses.
      return toSend.isEmpty ? .again(.pause) : .again(.now)
    }
    if end.number < kept.base {
      return .stop(
        .damaged(
          "shard \(shard): the store was rolled back to entry \(end.number), this node holds records after "
            + "\(kept.base) only; restore the store from a newer copy"))
    }
    return .stop(
      .damaged(
        "shard \(shard): the store tells another history at entry \(end.number) under our own claim; restore it from "
          + "a copy"))
  }

  private mutating func heard(_ line: String) -> Verdict {
    switch WordClass.classify(line) {
    case .again: return .again(.pause)
    case .otherServer: return .again(.otherServer)
    case .loadScripts: return .again(.loadScripts)
    case .stop: return .stop(WordClass.failure(line))
    case .refused:
      // What may be written cannot be refused, and what was durable must be again.
      guard inFlight != nil && !isInDoubt && missing == 0 else { return .again(.pause) }
      inFlight = nil
      return .refused(WordClass.failure(line))
    }
  }

  private mutating func lose() -> Verdict {
    defer { inFlight = nil }
    isLost = true
    missing = 0
    return .lost(mayBeWritten: inFlight != nil && isInDoubt)
  }
}

/// What a round means for the record in flight, or a renewal for the lease.
public enum Verdict: Hashable, Sendable {
  /// All that was sent is where it must be; the lease lives on.
  case durable
  /// Not known yet: send ``ShardOwner/toSend`` again, after this.
  case again(RetryAfter)
  /// The record in flight is surely not written; it is dropped, and the shard goes on from its head.
  case refused(StoreFailure)
  /// The shard is another's; the record in flight is dropped, and memory must be.
  case lost(mayBeWritten: Bool)
  /// The process must end.
  case stop(StoreFailure)
}

extension StoreFailure {
  static func emptied(shard: Int) -> StoreFailure {
    .damaged(
      "shard \(shard): the store was emptied (FLUSHALL? eviction?); restore it from a copy, never start again at 0")
  }
}
