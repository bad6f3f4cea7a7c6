/// What is kept of a line's state beside the claim that it shaped.
struct KnownLineState: Hashable, Sendable {
  var source: SourceID
  var version: Int64
  var digest: UInt64
  /// True where reservations were confirmed into units of the line, at any of its keys.
  var isHeld: Bool
  var memo: [UInt8]
}

extension SourceBook {
  /// A state is news where it says something else than the last, or where others have changed the line since.
  func rule(on state: LineState, of report: Report, _ policy: KeyPolicy, _ now: Timestamp) -> Ruling {
    let claim = claims[state.claim]
    if let known = records.lineStates[state.claim] {
      if known.source != report.source { return .refuse(.notOwner(known.source)) }
      if known.digest == state.digest && claim?.present == state.units { return .duplicate([]) }
      if state.version <= known.version { return .refuse(.stale) }
    }
    if let claim {
      if claim.kind != .order { return .refuse(.claimKindDiffers) }
      let others = claim.facts.facts.count { $0.source != report.source }
      // Two more: what came from other locations, and what went there.
      if others + state.departures.count + 2 > Limits.stageReportsMax { return .refuse(.tooManyReports) }
    }
    if let field = sumOutOfRange(adding: state.units) { return .refuse(.outOfRange(field)) }
    return .accept(flags(of: report, policy, at: now))
  }

  func flags(of state: LineState, by source: SourceID, _ policy: KeyPolicy, at: Timestamp) -> ReportFlags {
    guard let claim = claims[state.claim] else { return isPastMemory(state.changedAt, at) ? .pastMemory : [] }
    let hasLate = departures(of: state, by: source, policy)
      .contains { claim.facts.meet($0) == .new && isLate($0.time, source, policy) }
    return hasLate ? .lateForCount : []
  }

  mutating func apply(_ state: LineState, by source: SourceID, _ policy: KeyPolicy, at: Timestamp) {
    let departures = departures(of: state, by: source, policy)
    change(state.claim, kind: .order, beganAt: state.occurredAt, at: at) {
      $0.take(state, by: source, departures: departures)
    }
    records.lineStates[state.claim] = KnownLineState(
      source: source, version: state.version, digest: state.digest, isHeld: state.heldInAll > 0, memo: state.memo)
  }

  /// What left, as far as this source may say it: where a warehouse owns what is allocated, parcels are its word.
  private func departures(of state: LineState, by source: SourceID, _ policy: KeyPolicy) -> [StageFact] {
    let owners = policy.owners
    let ships = owners.allocated.isNone || owners.allocated == source || owners.onHand == source
    let settled = records.settlement.lateThrough(source, policy)
    return state.departures.lazy.filter { ships || $0.isWrittenOff }.map { departure in
      StageFact(
        document: departure.document, source: source, time: departure.occurredAt,
        units: Int32(departure.units.units), kind: departure.kind, isCumulative: false,
        isSettled: departure.occurredAt <= settled)
    }
  }
}

extension Claim {
  /// Units here by all that was said of them, those that left the building included.
  var present: Int64 {
    max(0, max(total() + facts.units(.arrives), confirmedUnits) - facts.units(.leaves))
  }

  /// Puts a state in the place of what its source said of the line before.
  ///
  /// The difference to what is known here by name, by confirms and by other sources becomes units that came from other
  /// locations, or went there. What a count has settled of a departure that is said again stays settled.
  mutating func take(_ state: LineState, by source: SourceID, departures: [StageFact]) {
    // The newest word on the whole line takes the place of a correction, too.
    _ = facts.remove(.corrected)
    let before = facts.removePlacing(by: source)
    for var departure in departures {
      departure.isSettled =
        departure.isSettled || before.contains { $0.isSettled && $0.saysTheSame(as: departure) }
      facts.add(departure)
    }
    let named = total() + facts.units(.arrives)
    let wanted = state.units + facts.units(.leaves)
    let known = max(named, confirmedUnits)
    for (kind, units) in [(FactKind.arrives, wanted - named), (.leaves, known - wanted)] where units > 0 {
      // What did not change keeps its time: an aggregate that covers it goes on covering it.
      let same = before.first { $0.kind == kind && Int64($0.units) == units }
      facts.add(
        StageFact(
          document: StageFact.stated, source: source, time: same?.time ?? state.changedAt,
          units: Int32(clamping: units), kind: kind, isCumulative: false, isSettled: false))
    }
  }
}

extension StageFact {
  /// The document of units that a line's state moves.
  fileprivate static let stated = Identifier("the line's state, by its source") ?? .none

  fileprivate func saysTheSame(as other: StageFact) -> Bool {
    kind == other.kind && document == other.document && units == other.units && time == other.time
  }
}

extension StageTally {
  /// Takes out what a source said of where the line's units are and what became of them.
  fileprivate mutating func removePlacing(by source: SourceID) -> [StageFact] {
    let placing: Set<FactKind> = [.ship, .cancel, .writeOff, .arrives, .leaves]
    return remove { $0.source == source && placing.contains($0.kind) }
  }
}

extension SourceBook {
  /// True where the state of some line says that it was held.
  var hasHeldLines: Bool { records.lineStates.values.contains(where: \.isHeld) }

  /// - Parameter sayHeld: False writes them as they were before states said so, which no held line may be.
  func writeLineStates(sayHeld: Bool, to writer: inout ByteWriter) {
    let states = records.lineStates.sorted { $0.key < $1.key }
    writer.write(list: states) { writer, state in
      writer.write(state.key)
      writer.write(state.value.source)
      writer.write(varint: UInt64(state.value.version))
      writer.write(word: state.value.digest)
      if sayHeld { writer.write(state.value.isHeld) }
      writer.write(counted: state.value.memo)
    }
  }

  mutating func readLineStates(sayHeld: Bool, from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    var previous: ClaimID?
    for _ in 0..<(try reader.readCount()) {
      let id = try reader.readIdentifier()
      let state = KnownLineState(
        source: try reader.readIdentifier(), version: try reader.readUnits(max: .max), digest: try reader.readWord(),
        isHeld: sayHeld ? try reader.readFlag() : false, memo: try reader.readCounted())
      guard previous.map({ $0 < id }) ?? true, state.version > 0, state.memo.count <= Limits.memoBytesMax else {
        throw ByteError(offset: start, expected: "states of lines in their order")
      }
      previous = id
      records.lineStates[id] = state
    }
    if previous == nil { throw ByteError(offset: start, expected: "states of lines") }
  }
}
