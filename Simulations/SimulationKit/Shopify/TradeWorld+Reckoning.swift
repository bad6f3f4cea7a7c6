import ChannelIntake
import InventoryEngine
import Reconciliation
import ShopifyEmulatorCore
import StockLedger

// What must be so at the end.
extension TradeWorld {
  // MARK: Reconciliation

  /// Looks until there is nothing left to mend; a person says yes to what is held.
  private func reconcile(_ life: TradeLife) async throws {
    // Two quiet looks of each: what a list lacks is drift only when the next lacks it too.
    let quietNeeded = 2 * life.reconcilers.count
    var quiet = 0
    var last: DriftReport?
    for _ in 0..<40 where quiet < quietNeeded {
      try await clock.sleep(until: clock.now + 30_000)
      for reconciler in life.reconcilers {
        guard let report = try? await reconciler.reconcile() else { continue }
        if report.count(.held) > 0 {
          books.count("held", report.count(.held))
          _ = try? await reconciler.approve(report.id)
        }
        let isQuiet = report.drifted == 0 && report.open == 0 && report.failures.isEmpty
        quiet = isQuiet ? quiet + 1 : 0
        last = report
      }
    }
    for kept in reports {
      for report in try await kept.latest(.max, ofShop: shop.name) {
        books.count("look")
        for row in report.rows where row.state == .mended {
          books.count("mended: \(row.driftClass.name)")
        }
      }
    }
    if quiet < quietNeeded, let last { books.fault("drift is left: \(last.failures) \(last.rows.prefix(4))") }
  }

  /// Every side has the same: the ERP's units, and each line of Shopify's orders once.
  private func checkAgreement(_ life: TradeLife) async {
    let orders = front.with { shop, _ in shop.allOrders.compactMap { shop.order($0) } }
    for variant in front.variants {
      var levels: [StockLevel] = []
      for key in variant.keys {
        guard let level = await life.engine.level(key) else { continue }
        levels.append(level)
        if level.numbers.onHand != stock.onHand(of: key) {
          books.fault("\(key): \(level.numbers.onHand) on hand here, \(stock.onHand(of: key)) at the ERP")
        }
      }
      for line in orders.flatMap(\.lines) where line.itemID == variant.item {
        let claim = Storefront.identifier("\(line.id)")
        let counted = levels.reduce(0) { $0 + $1.sources.countedUnits(of: claim) }
        // What was written off has left the shop, and counts until the ERP's next count.
        guard !(line.unfulfilled...line.unfulfilled + line.quantity - line.currentQuantity).contains(counted) else {
          continue
        }
        books.fault("\(variant.keys[0].sku): \(counted) units of line \(line.id) here, \(line.unfulfilled) at Shopify")
      }
    }
  }

  /// Each line of the warehouse counts where it has it, and none that it has not.
  private func checkWarehouse(_ life: TradeLife) async {
    func counted(_ line: SimulatedWarehouse.Line) async -> Int64 {
      await life.engine.level(line.key)?.sources.countedUnits(of: line.claim) ?? 0
    }
    for line in warehouse.lines where await counted(line) != line.units {
      books.fault("\(line.key): \(await counted(line)) units of \(line.claim) here, \(line.units) at the warehouse")
    }
    for line in warehouse.ended where await counted(line) != 0 {
      books.fault("\(line.key): \(await counted(line)) units of \(line.claim) here, and the warehouse has none")
    }
  }

  // MARK: The reckoning

  /// Quiet: webhooks that come have come, lost ones are found, and both sides must have the same numbers.
  func reckon(_ life: TradeLife) async throws {
    try await clock.sleep(until: clock.now + 120_000)
    if plan.reconciles {
      try await reconcile(life)
    } else {
      for order in front.with({ shop, _ in shop.allOrders }) { await life.intake.find(order) }
      // A hand edit whose only webhook was lost is found by reconciliation's look, too.
      for key in front.keys { await life.publisher.hint(key, available: front.available(key)) }
    }
    try await rest(life)
    for key in front.keys {
      await checkNumber(of: key, life)
      if plan.editPerMille == 0 { try await checkNames(at: key, life) }
    }
    if plan.reconciles {
      await checkAgreement(life)
      await checkWarehouse(life)
    }
    try await checkWrites(life)
    if front.rowsTooEarly > 0 { books.fault("\(front.rowsTooEarly) rows left before they were durable") }
    await note(life)
  }

  private func rest(_ life: TradeLife) async throws {
    var quiet = 0
    for _ in 0..<2_000 where quiet < 5 {
      try await clock.sleep(until: clock.now + 10_000)
      let isQuiet = await life.publisher.isAtRest(for: 600_000) && front.with { shop, _ in shop.webhooksWaiting } == 0
      quiet = isQuiet ? quiet + 1 : 0
    }
    if quiet < 5 { books.fault("the publisher does not come to rest: \(await life.publisher.counters)") }
  }

  private func checkNumber(of key: StockKey, _ life: TradeLife) async {
    let ours = await life.engine.available(key, to: shop.channel)
    if ours != front.available(key) {
      let standing = await life.publisher.standing(of: key)
      books.fault("\(key): \(ours ?? -1) here, \(front.available(key) ?? -1) there, \(String(describing: standing))")
    }
    let claims = await life.publisher.standing(of: key)?.unattributed ?? []
    if plan.editPerMille == 0 && !claims.isEmpty { books.fault("\(key): claims without a name are left: \(claims)") }
    if !claims.isEmpty { books.count("unnamed at the end") }
  }

  /// What was named of a key's orders is what they took from Shopify's number, no more and no less.
  private func checkNames(at key: StockKey, _ life: TradeLife) async throws {
    guard let level = front.level(of: key) else { return }
    let named = try await counted(at: key, life).named
    let taken = front.with { shop, _ in shop.audit.taken(from: level).byOrders }
    if named != taken { books.fault("\(key): orders took \(taken) units, and \(named) were named") }
  }

  /// Writes above what could truly be sold: others had taken more units than the ledger had counted, under whatever
  /// names, in the entry that let the write leave. Those apart that a doubt explains: their order's webhook heals them.
  private func checkWrites(_ life: TradeLife) async throws {
    for write in front.with({ shop, _ in shop.audit.writesAboveUntoldOrders }) {
      guard let key = front.key(item: write.key.item, location: write.key.location),
        let call = write.document?.split(separator: "/").last.flatMap({ Identifier(String($0)) })
      else {
        books.fault("a write of nobody's: \(write)")
        continue
      }
      let counted = try await counted(at: key, until: call, life)
      if write.taken.byOrders + write.taken.byPeople <= counted.all { continue }
      if front.wasDoubted(write) { books.count("doubted") } else { books.fault("wrote over an order: \(write)") }
    }
  }

  /// What a key's journal has counted of units that left the channel.
  private struct Counted {
    var named: Int64 = 0
    var unnamed: [Int64: Int64] = [:]
    /// Units without a name that were given back: they had been counted.
    var ended: Int64 = 0
    var all: Int64 { named + unnamed.values.reduce(0, +) + ended }

    mutating func take(_ entry: JournalEntry) {
      switch entry.body {
      case .published(_, .named(let change)): named += change.kind == .order ? change.units : -change.units
      case .published(_, .claimed(let number, let units)): unnamed[number] = units
      case .published(_, .settled(let number)): end(number)
      case .corrected(let correction):
        switch correction.change {
        case .unnamed(_, let number, _): end(number)
        case .unnamedAgain(_, let number, let units):
          unnamed[number] = units
          ended -= units
        case .onHand, .claim: break
        }
      default: break
      }
    }

    private mutating func end(_ number: Int64) { ended += unnamed.removeValue(forKey: number) ?? 0 }
  }

  /// - Parameter call: Until the entry that let this call leave; nil for all there is.
  private func counted(at key: StockKey, until call: Identifier? = nil, _ life: TradeLife) async throws -> Counted {
    var counted = Counted()
    var place: UInt64 = 0
    while true {
      let page = try await life.engine.entries(of: key, after: place, limit: 1_000)
      for traced in page.entries {
        if case .published(_, .sending(let write)) = traced.entry.body, write.key == call { return counted }
        counted.take(traced.entry)
        place = traced.place.number
      }
      if !page.hasMore { return counted }
    }
  }

  private func note(_ life: TradeLife) async {
    for key in front.keys {
      guard let numbers = await life.engine.level(key)?.numbers else { continue }
      let owed = numbers.allocated + numbers.pending + numbers.open + numbers.reserved
      books.count("oversold units", Int(max(0, owed - max(0, numbers.onHand))))
    }
    let counters = await life.publisher.counters
    for (what, times) in [
      ("write", counters.writes), ("read", counters.reads), ("stale", counters.stale), ("unknown", counters.unknown),
      ("throttled", counters.throttled), ("claim", counters.claims), ("stopped", counters.keysStopped),
    ] { books.count(what, times) }
    books.count("met", front.with { shop, _ in shop.audit.writesMet.count })
  }
}
