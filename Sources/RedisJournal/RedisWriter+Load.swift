import StockJournal
import StockLedger

// Loading: another journal's records, as they are, into shards that nobody owns.

extension RedisWriter {
  /// Appends records under their own epochs and nonces: rounds until each is there or refused.
  func load(_ records: [JournalRecord]) -> Result<[AppendOutcome], StoreFailure> {
    var isInDoubt = false
    while !lease.isClosing {
      let round = transaction(records) { record, writer throws(RedisFailure) in
        try write(.load, record, in: &writer)
      }
      let replies = zip(records, round.replies ?? []).map { LoadReply($1, to: $0, isInDoubt: isInDoubt) }
      isInDoubt = isInDoubt || round.replies == nil || replies.contains(.there)
      var end = RoundsEnd()
      if round.replies == nil { end.note(.reconnect) }
      if case .word(let line) = round.silence { return .failure(WordClass.failure(line)) }
      if replies.contains(.there), replicas > 0, (round.copies ?? 0) < replicas { end.note(.pause) }
      for reply in replies {
        switch reply {
        case .there, .refused: break
        case .again(let after): end.note(after)
        case .stop(let failure): return .failure(failure)
        }
      }
      if !end.goesOn {
        backoff.reset()
        lease.isInDoubt = false
        return .success(Self.outcomes(of: records, replies))
      }
      act(on: end)
    }
    return .failure(.unavailable("the journal was closed before Redis answered"))
  }

  /// A record is there where it is said to be, or a later one of its shard: each names the one before it.
  private static func outcomes(of records: [JournalRecord], _ replies: [LoadReply]) -> [AppendOutcome] {
    var isThere = Set<Int>()
    let outcomes = zip(records, replies).reversed().map { record, reply -> AppendOutcome in
      if reply == .there { isThere.insert(record.shard) }
      if isThere.contains(record.shard) { return .durable }
      if case .refused(let failure) = reply { return .failed(failure) }
      return .failed(.unavailable("no answer"))
    }
    return outcomes.reversed()
  }
}

/// What came of one record's load.
private enum LoadReply: Equatable {
  case there
  case refused(StoreFailure)
  case again(RetryAfter)
  case stop(StoreFailure)

  /// What the script said, or Redis in its place.
  ///
  /// - Parameter isInDoubt: An earlier try may have been carried out, so that Redis's no does not say that it was not.
  init(_ reply: RedisReply, to record: JournalRecord, isInDoubt: Bool) {
    let shard = "shard \(record.shard)"
    let words = reply.array?.map { $0.text ?? "" } ?? []
    switch words.first {
    case "OK", "DUP": self = .there
    case "HELD" where words.count == 4:
      self = .refused(.owned("\(shard) is owned by node \(words[1]) for \(words[3]) ms more: stop that node first"))
    case "GAP" where words.count == 3:
      self = .refused(.other("\(shard) ends at entry \(words[1]): entry \(record.firstNumber) does not go on from it"))
    case "BACK" where words.count == 2:
      self = .refused(.other("\(shard) is at epoch \(words[1]): a record of epoch \(record.epoch) cannot follow"))
    case "GONE": self = .stop(RedisReader.gone(record.shard))
    default: self = Self.heard(reply.error ?? words.first ?? "an answer that is none", isInDoubt: isInDoubt)
    }
  }

  private static func heard(_ line: String, isInDoubt: Bool) -> LoadReply {
    switch WordClass.classify(line) {
    case .again: .again(.pause)
    case .otherServer: .again(.otherServer)
    case .loadScripts: .again(.loadScripts)
    case .refused: isInDoubt ? .again(.pause) : .refused(WordClass.failure(line))
    case .stop: .stop(WordClass.failure(line))
    }
  }
}
