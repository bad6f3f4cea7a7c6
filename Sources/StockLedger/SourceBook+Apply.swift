// Applying: never refuses, looks at no clock; live, recovery, replay and simulation call the same.
extension SourceBook {
  /// Applies an accepted report.
  ///
  /// - Parameters:
  ///   - report: What ``rule(on:policy:now:)`` accepted.
  ///   - policy: The key's configuration at that entry.
  ///   - at: The entry's time.
  /// - Returns: What was odd about it: the flags of the ruling.
  @discardableResult
  public mutating func apply(_ report: Report, policy: KeyPolicy, at: Timestamp) -> ReportFlags {
    let flags = flags(of: report, policy, at: at)
    var absolute: Timestamp?
    switch report.body {
    case .count(let count):
      absolute = count.asOf
      apply(count, by: report.source, policy, at: at)
    case .adjustment(let adjustment):
      records.onHand.add(OnHandBook.AdjustmentFact(adjustment, by: report.source), policy: policy)
      onHand = records.onHand.units
    case .aggregate(let aggregate):
      absolute = aggregate.asOf
      apply(aggregate, by: report.source, policy, at: at)
    case .demand(let demand): apply(demand, by: report.source, policy, at: at)
    case .stage(let stage):
      if let fact = StageFact(stage, by: report.source) { apply(fact, stage.claim, stage.kind, policy, at: at) }
    case .move(let move): apply(StageFact(move, by: report.source), move.claim, .order, policy, at: at)
    case .lineState(let state): apply(state, by: report.source, policy, at: at)
    case .completeThrough(let component, let time):
      if component == .allocated { freeOpenFallen(through: time, by: report.source, policy) }
    }
    records.marks.note(report, report.component, asOf: absolute)
    if !report.delivery.isNone {
      records.deliveries.remember(
        RecentDeliveries.Name(source: report.source, delivery: report.delivery),
        RecentDeliveries.Memory(digest: report.contentDigest, flags: flags, acceptedAt: at))
    }
    return flags
  }

  // MARK: Counts

  private mutating func apply(_ count: Count, by source: SourceID, _ policy: KeyPolicy, at: Timestamp) {
    records.onHand.take(
      OnHandBook.CountFact(units: count.units, asOf: count.asOf, source: source), policy: policy)
    onHand = records.onHand.units
    records.settlement.take(count, by: source, policy)
    let settlement = records.settlement
    let coverage = coverage
    // Each claim settles by itself and sums do not know an order, so the dictionary's order does not show.
    var index = claims.startIndex
    while index != claims.endIndex {
      defer { claims.formIndex(after: &index) }
      if claims.values[index].kind == .order && claims.values[index].facts.isEmpty { continue }
      let before = claims.values[index].standing(coverage)
      let share = ClaimUse.Share(claims.values[index], used: before.used)
      let uncorrected = claims.values[index].uncorrected(coverage)
      claims.values[index].settle { settlement.through($0, policy) }
      if let uncorrected { claims.values[index].yieldCorrected(since: uncorrected, coverage) }
      settleChange(claims.keys[index], index, from: before, share: share, coverage: coverage, at: at)
    }
    for component in Component.aggregated where policy.nextOwner(of: component) == .onHand {
      free(component) { item in
        item.countAsOf.map { count.asOf >= $0 } ?? (item.asOf <= settlement.through(item.source, policy))
      }
    }
  }

  // MARK: Aggregates

  /// Units that a new aggregate lets fall: the old one and the claims up to the new as-of, less the new one and what
  /// named reports took out meanwhile. Or, from a source that counts what leaves, that growth less the named units.
  func fall(at new: Aggregate) -> Int64 {
    let last = records[new.component].last
    if let last, let oldOut = last.out, let newOut = new.out, newOut >= oldOut {
      var named: Int64 = 0
      for claim in claims.values {
        let before = claim.unitsOut(of: new.component, through: last.asOf)
        named += max(0, claim.unitsOut(of: new.component, through: new.asOf) - before)
      }
      return max(0, newOut - oldOut - named)
    }
    // What came into the component by name, less what left it by name, between the two times.
    var named: Int64 = 0
    for claim in claims.values {
      named += claim.units(in: new.component, through: new.asOf)
      if let last { named -= claim.units(in: new.component, through: last.asOf) }
    }
    return max(0, (last?.units ?? 0) + named - new.units)
  }

  private mutating func apply(_ new: Aggregate, by source: SourceID, _ policy: KeyPolicy, at: Timestamp) {
    let component = new.component
    let fallen = fall(at: new)
    let last = records[component].last
    let covered = coverage
    records[component].take(
      AggregateBook.Last(units: new.units, asOf: new.asOf, since: new.since, out: new.out, source: source))
    if fallen > 0 && policy.nextOwner(of: component) != .nobody {
      var item = AggregateBook.Fallen(units: fallen, asOf: new.asOf, source: source, countAsOf: nil, fellAt: at)
      if component == .pending, let since = new.since, since > last?.since ?? Settlement.never, last != nil {
        item.countAsOf = since
      }
      if !isTakenOver(item, component, policy) { records[component].fall(item) }
    }
    yieldCorrected(since: covered, at: at)
    (_, allocated, pending, open) = recount()
    if component == .allocated { freeOpenFallen(through: new.asOf, by: source, policy) }
  }

  /// True where a count that is already here covers what falls now.
  private func isTakenOver(_ item: AggregateBook.Fallen, _ component: Component, _ policy: KeyPolicy) -> Bool {
    guard policy.nextOwner(of: component) == .onHand else { return false }
    if let start = item.countAsOf { return records.onHand.count.map { $0.asOf >= start } ?? false }
    return item.asOf <= records.settlement.lateThrough(item.source, policy)
  }

  /// The warehouse's absolute word takes over what fell out of open up to its time; between two sources' clocks, only
  /// what lies before the skew.
  private mutating func freeOpenFallen(through time: Timestamp, by source: SourceID, _ policy: KeyPolicy) {
    guard policy.nextOwner(of: .open) == .allocated else { return }
    free(.open) { item in
      item.source == source
        ? item.asOf <= time : item.asOf < time - policy.skew(count: source, claims: item.source)
    }
  }

  private mutating func free(_ component: Component, where isCovered: (AggregateBook.Fallen) -> Bool) {
    guard !records[component].fallen.isEmpty else { return }
    let before = records[component].fallenUnits
    records[component].free(where: isCovered)
    add(records[component].fallenUnits - before, to: component)
  }

  /// Frees what fell out of a component's aggregate as of a time or earlier: an operator's word.
  public mutating func freeFallen(_ component: Component, upTo: Timestamp) {
    if hasRecords && component != .onHand { free(component) { $0.asOf <= upTo } }
  }

  /// Forgets the mark of a component and source: its next absolute report is accepted whatever its time.
  public mutating func resetMark(_ component: Component, source: SourceID) {
    if hasRecords { records.marks.reset(component, source) }
  }

  // MARK: Claims

  private mutating func apply(_ demand: Demand, by source: SourceID, _ policy: KeyPolicy, at: Timestamp) {
    let isSettled =
      demand.kind == .sale && demand.occurredAt <= records.settlement.lateThrough(source, policy)
    change(demand.claim, kind: demand.kind, beganAt: demand.occurredAt, at: at) { claim in
      claim.name(
        claim.totalFact(demand.total.units, source: source, time: demand.occurredAt, isSettled: isSettled))
      claim.note(channel: demand.channel, customer: demand.customer, isConfirm: false)
    }
  }

  private mutating func apply(
    _ fact: StageFact, _ id: ClaimID, _ kind: DemandKind, _ policy: KeyPolicy, at: Timestamp
  ) {
    // Past the memory of its claim: stock that it frees may have been freed by a claim that is forgotten.
    if fact.frees && isPastMemory(fact.time, at) && claims[id] == nil { return }
    var fact = fact
    fact.isSettled =
      fact.leavesTheBuilding && fact.time <= records.settlement.lateThrough(fact.source, policy)
    change(id, kind: kind, beganAt: fact.time, at: at) { $0.facts.add(fact) }
  }
}
