import InventoryEngine
import StockJournal
import StockLedger

/// Snapshots made anew where they do not say what the entries say: the entries are the truth, and are never changed.
///
/// Nothing is applied to an image that may be wrong: an image is compared with what the entries up to its own number
/// make, so that no broken invariant ends the process before it is told. Where a shard's oldest entries are gone, its
/// snapshot stands if it reads.
struct SnapshotRepair: Sendable {
  /// What differed, and where; all of it is put right.
  private(set) var differences: [String] = []
  /// Where the files as they were are kept; nil where nothing differed.
  private(set) var copy: String?

  /// Nothing was looked at.
  init() {}

  /// Compares every shard's newest snapshot, and makes those anew that differ.
  ///
  /// - Parameter keepingCopy: Called once, before the first change; what it throws ends the repair.
  /// - Throws: ``StoreFailure`` where the journal itself is damaged, and a ``Complaint`` where what a snapshot should
  ///   say is not known any more.
  init(of journal: any JournalStore, flag: StopFlag, keepingCopy: () throws -> String) async throws {
    for shard in try await journal.heads().indices where !flag.isRaised {
      let found = try await Self.differences(shard, in: journal)
      if found.isEmpty { continue }
      let snapshot = try await Self.snapshot(of: shard, from: journal)
      if copy == nil { copy = try keepingCopy() }
      try await journal.save(snapshot)
      differences += found
    }
  }

  // MARK: What differs

  private static func differences(_ shard: Int, in journal: any JournalStore) async throws -> [String] {
    do throws(StoreFailure) {
      guard let snapshot = try await journal.snapshot(shard: shard) else { return [] }
      guard let entries = try await ShardState.fromZero(shard, through: snapshot.through, of: journal) else {
        return []
      }
      return try differences(snapshot, entries)
    } catch {
      // What cannot be read of the log is said again by whoever makes the snapshot anew.
      guard case .damaged(let words) = error else { throw error }
      return [words.split(separator: ";").first.map(String.init) ?? words]
    }
  }

  private static func differences(
    _ snapshot: ShardSnapshot, _ entries: ShardState
  ) throws(StoreFailure) -> [String] {
    var found: [String] = []
    var images = Dictionary(uniqueKeysWithValues: snapshot.images.map { ($0.key, $0) })
    try entries.forEachLevel { key, level, number in
      guard let image = images.removeValue(forKey: key) else {
        found.append("\(key) (shard \(snapshot.shard)) was not in the snapshot")
        return
      }
      // One that was taken while its key went on is of a later entry than the snapshot: the next replay judges it.
      if image.number > snapshot.through { return }
      let stored = try? StockLevel(image: image.bytes)
      if let stored, stored.image == level.image, image.number == number { return }
      found.append("\(key) (shard \(snapshot.shard)): \(words(stored?.numbers, level.numbers))")
    }
    for image in images.values.sorted(by: { $0.key < $1.key }) where image.number <= snapshot.through {
      found.append("\(image.key) (shard \(snapshot.shard)) was in the snapshot, and no entry made it")
    }
    return found
  }

  private static func words(_ stored: StockNumbers?, _ made: StockNumbers) -> String {
    guard let stored else { return "its image did not read" }
    let pairs = [
      ("on hand", stored.onHand, made.onHand), ("allocated", stored.allocated, made.allocated),
      ("pending", stored.pending, made.pending), ("open", stored.open, made.open),
      ("reserved", stored.reserved, made.reserved),
    ]
    let differing = pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1), its entries make \($0.2)" }
    return differing.isEmpty ? "what it remembers differed" : "the snapshot said " + differing.joined(separator: "; ")
  }

  // MARK: What the entries make

  /// The snapshot of all the entries of a shard.
  private static func snapshot(of shard: Int, from journal: any JournalStore) async throws -> ShardSnapshot {
    let head = try await journal.heads()[shard]
    guard let state = try await ShardState.fromZero(shard, through: head.number, of: journal) else {
      throw Complaint(
        "the snapshot of shard \(shard) is damaged, and the entries that made it are gone",
        do: "restore the directory from a copy")
    }
    var images: [KeyImage] = []
    try state.forEachLevel { key, level, number in
      images.append(KeyImage(key: key, number: number, bytes: level.image))
    }
    return ShardSnapshot(shard: shard, through: head.number, hash: head.hash, time: state.time, images: images)
  }
}
