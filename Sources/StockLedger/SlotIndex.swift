/// Where the reservation of an id stands: an open-addressed table of slot numbers, eight bytes an entry.
///
/// The ids themselves stay in their slots; half of each entry is a part of the id's hash, so that looking for an id
/// that is not there rarely touches a slot. A dictionary took 24 bytes an entry and spent a third of a hold in its
/// hasher and in moving elements as it grew. Which bucket an entry is in never shows; the salt differs from process
/// to process, so that nobody who chooses ids can choose collisions.
struct SlotIndex: Sendable {
  private static let salt = UInt64(bitPattern: Int64("holdfast".hashValue))

  /// Slot + 1 in the low half, 0 for an empty bucket; the upper half of the id's hash in the high one.
  private var buckets: [UInt64] = []
  private(set) var count = 0

  @inline(__always)
  private static func hash(_ id: Identifier, salt: UInt64) -> UInt64 {
    // The finaliser of MurmurHash3 over both words, salted.
    var mixed = (id.high ^ salt) &* 0x9E37_79B9_7F4A_7C15 ^ id.low
    mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return mixed ^ (mixed >> 33)
  }

  @inline(__always)
  private static func entry(_ slot: Int32, _ hash: UInt64) -> UInt64 {
    (hash & 0xFFFF_FFFF_0000_0000) | UInt64(UInt32(bitPattern: slot) &+ 1)
  }

  @inline(__always)
  private static func slot(_ entry: UInt64) -> Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: entry) &- 1) }

  /// The slot for which `isSame` holds, among those that may have the id.
  @inline(__always)
  func slot(of id: Identifier, isSame: (Int32) -> Bool) -> Int32? {
    if buckets.isEmpty { return nil }
    let hash = Self.hash(id, salt: Self.salt)
    let mask = buckets.count - 1
    var bucket = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = buckets[bucket]
      if entry == 0 { return nil }
      if (entry ^ hash) >> 32 == 0 && isSame(Self.slot(entry)) { return Self.slot(entry) }
      bucket = (bucket + 1) & mask
    }
  }

  /// Adds a slot whose id is not in the index yet.
  ///
  /// - Parameter id: Gives the id of any slot that is in the index.
  @inline(__always)
  mutating func insert(_ slot: Int32, id new: Identifier, id: (Int32) -> Identifier) {
    if (count + 1) * 2 > buckets.count { grow(id: id) }
    place(slot, id: new)
    count += 1
  }

  @inline(__always)
  private mutating func place(_ slot: Int32, id: Identifier) {
    let hash = Self.hash(id, salt: Self.salt)
    let mask = buckets.count - 1
    var bucket = Int(truncatingIfNeeded: hash) & mask
    while buckets[bucket] != 0 { bucket = (bucket + 1) & mask }
    buckets[bucket] = Self.entry(slot, hash)
  }

  private mutating func grow(id: (Int32) -> Identifier) {
    let old = buckets
    buckets = Array(repeating: 0, count: max(32, old.count * 2))
    for entry in old where entry != 0 { place(Self.slot(entry), id: id(Self.slot(entry))) }
  }

  /// Takes a slot out, moving later ones of its run back, so that no tombstones are left.
  mutating func remove(_ slot: Int32, id removed: Identifier, id: (Int32) -> Identifier) {
    if buckets.isEmpty { return }
    let mask = buckets.count - 1
    var hole = Int(truncatingIfNeeded: Self.hash(removed, salt: Self.salt)) & mask
    while Self.slot(buckets[hole]) != slot {
      if buckets[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    var bucket = hole
    while true {
      bucket = (bucket + 1) & mask
      let next = buckets[bucket]
      if next == 0 { break }
      let home = Int(truncatingIfNeeded: Self.hash(id(Self.slot(next)), salt: Self.salt)) & mask
      // It may move back to the hole unless its home lies between the hole (exclusive) and where it is.
      if (bucket &- home) & mask >= (bucket &- hole) & mask {
        buckets[hole] = next
        hole = bucket
      }
    }
    buckets[hole] = 0
    count -= 1
  }
}
