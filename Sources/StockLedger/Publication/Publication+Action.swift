extension Publication {
  /// What to do next: pure, and the same after a crash. First what the ledger is owed, then a write, then looking.
  public func action(at now: Timestamp) -> PublicationAction {
    if let call { return action(of: call, at: now) }
    if let owed = mirror.claims.owed {
      return owed.units > owed.inLedger ?? 0
        ? .book(number: owed.number, units: owed.units) : .join(number: owed.number, leaving: owed.units)
    }
    if let trouble { return trouble.isDeadLetter ? .deadLetter(trouble) : .handOver(trouble) }
    guard let target, !isSuspended else { return .rest }
    if waitsUntil > now { return .wait(until: waitsUntil) }
    if isForced { return .send(quantity: target, changeFrom: nil) }
    guard let expected = mirror.expected, readReason == nil else { return .read }
    let look = lookAt
    if let look, look <= now { return .read }
    if target != expected && target != passedOver {
      if target > expected, let until = mirror.riseWaitsUntil, until > now { return .wait(until: until) }
      return .send(quantity: target, changeFrom: expected)
    }
    return look.map { .wait(until: $0) } ?? .rest
  }

  private func action(of call: Call, at now: Timestamp) -> PublicationAction {
    guard case .write(let write, _, let retryAt?) = call, !isSuspended else { return .rest }
    return retryAt > now ? .wait(until: retryAt) : .repeating(write)
  }

  /// When a hint that no name explained, or a doubt, is looked into.
  private var lookAt: Timestamp? {
    guard let hint else { return mirror.doubtsEndAt }
    return mirror.doubtsEndAt.map { min($0, hint.readAt) } ?? hint.readAt
  }

  /// When ``due(at:)`` has its next entry; nil where time brings none.
  public var dueAt: Timestamp? {
    var due = mirror.claims.overdueAt
    if case .write(_, let sentAt, .some) = call {
      let lostAt = sentAt + (Limits.publicationKeyMax + 1)
      due = due.map { min($0, lostAt) } ?? lostAt
    }
    return due
  }

  /// The entry of what time alone brings; a turn applies these until there are none.
  public func due(at now: Timestamp) -> PublicationEntry? {
    if case .write(_, let sentAt, .some) = call, sentAt + Limits.publicationKeyMax < now {
      return .stopped(.outcomeLost)
    }
    return mirror.claims.overdue(at: now).map { .handedOver(number: $0.number) }
  }
}
