/// Units on hand: the last count, plus the owner's adjustments that happened after it.
struct OnHandBook: Hashable, Sendable {
  /// The last count.
  struct CountFact: Hashable, Sendable {
    var units: Int64
    var asOf: Timestamp
    var source: SourceID
  }

  /// An adjustment or a correction that no count covers yet.
  struct AdjustmentFact: Hashable, Sendable {
    var document: DocumentID
    var source: SourceID
    var occurredAt: Timestamp
    var delta: Int64
  }

  private(set) var count: CountFact?
  /// By document.
  private(set) var adjustments: [AdjustmentFact] = []
  /// Units on hand; a cached sum.
  private(set) var units: Int64 = 0

  /// Units from first principles.
  func recount() -> Int64 { adjustments.reduce(count?.units ?? 0) { $0 + $1.delta } }

  /// Whether a count covers an adjustment. An owner has no skew against itself; between two sources, inside the skew,
  /// what lowers stock counts as not included and what raises it as included.
  private static func covers(_ count: CountFact, _ adjustment: AdjustmentFact, _ policy: KeyPolicy) -> Bool {
    // Nor has a correction that takes away: what it knew of the owner is older than itself. One that adds yields to a
    // count a little sooner, which may include what it was made for.
    let isCorrection = adjustment.source == .reconciliation && adjustment.delta < 0
    if count.source == adjustment.source || isCorrection { return adjustment.occurredAt <= count.asOf }
    let skew = policy.skew(count: count.source, claims: adjustment.source)
    return adjustment.delta < 0
      ? adjustment.occurredAt < count.asOf - skew : adjustment.occurredAt <= count.asOf + skew
  }

  private func place(of document: DocumentID) -> Int {
    var low = 0
    var high = adjustments.count
    while low < high {
      let middle = (low + high) / 2
      if adjustments[middle].document < document { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The remembered adjustment of a document.
  func adjustment(_ document: DocumentID) -> AdjustmentFact? {
    let place = place(of: document)
    return place < adjustments.count && adjustments[place].document == document ? adjustments[place] : nil
  }

  /// Units after an adjustment.
  func units(after adjustment: AdjustmentFact, policy: KeyPolicy) -> Int64 {
    if let count, Self.covers(count, adjustment, policy) { return units }
    return units + adjustment.delta
  }

  /// Adds an adjustment; one that the count covers, or that is known, adds nothing.
  mutating func add(_ adjustment: AdjustmentFact, policy: KeyPolicy) {
    if let count, Self.covers(count, adjustment, policy) { return }
    let place = place(of: adjustment.document)
    if place < adjustments.count && adjustments[place].document == adjustment.document { return }
    adjustments.insert(adjustment, at: place)
    units += adjustment.delta
  }

  /// Adds a correction. It was compared with what the last count left, so only a later one covers it.
  mutating func correct(_ correction: AdjustmentFact) {
    adjustments.insert(correction, at: place(of: correction.document))
    units += correction.delta
  }

  /// Units after a count.
  func units(after count: CountFact, policy: KeyPolicy) -> Int64 {
    adjustments.reduce(count.units) { $0 + (Self.covers(count, $1, policy) ? 0 : $1.delta) }
  }

  /// Takes a count, and drops the adjustments that it covers.
  mutating func take(_ count: CountFact, policy: KeyPolicy) {
    adjustments.removeAll { Self.covers(count, $0, policy) }
    self.count = count
    units = recount()
  }
}

extension OnHandBook {
  func write(to writer: inout ByteWriter) {
    writer.write(optional: count) { writer, count in
      writer.write(signed: count.units)
      writer.write(count.asOf)
      writer.write(count.source)
    }
    writer.write(list: adjustments) { writer, adjustment in
      writer.write(adjustment.document)
      writer.write(adjustment.source)
      writer.write(adjustment.occurredAt)
      writer.write(signed: adjustment.delta)
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    count = try reader.readOptional { (reader: inout ByteReader) throws(ByteError) in
      let units = try reader.readSigned()
      guard units >= -Limits.unitsMax, units <= Limits.unitsMax else {
        throw ByteError(offset: start, expected: "a count in its range")
      }
      return CountFact(units: units, asOf: try reader.readReportedTime(), source: try reader.readIdentifier())
    }
    adjustments = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
      let document = try reader.readIdentifier()
      let source = try reader.readIdentifier()
      let time = try reader.readReportedTime()
      let delta = try reader.readSigned()
      guard delta >= -Limits.quantityMax, delta <= Limits.quantityMax, delta != 0 else {
        throw ByteError(offset: start, expected: "an adjustment in its range")
      }
      return AdjustmentFact(document: document, source: source, occurredAt: time, delta: delta)
    }
    for (left, right) in zip(adjustments, adjustments.dropFirst()) where left.document >= right.document {
      throw ByteError(offset: start, expected: "adjustments in their order")
    }
    units = recount()
    guard units >= -Limits.unitsMax, units <= Limits.unitsMax else {
      throw ByteError(offset: start, expected: "units on hand in their range")
    }
  }
}
