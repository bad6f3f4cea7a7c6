/// One component of a key, with everything that it is made of.
public struct ComponentAccount: Sendable {
  /// Which one.
  public var component: Component
  /// Its units.
  public var units: Int64
  /// The last count; only of units on hand.
  public var count: LastCount?
  /// The last sum that a source reported; none of units on hand.
  public var sum: ReportedSum?
  /// What fell out of the sum and nobody has taken over yet, in the order in which it fell.
  public var fallen: [FallenUnits] = []
  /// Claims that have units at this stage, and those units; the ones that the sum covers are not added to it.
  public var claims = ClaimedUnits()
  /// Of the claims' units, those that left the building and no count has settled; only of allocated.
  public var shippedUnits: Int64 = 0
  /// The last report of each source, by source.
  public var marks: [SourceMark] = []
}

/// A component's sum, as its source reported it.
public struct ReportedSum: Hashable, Sendable {
  /// The sum.
  public var units: Int64
  /// The time it is true for.
  public var asOf: Timestamp
  /// For pending: the count that it starts from.
  public var since: Timestamp?
  /// Cumulative units that ever left the component; nil where the source does not say, and a rise can hide a fall.
  public var out: Int64?
  /// Who reported it.
  public var source: SourceID
}

/// Units that left a sum without a name.
public struct FallenUnits: Hashable, Sendable {
  /// How many.
  public var units: Int64
  /// The time of the sum that lacked them.
  public var asOf: Timestamp
  /// Whose sum they fell out of.
  public var source: SourceID
  /// The time of the entry.
  public var fellAt: Timestamp
}

/// Claims at one stage.
public struct ClaimedUnits: Hashable, Sendable {
  /// None.
  public init() {}

  /// How many claims.
  public var count = 0
  /// Their units.
  public var units: Int64 = 0

  mutating func add(_ more: Int64) {
    if more > 0 {
      count += 1
      units += more
    }
  }
}

/// How far a source has come with a component.
public struct SourceMark: Hashable, Sendable {
  /// The source.
  public var source: SourceID
  /// The last absolute report: what is not newer is stale. Nil after a reset, and while none has come.
  public var last: Place?
  /// The largest running number of any report.
  public var largestNumber: Int64?

  /// A place in a source's order.
  public struct Place: Hashable, Sendable {
    /// Grows when the source starts its numbers anew.
    public var incarnation: Int64
    /// The running number, where the source gives one.
    public var number: Int64?
    /// The time that the report was true for.
    public var asOf: Timestamp
  }
}

/// What is remembered of a source's deliveries: those of the last seven days.
public struct SourceDeliveries: Hashable, Sendable {
  /// The source.
  public var source: SourceID
  /// The last one's name.
  public var last: DeliveryID
  /// When it was accepted.
  public var lastAt: Timestamp
  /// How many are remembered.
  public var count: Int
  /// How many of them were odd, and how; those that were not are left out.
  public var flagged: [ReportFlags]
}

extension SourceBook {
  /// What each component is made of, in their order. Looks at every claim.
  public var accounts: [ComponentAccount] {
    var accounts = Component.allCases.map { account(of: $0) }
    for claim in claims.values where claim.endedAt == .distantFuture {
      let standing = claim.standing(Coverage())
      // Beside what shipped, what a line has left is open or in the warehouse.
      let inWarehouse = claim.kind == .order ? standing.unshipped - standing.openUnits : 0
      accounts[Int(Component.open.rawValue)].claims.add(standing.openUnits)
      accounts[Int(Component.allocated.rawValue)].claims.add(standing.allocated)
      accounts[Int(Component.allocated.rawValue)].shippedUnits += standing.allocated - inWarehouse
      accounts[Int(Component.pending.rawValue)].claims.add(standing.pending)
    }
    return accounts
  }

  private func account(of component: Component) -> ComponentAccount {
    var account = ComponentAccount(component: component, units: units(of: component))
    guard hasRecords else { return account }
    if component == .onHand {
      account.count = lastCount
    } else {
      let book = records[component]
      account.sum = book.last.map {
        ReportedSum(units: $0.units, asOf: $0.asOf, since: $0.since, out: $0.out, source: $0.source)
      }
      account.fallen = book.fallen.map {
        FallenUnits(units: $0.units, asOf: $0.asOf, source: $0.source, fellAt: $0.fellAt)
      }
    }
    for mark in records.marks.marks where mark.component == component {
      let last = mark.absolute.map {
        SourceMark.Place(incarnation: $0.incarnation, number: $0.number, asOf: $0.asOf)
      }
      account.marks.append(SourceMark(source: mark.source, last: last, largestNumber: mark.seen?.number))
    }
    return account
  }

  private func units(of component: Component) -> Int64 {
    switch component {
    case .onHand: onHand
    case .allocated: allocated
    case .pending: pending
    case .open: open
    }
  }

  /// What is remembered of each source's deliveries, by source.
  public var deliveries: [SourceDeliveries] {
    var found: [SourceID: SourceDeliveries] = [:]
    records.deliveries.forEach { source, delivery, flags, at in
      var known = found[source] ?? SourceDeliveries(source: source, last: delivery, lastAt: at, count: 0, flagged: [])
      known.count += 1
      if !flags.isEmpty { known.flagged.append(flags) }
      if at >= known.lastAt { (known.last, known.lastAt) = (delivery, at) }
      found[source] = known
    }
    return found.values.sorted { $0.source < $1.source }
  }
}
