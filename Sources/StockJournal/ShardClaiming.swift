public import StockLedger

/// The claim of one shard in a shared store: reads who owns it, claims, and asks until it is known what came of it.
/// Pure.
///
/// It starts with a read. The nonce claims once: where a try of ours may have been carried out and another owner came
/// meanwhile, the claim ends, and the next one needs a nonce of its own.
public struct ShardClaiming: Sendable {
  /// The shard, 0 to 255.
  public let shard: Int
  private let node: String
  private let nonce: RecordNonce
  private let time: Timestamp
  private let replicas: Int
  /// The claim that was sent last.
  private var request: ClaimRequest?
  /// A try of ``request`` may have been carried out.
  private var isInDoubt = false

  /// A claim that has not asked anything yet; the first step is ``ClaimStep/read(_:)``.
  ///
  /// - Parameters:
  ///   - node: The name that the claim's entry gives the owner.
  ///   - nonce: Random bits that were never used for a claim of this shard.
  ///   - time: The time of the claim's entry; raised to the head's.
  ///   - replicas: How many replicas must have the claim before it counts.
  public init(shard: Int, node: String, nonce: RecordNonce, time: Timestamp, replicas: Int) {
    self.shard = shard
    self.node = node
    self.nonce = nonce
    self.time = time
    self.replicas = replicas
  }

  /// Hears who owns the shard.
  public mutating func hear(own reply: OwnReply) -> ClaimStep {
    switch reply {
    case .own(let state): return decide(state)
    case .gone: return .stop(.emptied(shard: shard))
    case .word(let line): return heard(line) { .read($0) }
    case .none: return .read(.reconnect)
    }
  }

  /// Hears what came of the claim that was sent last.
  ///
  /// - Parameter copies: As in ``ShardOwner/hear(_:copies:)``.
  public mutating func hear(_ reply: ClaimReply, copies: Int?) -> ClaimStep {
    guard let request else {
      invariant(false, "shard \(shard): a reply to a claim that was not sent")
      return .read(.now)
    }
    switch reply {
    case .ok, .duplicate: return settle(request, copies: copies)
    case .changed: return .read(.now)
    case .held(let node, let milliseconds): return .held(by: node, for: milliseconds)
    case .gone: return .stop(.emptied(shard: shard))
    case .word(let line): return heard(line) { .send(request, $0) }
    case .none:
      isInDoubt = true
      return .read(.reconnect)
    }
  }

  private mutating func decide(_ state: OwnState) -> ClaimStep {
    if let request, isInDoubt {
      if state.nonce == nonce && state.head.hash == request.record.hash { return .send(request, .now) }
      if state.isSameClaim(as: request.expected) && state.leaseLeft <= 0 { return .send(request, .now) }
    }
    if state.leaseLeft > 0 && state.nonce != nonce { return .held(by: state.node, for: state.leaseLeft) }
    // A late try of ours could still be carried out, or was and is lost: whatever it does, no other claim is like it.
    if isInDoubt || state.nonce == nonce {
      return .failed(.unavailable("shard \(shard): this nonce may have claimed it before; claim it with a new one"))
    }
    guard state.epoch < JournalRecord.numberMax, state.head.number < JournalRecord.numberMax - 1 else {
      return .stop(.damaged("shard \(shard): epoch \(state.epoch), entry \(state.head.number) are out of range"))
    }
    let request = ClaimRequest(record: claim(after: state), expected: state)
    self.request = request
    return .send(request, .now)
  }

  private func claim(after state: OwnState) -> JournalRecord {
    let entry = JournalEntry(at: max(time, state.head.time), body: .claimed(node: node))
    var payload: [UInt8] = []
    EntryCodec.appendSection(key: .journal, entry: entry, to: &payload)
    return JournalRecord.seal(
      shard: shard, epoch: state.epoch + 1, nonce: nonce, firstNumber: state.head.number + 1, count: 1, time: entry.at,
      previous: state.head.hash, payload: payload)
  }

  private mutating func settle(_ request: ClaimRequest, copies: Int?) -> ClaimStep {
    if replicas > 0 && (copies ?? 0) < replicas {
      isInDoubt = true
      return copies == nil ? .read(.reconnect) : .send(request, .pause)
    }
    return .granted(ShardOwner(claim: request.record, replicas: replicas))
  }

  private func heard(_ line: String, again: (RetryAfter) -> ClaimStep) -> ClaimStep {
    switch WordClass.classify(line) {
    case .again: again(.pause)
    case .otherServer: again(.otherServer)
    case .loadScripts: again(.loadScripts)
    case .refused: isInDoubt ? again(.pause) : .failed(WordClass.failure(line))
    case .stop: .stop(WordClass.failure(line))
    }
  }
}

/// One try of a claim: the record that claims, and the owner row that it was made for.
public struct ClaimRequest: Hashable, Sendable {
  /// One entry that says who claims, under the next epoch.
  public let record: JournalRecord
  /// The store refuses where the row is not the same claim any more (``OwnState/isSameClaim(as:)``).
  public let expected: OwnState
}

/// What the claim of a shard does next.
public enum ClaimStep: Sendable {
  /// Read the owner row, after this.
  case read(RetryAfter)
  /// Send the claim, after this.
  case send(ClaimRequest, RetryAfter)
  /// Ours: appends go by this owner.
  case granted(ShardOwner)
  /// Another node's lease lives, for so many milliseconds more.
  case held(by: String, for: Int64)
  /// Not now; try again later with a new nonce.
  case failed(StoreFailure)
  /// The process must end.
  case stop(StoreFailure)
}
