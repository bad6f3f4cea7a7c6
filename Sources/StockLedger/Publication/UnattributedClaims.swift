/// Units that a channel was read to have lost without saying to whom: an open claim without a name.
public struct UnattributedClaim: Hashable, Sendable {
  /// From 1, never given twice within a publication.
  public internal(set) var number: Int64
  /// Units that no order has taken yet.
  public internal(set) var units: Int64
  /// Units of the ledger's claim, as last told; nil before the first time.
  public internal(set) var inLedger: Int64?
  /// The read that missed them: an order made after its answer is another.
  var read: CallTimes
  /// When it was booked.
  public internal(set) var bookedAt: Timestamp
  /// True once it waited longer than ``Limits/unnamedClaimMax``: reconciliation has it.
  public internal(set) var isHandedOver = false

  /// True unless an order of that time was surely made after the read that missed these units.
  func mayBe(madeAt: Timestamp) -> Bool { !read.answeredAt.isSurelyBefore(madeAt) }
}

/// The claims without a name of one publication, oldest first.
struct UnattributedClaims: Hashable, Sendable {
  private(set) var list: [UnattributedClaim] = []
  /// The last number given.
  private(set) var lastNumber: Int64 = 0

  var units: Int64 { list.reduce(0) { $0 + $1.units } }

  /// The first whose claim in the ledger has another number of units.
  var owed: UnattributedClaim? { list.first { $0.inLedger != $0.units } }

  subscript(number: Int64) -> UnattributedClaim? { list.first { $0.number == number } }

  mutating func book(_ units: Int64, missedBy read: CallTimes, at: Timestamp) {
    if units == 0 { return }
    if list.count == Limits.unattributedClaimsMax {
      // Past any real number of reads that missed something: the newest claim takes the units in.
      list[list.count - 1].units = min(list[list.count - 1].units + units, Limits.mirrorMax)
      list[list.count - 1].read = read
      return
    }
    lastNumber += 1
    list.append(UnattributedClaim(number: lastNumber, units: units, read: read, bookedAt: at))
  }

  /// Takes units of an order out of the claims that may be its, oldest first.
  ///
  /// - Returns: How many units found a claim.
  mutating func join(_ units: Int64, madeAt: Timestamp) -> Int64 {
    var rest = units
    for place in list.indices where rest > 0 && list[place].mayBe(madeAt: madeAt) {
      let taken = min(rest, list[place].units)
      list[place].units -= taken
      rest -= taken
    }
    return units - rest
  }

  /// A later read or write found the same number, and an order made by then may be the one that is missed: what seemed
  /// to be one order's units may have been two that looked alike.
  mutating func missAgain(in call: CallTimes, madeAt: Timestamp) {
    for place in list.indices where list[place].mayBe(madeAt: madeAt) { list[place].read = call }
  }

  /// The ledger's claim has so many units now; one that both sides have ended is forgotten.
  mutating func note(_ number: Int64, inLedger units: Int64) {
    guard let place = list.firstIndex(where: { $0.number == number }) else { return }
    list[place].inLedger = units
    if units == 0 && list[place].units == 0 { list.remove(at: place) }
  }

  mutating func handOver(_ number: Int64) {
    if let place = list.firstIndex(where: { $0.number == number }) { list[place].isHandedOver = true }
  }

  /// True where a claim of this number, given before, can be open again.
  func hasRoom(for number: Int64) -> Bool {
    number <= lastNumber && self[number] == nil && list.count < Limits.unattributedClaimsMax
  }

  /// Opens a claim again that was ended; the ledger counts it already.
  mutating func reopen(_ number: Int64, units: Int64, missedBy read: CallTimes, at: Timestamp) {
    invariant(hasRoom(for: number), "claim \(number) can be open again")
    let place = list.firstIndex { $0.number > number } ?? list.endIndex
    list.insert(
      UnattributedClaim(number: number, units: units, inLedger: units, read: read, bookedAt: at), at: place)
  }

  mutating func remove(_ number: Int64) { list.removeAll { $0.number == number } }
  mutating func removeAll() { list = [] }

  /// When the next of them has waited too long.
  var overdueAt: Timestamp? {
    list.filter { !$0.isHandedOver && $0.units > 0 }.map { $0.bookedAt + (Limits.unnamedClaimMax + 1) }.min()
  }

  /// The first that has waited too long and is nobody's yet.
  func overdue(at now: Timestamp) -> UnattributedClaim? {
    list.first { !$0.isHandedOver && $0.units > 0 && $0.bookedAt + Limits.unnamedClaimMax < now }
  }
}

extension UnattributedClaims {
  func write(to writer: inout ByteWriter) {
    writer.write(varint: UInt64(lastNumber))
    writer.write(list: list) { writer, claim in
      writer.write(varint: UInt64(claim.number))
      writer.write(varint: UInt64(claim.units))
      writer.write(optional: claim.inLedger) { $0.write(varint: UInt64($1)) }
      claim.read.write(to: &writer)
      writer.write(claim.bookedAt)
      writer.write(claim.isHandedOver)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    lastNumber = try reader.readUnits(max: .max)
    list = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
      UnattributedClaim(
        number: try reader.readUnits(max: .max), units: try reader.readUnits(max: Limits.mirrorMax),
        inLedger: try reader.readOptional { (reader: inout ByteReader) throws(ByteError) in
          try reader.readUnits(max: Limits.mirrorMax)
        }, read: try CallTimes(from: &reader), bookedAt: try reader.readTimestamp(),
        isHandedOver: try reader.readFlag())
    }
    let numbers = list.map(\.number)
    guard numbers.first ?? 1 > 0, numbers.last ?? 0 <= lastNumber, list.count <= Limits.unattributedClaimsMax,
      zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw ByteError(offset: start, expected: "claims by number") }
  }
}
