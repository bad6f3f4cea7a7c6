/// Where the reservation of an id stands: an open-addressed table of slot numbers, four bytes an entry.
///
/// The ids themselves stay in their slots; the caller lends them for comparison. A dictionary took 24 bytes an entry and
/// spent a third of a hold in its hasher and in moving elements as it grew. Which bucket an entry is in never shows; the
/// salt differs from process to process, so that nobody who chooses ids can choose collisions.
struct SlotIndex: Sendable {
  private static let salt = UInt64(bitPattern: Int64("holdfast".hashValue))
  private static let empty: Int32 = -1

  private var buckets: [Int32] = []
  private(set) var count = 0

  private static func hash(_ id: Identifier) -> UInt64 {
    // The finaliser of MurmurHash3 over both words, salted.
    var mixed = (id.high ^ salt) &* 0x9E37_79B9_7F4A_7C15 ^ id.low
    mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return mixed ^ (mixed >> 33)
  }

  @inline(__always)
  private func home(_ id: Identifier) -> Int { Int(Self.hash(id) & UInt64(buckets.count - 1)) }

  /// The slot for which `isSame` holds, among those that may have the id.
  @inline(__always)
  func slot(of id: Identifier, isSame: (Int32) -> Bool) -> Int32? {
    if buckets.isEmpty { return nil }
    var bucket = home(id)
    while true {
      let slot = buckets[bucket]
      if slot == Self.empty { return nil }
      if isSame(slot) { return slot }
      bucket = (bucket + 1) & (buckets.count - 1)
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

  private mutating func place(_ slot: Int32, id: Identifier) {
    var bucket = home(id)
    while buckets[bucket] != Self.empty { bucket = (bucket + 1) & (buckets.count - 1) }
    buckets[bucket] = slot
  }

  private mutating func grow(id: (Int32) -> Identifier) {
    let old = buckets
    buckets = Array(repeating: Self.empty, count: max(32, old.count * 2))
    for slot in old where slot != Self.empty { place(slot, id: id(slot)) }
  }

  /// Takes a slot out, moving later ones of its run back, so that no tombstones are left.
  mutating func remove(_ slot: Int32, id removed: Identifier, id: (Int32) -> Identifier) {
    if buckets.isEmpty { return }
    let mask = buckets.count - 1
    var hole = home(removed)
    while buckets[hole] != slot {
      if buckets[hole] == Self.empty { return }
      hole = (hole + 1) & mask
    }
    var bucket = hole
    while true {
      bucket = (bucket + 1) & mask
      let next = buckets[bucket]
      if next == Self.empty { break }
      let home = home(id(next))
      // It may move back to the hole unless its home lies between the hole (exclusive) and where it is.
      if (bucket &- home) & mask >= (bucket &- hole) & mask {
        buckets[hole] = next
        hole = bucket
      }
    }
    buckets[hole] = Self.empty
    count -= 1
  }
}
