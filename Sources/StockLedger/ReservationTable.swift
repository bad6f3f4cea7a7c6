/// The reservations of one key: live ones, and ended ones for as long as their ids are remembered.
///
/// Records sit in slots; up to eight are found by looking at each, more through an index. Which slot a record has
/// never shows: images are sorted by id.
struct ReservationTable: Sendable {
  /// A slot's record; a free slot's has the id ``Identifier/none``.
  private var slots: [Reservation] = []
  private var index = SlotIndex()
  /// Live reservations that end by themselves, by expiry; elements of ended or extended ones are dead.
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

  subscript(id: ReservationID) -> Reservation? { slot(of: id).map { slots[Int($0)] } }

  /// The live reservation that carries a reference; of several the one that expires first, then by id.
  func live(reference: Identifier) -> Reservation? {
    guard !reference.isNone, let places = rare.references[reference] else { return nil }
    return places.map { slots[Int($0)] }.min { ($0.expiresAt, $0.id) < ($1.expiresAt, $1.id) }
  }

  /// When the first ended reservation is forgotten.
  var nextForgotten: Timestamp? { rare.endings.first.map { Timestamp(milliseconds: $0.time) } }

  /// The next reservation that is due at `now`; drops what says nothing any more, and never changes the state.
  mutating func nextDue(at now: Timestamp) -> ReservationID? {
    while let first = expiries.first, first.time <= now.milliseconds {
      let record = slots[Int(first.subject)]
      if record.live > 0, !record.isCartLine, record.expiresAt.milliseconds == first.time { return record.id }
      expiries.popFirst()
    }
    return nil
  }

  /// A time before which no reservation is due; nil where none ever is.
  var nextExpiry: Timestamp? { expiries.first.map { Timestamp(milliseconds: $0.time) } }

  mutating func insert(_ record: Reservation) {
    let place: Int32
    if let reused = rare.free.popLast() {
      place = reused
      slots[Int(place)] = record
      if slots.count > Self.scanMax { index.insert(place, id: record.id) { slots[Int($0)].id } }
    } else {
      place = add(record)
    }
    admit(record, at: place)
  }

  private mutating func add(_ record: Reservation) -> Int32 {
    let place = Int32(truncatingIfNeeded: slots.count)
    slots.append(record)
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
      expiries.push(record.expiresAt, place)
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
    if !record.reference.isNone {
      rare.references[record.reference]?.removeAll { $0 == place }
      if rare.references[record.reference]?.isEmpty == true { rare.references.removeValue(forKey: record.reference) }
    }
    if expiries.count > 2 * selfExpiringCount + 64 { rebuildExpiries() }
  }

  /// Notes which claim a reservation's units were found in, where none of them was live any more.
  mutating func note(_ id: ReservationID, claim: ClaimID) {
    guard let place = slot(of: id) else { return invariant(false, "reservation \(id) is known when it is confirmed") }
    slots[Int(place)].claim = claim
  }

  mutating func extend(_ id: ReservationID, to expiresAt: Timestamp) {
    guard let place = slot(of: id), slots[Int(place)].live > 0 else {
      return invariant(false, "reservation \(id) is live when it is extended")
    }
    slots[Int(place)].expiresAt = expiresAt
    if !slots[Int(place)].isCartLine { expiries.push(expiresAt, place) }
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
      rare.free.append(first.subject)
    }
  }

  private mutating func rebuildExpiries() {
    expiries.removeAll()
    for place in slots.indices where slots[place].live > 0 && !slots[place].isCartLine {
      expiries.push(slots[place].expiresAt, Int32(place))
    }
  }

  /// All reservations, by id.
  var sorted: [Reservation] { slots.filter { !$0.id.isNone }.sorted { $0.id < $1.id } }

  /// Every live reservation, in no order that may show.
  func forEachLive(_ body: (Reservation) -> Void) {
    for record in slots where record.live > 0 { body(record) }
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
      if record.live > 0 { admit(record, at: place) } else { rare.endings.push(record.rememberedUntil, place) }
    }
  }

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
