/// The newest durable records of an owned shard: what its owner can write again after a store lost them.
///
/// A suffix of the log without holes, bounded by bytes, never empty.
struct KeptTail: Sendable {
  private var records: [JournalRecord]
  /// Records before this index were let go; they leave the array when they are half of it: an append stays cheap.
  private var start = 0
  private var bytes: Int
  private let bytesMax: Int

  init(_ first: JournalRecord, bytesMax: Int) {
    records = [first]
    bytes = first.bytes.count
    self.bytesMax = bytesMax
  }

  /// The number after which the records kept go on.
  var base: UInt64 { records[start].firstNumber - 1 }

  mutating func append(_ record: JournalRecord) {
    records.append(record)
    bytes += record.bytes.count
    while bytes > bytesMax && start < records.count - 1 {
      bytes -= records[start].bytes.count
      start += 1
    }
    if start > records.count / 2 {
      records.removeFirst(start)
      start = 0
    }
  }

  /// The last so many records.
  func last(_ count: Int) -> ArraySlice<JournalRecord> { records[start...].suffix(count) }

  /// How many records come after a place in the log; nil where no kept record starts or ends exactly there.
  func count(after end: LogEnd) -> Int? {
    if end == LogEnd(after: records[records.count - 1]) { return 0 }
    let next = records[start...].lastIndex { $0.firstNumber - 1 == end.number && $0.previous == end.hash }
    return next.map { records.count - $0 }
  }
}

/// A place between two records: what a shared store compares.
struct LogEnd: Hashable, Sendable {
  let number: UInt64
  let hash: RecordHash

  init(number: UInt64, hash: RecordHash) {
    self.number = number
    self.hash = hash
  }

  init(after record: JournalRecord) { self.init(number: record.lastNumber, hash: record.hash) }
}
