import StockLedger

/// One key's books, replayed in the order of the entry numbers that its answers carry.
///
/// Shares nothing with the rules of the engine. Where it cannot know a number (a reservation within a moment of its
/// expiry, an answer that never came, what a count settled) it keeps a lower and an upper bound, and calls a lie only
/// what lies outside.
struct AuditedKey: Sendable {
  let key: StockKey
  let doubts: DoubtWindows
  /// Ids whose outcome was unknown at some time: a duplicate of them may be the first the auditor hears of it.
  let unsureIDs: Set<Identifier>
  /// Milliseconds by which a witness's clock and the engine's may differ.
  let margin: Int64
  /// How carts with a line here ended, as their askers were told; booked at rest, because a line's own end has no
  /// witness.
  let cartEnds: [CartID: CartEnd]
  /// From this tick on numbers are not checked.
  var uncheckedFrom: UInt64

  var onHand: Int64 = 0
  var countAsOf: Timestamp?
  var adjustments: [DocumentID: Adjustment] = [:]
  var settlesLateReports = false
  var buffer: Int64 = 0
  var claims: [ClaimID: AuditedClaim] = [:]
  var demandLeast: Int64 = 0
  var demandMost: Int64 = 0
  var reservations: [ReservationID: AuditedReservation] = [:]
  var byReference: [Identifier: ReservationID] = [:]
  var heldSurely: Int64 = 0
  var heldDoubtfully: Int64 = 0
  private var overdueLines: [ReservationID] = []
  private var nearingExpiry = DueQueue<(id: ReservationID, version: UInt64)>()
  private var expiring = DueQueue<(id: ReservationID, version: UInt64)>()

  /// What is told so far, of this key.
  var report = AuditReport()
  /// The answer under the pen.
  var current: AuditedAnswer
  var extraDoubt: (fewer: Int64, more: Int64) = (0, 0)

  init(
    key: StockKey, doubts: DoubtWindows, unsureIDs: Set<Identifier>, cartEnds: [CartID: CartEnd],
    uncheckedFrom: UInt64, margin: Int64, first: AuditedAnswer
  ) {
    self.margin = margin
    self.key = key
    self.doubts = doubts
    self.unsureIDs = unsureIDs
    self.cartEnds = cartEnds
    self.uncheckedFrom = uncheckedFrom
    current = first
  }

  var isChecked: Bool { current.answeredTick < uncheckedFrom }
  /// The least that can be left of the stock after all claims on it; may be negative.
  var netLeast: Int64 { onHand - demandMost - buffer - heldSurely - heldDoubtfully - extraDoubt.fewer }
  /// The most that can be left.
  var netMost: Int64 { onHand - demandLeast - buffer - heldSurely + extraDoubt.more }

  mutating func tell(_ kind: Contradiction.Kind, _ words: String) {
    report.contradictions.append(
      Contradiction(
        kind: kind, key: key, entry: current.receipt.entry, tick: current.answeredTick, words: words))
  }

  /// Replays the key's answers, which must be in witnessed order.
  mutating func replay(_ answers: [AuditedAnswer]) {
    var latest = [Timestamp](repeating: .distantFuture, count: answers.count)
    var bound = Timestamp(milliseconds: .max)
    for index in answers.indices.reversed() {
      bound = min(bound, answers[index].answeredAt + margin)
      latest[index] = bound
    }
    var earliest = Timestamp(milliseconds: .min)
    var lastAsked: (tick: UInt64, entry: EntryNumber) = (0, .none)
    var group = 0
    for index in answers.indices {
      current = answers[index]
      earliest = max(earliest, current.askedAt - margin)
      if index == 0 || answers[index].order != answers[index - 1].order {
        // Only answers of smaller entries count here: those of one entry have no order among them.
        for before in group..<index where answers[before].askedTick > lastAsked.tick {
          lastAsked = (answers[before].askedTick, answers[before].receipt.entry)
        }
        group = index
      }
      if lastAsked.tick > current.answeredTick {
        tell(
          .wrongOrder, "answered before the question of entry \(lastAsked.entry) was put, yet its entry comes later")
      }
      extraDoubt = doubts.doubt(from: current.askedTick, through: current.answeredTick)
      letExpire(earliest: earliest, latest: max(latest[index], earliest))
      report.operations += 1
      apply(earliest: earliest)
      if index + 1 == answers.count || answers[index + 1].order != answers[index].order {
        checkNumbers(answers[group...index])
      }
    }
  }

  private mutating func checkNumbers(_ group: ArraySlice<AuditedAnswer>) {
    guard isChecked else { return }
    let least = max(0, netLeast)
    let most = max(0, netMost)
    if least < most { report.looseNumbers += 1 }
    for answer in group {
      let told = answer.receipt.availableToSell
      guard told < least || told > most else { continue }
      current = answer
      let books =
        "on hand \(onHand), demand \(range(demandLeast, demandMost)), buffer \(buffer), "
        + "held \(range(heldSurely, heldSurely + heldDoubtfully))"
      tell(.wrongNumber, "the answer says \(told) available, the books say \(range(least, most)) (\(books))")
    }
  }

  private func range(_ least: Int64, _ most: Int64) -> String { least == most ? "\(least)" : "\(least) to \(most)" }
}

// MARK: Standing of reservations

extension AuditedKey {
  /// Moves reservations whose expiry lies before the latest time of this turn into doubt, and drops those whose expiry
  /// lies before the earliest: a turn first ends what is due.
  private mutating func letExpire(earliest: Timestamp, latest: Timestamp) {
    while let place = nearingExpiry.popFirst(dueBy: latest) {
      guard let found = reservations[place.id], found.version == place.version else { continue }
      guard found.standing == .sure else { continue }
      setStanding(of: place.id, to: .doubtful)
    }
    while let place = expiring.popFirst(dueBy: earliest) {
      guard let found = reservations[place.id], found.version == place.version else { continue }
      // A cart's line outlives its expiry until the first key's entry reaches it.
      if found.isCartLine { overdueLines.append(place.id) } else { setStanding(of: place.id, to: .past) }
    }
    if case .rest = current.question {
      for id in overdueLines where cartEnds[id] == nil { setStanding(of: id, to: .past) }
      overdueLines = []
    }
  }

  mutating func setStanding(of id: ReservationID, to standing: AuditedReservation.Standing) {
    guard var found = reservations[id] else { return }
    count(found, -1)
    found.standing = standing
    count(found, 1)
    reservations[id] = found
  }

  /// Books a reservation, new or changed, and waits for its expiry. A doubtful one's expiry is not known.
  mutating func book(_ reservation: AuditedReservation, as id: ReservationID) {
    var reservation = reservation
    if let before = reservations[id] {
      count(before, -1)
      reservation.version = before.version + 1
    }
    count(reservation, 1)
    reservations[id] = reservation
    guard reservation.standing == .sure else { return }
    nearingExpiry.insert((id, reservation.version), due: reservation.expiresAt)
    expiring.insert((id, reservation.version), due: reservation.expiresAt)
  }

  /// Ends units of a reservation; says how many were left of it before.
  mutating func end(_ units: Int64, of id: ReservationID, confirmed: Bool) -> Int64 {
    guard var found = reservations[id] else { return 0 }
    count(found, -1)
    let left = found.left
    if confirmed { found.confirmed += units } else { found.released += units }
    count(found, 1)
    reservations[id] = found
    return left
  }

  private mutating func count(_ reservation: AuditedReservation, _ sign: Int64) {
    switch reservation.standing {
    case .sure: heldSurely += sign * reservation.left
    case .doubtful: heldDoubtfully += sign * reservation.left
    case .past: break
    }
  }
}
