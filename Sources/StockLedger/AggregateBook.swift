/// A component's last aggregate, and what fell out of it that no next owner has taken over yet.
struct AggregateBook: Hashable, Sendable {
  /// The last aggregate.
  struct Last: Hashable, Sendable {
    var units: Int64
    var asOf: Timestamp
    var since: Timestamp?
    var out: Int64?
    var source: SourceID
  }

  /// Units that left an aggregate without a name: they count until the next owner's absolute report covers them.
  struct Fallen: Hashable, Sendable {
    var units: Int64
    var asOf: Timestamp
    /// Whose aggregate they fell out of.
    var source: SourceID
    /// Set where the pending aggregate's start moved: a count as of this time or later frees them.
    var countAsOf: Timestamp?
    /// The time of the entry.
    var fellAt: Timestamp
  }

  private(set) var last: Last?
  /// In the order in which they fell.
  private(set) var fallen: [Fallen] = []

  /// Items past this number are added up: freed later than they might be, never sooner.
  static let fallenCountMax = 64

  init() {}

  /// What counts beside the claims.
  var units: Int64 { fallen.reduce(last?.units ?? 0) { $0 + $1.units } }

  var fallenUnits: Int64 { fallen.reduce(0) { $0 + $1.units } }

  mutating func take(_ new: Last) { last = new }

  mutating func fall(_ item: Fallen) {
    fallen.append(item)
    if fallen.count > Self.fallenCountMax {
      let first = fallen.removeFirst()
      let second = fallen[0]
      var countAsOf: Timestamp?
      if let one = first.countAsOf, let other = second.countAsOf { countAsOf = max(one, other) }
      fallen[0] = Fallen(
        units: first.units + second.units, asOf: max(first.asOf, second.asOf), source: second.source,
        countAsOf: countAsOf, fellAt: first.fellAt)
    }
  }

  /// Frees the items that a report covers.
  mutating func free(where isCovered: (Fallen) -> Bool) { fallen.removeAll(where: isCovered) }
}

extension AggregateBook {
  func write(to writer: inout ByteWriter) {
    writer.write(optional: last) { writer, last in
      writer.write(varint: UInt64(last.units))
      writer.write(last.asOf)
      writer.write(optional: last.since) { $0.write($1) }
      writer.write(optional: last.out) { $0.write(signed: $1) }
      writer.write(last.source)
    }
    writer.write(list: fallen) { writer, item in
      writer.write(varint: UInt64(item.units))
      writer.write(item.asOf)
      writer.write(item.source)
      writer.write(optional: item.countAsOf) { $0.write($1) }
      writer.write(item.fellAt)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    func readTime(_ reader: inout ByteReader) throws(ByteError) -> Timestamp { try reader.readReportedTime() }
    let start = reader.offset
    last = try reader.readOptional { (reader: inout ByteReader) throws(ByteError) in
      Last(
        units: try reader.readUnits(max: Limits.unitsMax), asOf: try reader.readReportedTime(),
        since: try reader.readOptional(readTime),
        out: try reader.readOptional { (reader: inout ByteReader) throws(ByteError) in try reader.readOut() },
        source: try reader.readIdentifier())
    }
    fallen = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
      Fallen(
        units: try reader.readUnits(max: Limits.unitsMax), asOf: try reader.readReportedTime(),
        source: try reader.readIdentifier(), countAsOf: try reader.readOptional(readTime),
        fellAt: try reader.readTimestamp())
    }
    guard fallen.count <= Self.fallenCountMax, fallen.allSatisfy({ $0.units > 0 }) else {
      throw ByteError(offset: start, expected: "a bounded list of fallen units")
    }
  }
}

extension ByteReader {
  fileprivate mutating func readOut() throws(ByteError) -> Int64 {
    let start = offset
    let out = try readSigned()
    guard out >= 0, out <= Limits.unitsMax else { throw ByteError(offset: start, expected: "cumulative units out") }
    return out
  }
}
