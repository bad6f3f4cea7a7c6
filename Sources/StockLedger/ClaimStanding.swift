/// Up to when each component's aggregate covers the claims of its component; nil where there is none.
struct Coverage: Hashable, Sendable {
  var open: Timestamp?
  var allocated: Timestamp?
  var pending: Timestamp?
}

/// Where a claim's units stand: derived from its facts, never stored.
struct ClaimStanding: Hashable, Sendable {
  /// Units that count in `open`, beyond what its aggregate covers.
  var open: Int64 = 0
  /// Units that count in `allocated`, shipped ones included until a count settles them.
  var allocated: Int64 = 0
  /// Units that count in `pending`.
  var pending: Int64 = 0
  /// The line's units less those cancelled: what quotas see; settlement does not give them back.
  var used: Int64 = 0
  /// Units still open, covered or not: what may move to another location.
  var openUnits: Int64 = 0
  /// Units that have not left: open, allocated and unsettled sales. What a cancel can free.
  var unshipped: Int64 = 0
  /// Units that would count without aggregates.
  var uncovered: Int64 = 0

  /// Units that count, at whatever stage.
  var counted: Int64 { open + allocated + pending }
  /// True when no unit counts, nor would without aggregates.
  var isEnded: Bool { uncovered == 0 }
}

extension Claim {
  /// The levels of an order line.
  private struct Levels {
    var units: Int64
    var shipped: Int64
    var inWarehouse: Int64
    var open: Int64
  }

  /// The claim's units by stage, and what of them counts beside the aggregates.
  func standing(_ coverage: Coverage) -> ClaimStanding {
    var standing = uncorrectedStanding(coverage)
    if !facts.isEmpty { standing.end(corrected) }
    return standing
  }

  /// The same, had nothing been corrected.
  func uncorrectedStanding(_ coverage: Coverage) -> ClaimStanding {
    kind == .sale ? saleStanding(coverage) : orderStanding(coverage)
  }

  private func orderStanding(_ coverage: Coverage) -> ClaimStanding {
    var standing = ClaimStanding()
    if facts.isEmpty {
      // The hot path: a line that only confirms and its order have named.
      let units = max(Int64(firstTotal), confirmedUnits)
      standing.used = units
      standing.openUnits = units
      standing.unshipped = units
      standing.open = units
      if let time = coverage.open { standing.open = max(0, units - openUnits(through: time)) }
      standing.uncovered = units
      return standing
    }
    let now = levels
    standing.used = now.units
    standing.openUnits = now.open
    standing.unshipped = now.units - now.shipped
    standing.open = max(0, now.open - (coverage.open.map { openUnits(through: $0) } ?? 0))
    let settled = facts.settledUnits(.ship) + facts.settledUnits(.writeOff)
    let unsettled = max(0, now.shipped - settled)
    let covered = coverage.allocated.map { allocatedUnits(through: $0) } ?? 0
    standing.allocated = max(0, now.inWarehouse + unsettled - covered)
    standing.uncovered = now.open + now.inWarehouse + unsettled
    return standing
  }

  private func saleStanding(_ coverage: Coverage) -> ClaimStanding {
    var standing = ClaimStanding()
    let units = max(total(), confirmedUnits)
    let cancelled = facts.units(.cancel)
    // A void frees what is unsettled, a count settles what is not void: the larger of both, never their sum, because
    // nobody says whether they are the same units.
    let pending = max(0, units - max(settledTotal, cancelled))
    standing.used = max(0, units - cancelled)
    standing.unshipped = pending
    standing.pending = max(0, pending - (coverage.pending.map { pendingUnits(through: $0) } ?? 0))
    standing.uncovered = pending
    return standing
  }

  /// The largest number of units the line has had here: its total with what arrived, less what left; at least what the
  /// warehouse has of it.
  private var extent: Int64 {
    let known = max(total() + facts.units(.arrives), confirmedUnits)
    let allocated = facts.units(.allocate)
    let inWarehouse = isNamed ? min(max(0, allocated - facts.units(.deallocate)), known) : allocated
    return max(present, facts.units(.ship), inWarehouse)
  }

  private var levels: Levels {
    let extent = extent
    let shipped = shippedUnits(extent: extent)
    let units = max(shipped, max(extent, shipped) - cancelledUnits)
    let taken = min(max(0, facts.units(.allocate) - facts.units(.deallocate)), units)
    return Levels(
      units: units, shipped: shipped, inWarehouse: max(0, taken - shipped), open: units - max(taken, shipped))
  }

  /// Ships and write-offs; a write-off takes only what is left unshipped, once the line's total is known.
  private func shippedUnits(extent: Int64, through time: Timestamp? = nil) -> Int64 {
    let shipped = facts.units(.ship, through: time)
    let writtenOff = facts.units(.writeOff, through: time)
    return shipped + (isNamed ? min(writtenOff, max(0, extent - shipped)) : writtenOff)
  }

  /// Units cancelled. A cancel frees at most what remained when it happened: what it named beyond that stays void when
  /// an order edit raises the total later.
  var cancelledUnits: Int64 {
    let cancelled = facts.units(.cancel)
    if cancelled == 0 || kind == .sale { return cancelled }
    var void: Int64 = 0
    for edit in facts.facts where edit.kind == .total {
      let total = totalBefore(edit.time)
      let remained = max(0, total + facts.units(.arrives) - facts.units(.ship, before: edit.time))
      void = max(void, facts.units(.cancel, before: edit.time) - remained)
    }
    return cancelled - void
  }

  private func totalBefore(_ time: Timestamp) -> Int64 {
    max(namedAt < time ? Int64(firstTotal) : 0, facts.units(.total, before: time))
  }

  /// Units that the line's own source had open at a time: what its aggregate as of then covers.
  ///
  /// Units that only our own confirm made are not among them, whatever their time.
  func openUnits(through time: Timestamp) -> Int64 {
    if kind == .sale { return 0 }
    let named = total(through: time)
    if facts.isEmpty { return named }
    let extent = max(0, named + facts.units(.arrives, through: time) - facts.units(.leaves, through: time))
    let shipped = min(extent, shippedUnits(extent: extent, through: time))
    let units = max(shipped, extent - min(cancelledUnits, facts.units(.cancel, through: time)))
    let taken = max(0, facts.units(.allocate, through: time) - facts.units(.deallocate, through: time))
    return max(0, units - max(min(taken, units), shipped))
  }

  /// Units that the warehouse had allocated and not shipped at a time: what its aggregate as of then covers.
  ///
  /// The line's units at that time are those it has now and those cancelled since. Tried: its extent less what was
  /// cancelled by then; a ship of cancelled units then made a later confirm raise net.
  func allocatedUnits(through time: Timestamp) -> Int64 {
    if kind == .sale || facts.isEmpty { return 0 }
    let cancelled = cancelledUnits
    let units = levels.units + cancelled - min(cancelled, facts.units(.cancel, through: time))
    let taken = max(0, facts.units(.allocate, through: time) - facts.units(.deallocate, through: time))
    return max(0, min(taken, units) - shippedUnits(extent: extent, through: time))
  }

  /// Unsettled units that the till had sold by a time: what its aggregate as of then covers.
  func pendingUnits(through time: Timestamp) -> Int64 {
    if kind == .order { return 0 }
    return max(0, total(through: time) - max(settledTotal, facts.units(.cancel, through: time)))
  }

  /// Units that ever left a component by named reports up to a time.
  func unitsOut(of component: Component, through time: Timestamp) -> Int64 {
    switch component {
    case .onHand: return 0
    case .open: return max(0, total(through: time) - openUnits(through: time))
    case .allocated:
      let entered = max(facts.units(.allocate, through: time), facts.units(.ship, through: time))
      return max(0, entered - allocatedUnits(through: time))
    case .pending: return kind == .sale ? min(total(through: time), facts.units(.cancel, through: time)) : 0
    }
  }

  /// Units in a component at a time, by the sources that own it.
  func units(in component: Component, through time: Timestamp) -> Int64 {
    switch component {
    case .onHand: 0
    case .open: openUnits(through: time)
    case .allocated: allocatedUnits(through: time)
    case .pending: pendingUnits(through: time)
    }
  }

  /// What a confirm can find of it: units that the order brought, no confirm has absorbed yet and no correction ended.
  var unabsorbed: Int64 { max(0, unabsorbedAndCorrected - corrected) }

  /// The same, had nothing been corrected.
  var unabsorbedAndCorrected: Int64 {
    let brought = total() + facts.units(.arrives) - facts.units(.leaves) - cancelledUnits
    return max(0, brought - confirmedUnits)
  }
}
