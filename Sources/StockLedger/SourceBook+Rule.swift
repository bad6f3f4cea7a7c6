// Deciding: pure, in the order of precedence that `Refusal` writes down.
extension SourceBook {
  /// What a report gets.
  public enum Ruling: Hashable, Sendable {
    /// It is news: journal and apply it. The flags are those that applying it will give.
    case accept(ReportFlags)
    /// It was said before: the same answer, nothing changes, nothing is journaled.
    case duplicate(ReportFlags)
    /// No.
    case refuse(Refusal)
  }

  /// Decides on a report; changes nothing.
  ///
  /// - Parameters:
  ///   - report: What a source says.
  ///   - policy: The key's configuration: owners, skews, next owners.
  ///   - now: The engine's time.
  public func rule(on report: Report, policy: KeyPolicy, now: Timestamp) -> Ruling {
    let name = RecentDeliveries.Name(source: report.source, delivery: report.delivery)
    let known = report.delivery.isNone ? nil : records.deliveries.find(name)
    if let known, known.digest == report.contentDigest { return .duplicate(known.flags) }
    if let field = report.body.fieldOutOfRange { return .refuse(.outOfRange(field)) }
    if let last = report.body.times.max(), last > now + Limits.futureMax { return .refuse(.timeInFuture) }
    if let owner = Self.ownerOther(than: report, policy) { return .refuse(.notOwner(owner)) }
    if known != nil { return .refuse(.idReused) }
    return switch report.body {
    case .count(let count): rule(on: count, of: report, policy, now)
    case .adjustment(let adjustment): rule(on: adjustment, of: report, policy, now)
    case .aggregate(let aggregate): rule(on: aggregate, of: report, policy, now)
    case .demand(let demand): rule(on: demand, of: report, policy, now)
    case .stage(let stage):
      rule(on: StageFact(stage, by: report.source), stage.claim, kind: stage.kind, of: report, policy, now)
    case .move(let move):
      rule(on: StageFact(move, by: report.source), move.claim, kind: .order, of: report, policy, now)
    case .lineState(let state): rule(on: state, of: report, policy, now)
    case .completeThrough: .accept(flags(of: report, policy, at: now))
    }
  }

  /// The owner, where another source may not say this.
  private static func ownerOther(than report: Report, _ policy: KeyPolicy) -> SourceID? {
    let owner = policy.owners.owner(of: report.component)
    // Its name is the corrections' own.
    if report.source == .reconciliation { return owner }
    if owner.isNone || owner == report.source { return nil }
    if case .stage(let stage) = report.body, stage.stage == .ship, policy.owners.onHand == report.source { return nil }
    // A warehouse that allocates at one location moves the line's units there.
    if case .move = report.body, policy.owners.allocated == report.source { return nil }
    return owner
  }

  private func rule(on count: Count, of report: Report, _ policy: KeyPolicy, _ now: Timestamp) -> Ruling {
    let place = Marks.Place(incarnation: report.incarnation, number: report.number, asOf: count.asOf)
    if records.marks.isStale(place, .onHand, report.source) { return .refuse(.stale) }
    if let source = records.settlement.goesBack(count, policy) { return .refuse(.includesWentBack(source)) }
    let fact = OnHandBook.CountFact(units: count.units, asOf: count.asOf, source: report.source)
    if records.onHand.units(after: fact, policy: policy).magnitude > UInt64(Limits.unitsMax) {
      return .refuse(.outOfRange(.count))
    }
    return .accept(flags(of: report, policy, at: now))
  }

  private func rule(
    on adjustment: Adjustment, of report: Report, _ policy: KeyPolicy, _ now: Timestamp
  ) -> Ruling {
    if let known = records.onHand.adjustment(adjustment.document) {
      let isSame = known.delta == adjustment.delta && known.occurredAt == adjustment.occurredAt
      return isSame ? .duplicate([]) : .refuse(.idReused)
    }
    let fact = OnHandBook.AdjustmentFact(adjustment, by: report.source)
    if records.onHand.units(after: fact, policy: policy).magnitude > UInt64(Limits.unitsMax) {
      return .refuse(.outOfRange(.adjustment))
    }
    return .accept(flags(of: report, policy, at: now))
  }

  private func rule(on aggregate: Aggregate, of report: Report, _ policy: KeyPolicy, _ now: Timestamp) -> Ruling {
    let place = Marks.Place(incarnation: report.incarnation, number: report.number, asOf: aggregate.asOf)
    if records.marks.isStale(place, aggregate.component, report.source) { return .refuse(.stale) }
    // A component's sum after it is at most what it was before, the aggregate, and what falls: the fall is part of the
    // first.
    if sum(of: aggregate.component) + aggregate.units > Limits.unitsMax { return .refuse(.outOfRange(.aggregate)) }
    return .accept(flags(of: report, policy, at: now))
  }

  private func rule(on demand: Demand, of report: Report, _ policy: KeyPolicy, _ now: Timestamp) -> Ruling {
    if let claim = claims[demand.claim] {
      if claim.kind != demand.kind { return .refuse(.claimKindDiffers) }
      let fact = claim.totalFact(
        demand.total.units, source: report.source, time: demand.occurredAt, isSettled: false)
      if claim.meet(total: fact) == .full { return .refuse(.tooManyReports) }
    }
    if let field = sumOutOfRange(adding: demand.total.units) { return .refuse(.outOfRange(field)) }
    return .accept(flags(of: report, policy, at: now))
  }

  private func rule(
    on fact: StageFact?, _ id: ClaimID, kind: DemandKind, of report: Report, _ policy: KeyPolicy, _ now: Timestamp
  ) -> Ruling {
    if kind == .sale, let fact, fact.kind != .cancel { return .refuse(.claimKindDiffers) }
    if let claim = claims[id] {
      if claim.kind != kind { return .refuse(.claimKindDiffers) }
      if let fact {
        switch claim.facts.meet(fact) {
        case .new: break
        case .known: return .duplicate([])
        case .contradiction: return .refuse(.idReused)
        case .full: return .refuse(.tooManyReports)
        }
      }
    }
    if let fact, let field = sumOutOfRange(adding: Int64(fact.units)) { return .refuse(.outOfRange(field)) }
    return .accept(flags(of: report, policy, at: now))
  }

  func sum(of component: Component) -> Int64 {
    switch component {
    case .onHand: onHand
    case .allocated: allocated
    case .pending: pending
    case .open: open
    }
  }

  /// A bound on every sum that a claim's report can raise. No report raises one by more than twice its units.
  func sumOutOfRange(adding units: Int64) -> Refusal.Field? {
    max(open, allocated, pending) + 2 * units > Limits.unitsMax ? .total : nil
  }

  // MARK: What is odd

  /// What is odd about an acceptable report.
  func flags(of report: Report, _ policy: KeyPolicy, at: Timestamp) -> ReportFlags {
    var flags: ReportFlags = []
    if records.marks.hasGap(report, report.component) { flags.insert(.gap) }
    switch report.body {
    case .count, .adjustment, .completeThrough: break
    case .aggregate(let aggregate):
      if aggregate.out == nil { flags.insert(.aggregateOnly) }
      if policy.nextOwner(of: aggregate.component) == .nobody && fall(at: aggregate) > 0 {
        flags.insert(.freedAtOnce)
      }
    case .demand(let demand):
      let claim = claims[demand.claim]
      if claim == nil && isPastMemory(demand.occurredAt, at) { flags.insert(.pastMemory) }
      let isNews = claim.map { $0.total() < demand.total.units } ?? true
      if demand.kind == .sale && isNews && isLate(demand.occurredAt, report.source, policy) {
        flags.insert(.lateForCount)
      }
    case .stage(let stage):
      guard let fact = StageFact(stage, by: report.source) else { break }
      flags.formUnion(self.flags(of: fact, stage.claim, policy, at: at))
    case .move(let move):
      flags.formUnion(self.flags(of: StageFact(move, by: report.source), move.claim, policy, at: at))
    case .lineState(let state): flags.formUnion(self.flags(of: state, by: report.source, policy, at: at))
    }
    return flags
  }

  private func flags(of fact: StageFact, _ id: ClaimID, _ policy: KeyPolicy, at: Timestamp) -> ReportFlags {
    guard let claim = claims[id] else {
      if isPastMemory(fact.time, at) { return .pastMemory }
      return fact.leavesTheBuilding && isLate(fact.time, fact.source, policy) ? .lateForCount : []
    }
    if claim.facts.meet(fact) != .new { return [] }
    if fact.leavesTheBuilding { return isLate(fact.time, fact.source, policy) ? .lateForCount : [] }
    guard fact.kind == .cancel || fact.kind == .leaves, claim.isNamed else { return [] }
    let standing = claim.standing(Coverage())
    let left = fact.kind == .leaves ? standing.openUnits : standing.unshipped
    let news = Int64(fact.units) - (fact.isCumulative ? claim.facts.units(fact.kind) : 0)
    return news > left ? .clipped : []
  }

  func isLate(_ time: Timestamp, _ source: SourceID, _ policy: KeyPolicy) -> Bool {
    hasRecords && records.settlement.isLate(time, source, policy)
  }

  /// True for a time from before what is remembered of ended claims: such a claim may have been counted and forgotten.
  func isPastMemory(_ time: Timestamp, _ now: Timestamp) -> Bool { time + Limits.claimMemory < now }
}

extension StageFact {
  /// A stage report as a fact; nil for a stage that changes no component.
  init?(_ report: StageReport, by source: SourceID) {
    guard let kind = FactKind(report.stage) else { return nil }
    switch report.amount {
    case .document(let document, let quantity):
      self.init(
        document: document, source: source, time: report.occurredAt, units: Int32(quantity.units), kind: kind,
        isCumulative: false, isSettled: false)
    case .cumulative(let units):
      self.init(
        document: .none, source: source, time: report.occurredAt, units: Int32(clamping: units), kind: kind,
        isCumulative: true, isSettled: false)
    }
  }

  /// One side of a move as a fact.
  init(_ move: Move, by source: SourceID) {
    self.init(
      document: move.document, source: source, time: move.occurredAt, units: Int32(move.units.units),
      kind: move.direction == .arrives ? .arrives : .leaves, isCumulative: false, isSettled: false)
  }

  /// Ships and write-offs.
  var leavesTheBuilding: Bool { kind == .ship || kind == .writeOff }
  /// What gives stock back: past the memory of its claim it changes nothing.
  var frees: Bool { kind == .cancel || kind == .deallocate || kind == .leaves }
}

extension OnHandBook.AdjustmentFact {
  init(_ adjustment: Adjustment, by source: SourceID) {
    self.init(
      document: adjustment.document, source: source, occurredAt: adjustment.occurredAt, delta: adjustment.delta)
  }
}

extension KeyPolicy {
  /// Who takes over what falls out of a component's aggregate.
  func nextOwner(of component: Component) -> NextOwner {
    if component == .open { return openFallsTo }
    return othersFallTo == .nobody ? .nobody : .onHand
  }
}
