extension Publication {
  /// Decides an input at a time: pure. What is accepted is journaled, then applied.
  public func decide(_ input: PublicationInput, now: Timestamp) -> PublicationVerdict {
    switch input {
    case .order(let change, let holding): return holding == .bypassing ? .ignore : decide(change)
    case .restock(let change): return decide(change)
    case .hint(let available): return decide(hint: available)
    case .reading: return action(at: now) == .read ? .accept(.reading) : .refuse(call == nil ? .notWanted : .callIsOut)
    case .read(let available):
      guard isReading else { return .refuse(.nothingIsOut) }
      return Self.mayHold(available) ? .accept(.read(available: available)) : .refuse(.outOfRange)
    case .readFailed(let retryAt):
      return isReading ? .accept(.readFailed(retryAt: retryAt)) : .refuse(.nothingIsOut)
    case .sending(let key): return decide(sending: key, now: now)
    case .repeating:
      guard case .repeating = action(at: now) else { return .refuse(.notWanted) }
      return .accept(.repeating)
    case .answered(let answer): return decide(answer)
    case .claimed(let number, let units):
      guard let claim = mirror.claims[number] else { return .refuse(.unknownClaim) }
      guard units >= 0, units <= Limits.mirrorMax else { return .refuse(.outOfRange) }
      return claim.inLedger == units ? .ignore : .accept(.claimed(number: number, units: units))
    case .settled(let number):
      return mirror.claims[number] == nil ? .refuse(.unknownClaim) : .accept(.settled(number: number))
    case .suspend: return isSuspended ? .ignore : .accept(.suspended)
    case .resume: return isSuspended ? .accept(.resumed) : .ignore
    case .force: return isForced ? .ignore : .accept(.forced)
    case .retry: return trouble == nil ? .refuse(.notStopped) : .accept(.retried)
    case .drop:
      return trouble?.isDeadLetter == true ? .accept(.dropped(target: target ?? 0)) : .refuse(.notStopped)
    case .reconciled(let available):
      if call != nil { return .refuse(.callIsOut) }
      return Self.mayHold(available) ? .accept(.reconciled(available: available)) : .refuse(.outOfRange)
    case .takeUp(let available, let readAt):
      if call != nil || mirror.expected != nil { return .ignore }
      guard Self.mayHold(available), readAt.isInRange, readAt <= now else { return .refuse(.outOfRange) }
      return .accept(.takenUp(available: available, readAt: readAt))
    case .restarted: return restarted(now: now)
    }
  }

  private var isReading: Bool { if case .read = call { true } else { false } }

  /// Sums of what a channel says stay far from overflow.
  private static func mayHold(_ units: Int64) -> Bool { units.magnitude <= Limits.unitsMax.magnitude }

  private func decide(_ change: NamedChange) -> PublicationVerdict {
    guard change.madeAt.isInRange, Self.mayHold(mirror.expected ?? 0) else { return .refuse(.outOfRange) }
    // The first read will have it.
    if mirror.expected == nil && call == nil { return .ignore }
    return .accept(.named(change))
  }

  /// A channel tells of our own writes too: their number is the one expected, or the one that is out.
  private func decide(hint available: Int64?) -> PublicationVerdict {
    // The first read will have it.
    if mirror.expected == nil && call == nil { return .ignore }
    if let available {
      guard Self.mayHold(available) else { return .refuse(.outOfRange) }
      if available == mirror.expected || available == writeOut?.quantity || available == hint?.available {
        return .ignore
      }
    } else if hint != nil {
      return .ignore
    }
    return .accept(.hinted(available: available))
  }

  private func decide(sending key: Identifier, now: Timestamp) -> PublicationVerdict {
    guard case .send(let quantity, let changeFrom) = action(at: now) else {
      return .refuse(call == nil ? .notWanted : .callIsOut)
    }
    if key.isNone || key == lastKey { return .refuse(.keyReused) }
    return .accept(.sending(.init(key: key, quantity: quantity, changeFrom: changeFrom)))
  }

  private func decide(_ answer: PublicationInput.WriteAnswer) -> PublicationVerdict {
    guard case .write(_, _, let retryAt) = call else { return .refuse(.nothingIsOut) }
    switch answer {
    case .accepted: return .accept(.accepted)
    case .stale: return .accept(staleInARow + 1 < Limits.staleInARowMax ? .stale : .stopped(.staleInARow))
    case .notTaken: return .accept(.notTaken)
    case .unknown(let later): return retryAt == later ? .ignore : .accept(.unknown(retryAt: later))
    // Turned away at the door, a repeat tells nothing of the sending before.
    case .throttled(let later): return .accept(isRepeated ? .unknown(retryAt: later) : .throttled(retryAt: later))
    case .keyMismatch: return .accept(.stopped(.keyMismatch))
    case .rejected(let rejection): return .accept(.stopped(.rejected(rejection)))
    }
  }

  /// The process that awaited an answer is gone: of a read it is not missed, of a write it is unknown.
  private func restarted(now: Timestamp) -> PublicationVerdict {
    switch call {
    case .read: .accept(.readFailed(retryAt: now))
    case .write(_, _, retryAt: nil): .accept(.unknown(retryAt: now))
    case .write, nil: .ignore
    }
  }
}
