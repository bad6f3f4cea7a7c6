extension Publication {
  /// Makes an entry's change: never refuses. Live turns and replay both come through here.
  ///
  /// The entry must be one that ``decide(_:now:)`` or ``due(at:)`` gave for this state; anything else is a violation
  /// and stops the process.
  public mutating func apply(_ entry: PublicationEntry, at: Timestamp) {
    mirror.forget(at: at)
    switch entry {
    case .named(let change): hear(of: change, at: at)
    case .hinted(let available):
      hint = Hint(available: available, heardAt: at, readAt: hint?.readAt ?? at + Limits.hintPatience)
    case .reading:
      invariant(call == nil, "a read leaves while a call is out")
      call = .read(sentAt: at)
    case .read(let available): take(available, at: at)
    case .readFailed(let retryAt):
      waitsUntil = retryAt
      end(at: at)
    case .sending(let write): send(write, at: at)
    case .repeating:
      isRepeated = true
      wait(retryAt: nil)
    case .unknown(let retryAt): wait(retryAt: retryAt)
    case .accepted: accept(at: at)
    case .stale: stale(at: at)
    case .notTaken: end(at: at)
    case .throttled(let retryAt):
      waitsUntil = retryAt
      end(at: at)
    case .stopped(let trouble): stop(trouble, at: at)
    case .claimed(let number, let units): mirror.claims.note(number, inLedger: units)
    case .handedOver(let number): mirror.claims.handOver(number)
    case .settled(let number): mirror.claims.remove(number)
    case .suspended: isSuspended = true
    case .resumed: isSuspended = false
    case .forced:
      isForced = true
      goOn(reading: nil)
    case .retried: goOn(reading: .asked)
    case .dropped(let target):
      passedOver = target
      goOn(reading: nil)
    case .reconciled(let available):
      mirror.lose()
      mirror.claims.removeAll()
      _ = mirror.read(available, CallTimes(sentAt: at, answeredAt: at))
      confirmed = Mark(units: available, at: at)
      goOn(reading: nil)
    case .takenUp(let available, let readAt):
      _ = mirror.read(available, CallTimes(sentAt: readAt, answeredAt: at))
      confirmed = Mark(units: available, at: at)
    }
    if let hint, hint.available == mirror.expected { self.hint = nil }
  }

  // MARK: What the channel names

  private mutating func hear(of change: NamedChange, at: Timestamp) {
    if call == nil { return mirror.name(change, at: at) }
    guard waiting.count >= Limits.changesWaitingMax,
      let place = waiting.lastIndex(where: { $0.kind == change.kind })
    else { return waiting.append(change) }
    // The later time of two: what is not surely in the answer is doubted, and then looked into.
    waiting[place] = NamedChange(
      kind: change.kind, document: .none, units: min(waiting[place].units + change.units, Limits.unitsMax),
      madeAt: max(waiting[place].madeAt, change.madeAt))
  }

  /// Ends the call, and counts what the channel named meanwhile against what is known now.
  private mutating func end(at: Timestamp) {
    invariant(call != nil, "an answer ends a call")
    call = nil
    let named = waiting
    waiting = []
    for change in named { mirror.name(change, at: at) }
  }

  // MARK: What the channel answers

  private mutating func take(_ available: Int64, at: Timestamp) {
    guard case .read(let sentAt) = call else { return invariant(false, "a read that is out is answered") }
    let unexplained = mirror.read(available, CallTimes(sentAt: sentAt, answeredAt: at))
    // A rise may be a restock on its way to us: it is read twice, and then written over.
    readReason = unexplained > 0 && readReason != .secondLook ? .secondLook : nil
    confirmed = Mark(units: available, at: at)
    dropHint(before: sentAt)
    end(at: at)
  }

  private mutating func send(_ write: PublicationEntry.Write, at: Timestamp) {
    invariant(call == nil, "a write leaves while a call is out")
    call = .write(write, sentAt: at, retryAt: nil)
    accepted = Mark(units: write.quantity, at: at)
    lastKey = write.key
    wasLastAccepted = false
    isRepeated = false
    passedOver = nil
  }

  private mutating func wait(retryAt: Timestamp?) {
    guard case .write(let write, let sentAt, _) = call else { return invariant(false, "a write is out") }
    call = .write(write, sentAt: sentAt, retryAt: retryAt)
  }

  private mutating func accept(at: Timestamp) {
    guard case .write(let write, let sentAt, _) = call else { return invariant(false, "a write is accepted") }
    mirror.accept(write.quantity, CallTimes(sentAt: sentAt, answeredAt: at))
    confirmed = Mark(units: write.quantity, at: at)
    staleInARow = 0
    heat = max(0, heat - 1)
    wasLastAccepted = true
    if write.changeFrom == nil { isForced = false }
    dropHint(before: sentAt)
    end(at: at)
  }

  private mutating func stale(at: Timestamp) {
    staleInARow += 1
    heat = min(Limits.publicationHeatMax, heat + 2)
    readReason = .stale
    end(at: at)
  }

  private mutating func stop(_ trouble: PublicationEntry.Trouble, at: Timestamp) {
    self.trouble = trouble
    switch trouble {
    case .staleInARow: return stale(at: at)
    // Whether it was written is not known, so nothing is believed.
    case .outcomeLost, .keyMismatch: mirror.lose()
    case .rejected: break
    }
    end(at: at)
  }

  /// What was hinted before a call left is in its answer.
  private mutating func dropHint(before time: Timestamp) {
    if let hint, hint.heardAt < time { self.hint = nil }
  }

  // MARK: What people say

  private mutating func goOn(reading reason: ReadReason?) {
    trouble = nil
    staleInARow = 0
    waitsUntil = .distantPast
    readReason = reason
  }
}
