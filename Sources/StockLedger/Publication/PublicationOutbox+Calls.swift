extension PublicationOutbox {
  /// The next call; nil where nothing may leave yet. Its entries are to be journaled before it does.
  ///
  /// - Parameter key: The idempotency key of a new write, never given before; not used by a repeat or a read.
  public mutating func nextCall(at now: Timestamp, key: Identifier) -> Call? {
    wake(at: now)
    while let draft = nextDraft(at: now) {
      if let call = agreed(draft, key: key, at: now) { return call }
    }
    return nil
  }

  /// The keys of the next call; nil where nothing may leave yet. They wait no longer: each is asked whether it agrees,
  /// and put back by ``adopt(_:of:at:)``; then the call begins with those that do.
  public mutating func nextDraft(at now: Timestamp) -> Draft? {
    guard !isSuspended, circuit.lets(at: now, awaited: callsAwaited) else { return nil }
    return isDryRun ? nextRead(at: now) : nextRepeat(at: now) ?? nextNew(at: now)
  }

  /// Asks the keys of a draft; nil where none agrees.
  private mutating func agreed(_ draft: Draft, key: Identifier, at now: Timestamp) -> Call? {
    switch draft {
    case .repeating(let write, let keys):
      for key in keys { tell(.repeating, of: key, at: now) }
      return begin(write: write, of: keys)
    case .write(let keys):
      let agreed = keys.filter { tell(.sending(key: key), of: $0, at: now).isAccepted }
      return agreed.isEmpty ? nil : begin(write: key, of: agreed)
    case .read(let keys):
      let agreed = keys.filter { tell(.reading, of: $0, at: now).isAccepted }
      return agreed.isEmpty ? nil : begin(readOf: agreed)
    }
  }

  private mutating func nextNew(at now: Timestamp) -> Draft? {
    guard let write = writes.nextUrgency(at: now) else { return nextRead(at: now) }
    guard let read = reads.nextUrgency(at: now) else { return nextWrite(at: now) }
    // A read goes before a write as urgent, because its own key's write waits for it; but each has its turn.
    let turnsMax = rules.order.turnsPassedOverMax
    let isRead = read <= write ? passedOver.writes < turnsMax : passedOver.reads >= turnsMax
    passedOver = isRead ? (0, passedOver.writes + 1) : (passedOver.reads + 1, 0)
    return isRead ? nextRead(at: now) : nextWrite(at: now)
  }

  private mutating func nextWrite(at now: Timestamp) -> Draft? {
    let batch = writes.nextBatch(at: now)
    return batch.isEmpty ? nil : .write(batch.sorted())
  }

  private mutating func nextRead(at now: Timestamp) -> Draft? {
    let batch = reads.nextBatch(at: now)
    return batch.isEmpty ? nil : .read(batch.sorted())
  }

  /// When ``nextCall(at:key:)`` should be asked again, if nothing happens; nil where nothing waits for time.
  public mutating func nextTime() -> Timestamp? {
    let waiting = [
      isDryRun ? nil : writes.nextTime(), reads.nextTime(), wakes.first.map { Timestamp(milliseconds: $0.time) },
      isDryRun ? nil : repeats.first.map { Timestamp(milliseconds: $0.time) },
    ]
    return waiting.compactMap { $0 }.min().map { max($0, circuit.opensAt) }
  }

  /// What would be written now, in its order: a dry run, which changes nothing.
  public func preview(at now: Timestamp, max: Int) -> [Row] {
    var twin = self
    var rows: [Row] = []
    while rows.count < max, case .write(let keys)? = twin.nextWrite(at: now) {
      let key = Identifier(high: 1, low: UInt64(rows.count) + 1)
      if case .write(_, let more)? = twin.agreed(.write(keys), key: key, at: now) { rows += more }
    }
    return Array(rows.prefix(max))
  }

  // MARK: Making calls

  private mutating func nextRepeat(at now: Timestamp) -> Draft? {
    while let first = repeats.first, first.time <= now.milliseconds {
      repeats.popFirst()
      guard let keys = writesOut[first.subject] else { continue }
      if keys.allSatisfy({ active[$0]?.writeOut?.key != first.subject }) { writesOut[first.subject] = nil }
      // A call is not repeated in part: its last row that may be repeated brings it here again.
      if keys.allSatisfy({ isRepeating(first.subject, $0, at: now) }) { return .repeating(first.subject, keys) }
    }
    return nil
  }

  private func isRepeating(_ write: Identifier, _ key: StockKey, at now: Timestamp) -> Bool {
    guard case .repeating(let row) = active[key]?.action(at: now) else { return false }
    return row.key == write
  }

  /// A write leaves, with the rows of keys that have agreed; it may when their entries are durable.
  ///
  /// - Parameter keys: In the order of a repeat, or any.
  public mutating func begin(write: Identifier, of keys: [StockKey]) -> Call {
    writesOut[write] = keys
    writesAwaited.insert(write)
    return .write(key: write, rows: rows(of: keys))
  }

  /// A read leaves.
  public mutating func begin(readOf keys: [StockKey]) -> Call {
    readCount += 1
    readsOut[readCount] = keys
    return .read(number: readCount, keys: keys)
  }

  private func rows(of keys: [StockKey]) -> [Row] {
    keys.compactMap { key in
      active[key]?.writeOut.map { Row(key: key, quantity: $0.quantity, changeFrom: $0.changeFrom) }
    }
  }

  // MARK: Taking answers

  /// Takes a write's answer. A call that is not out changes nothing.
  public mutating func take(_ answer: WriteAnswer, of write: Identifier, at now: Timestamp) {
    for told in end(write: write, with: answer, at: now) { tell(told.input, of: told.key, at: now) }
  }

  /// Takes a read's answer: what the channel holds of each key, in the call's order; nil where it could not say.
  public mutating func take(_ available: [Int64?], ofRead number: Int, at now: Timestamp) {
    for told in end(read: number, with: available, at: now) { tell(told.input, of: told.key, at: now) }
  }

  /// A read was not answered; throttled where a time is given.
  public mutating func failed(read number: Int, throttledUntil: Timestamp? = nil, at now: Timestamp) {
    let told = endFailed(read: number, throttledUntil: throttledUntil, at: now)
    for told in told { tell(told.input, of: told.key, at: now) }
  }

  /// Ends a write by its answer.
  ///
  /// - Returns: What each of its keys is to be told; nothing of a call that is not out.
  public mutating func end(write: Identifier, with answer: WriteAnswer, at now: Timestamp) -> [Told] {
    writesAwaited.remove(write)
    guard let keys = writesOut[write] else { return [] }
    let retryAt: Timestamp
    switch answer {
    case .unknown:
      retryAt = circuit.failed(at: now)
    case .throttled(let until):
      retryAt = until
      circuit.answered()
      circuit.wait(until: until)
      if !keys.contains(where: { active[$0]?.isRepeated == true }) { writesOut[write] = nil }
    case .accepted, .refused, .keyMismatch:
      retryAt = now
      circuit.answered()
      writesOut[write] = nil
    }
    return keys.enumerated().map { place, key in (key, .answered(answer.ofRow(at: place, retryAt: retryAt))) }
  }

  /// Ends a read by what the channel holds of each key.
  ///
  /// - Returns: What each of its keys is to be told; nothing of a call that is not out.
  public mutating func end(read number: Int, with available: [Int64?], at now: Timestamp) -> [Told] {
    guard let keys = readsOut.removeValue(forKey: number) else { return [] }
    circuit.answered()
    return keys.enumerated().map { place, key in
      let seen = place < available.count ? available[place] : nil
      return (key, seen.map { .read(available: $0) } ?? .readFailed(retryAt: now + rules.unknownKeyWait))
    }
  }

  /// Ends a read that was not answered; throttled where a time is given.
  ///
  /// - Returns: What each of its keys is to be told; nothing of a call that is not out.
  public mutating func endFailed(
    read number: Int, throttledUntil: Timestamp? = nil, at now: Timestamp
  ) -> [Told] {
    guard let keys = readsOut.removeValue(forKey: number) else { return [] }
    if let throttledUntil { circuit.wait(until: throttledUntil) }
    let retryAt = throttledUntil ?? circuit.failed(at: now)
    return keys.map { ($0, .readFailed(retryAt: retryAt)) }
  }
}

extension PublicationOutbox.WriteAnswer {
  /// What a call's answer says of one of its rows.
  fileprivate func ofRow(at place: Int, retryAt: Timestamp) -> PublicationInput.WriteAnswer {
    switch self {
    case .accepted: .accepted
    case .unknown: .unknown(retryAt: retryAt)
    case .throttled: .throttled(retryAt: retryAt)
    case .keyMismatch: .keyMismatch
    case .refused(let faults):
      switch faults[place] {
      case .stale: .stale
      case .rejected(let rejection): .rejected(rejection)
      case nil: faults.isEmpty ? .rejected(.invalidCall) : .notTaken
      }
    }
  }
}
