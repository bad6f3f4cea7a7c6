import StockJournal
import StockLedger
import Synchronization

/// The owner of one stock key: the only place where its level changes.
///
/// A turn is a synchronous method: nothing is awaited between check and change. Its entries are in the shard's log when
/// it returns; its answers may leave once ``Turn/commit`` is over.
actor StockKeeper {
  /// What a turn gives back.
  struct Turn<Content: Sendable>: Sendable {
    let content: Content
    /// The commit after which the answers may leave.
    let commit: UInt64
  }

  nonisolated let key: StockKey
  nonisolated let shop: ShopGate
  nonisolated let inFlight = InFlightCount()
  /// The item's keeper, once somebody has asked for it.
  private nonisolated let item = Mutex<ItemKeeper?>(nil)
  private let log: ShardLog
  private var policyVersion: UInt64 = 0
  private let generation: UInt32
  private(set) var level: StockLevel
  private var lastNumber: UInt64
  private(set) var lastCommit: UInt64 = 0
  private var lastTime: Timestamp = .distantPast
  /// What may be read while the last commits are not over; nil before the first entry in memory.
  private var past: DurablePast?
  private var timerAt = Int64.max
  /// How many live reservations the shard counts for this key.
  private var liveNoted: Int32 = 0
  /// Before this nobody is asked again about lines that wait for their decision.
  private var asksAgainAt = Timestamp.distantPast
  /// Lines of carts prepared here whose decision is not known here yet.
  private var undecided: [CartID] = []
  /// Those of them that were here when this keeper came to memory: a crash or a reload may have cut their carts short.
  private let recovered: [CartID]
  /// True while lines of a cart that ended here may not know it: they are told again until all have said so.
  private var endsCarts = false
  /// True once another keeper may own the key: it answers nothing any more.
  private var isRetired = false

  init(
    key: StockKey, level: StockLevel, number: UInt64, log: ShardLog, generation: UInt32, shop: ShopGate
  ) {
    self.key = key
    self.level = level
    lastNumber = number
    self.log = log
    self.generation = generation
    self.shop = shop
    lastTime = log.time
    undecided = level.openCartLines.map(\.cart)
    recovered = undecided
    if !key.isItem && level.liveCount > 0 {
      liveNoted = Int32(level.liveCount)
      log.noteLive(level.liveCount)
    }
  }

  /// The keeper of the key's item.
  nonisolated func itemKeeper(in directory: KeeperDirectory) -> ItemKeeper {
    item.withLock { item in
      if let item { return item }
      let found = directory.itemKeeper(of: key)
      item = found
      return found
    }
  }

  // MARK: Turns

  /// Decides one command. Nil where this keeper does not own the key any more: ask the directory again.
  func turn(_ command: Command, now wanted: Timestamp) -> Turn<Answer>? {
    guard let now = beginTurn(wanted) else { return nil }
    guard endDue(now) else { return nil }
    let answer: Answer
    switch level.decideInPlace(command, now: now) {
    case .accept(let body, let outcome):
      guard commit(body, at: now) else { return nil }
      answer = receipt(outcome, isDuplicate: false)
    case .duplicate(let outcome): answer = receipt(outcome, isDuplicate: true)
    case .refuse(let refusal): answer = .refused(refusal)
    }
    setTimer()
    return Turn(content: answer, commit: lastCommit)
  }

  /// Decides the commands of one batch that are for this key, in their order; one append for all of them.
  ///
  /// - Parameters:
  ///   - first: The first one's place in `commands`.
  ///   - next: For each place, the next one of the same key; negative at the end.
  func turn(
    _ commands: [KeyedCommand], first: Int, next: [Int32], count: Int, now wanted: Timestamp
  ) -> Turn<[Answer]>? {
    guard let now = beginTurn(wanted) else { return nil }
    guard endDue(now) else { return nil }
    var entries: [JournalEntry] = []
    entries.reserveCapacity(count)
    var answers: [Answer] = []
    answers.reserveCapacity(count)
    let numberBefore = lastNumber
    let momentBefore = moment()
    var place = first
    while place >= 0 {
      defer { place = Int(next[place]) }
      switch level.decideInPlace(commands[place].command, now: now) {
      case .accept(let body, let outcome):
        take(body, at: now, into: &entries, after: numberBefore)
        answers.append(receipt(outcome, isDuplicate: false))
      case .duplicate(let outcome): answers.append(receipt(outcome, isDuplicate: true))
      case .refuse(let refusal): answers.append(.refused(refusal))
      }
    }
    guard write(entries, since: momentBefore) else { return nil }
    // Numbers of other keys of the shard may lie between: the receipts get the true ones.
    let shift = lastNumber - UInt64(entries.count) - numberBefore
    if shift > 0 { for index in answers.indices { answers[index].renumber(after: numberBefore, by: shift) } }
    setTimer()
    return Turn(content: answers, commit: lastCommit)
  }

  func beginTurn(_ wanted: Timestamp) -> Timestamp? {
    if isRetired { return nil }
    // The shard's newest time too: a dispatch takes its time before it waits.
    let now = max(wanted, max(lastTime, log.time))
    lastTime = now
    return now
  }

  /// Takes up what configuration says now, and ends what is due: before every decision.
  func endDue(_ now: Timestamp) -> Bool {
    if log.policies.version != policyVersion {
      policyVersion = log.policies.version
      if let policy = log.policies.policy(of: key), policy != level.policy {
        guard commit(JournalEntry(at: now, body: .policySet(policy))) else { return false }
      }
    }
    while let entry = level.dueEntry(at: now) {
      guard commit(entry) else { return false }
    }
    return true
  }

  /// Applies one entry and leaves it in the log; false where the shard has moved on without this keeper.
  private func commit(_ entry: JournalEntry) -> Bool {
    guard let written = log.append(key: key, entry: entry, generation: generation) else {
      isRetired = true
      return false
    }
    if written.commit != lastCommit { remember(moment()) }
    level.apply(entry)
    note(entry)
    lastNumber = written.number
    lastCommit = written.commit
    return true
  }

  /// Commits what a command was accepted as, and where a channel told of its own order by it, that order's name.
  @inline(__always)
  private func commit(_ body: JournalEntry.Body, at now: Timestamp) -> Bool {
    guard log.namings.areWanted, case .reported = body else { return commit(JournalEntry(at: now, body: body)) }
    let before = moment()
    var entries: [JournalEntry] = []
    take(body, at: now, into: &entries, after: lastNumber)
    return write(entries, since: before)
  }

  /// Applies entries and leaves them in the log together; false where the shard has moved on without this keeper.
  func commit(_ entries: [JournalEntry]) -> Bool {
    let before = moment()
    for entry in entries { level.apply(entry) }
    return write(entries, since: before)
  }

  /// Applies what a command was accepted as, and the name of a channel's order that it tells of.
  private func take(
    _ body: JournalEntry.Body, at now: Timestamp, into entries: inout [JournalEntry], after numberBefore: UInt64
  ) {
    var change: ChannelChange?
    if log.namings.areWanted, case .reported(let report) = body {
      change = log.namings.change(by: report, at: key, of: level)
    }
    let entry = JournalEntry(at: now, body: body)
    level.apply(entry)
    note(entry)
    // The name goes first, so that the receipt names the report; the two touch different parts of the level.
    if let name = change?.entry(after: level, at: key, now: now) {
      level.apply(name)
      entries.append(name)
    }
    entries.append(entry)
    lastNumber = numberBefore + UInt64(entries.count)
  }

  /// Leaves a turn's entries in the log, which are applied already; false where the shard has moved on without this
  /// keeper.
  private func write(_ entries: [JournalEntry], since before: DurablePast.Moment) -> Bool {
    if entries.isEmpty { return true }
    guard let written = append(entries) else { return false }
    if written.commit != lastCommit { remember(before) }
    lastNumber = written.number
    lastCommit = written.commit
    return true
  }

  /// The key as it is between two turns.
  private func moment() -> DurablePast.Moment {
    DurablePast.Moment(
      numbers: level.numbersInPlace(), liveReservations: level.liveCount, number: lastNumber, commit: lastCommit)
  }

  /// Keeps what was so before the key's first entry in a commit.
  private func remember(_ moment: DurablePast.Moment) {
    if let past { past.push(moment) } else { past = DurablePast(moment) }
  }

  private func append(_ entries: [JournalEntry]) -> ShardLog.Place? {
    let written = log.append(key: key, entries: entries, generation: generation)
    if written == nil { isRetired = true }
    return written
  }

  /// Keeps what memory knows beside the level.
  @inline(__always)
  private func note(_ entry: JournalEntry) {
    switch entry.body {
    case .linePrepared(let held, _): undecided.append(held.id)
    case .lineEnded(let cart, _, _, _): undecided.removeAll { $0 == cart }
    case .cartEnded: endsCarts = true
    default: break
    }
  }

  private func receipt(_ outcome: Decision.Outcome, isDuplicate: Bool) -> Answer {
    .accepted(
      Receipt(
        units: outcome.units, expiresAt: outcome.expiresAt, availableToSell: level.availableToSellInPlace(),
        entry: EntryNumber(shard: log.shard, number: lastNumber), isDuplicate: isDuplicate, flags: outcome.flags))
  }

  // MARK: Time

  /// Lets the shard know of the key's live reservations; those of an item are its keys'.
  private func noteLive(_ live: Int) {
    guard live != Int(liveNoted), !key.isItem else { return }
    log.noteLive(live - Int(liveNoted))
    liveNoted = Int32(live)
  }

  func setTimer() {
    noteLive(level.liveCount)
    var due = level.nextDue()?.milliseconds ?? .max
    if let oldest = undecided.first, let held = level.reservation(oldest)?.heldAt {
      due = min(due, max(held + Limits.cartDecisionMax, asksAgainAt).milliseconds)
    }
    if endsCarts { due = min(due, (lastTime + Limits.cartDecisionMax).milliseconds) }
    if due < timerAt {
      timerAt = due
      log.timers.set(Timestamp(milliseconds: due), for: self)
    }
  }

  /// What a keeper cannot do alone when its timer rings.
  struct Errands: Sendable {
    /// Prepared lines without a decision for too long: ask the first key.
    var undecided: [(cart: CartID, first: StockKey)] = []
    /// Carts decided here that ended, with lines that do not know yet.
    var ended: [Cart] = []
  }

  /// Ends what is due, and says what has to be asked elsewhere. Nil where this keeper is retired.
  func ring(now wanted: Timestamp) -> Turn<Errands>? {
    timerAt = .max
    guard let now = beginTurn(wanted), endDue(now) else { return nil }
    var errands = Errands()
    // An order's report may have confirmed a line meanwhile: nobody has to be asked about it any more.
    undecided.removeAll { level.cartLine($0) == nil }
    for cart in undecided {
      guard let held = level.reservation(cart), held.heldAt + Limits.cartDecisionMax <= now else { break }
      if let place = level.cartLine(cart) { errands.undecided.append((cart, place.first)) }
    }
    // The first key may live elsewhere for a long time: it is asked again at leisure, and the line stays.
    if !errands.undecided.isEmpty { asksAgainAt = now + Limits.cartDecisionMax }
    errands.ended = level.cartsToSpread
    endsCarts = !errands.ended.isEmpty
    setTimer()
    return Turn(content: errands, commit: lastCommit)
  }

  /// What was prepared or ended before a crash, whatever its age.
  func unfinished() -> Errands {
    var errands = Errands()
    // Lines prepared since belong to carts on their way: asking about those would abandon them.
    errands.undecided = recovered.compactMap { cart in level.cartLine(cart).map { (cart, $0.first) } }
    errands.ended = level.cartsToSpread
    return errands
  }

  /// A cart that is decided here.
  func cart(_ id: CartID) -> Cart? { level.cart(id) }

  /// The first key has decided these carts: nobody has to ask any more.
  func learnDecided(_ carts: [CartID]) {
    if undecided.isEmpty { return }
    if carts.count == 1 { return undecided.removeAll { $0 == carts[0] } }
    let known = Set(carts)
    undecided.removeAll { known.contains($0) }
  }

  // MARK: Reads

  /// The key's level; may be shown once the commit is over. Due reservations are ended first.
  func view(now wanted: Timestamp) -> Turn<StockView>? {
    guard let now = beginTurn(wanted), endDue(now) else { return nil }
    setTimer()
    return Turn(content: StockView(key: key, level: level, entry: entryNumber, at: now), commit: lastCommit)
  }

  /// What is surely durable of the key, for as long as the store does not say more. Ends nothing that is due.
  ///
  /// - Parameter completed: Commits up to this one are over.
  func durableView(completed: UInt64, at time: Timestamp, age: Int64) -> Turn<StockView?>? {
    if isRetired { return nil }
    if let past, lastCommit > completed {
      let moment = past.latest(completed: completed)
      return Turn(content: StockView(key: key, moment, shard: log.shard, at: time, age: age), commit: completed)
    }
    return Turn(content: StockView(key: key, level: level, entry: entryNumber, at: time, age: age), commit: completed)
  }

  /// What a channel surely sees, for as long as the store does not say more; nothing where the key's newest entries are
  /// on their way.
  func durablyAvailable(to channel: ChannelID, completed: UInt64) -> Turn<Int64?>? {
    if isRetired { return nil }
    return Turn(content: lastCommit > completed ? nil : level.available(to: channel), commit: completed)
  }

  /// What a channel sees of this key.
  func available(to channel: ChannelID, now wanted: Timestamp) -> Turn<Int64>? {
    guard let now = beginTurn(wanted), endDue(now) else { return nil }
    return Turn(content: level.available(to: channel), commit: lastCommit)
  }

  /// Everything that the key's numbers are made of. Due reservations are ended first.
  func account(now wanted: Timestamp) -> Turn<StockAccount>? {
    guard let now = beginTurn(wanted), endDue(now) else { return nil }
    setTimer()
    return Turn(content: StockAccount(key: key, level: level, entry: entryNumber, at: now, age: 0), commit: lastCommit)
  }

  /// The same as it surely is, for as long as the store does not say more; nothing where the key's newest entries are
  /// on their way.
  func durableAccount(completed: UInt64, at time: Timestamp, age: Int64) -> Turn<StockAccount?>? {
    if isRetired { return nil }
    if lastCommit > completed { return Turn(content: nil, commit: completed) }
    return Turn(
      content: StockAccount(key: key, level: level, entry: entryNumber, at: time, age: age), commit: completed)
  }

  /// One reservation, where it is known. Due ones are ended first.
  func reservation(_ id: ReservationID, now wanted: Timestamp) -> Turn<ReservationView>? {
    guard let now = beginTurn(wanted), endDue(now) else { return nil }
    setTimer()
    let view = ReservationView(reservation: level.reservation(id), entry: entryNumber, age: 0)
    return Turn(content: view, commit: lastCommit)
  }

  /// One reservation as it surely is, for as long as the store does not say more; nothing where the key's newest
  /// entries are on their way.
  func durableReservation(_ id: ReservationID, completed: UInt64, age: Int64) -> Turn<ReservationView?>? {
    if isRetired { return nil }
    let view = ReservationView(reservation: level.reservation(id), entry: entryNumber, age: age)
    return Turn(content: lastCommit > completed ? nil : view, commit: completed)
  }

  /// The whole level, for questions that a view does not answer.
  func wholeLevel() -> Turn<StockLevel>? {
    isRetired ? nil : Turn(content: level, commit: lastCommit)
  }

  /// The location of the live reservation that carries a reference; nil where none does.
  func holds(reference: Identifier) -> Bool { level.holds(reference: reference) }

  /// What is known here of a claim; nothing where it never was.
  func place(of claim: ClaimID) -> Turn<ClaimPlace?>? {
    isRetired ? nil : Turn(content: level.sources.place(of: claim, at: key), commit: lastCommit)
  }

  /// The ids of the claims here, for the item's index.
  func claimIDs() -> [ClaimID] { level.sources.claimIDs }

  /// The stored form as of now; may be kept once the commit is over.
  func image() -> Turn<KeyImage>? {
    if isRetired { return nil }
    return Turn(content: KeyImage(key: key, number: lastNumber, bytes: level.image), commit: lastCommit)
  }

  private var entryNumber: EntryNumber { EntryNumber(shard: log.shard, number: lastNumber) }

  // MARK: Leaving memory

  /// Leaves memory: from now on this keeper answers nothing.
  ///
  /// - Parameters:
  ///   - completed: Commits up to this one are over; a keeper with anything younger stays.
  ///   - idleSince: A keeper with a turn after this stays.
  /// - Returns: The whole state; nil where the keeper stays.
  func passivate(completed: UInt64, idleSince: Timestamp) -> KeyImage? {
    guard !isRetired, lastCommit <= completed, lastTime <= idleSince, level.isAtRest, inFlight.current == 0 else {
      return nil
    }
    isRetired = true
    return KeyImage(key: key, number: lastNumber, bytes: level.image)
  }

  /// The shard was lost or is reloaded: from now on this keeper answers nothing.
  func retire() {
    isRetired = true
    noteLive(0)
  }
}

extension Answer {
  /// Moves the entry numbers that a turn guessed to where the log put them.
  mutating func renumber(after number: UInt64, by shift: UInt64) {
    guard case .accepted(var receipt) = self, receipt.entry.number > number else { return }
    receipt.entry.number += shift
    self = .accepted(receipt)
  }
}
