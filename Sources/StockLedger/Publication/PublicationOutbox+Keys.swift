extension PublicationOutbox {
  // MARK: One key's turn

  /// A key's publication, taken out to be changed in place.
  mutating func take(_ key: StockKey) -> Publication {
    active.removeValue(forKey: key) ?? rested(key) ?? Publication()
  }

  /// A key at rest, from its image; its channel has its target.
  func rested(_ key: StockKey) -> Publication? {
    guard let image = resting[key] else { return nil }
    guard var publication = try? Publication(image: image) else {
      invariant(false, "the image of \(key) reads back")
      return nil
    }
    if let expected = publication.expected { publication.aim(at: expected) }
    return publication
  }

  mutating func decide(
    _ input: PublicationInput, _ publication: inout Publication, of key: StockKey, at now: Timestamp
  ) -> PublicationVerdict {
    while let due = publication.due(at: now) { apply(due, to: &publication, of: key, at: now) }
    let verdict = publication.decide(input, now: now)
    if case .accept(let entry) = verdict { apply(entry, to: &publication, of: key, at: now) }
    return verdict
  }

  private mutating func apply(
    _ entry: PublicationEntry, to publication: inout Publication, of key: StockKey, at now: Timestamp
  ) {
    publication.apply(entry, at: now)
    entries.append(Entry(key: key, body: entry, at: now))
  }

  /// Puts a key back where it belongs: at rest, or in motion and lined up for what it wants.
  mutating func keep(_ publication: Publication, of key: StockKey, at now: Timestamp) {
    adopt(publication, of: key, at: now)
    resting[key] = active[key] == nil ? publication.image : nil
  }

  /// Takes a key's publication as it is now, aimed at its target, from where it is decided; lines it up for what it
  /// wants, and lets go of it where it is at rest.
  public mutating func adopt(_ publication: Publication, of key: StockKey, at now: Timestamp) {
    let action = publication.action(at: now)
    lineUp(key, for: action, of: publication, at: now)
    active[key] = publication.isAtRest && action == .rest ? nil : publication
  }

  /// Lets go of a key that is decided elsewhere now.
  public mutating func forget(_ key: StockKey) {
    active[key] = nil
    resting[key] = nil
    reads.remove(key)
    writes.remove(key)
    owing.remove(key)
    stopped[key] = nil
  }

  private mutating func lineUp(
    _ key: StockKey, for action: PublicationAction, of publication: Publication, at now: Timestamp
  ) {
    var wakeAt = publication.dueAt
    var wantsRead = false
    var wantsWrite = false
    var owes = false
    switch action {
    case .rest, .handOver, .deadLetter: break
    case .wait(let until): wakeAt = wakeAt.map { min($0, until) } ?? until
    case .read: wantsRead = true
    case .send: wantsWrite = true
    case .repeating(let write): repeats.push(now, write.key)
    case .book, .join: owes = true
    }
    let urgency = publication.urgency ?? .rise
    if wantsRead { reads.add(key, urgency, isHot: false, at: now) } else { reads.remove(key) }
    if wantsWrite { writes.add(key, urgency, isHot: publication.isHot, at: now) } else { writes.remove(key) }
    if owes { owing.insert(key) } else { owing.remove(key) }
    if stopped[key] != publication.trouble { stopped[key] = publication.trouble }
    if let wakeAt { wake(key, at: wakeAt) }
  }

  // MARK: Time

  private mutating func wake(_ key: StockKey, at time: Timestamp) {
    if let known = wakeTimes[key], known <= time { return }
    wakeTimes[key] = time
    wakes.push(time, key)
  }

  /// Lets time move on those keys that wait for it.
  mutating func wake(at now: Timestamp) {
    for key in takeWoken(at: now) {
      guard var publication = active.removeValue(forKey: key) else { continue }
      while let due = publication.due(at: now) { apply(due, to: &publication, of: key, at: now) }
      keep(publication, of: key, at: now)
    }
  }

  /// Keys that time has moved on: each is to be looked at again, and put back by ``adopt(_:of:at:)``.
  public mutating func takeWoken(at now: Timestamp) -> [StockKey] {
    var woken: [StockKey] = []
    while let first = wakes.first, first.time <= now.milliseconds {
      wakes.popFirst()
      guard wakeTimes[first.subject]?.milliseconds == first.time else { continue }
      wakeTimes.removeValue(forKey: first.subject)
      if active[first.subject] != nil { woken.append(first.subject) }
    }
    return woken
  }

  // MARK: After a restart

  /// After a restart, when every key is restored: what each is to be told. A call's rows have one fate: where a crash
  /// kept the answer of some of its rows only, it is the answer of all; what else was out has no answer.
  public mutating func restarted() -> [Told] {
    var told: [Told] = []
    for (write, keys) in writesOut.sorted(by: { $0.key < $1.key }) {
      writesOut[write] = fates[write] == nil ? keys.sorted() : nil
      guard let wasAccepted = fates[write] else { continue }
      told += keys.sorted().map { ($0, .answered(wasAccepted ? .accepted : .notTaken)) }
    }
    fates = [:]
    return told + active.keys.sorted().map { ($0, .restarted) }
  }
}
