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

  private var memory: [Name: Memory] = [:]
  /// In the order of entries; what stands before `head` was forgotten.
  private var queue: [(name: Name, acceptedAt: Timestamp)] = []
  private var head = 0

  init() {}

  var count: Int { memory.count }

  func find(_ name: Name) -> Memory? { memory[name] }

  mutating func remember(_ name: Name, _ new: Memory) {
    if memory.updateValue(new, forKey: name) == nil { queue.append((name, new.acceptedAt)) }
  }

  /// When the first of them is forgotten.
  var nextForgotten: Timestamp {
    head < queue.count ? queue[head].acceptedAt + (Limits.deliveryMemory + 1) : Timestamp(milliseconds: .max)
  }

  /// Forgets what was accepted more than seven days before; costs nothing when nothing is due.
  mutating func prune(at now: Timestamp) {
    while head < queue.count, queue[head].acceptedAt + Limits.deliveryMemory < now {
      memory[queue[head].name] = nil
      head += 1
    }
    if head > 32 && head * 2 > queue.count {
      queue.removeFirst(head)
      head = 0
    }
  }
}

extension RecentDeliveries: Equatable {
  /// The queue follows from the memory, up to the order of deliveries of one moment, which changes nothing.
  static func == (left: RecentDeliveries, right: RecentDeliveries) -> Bool { left.memory == right.memory }
}

extension RecentDeliveries {
  private static func precedes(_ left: (Name, Memory), _ right: (Name, Memory)) -> Bool {
    (left.1.acceptedAt, left.0.source, left.0.delivery) < (right.1.acceptedAt, right.0.source, right.0.delivery)
  }

  func write(to writer: inout ByteWriter) {
    let sorted = memory.map { ($0.key, $0.value) }.sorted(by: Self.precedes)
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
    guard memory.count == sorted.count else { throw ByteError(offset: start, expected: "each delivery once") }
  }
}
