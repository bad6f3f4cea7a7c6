/// The reservations of one key: live ones, and ended ones for as long as their ids are remembered.
///
/// Records sit in slots; up to eight are found by looking at each, more through an index. Which slot a record has
/// never shows: images are sorted by id.
struct ReservationTable: Sendable {
  /// A slot's record; a free slot's has the id ``Identifier/none``.
  private var slots: [Reservation.Core] = []
  /// Who holds each slot's; empty while no hold of the key said it.
  private var parties: [Reservation.Party] = []
  private var index = SlotIndex()
  /// Nothing is due before this; the first expiry's time, kept where a turn looks anyway.
  private var dueAt = Int64.max
  /// Slots before this one have nothing in line: see ``firstInLine``.
  private var lineStart: Int32 = 0
  /// The last expiry in line.
  private var lineEnd = Int64.min
  /// Expiries that are out of line; elements of ended or extended ones are dead.
  private var expiries = TimeHeap<Int32>()
  /// Units of all live reservations.
  private(set) var reserved: Int64 = 0
  /// Reservations with at least one live unit.
  private(set) var liveCount = 0
  /// Live reservations with an own expiry: cart lines have none.
  private var selfExpiringCount = 0
  private var rare = Rare()

  /// What a key with one live reservation does not need.
  private struct Rare: Sendable {
    var free: [Int32] = []
    /// Ended reservations, by the time they are forgotten.
    var endings = TimeHeap<Int32>()
    /// References of live reservations.
    var references: [Identifier: [Int32]] = [:]
  }

  private static let scanMax = 8

  /// Reservations known, live and remembered.
  var count: Int { slots.count - rare.free.count }

  @inline(__always)
  private func slot(of id: ReservationID) -> Int32? {
    if slots.count > Self.scanMax { return index.slot(of: id) { slots[Int($0)].id == id } }
    for place in slots.indices where slots[place].id == id { return Int32(truncatingIfNeeded: place) }
    return nil
  }

  subscript(id: ReservationID) -> Reservation? { slot(of: id).map { reservation(at: $0) } }

  private func reservation(at slot: Int32) -> Reservation {
    var core = slots[Int(slot)]
    // Where its expiry is kept is layout: equal histories compare equal.
    core.isInHeap = false
    return Reservation(core: core, party: parties.isEmpty ? .none : parties[Int(slot)])
  }

  /// The live reservation that carries a reference; of several the one that expires first, then by id.
  func live(reference: Identifier) -> Reservation? {
    guard !reference.isNone, let places = rare.references[reference] else { return nil }
    return places.map { reservation(at: $0) }.min { ($0.expiresAt, $0.id) < ($1.expiresAt, $1.id) }
  }

  /// When the first ended reservation is forgotten.
  var nextForgotten: Timestamp? { rare.endings.first.map { Timestamp(milliseconds: $0.time) } }

  /// The next reservation that is due at `now`; drops what says nothing any more, and never changes the state.
  @inline(__always)
  mutating func nextDue(at now: Timestamp) -> ReservationID? {
    dueAt <= now.milliseconds ? firstDue(at: now) : nil
  }

  private mutating func firstDue(at now: Timestamp) -> ReservationID? {
    dropDead(until: now.milliseconds)
    let inLine = firstInLine()
    let inHeap = expiries.first
    dueAt = min(inLine?.time ?? .max, inHeap?.time ?? .max)
    guard dueAt <= now.milliseconds else { return nil }
    if let inLine, inLine.time == dueAt { return slots[Int(inLine.slot)].id }
    return inHeap.map { slots[Int($0.subject)].id }
  }

  private mutating func dropDead(until now: Int64) {
    while let first = expiries.first, first.time <= now {
      let record = slots[Int(first.subject)]
      if record.live > 0, record.isInHeap, record.expiresAt.milliseconds == first.time { return }
      expiries.popFirst()
    }
  }

  /// The first live expiry in line. Holds of equal lifetimes expire in the order in which their slots were taken: such
  /// slots are their own queue, and a hold costs no second place in memory.
  private mutating func firstInLine() -> (time: Int64, slot: Int32)? {
    while Int(lineStart) < slots.count {
      let record = slots[Int(lineStart)]
      if record.live > 0, !record.isInHeap, !record.isCartLine { return (record.expiresAt.milliseconds, lineStart) }
      lineStart += 1
    }
    return nil
  }

  /// A time before which no reservation is due; nil where none ever is.
  var nextExpiry: Timestamp? { dueAt == .max ? nil : Timestamp(milliseconds: dueAt) }

  /// Lines an expiry up: behind its neighbours where it is not earlier, else in the heap.
  private mutating func expire(_ slot: Int32, at time: Timestamp) {
    dueAt = min(dueAt, time.milliseconds)
    let isLast = Int(slot) == slots.count - 1 && slot >= lineStart && !slots[Int(slot)].isInHeap
    if isLast && time.milliseconds >= lineEnd {
      lineEnd = time.milliseconds
    } else {
      slots[Int(slot)].isInHeap = true
      expiries.push(time, slot)
    }
  }

  mutating func insert(_ record: Reservation) {
    let place: Int32
    if let reused = rare.free.popLast() {
      place = reused
      slots[Int(place)] = record.core
      if !parties.isEmpty { parties[Int(place)] = record.party }
      if slots.count > Self.scanMax { index.insert(place, id: record.id) { slots[Int($0)].id } }
    } else {
      place = add(record)
    }
    if parties.isEmpty && !record.party.isNone { keepParties(with: record.party, at: place) }
    admit(record, at: place)
  }

  private mutating func keepParties(with party: Reservation.Party, at place: Int32) {
    parties = Array(repeating: .none, count: slots.count)
    parties[Int(place)] = party
  }

  private mutating func add(_ record: Reservation) -> Int32 {
    let place = Int32(truncatingIfNeeded: slots.count)
    slots.append(record.core)
    if !parties.isEmpty { parties.append(record.party) }
    if slots.count == Self.scanMax + 1 {
      for known in slots.indices where !slots[known].id.isNone {
        index.insert(Int32(known), id: slots[known].id) { slots[Int($0)].id }
      }
    } else if slots.count > Self.scanMax {
      index.insert(place, id: record.id) { slots[Int($0)].id }
    }
    return place
  }

  /// Counts a record that is live.
  private mutating func admit(_ record: Reservation, at place: Int32) {
    if !record.reference.isNone { rare.references[record.reference, default: []].append(place) }
    reserved += record.live
    liveCount += 1
    if !record.isCartLine {
      selfExpiringCount += 1
      expire(place, at: record.expiresAt)
    }
  }

  /// Ends units of a reservation. The caller has checked that so many are live.
  mutating func end(_ id: ReservationID, units: Int64, as ending: Ending, claim: ClaimID = .none, at: Timestamp) {
    guard let place = slot(of: id) else { return invariant(false, "reservation \(id) is known when units of it end") }
    let live = slots[Int(place)].live
    invariant(units >= 0 && units <= live, "\(units) of \(live) live units of \(id) end")
    slots[Int(place)].end(Int32(truncatingIfNeeded: units), as: ending, claim: claim)
    reserved -= units
    guard live == units && units > 0 else { return }
    let record = slots[Int(place)]
    liveCount -= 1
    if !record.isCartLine { selfExpiringCount -= 1 }
    let rememberedUntil = max(record.rememberedUntil, at + Limits.requestAgeMax)
    slots[Int(place)].rememberedUntil = rememberedUntil
    rare.endings.push(rememberedUntil, place)
    if !parties.isEmpty { dropReference(parties[Int(place)].reference, at: place) }
    if expiries.count > 2 * selfExpiringCount + 64 { rebuildExpiries() }
  }

  private mutating func dropReference(_ reference: Identifier, at place: Int32) {
    if reference.isNone { return }
    rare.references[reference]?.removeAll { $0 == place }
    if rare.references[reference]?.isEmpty == true { rare.references.removeValue(forKey: reference) }
  }

  /// Turns units that had run out of time into units of a claim: a late confirm found or re-admitted them.
  mutating func confirmExpired(_ id: ReservationID, units: Int64, claim: ClaimID) {
    if units == 0 { return }
    guard let place = slot(of: id) else { return invariant(false, "reservation \(id) is known when it is confirmed") }
    let expired = Int64(slots[Int(place)].expired)
    invariant(units > 0 && units <= expired, "\(units) of \(expired) expired units of \(id) are confirmed late")
    slots[Int(place)].expired -= Int32(truncatingIfNeeded: units)
    slots[Int(place)].confirmed += Int32(truncatingIfNeeded: units)
    slots[Int(place)].claim = claim
  }

  mutating func extend(_ id: ReservationID, to expiresAt: Timestamp) {
    guard let place = slot(of: id), slots[Int(place)].live > 0 else {
      return invariant(false, "reservation \(id) is live when it is extended")
    }
    slots[Int(place)].expiresAt = expiresAt
    if slots[Int(place)].isCartLine { return }
    slots[Int(place)].isInHeap = true
    expire(place, at: expiresAt)
    if expiries.count > 2 * selfExpiringCount + 64 { rebuildExpiries() }
  }

  /// Forgets what was remembered long enough, by an entry's time.
  @inline(__always)
  mutating func forget(at: Timestamp) {
    if let first = rare.endings.first, first.time <= at.milliseconds { forgetEnded(at: at) }
  }

  private mutating func forgetEnded(at: Timestamp) {
    while let first = rare.endings.first, first.time <= at.milliseconds {
      rare.endings.popFirst()
      let id = slots[Int(first.subject)].id
      if slots.count > Self.scanMax { index.remove(first.subject, id: id) { slots[Int($0)].id } }
      slots[Int(first.subject)] = .free
      if !parties.isEmpty { parties[Int(first.subject)] = .none }
      rare.free.append(first.subject)
    }
  }

  private mutating func rebuildExpiries() {
    expiries.removeAll()
    for place in slots.indices where slots[place].live > 0 && slots[place].isInHeap {
      expiries.push(slots[place].expiresAt, Int32(place))
    }
  }

  /// All reservations, by id.
  var sorted: [Reservation] {
    slots.indices.filter { !slots[$0].id.isNone }.map { reservation(at: Int32($0)) }.sorted { $0.id < $1.id }
  }

  /// Every live reservation, in no order that may show.
  func forEachLive(_ body: (Reservation) -> Void) {
    for place in slots.indices where slots[place].live > 0 { body(reservation(at: Int32(place))) }
  }
}

extension ReservationTable: Equatable {
  static func == (left: ReservationTable, right: ReservationTable) -> Bool { left.sorted == right.sorted }
}

extension ReservationTable {
  func write(to writer: inout ByteWriter) {
    writer.write(list: sorted) { $1.write(to: &$0) }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let count = try reader.readCount()
    slots.reserveCapacity(count)
    var previous = Identifier.none
    for _ in 0..<count {
      let start = reader.offset
      let record = try Reservation(from: &reader)
      guard previous < record.id else { throw ByteError(offset: start, expected: "reservations sorted by id") }
      previous = record.id
      let place = add(record)
      if parties.isEmpty && !record.party.isNone { keepParties(with: record.party, at: place) }
      if record.live > 0 { admit(record, at: place) } else { rare.endings.push(record.rememberedUntil, place) }
    }
  }

  /// Live lines of carts.
  var liveCartLineCount: Int { liveCount - selfExpiringCount }

  /// The sums and counts from first principles.
  func checkInvariants() {
    var units: Int64 = 0
    var live = 0
    for record in slots where !record.id.isNone {
      invariant(record.live >= 0, "reservation \(record.id) has \(record.live) live units")
      units += record.live
      if record.live > 0 { live += 1 }
      invariant(self[record.id]?.id == record.id, "reservation \(record.id) is found")
    }
    invariant(units == reserved, "reserved is \(reserved), its recount \(units)")
    invariant(live == liveCount, "\(liveCount) live reservations, their recount \(live)")
  }
}
