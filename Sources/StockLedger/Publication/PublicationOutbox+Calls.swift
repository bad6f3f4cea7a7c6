extension PublicationOutbox {
  /// The next call; nil where nothing may leave yet. Its entries are to be journaled before it does.
  ///
  /// - Parameter key: The idempotency key of a new write, never given before; not used by a repeat or a read.
  public mutating func nextCall(at now: Timestamp, key: Identifier) -> Call? {
    wake(at: now)
    guard !isSuspended, circuit.lets(at: now, awaited: callsAwaited) else { return nil }
    let call = nextRepeat(at: now) ?? nextNew(at: now, key: key)
    if case .write(let write, _) = call { writesAwaited.insert(write) }
    return call
  }

  private mutating func nextNew(at now: Timestamp, key: Identifier) -> Call? {
    guard let write = writes.nextUrgency(at: now) else { return nextRead(at: now) }
    guard let read = reads.nextUrgency(at: now) else { return nextWrite(at: now, key: key) }
    // A read goes before a write as urgent, because its own key's write waits for it; but each has its turn.
    let turnsMax = rules.order.turnsPassedOverMax
    let isRead = read <= write ? passedOver.writes < turnsMax : passedOver.reads >= turnsMax
    passedOver = isRead ? (0, passedOver.writes + 1) : (passedOver.reads + 1, 0)
    return isRead ? nextRead(at: now) : nextWrite(at: now, key: key)
  }

  /// When ``nextCall(at:key:)`` should be asked again, if nothing happens; nil where nothing waits for time.
  public mutating func nextTime() -> Timestamp? {
    let waiting = [
      writes.nextTime(), reads.nextTime(), wakes.first.map { Timestamp(milliseconds: $0.time) },
      repeats.first.map { Timestamp(milliseconds: $0.time) },
    ]
    return waiting.compactMap { $0 }.min().map { max($0, circuit.opensAt) }
  }

  /// What would be written now, in its order: a dry run, which changes nothing.
  public func preview(at now: Timestamp, max: Int) -> [Row] {
    var twin = self
    var rows: [Row] = []
    while rows.count < max, let call = twin.nextWrite(at: now, key: Identifier(high: 1, low: UInt64(rows.count) + 1)) {
      if case .write(_, let more) = call { rows += more }
    }
    return Array(rows.prefix(max))
  }

  // MARK: Making calls

  private mutating func nextRepeat(at now: Timestamp) -> Call? {
    while let first = repeats.first, first.time <= now.milliseconds {
      repeats.popFirst()
      guard let keys = writesOut[first.subject] else { continue }
      if keys.allSatisfy({ active[$0]?.writeOut?.key != first.subject }) { writesOut[first.subject] = nil }
      // A call is not repeated in part: its last row that may be repeated brings it here again.
      guard keys.allSatisfy({ isRepeating(first.subject, $0, at: now) }) else { continue }
      for key in keys { tell(.repeating, of: key, at: now) }
      return .write(key: first.subject, rows: rows(of: keys))
    }
    return nil
  }

  private func isRepeating(_ write: Identifier, _ key: StockKey, at now: Timestamp) -> Bool {
    guard case .repeating(let row) = active[key]?.action(at: now) else { return false }
    return row.key == write
  }

  mutating func nextWrite(at now: Timestamp, key write: Identifier) -> Call? {
    while true {
      let batch = writes.nextBatch(at: now).sorted()
      if batch.isEmpty { return nil }
      let keys = batch.filter { key in
        if case .accept = tell(.sending(key: write), of: key, at: now) { true } else { false }
      }
      if keys.isEmpty { continue }
      writesOut[write] = keys
      return .write(key: write, rows: rows(of: keys))
    }
  }

  private mutating func nextRead(at now: Timestamp) -> Call? {
    while true {
      let batch = reads.nextBatch(at: now).sorted()
      if batch.isEmpty { return nil }
      let keys = batch.filter { key in
        if case .accept = tell(.reading, of: key, at: now) { true } else { false }
      }
      if keys.isEmpty { continue }
      readCount += 1
      readsOut[readCount] = keys
      return .read(number: readCount, keys: keys)
    }
  }

  private func rows(of keys: [StockKey]) -> [Row] {
    keys.compactMap { key in
      active[key]?.writeOut.map { Row(key: key, quantity: $0.quantity, changeFrom: $0.changeFrom) }
    }
  }

  // MARK: Taking answers

  /// Takes a write's answer. A call that is not out changes nothing.
  public mutating func take(_ answer: WriteAnswer, of write: Identifier, at now: Timestamp) {
    writesAwaited.remove(write)
    guard let keys = writesOut[write] else { return }
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
    for (place, key) in keys.enumerated() {
      tell(.answered(answer.ofRow(at: place, retryAt: retryAt)), of: key, at: now)
    }
  }

  /// Takes a read's answer: what the channel holds of each key, in the call's order; nil where it could not say.
  public mutating func take(_ available: [Int64?], ofRead number: Int, at now: Timestamp) {
    guard let keys = readsOut.removeValue(forKey: number) else { return }
    circuit.answered()
    for (place, key) in keys.enumerated() {
      let seen = place < available.count ? available[place] : nil
      tell(seen.map { .read(available: $0) } ?? .readFailed(retryAt: now + rules.backoffMax), of: key, at: now)
    }
  }

  /// A read was not answered; throttled where a time is given.
  public mutating func failed(read number: Int, throttledUntil: Timestamp? = nil, at now: Timestamp) {
    guard let keys = readsOut.removeValue(forKey: number) else { return }
    if let throttledUntil { circuit.wait(until: throttledUntil) }
    let retryAt = throttledUntil ?? circuit.failed(at: now)
    for key in keys { tell(.readFailed(retryAt: retryAt), of: key, at: now) }
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
