/// The accepted deliveries of the last seven days, by source and id: a duplicate gets the same answer, and an id that
/// comes again with other content is told from it by a digest.
struct RecentDeliveries: Sendable {
  /// A delivery's name.
  struct Name: Hashable, Sendable {
    var source: SourceID
    var delivery: DeliveryID
  }

  /// What is remembered of it.
  struct Memory: Hashable, Sendable {
    /// The first half of a SipHash-128 of the content.
    var digest: UInt64
    /// What it was answered with.
    var flags: ReportFlags
    /// The time of its entry.
    var acceptedAt: Timestamp
  }

  /// In the order of entries; what stands before `head` was forgotten. Up to sixteen are looked at one by one.
  private var queue: [(name: Name, memory: Memory)] = []
  private var head = 0
  /// Where each delivery stands, counted from the first ever; empty while there are few.
  private var index: [Name: Int] = [:]
  /// How many were taken from the front of the queue.
  private var base = 0

  private static let scanMax = 16

  init() {}

  var count: Int { queue.count - head }

  func find(_ name: Name) -> Memory? {
    if !index.isEmpty { return index[name].map { queue[$0 - base].memory } }
    return queue[head...].first { $0.name == name }?.memory
  }

  mutating func remember(_ name: Name, _ new: Memory) {
    if find(name) != nil { return }
    queue.append((name, new))
    if !index.isEmpty {
      index[name] = base + queue.count - 1
    } else if count > Self.scanMax {
      for place in head..<queue.count { index[queue[place].name] = base + place }
    }
  }

  /// When the first of them is forgotten.
  var nextForgotten: Timestamp {
    head < queue.count
      ? queue[head].memory.acceptedAt + (Limits.deliveryMemory + 1) : Timestamp(milliseconds: .max)
  }

  /// Forgets what was accepted more than seven days before; costs nothing when nothing is due.
  mutating func prune(at now: Timestamp) {
    while head < queue.count, queue[head].memory.acceptedAt + Limits.deliveryMemory < now {
      if !index.isEmpty { index[queue[head].name] = nil }
      head += 1
    }
    if head > 32 && head * 2 > queue.count {
      queue.removeFirst(head)
      base += head
      head = 0
    }
  }

  /// Hears of all of them, in the order of their entries.
  func forEach(_ body: (SourceID, DeliveryID, ReportFlags, Timestamp) -> Void) {
    for (name, memory) in queue[head...] { body(name.source, name.delivery, memory.flags, memory.acceptedAt) }
  }

  /// All of them, oldest first.
  private var sorted: [(Name, Memory)] { queue[head...].map { ($0.name, $0.memory) }.sorted(by: Self.precedes) }
}

extension RecentDeliveries: Equatable {
  /// The order of deliveries of one moment changes nothing.
  static func == (left: RecentDeliveries, right: RecentDeliveries) -> Bool {
    left.sorted.elementsEqual(right.sorted) { $0 == $1 }
  }
}

extension RecentDeliveries {
  private static func precedes(_ left: (Name, Memory), _ right: (Name, Memory)) -> Bool {
    (left.1.acceptedAt, left.0.source, left.0.delivery) < (right.1.acceptedAt, right.0.source, right.0.delivery)
  }

  func write(to writer: inout ByteWriter) {
    writer.write(list: sorted) { writer, delivery in
      writer.write(delivery.1.acceptedAt)
      writer.write(delivery.0.source)
      writer.write(delivery.0.delivery)
      writer.write(word: delivery.1.digest)
      writer.write(varint: UInt64(delivery.1.flags.rawValue))
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let sorted = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
      let acceptedAt = try reader.readTimestamp()
      let name = Name(source: try reader.readIdentifier(), delivery: try reader.readIdentifier())
      let digest = try reader.readWord()
      let flags = ReportFlags(rawValue: UInt16(try reader.readUnits(max: Int64(UInt16.max))))
      return (name, Memory(digest: digest, flags: flags, acceptedAt: acceptedAt))
    }
    for (left, right) in zip(sorted, sorted.dropFirst()) where !Self.precedes(left, right) {
      throw ByteError(offset: start, expected: "deliveries in their order")
    }
    for (name, memory) in sorted { remember(name, memory) }
    guard count == sorted.count else { throw ByteError(offset: start, expected: "each delivery once") }
  }
}
