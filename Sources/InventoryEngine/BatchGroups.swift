import StockLedger

/// The commands of one batch, grouped by key: one hop per key, in the order in which the keys first appear.
///
/// Linked lists over one array, found by an open-addressed table of the keys' stored hashes: two allocations a batch,
/// whatever its size. Tried before: a dictionary of arrays, which cost an allocation and a rehash per key.
struct BatchGroups {
  struct Group {
    let first: Int32
    var last: Int32
    var count: Int32
  }

  /// For each command, the next one of the same key; −1 at the end.
  private(set) var next: [Int32]
  private(set) var groups: [Group] = []

  init(_ commands: [KeyedCommand], skipping skipped: (Int) -> Bool = { _ in false }) {
    next = Array(repeating: -1, count: commands.count)
    var size = 16
    while size < commands.count * 2 { size *= 2 }
    var table = Array(repeating: Int32(-1), count: size)
    let mask = UInt64(size - 1)
    var lastGroup = -1
    for index in commands.indices where !skipped(index) {
      let key = commands[index].key
      // Neighbours of one key are common: a flash sale's batch is one run.
      if lastGroup >= 0, commands[Int(groups[lastGroup].first)].key == key {
        append(index, to: lastGroup)
        continue
      }
      var slot = Int(key.keyHash & mask)
      while true {
        let group = Int(table[slot])
        if group < 0 {
          table[slot] = Int32(groups.count)
          lastGroup = groups.count
          groups.append(Group(first: Int32(index), last: Int32(index), count: 1))
          break
        }
        if commands[Int(groups[group].first)].key == key {
          lastGroup = group
          append(index, to: group)
          break
        }
        slot = (slot + 1) & Int(mask)
      }
    }
  }

  private mutating func append(_ index: Int, to group: Int) {
    next[Int(groups[group].last)] = Int32(index)
    groups[group].last = Int32(index)
    groups[group].count += 1
  }

  /// The groups shard by shard, from the first command's shard on: keys of one shard share its directory part, its log
  /// and their locks, which then are in the cache; batches that start at different shards do not queue up behind
  /// each other.
  mutating func sortByShard(_ commands: [KeyedCommand]) {
    guard groups.count > 1 else { return }
    let start = commands[Int(groups[0].first)].key.shard
    var ends = Array(repeating: Int32(0), count: 257)
    for group in groups { ends[((commands[Int(group.first)].key.shard &- start) & 255) + 1] += 1 }
    for shard in 1...256 { ends[shard] += ends[shard - 1] }
    var sorted = groups
    for group in groups {
      let shard = (commands[Int(group.first)].key.shard &- start) & 255
      sorted[Int(ends[shard])] = group
      ends[shard] += 1
    }
    groups = sorted
  }

  /// The groups in key order: the order in which a cart's lines are prepared.
  mutating func sortByKey(_ commands: [KeyedCommand]) {
    groups.sort { commands[Int($0.first)].key < commands[Int($1.first)].key }
  }
}
