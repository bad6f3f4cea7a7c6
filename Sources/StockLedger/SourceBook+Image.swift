// The stored image: sorted by id, so that equal books give equal bytes. Sums are not stored but counted anew.
extension SourceBook {
  private static let imageVersion: UInt8 = 1
  /// Of a book that keeps states of lines; others are written as they always were.
  private static let imageVersionWithStates: UInt8 = 2
  /// Of one in which some line was held.
  private static let imageVersionWithHeldLines: UInt8 = 3

  /// Writes the book's canonical image.
  public func write(to writer: inout ByteWriter) {
    let hasStates = !records.lineStates.isEmpty
    let sayHeld = hasHeldLines
    let version = hasStates ? Self.imageVersionWithStates : Self.imageVersion
    writer.write(byte: sayHeld ? Self.imageVersionWithHeldLines : version)
    writer.write(hasRecords)
    if hasRecords {
      records.onHand.write(to: &writer)
      for component in Component.aggregated { records[component].write(to: &writer) }
      records.settlement.write(to: &writer)
      records.marks.write(to: &writer)
      records.deliveries.write(to: &writer)
      if hasStates { writeLineStates(sayHeld: sayHeld, to: &writer) }
    }
    writer.write(list: claimIDs) { writer, id in
      writer.write(id)
      claims[id]?.write(to: &writer)
    }
    let past = use.channels.map { ($0.channel, $0.past) }
    let customers = use.customers.map { ($0.key, $0.value.past) }.sorted { $0.0 < $1.0 }
    for list in [past, customers] {
      writer.write(list: list.filter { !$0.1.steps.isEmpty }) { writer, use in
        writer.write(use.0)
        writer.write(list: use.1.steps) { writer, step in
          writer.write(step.time)
          writer.write(varint: UInt64(step.units))
        }
      }
    }
  }

  /// Reads a book's image.
  ///
  /// - Throws: ``ByteError`` where bytes are not an image of this version; every value's range is checked.
  public init(from reader: inout ByteReader) throws(ByteError) {
    self.init()
    let start = reader.offset
    let version = try reader.readByte()
    let sayHeld = version == Self.imageVersionWithHeldLines
    let hasStates = sayHeld || version == Self.imageVersionWithStates
    guard version == Self.imageVersion || hasStates else {
      throw ByteError(offset: start, expected: "version \(Self.imageVersion) of a source book")
    }
    if try reader.readFlag() {
      records.onHand = try OnHandBook(from: &reader)
      for component in Component.aggregated { records[component] = try AggregateBook(from: &reader) }
      records.settlement = try Settlement(from: &reader)
      records.marks = try Marks(from: &reader)
      records.deliveries = try RecentDeliveries(from: &reader)
      if hasStates { try readLineStates(sayHeld: sayHeld, from: &reader) }
    }
    try readClaims(from: &reader)
    guard records.lineStates.keys.allSatisfy({ claims[$0] != nil }), hasRecords || !hasStates else {
      throw ByteError(offset: start, expected: "a claim for each state of a line")
    }
    for (channel, time, units) in try Self.readPast(from: &reader) {
      use.keep(channel: channel, units: units, at: time)
    }
    for (customer, time, units) in try Self.readPast(from: &reader) {
      use.keep(customer: customer, units: units, at: time)
    }
    let coverage = coverage
    guard claims.values.allSatisfy({ $0.corrected <= $0.uncorrectedStanding(coverage).counted }) else {
      throw ByteError(offset: start, expected: "corrections of units that would count")
    }
    (onHand, allocated, pending, open) = recount()
    guard max(allocated, pending, open) <= Limits.unitsMax * 2 else {
      throw ByteError(offset: start, expected: "sums in their range")
    }
  }

  private mutating func readClaims(from reader: inout ByteReader) throws(ByteError) {
    let count = try reader.readCount()
    var previous: ClaimID?
    var ended: [(endedAt: Timestamp, id: ClaimID)] = []
    claims.reserveCapacity(min(count, 1 << 20))
    for _ in 0..<count {
      let start = reader.offset
      let id = try reader.readIdentifier()
      let claim = try Claim(from: &reader)
      if let previous, previous >= id { throw ByteError(offset: start, expected: "claims in their order") }
      previous = id
      let standing = claim.standing(Coverage())
      guard standing.isEnded == (claim.endedAt != .distantFuture), claim.beganAt.isInRange else {
        throw ByteError(offset: start, expected: "a claim that ended when its units did")
      }
      if standing.isEnded {
        guard hasRecords else { throw ByteError(offset: start, expected: "records of the report that ended a claim") }
        ended.append((claim.endedAt, id))
      }
      claims[id] = claim
      use.add(id, ClaimUse.Share(claim, used: standing.used))
    }
    ended.sort { ($0.endedAt, $0.id) < ($1.endedAt, $1.id) }
    for ending in ended { records.endings.append(ending.id, at: ending.endedAt) }
  }

  private static func readPast(
    from reader: inout ByteReader
  ) throws(ByteError) -> [(Identifier, Timestamp, Int64)] {
    var past: [(Identifier, Timestamp, Int64)] = []
    var previous: Identifier?
    for _ in 0..<(try reader.readCount()) {
      let start = reader.offset
      let id = try reader.readIdentifier()
      if let previous, previous >= id { throw ByteError(offset: start, expected: "uses in their order") }
      previous = id
      let steps = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
        (try reader.readReportedTime(), try reader.readUnits(max: Limits.unitsMax))
      }
      for (index, step) in steps.enumerated() {
        guard step.1 > 0, index == 0 || steps[index - 1].0 < step.0, !id.isNone else {
          throw ByteError(offset: start, expected: "units by time")
        }
        past.append((id, step.0, step.1))
      }
      if steps.isEmpty { throw ByteError(offset: start, expected: "units by time") }
    }
    return past
  }
}
