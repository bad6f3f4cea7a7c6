/// What one fact of a claim says: a stage, a side of a move, a further total of the line, or units that do not count.
enum FactKind: UInt8, Sendable, CaseIterable {
  case allocate = 0
  case deallocate = 1
  case ship = 2
  case cancel = 3
  case writeOff = 4
  case arrives = 6
  case leaves = 7
  case total = 8
  /// Units that corrections ended: the one kind that reports take back.
  case corrected = 9

  /// The fact of a stage; nil for a stage that changes no component.
  init?(_ stage: Stage) {
    guard stage != .returned, let kind = FactKind(rawValue: stage.rawValue) else { return nil }
    self = kind
  }
}

/// One reported fact of a claim: so many units by a document, or so many in all by a time.
struct StageFact: Hashable, Sendable {
  /// The document; ``Identifier/none`` for a cumulative point.
  var document: DocumentID
  /// Who said it: a count settles per source.
  var source: SourceID
  /// When it happened, by that source.
  var time: Timestamp
  /// Units of the document, or in all.
  var units: Int32
  var kind: FactKind
  var isCumulative: Bool
  /// True once a count includes it.
  var isSettled: Bool

  /// True where `other` says all that this point says, and more.
  func isImplied(by other: StageFact) -> Bool {
    isCumulative && other.isCumulative && kind == other.kind && other.units >= units && other.time <= time
      && (other.isSettled || !isSettled)
  }

  /// The one order in which facts are kept, so that any order of arrival ends in the same state.
  static func precedes(_ left: StageFact, _ right: StageFact) -> Bool {
    if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
    if left.isCumulative != right.isCumulative { return right.isCumulative }
    if left.document != right.document { return left.document < right.document }
    if left.units != right.units { return left.units < right.units }
    return left.time < right.time
  }
}

/// The facts of one claim's stages: documents that count once each, and a staircase of cumulative points.
///
/// A stage's units by a time are the larger of its documents' sum and its largest point up to then. Nothing is ever
/// subtracted, so reports may come in any order. One array serves all stages: most claims have none or two facts.
struct StageTally: Hashable, Sendable {
  private(set) var facts: [StageFact] = []

  var isEmpty: Bool { facts.isEmpty }

  /// What a new fact is to the known ones.
  enum Meeting { case new, known, contradiction, full }

  func meet(_ fact: StageFact) -> Meeting {
    var count = 0
    for known in facts where known.kind == fact.kind && known.isCumulative == fact.isCumulative {
      if fact.isCumulative {
        if fact.isImplied(by: known) { return .known }
        if !known.isImplied(by: fact) { count += 1 }
      } else {
        if known.document == fact.document {
          return known.units == fact.units && known.time == fact.time ? .known : .contradiction
        }
        count += 1
      }
    }
    return count < Limits.stageReportsMax ? .new : .full
  }

  /// Adds a fact that ``meet(_:)`` calls new; anything else changes nothing.
  mutating func add(_ fact: StageFact) {
    guard meet(fact) == .new else { return }
    facts.removeAll { $0.isImplied(by: fact) }
    let place = facts.firstIndex { StageFact.precedes(fact, $0) } ?? facts.endIndex
    facts.insert(fact, at: place)
  }

  /// Takes out the facts of a kind.
  mutating func remove(_ kind: FactKind) -> [StageFact] { remove { $0.kind == kind } }

  /// Takes out some facts.
  mutating func remove(where isTaken: (StageFact) -> Bool) -> [StageFact] {
    let taken = facts.filter(isTaken)
    facts.removeAll(where: isTaken)
    return taken
  }

  /// Units of a kind: all, or those that happened at or before a time.
  func units(_ kind: FactKind, through time: Timestamp? = nil) -> Int64 {
    units(kind) { fact in time.map { fact.time <= $0 } ?? true }
  }

  /// Units of a kind that happened before a time.
  func units(_ kind: FactKind, before time: Timestamp) -> Int64 { units(kind) { $0.time < time } }

  /// Units of a kind that a count includes.
  func settledUnits(_ kind: FactKind) -> Int64 { units(kind) { $0.isSettled } }

  private func units(_ kind: FactKind, where counts: (StageFact) -> Bool) -> Int64 {
    var documents: Int64 = 0
    var cumulative: Int64 = 0
    for fact in facts where fact.kind == kind && counts(fact) {
      if fact.isCumulative { cumulative = max(cumulative, Int64(fact.units)) } else { documents += Int64(fact.units) }
    }
    return max(documents, cumulative)
  }

  /// Marks as settled what a count includes.
  ///
  /// - Parameter totals: Whether the line's totals settle too: those of a sale line are sales, those of an order are
  ///   not.
  mutating func settle(totals: Bool, through: (SourceID) -> Timestamp) {
    for index in facts.indices where !facts[index].isSettled && facts[index].canSettle(totals: totals) {
      if facts[index].time <= through(facts[index].source) { facts[index].isSettled = true }
    }
    // A settled point makes the later, smaller ones that it implies superfluous; the canonical form drops them.
    let all = facts
    facts.removeAll { fact in all.contains { $0 != fact && fact.isImplied(by: $0) && !$0.isImplied(by: fact) } }
  }
}

extension StageFact {
  /// Only goods that left can be in a count: ships, write-offs, and the totals of sale lines.
  func canSettle(totals: Bool) -> Bool { kind == .ship || kind == .writeOff || (totals && kind == .total) }
}

extension StageTally {
  func write(to writer: inout ByteWriter) {
    writer.write(list: facts) { writer, fact in
      writer.write(byte: fact.kind.rawValue)
      writer.write(fact.isCumulative)
      writer.write(fact.isSettled)
      writer.write(fact.document)
      writer.write(fact.source)
      writer.write(fact.time)
      writer.write(varint: UInt64(fact.units))
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    facts = try reader.readList { (reader: inout ByteReader) throws(ByteError) in
      let kind = try reader.readCase(FactKind.self)
      let isCumulative = try reader.readFlag()
      let isSettled = try reader.readFlag()
      let document = try reader.readIdentifier()
      let source = try reader.readIdentifier()
      let time = try reader.readReportedTime()
      let units = try reader.readUnits(max: Limits.quantityMax)
      return StageFact(
        document: document, source: source, time: time, units: Int32(units), kind: kind, isCumulative: isCumulative,
        isSettled: isSettled)
    }
    for (left, right) in zip(facts, facts.dropFirst()) where !StageFact.precedes(left, right) {
      throw ByteError(offset: start, expected: "facts in their order")
    }
  }
}

extension ByteReader {
  /// A number of units, 0 to a bound.
  mutating func readUnits(max: Int64) throws(ByteError) -> Int64 {
    let start = offset
    let raw = try readVarint()
    guard raw <= UInt64(max) else { throw ByteError(offset: start, expected: "units up to \(max)") }
    return Int64(raw)
  }

  /// A time that a source may name.
  mutating func readReportedTime() throws(ByteError) -> Timestamp {
    let start = offset
    let time = try readTimestamp()
    guard time.isInRange else { throw ByteError(offset: start, expected: "a time up to the year 9999") }
    return time
  }
}
