/// Units of one reservation that became units of a claim, cumulative.
struct ClaimConfirm: Hashable, Sendable {
  var reservation: ReservationID
  var units: Int64
}

/// One order line's or sale line's demand on one key: monotone facts, from which everything else is derived.
///
/// Nothing here is ever subtracted: the line's total and each pair's confirmed units only grow, documents and points
/// only join. So any order of the same reports ends in the same claim. The common claim (one confirm, one name) needs
/// no memory of its own outside the dictionary; later facts go to `facts`.
struct Claim: Hashable, Sendable {
  /// Units confirmed by the smallest reservation id; ``Identifier/none`` while no confirm has come.
  private(set) var confirm = ClaimConfirm(reservation: .none, units: 0)
  /// The other confirms, by reservation id.
  private(set) var moreConfirms: [ClaimConfirm] = []
  /// Stages, moves, and the totals after the first.
  var facts = StageTally()
  /// Who named the line's first total, and when it came to be.
  private(set) var namedBy: SourceID = .none
  private(set) var namedAt: Timestamp = .distantPast
  /// The first total by time; 0 while unknown.
  private(set) var firstTotal: Int32 = 0
  let kind: DemandKind
  /// True once a count includes the first total of a sale line.
  private(set) var isFirstTotalSettled = false
  private(set) var isChannelConfirmed = false
  private(set) var isCustomerConfirmed = false
  /// For quotas and limits.
  private(set) var channel: ChannelID = .none
  private(set) var customer: CustomerID = .none
  /// The earliest time that this demand is known from: of a confirm its entry, of a report what its source says.
  private(set) var beganAt: Timestamp
  /// The entry since which nothing of it counts any more; ``Timestamp/distantFuture`` while something does.
  var endedAt: Timestamp = .distantFuture

  init(kind: DemandKind, beganAt: Timestamp) {
    self.kind = kind
    self.beganAt = beganAt
  }

  var isNamed: Bool { firstTotal > 0 }

  mutating func began(by time: Timestamp) { beganAt = min(beganAt, time) }

  // MARK: Confirms

  var confirmedUnits: Int64 {
    var sum = confirm.units
    for other in moreConfirms { sum += other.units }
    return sum
  }

  func confirmedUnits(by reservation: ReservationID) -> Int64 {
    if confirm.reservation == reservation { return confirm.units }
    let place = confirmPlace(reservation)
    return place < moreConfirms.count && moreConfirms[place].reservation == reservation ? moreConfirms[place].units : 0
  }

  mutating func addConfirm(_ reservation: ReservationID, units: Int64) {
    if confirm.units == 0 {
      confirm = ClaimConfirm(reservation: reservation, units: units)
    } else if confirm.reservation == reservation {
      confirm.units += units
    } else if reservation < confirm.reservation {
      moreConfirms.insert(confirm, at: 0)
      confirm = ClaimConfirm(reservation: reservation, units: units)
    } else {
      let place = confirmPlace(reservation)
      if place < moreConfirms.count && moreConfirms[place].reservation == reservation {
        moreConfirms[place].units += units
      } else {
        moreConfirms.insert(ClaimConfirm(reservation: reservation, units: units), at: place)
      }
    }
  }

  private func confirmPlace(_ reservation: ReservationID) -> Int {
    var low = 0
    var high = moreConfirms.count
    while low < high {
      let middle = (low + high) / 2
      if moreConfirms[middle].reservation < reservation { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // MARK: The line's total, by its own source

  private var firstTotalFact: StageFact {
    totalFact(Int64(firstTotal), source: namedBy, time: namedAt, isSettled: isFirstTotalSettled)
  }

  func totalFact(_ units: Int64, source: SourceID, time: Timestamp, isSettled: Bool) -> StageFact {
    StageFact(
      document: .none, source: source, time: time, units: Int32(clamping: units), kind: .total, isCumulative: true,
      isSettled: isSettled)
  }

  /// What a named total is to those known.
  func meet(total fact: StageFact) -> StageTally.Meeting {
    isNamed && fact.isImplied(by: firstTotalFact) ? .known : facts.meet(fact)
  }

  /// Adds a total of the line; one that says nothing new changes nothing.
  mutating func name(_ fact: StageFact) {
    guard meet(total: fact) == .new else { return }
    if isNamed && !firstTotalFact.isImplied(by: fact) { facts.add(firstTotalFact) }
    facts.add(fact)
    liftFirstTotal()
  }

  /// Keeps the first step of the totals inline, where it costs no memory of its own.
  private mutating func liftFirstTotal() {
    let steps = facts.remove(.total)
    guard let first = steps.first else { return }
    firstTotal = first.units
    namedBy = first.source
    namedAt = first.time
    isFirstTotalSettled = first.isSettled
    for step in steps.dropFirst() { facts.add(step) }
  }

  /// The line's largest total named at or before a time, or ever; 0 while unknown.
  func total(through time: Timestamp? = nil) -> Int64 {
    let first = time.map { namedAt <= $0 } ?? true ? Int64(firstTotal) : 0
    return facts.isEmpty ? first : max(first, facts.units(.total, through: time))
  }

  /// Units of the line's total that a count includes; only of a sale line.
  var settledTotal: Int64 {
    let first = isFirstTotalSettled ? Int64(firstTotal) : 0
    return facts.isEmpty ? first : max(first, facts.settledUnits(.total))
  }

  /// Marks as settled what a count includes.
  mutating func settle(through: (SourceID) -> Timestamp) {
    if kind == .sale && isNamed {
      if !isFirstTotalSettled && namedAt <= through(namedBy) { isFirstTotalSettled = true }
    }
    if !facts.isEmpty {
      facts.settle(totals: kind == .sale, through: through)
      if kind == .sale { relift() }
    }
  }

  private mutating func relift() {
    let steps = facts.facts.filter { $0.kind == .total }
    guard steps.contains(where: { firstTotalFact.isImplied(by: $0) }) else { return }
    liftFirstTotal()
  }

  // MARK: Whose it is

  /// Notes channel and customer: a confirm's go before a report's, else the smaller id, so that order does not matter.
  mutating func note(channel: ChannelID, customer: CustomerID, isConfirm: Bool) {
    Self.prefer(&self.channel, &isChannelConfirmed, channel, isConfirm)
    Self.prefer(&self.customer, &isCustomerConfirmed, customer, isConfirm)
  }

  private static func prefer(
    _ known: inout Identifier, _ isKnownConfirmed: inout Bool, _ new: Identifier, _ isNewConfirmed: Bool
  ) {
    if new.isNone { return }
    let takes =
      if known.isNone { true } else if isKnownConfirmed != isNewConfirmed { isNewConfirmed } else { new < known }
    if takes { known = new }
    isKnownConfirmed = isKnownConfirmed || isNewConfirmed
  }
}

extension Claim {
  func write(to writer: inout ByteWriter) {
    writer.write(byte: kind.rawValue)
    writer.write(list: confirm.units == 0 ? [] : [confirm] + moreConfirms) { writer, confirm in
      writer.write(confirm.reservation)
      writer.write(varint: UInt64(confirm.units))
    }
    writer.write(varint: UInt64(firstTotal))
    if isNamed {
      writer.write(namedBy)
      writer.write(namedAt)
      writer.write(isFirstTotalSettled)
    }
    facts.write(to: &writer)
    writer.write(channel)
    writer.write(isChannelConfirmed)
    writer.write(customer)
    writer.write(isCustomerConfirmed)
    writer.write(beganAt)
    writer.write(endedAt)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    kind = try reader.readCase(DemandKind.self)
    let start = reader.offset
    let confirms = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
      ClaimConfirm(
        reservation: try reader.readIdentifier(), units: try reader.readUnits(max: Limits.unitsMax / (1 << 20)))
    }
    for index in confirms.indices {
      let isInOrder = index == 0 || confirms[index - 1].reservation < confirms[index].reservation
      guard isInOrder, confirms[index].units > 0 else { throw ByteError(offset: start, expected: "confirms in order") }
    }
    if let first = confirms.first { confirm = first }
    moreConfirms = Array(confirms.dropFirst())
    firstTotal = Int32(try reader.readUnits(max: Limits.quantityMax))
    if firstTotal > 0 {
      namedBy = try reader.readIdentifier()
      namedAt = try reader.readReportedTime()
      isFirstTotalSettled = try reader.readFlag()
    }
    facts = try StageTally(from: &reader)
    channel = try reader.readIdentifier()
    isChannelConfirmed = try reader.readFlag()
    customer = try reader.readIdentifier()
    isCustomerConfirmed = try reader.readFlag()
    beganAt = try reader.readTimestamp()
    endedAt = try reader.readTimestamp()
  }
}
