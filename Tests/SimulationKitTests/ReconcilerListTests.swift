import InventoryEngine
import Reconciliation
import SimulationKit
import StockLedger
import Testing

/// What a look makes of sources that can say all they know: lines that they lack, silence, and a shop rebuilt from a
/// list.
@Suite("Reconciler and lists")
struct ReconcilerListTests {
  private static func id(_ text: String) -> Identifier { Identifier(text) ?? .none }

  private static func allocate(_ line: String, _ units: Int64, at time: Timestamp) -> Report.Body {
    .stage(StageReport(claim: id(line), stage: .allocate, amount: .cumulative(units), occurredAt: time))
  }

  private static func order(_ line: String, _ units: Int64, at time: Timestamp) throws -> Report.Body {
    let total = try #require(Quantity(units))
    return .demand(Demand(claim: id(line), kind: .order, total: total, occurredAt: time))
  }

  private static func hear(_ rig: ReconcilerRig, _ body: Report.Body, of key: StockKey, by source: SourceID) async {
    guard case .accepted = await rig.engine.submit(rig.report(body, of: key, by: source)) else {
      Issue.record("refused: \(body)")
      return
    }
  }

  private static func rest(_ rig: ReconcilerRig, _ seconds: Int64) async throws {
    try await rig.clock.sleep(until: rig.clock.now + seconds * 1_000)
  }

  private static func ats(_ rig: ReconcilerRig, _ key: StockKey) async -> Int64? {
    await rig.engine.stock(key)?.availableToSell
  }

  // MARK: Lines that a complete list lacks

  /// The warehouse has line kept, and says nothing of line gone any more.
  private static func sayKept(_ rig: ReconcilerRig, _ key: StockKey, at time: Timestamp) {
    rig.warehouse.list(
      [(key, allocate("kept", 3, at: time))], SnapshotExtent(asOf: rig.clock.now, complete: [.allocated]))
  }

  @Test func aLineThatTwoListsLackIsEndedOnceACountHasSettledWhatLeft() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let (key, then) = (keys[0], rig.clock.now)
      await Self.hear(rig, Self.allocate("kept", 3, at: then), of: key, by: ReconcilerRig.wms)
      await Self.hear(rig, Self.allocate("gone", 5, at: then), of: key, by: ReconcilerRig.wms)
      #expect(await Self.ats(rig, key) == 92)
      let reconciler = rig.reconciler()
      try await Self.rest(rig, 60)
      Self.sayKept(rig, key, at: then)
      let first = try await reconciler.reconcile()
      #expect(first.rows.map(\.driftClass) == [.oursIsNewer], "the next list will tell")
      #expect(first.drifted == 0)
      #expect(first.lists.map(\.source) == [ReconcilerRig.erp, ReconcilerRig.wms])

      #expect(try await reconciler.reconcile().rows.map(\.driftClass) == [.oursIsNewer], "the same list is one reading")

      try await Self.rest(rig, 600)
      Self.sayKept(rig, key, at: then)
      let held = try await reconciler.reconcile()
      #expect(held.rows.map(\.driftClass) == [.claimOrphaned])
      #expect(held.rows.map(\.state) == [.held], "its goods may have left")
      #expect(await Self.ats(rig, key) == 92)

      // The ERP says the same number, a day later.
      try await Self.rest(rig, 90_000)
      rig.erp(of: keys)
      Self.sayKept(rig, key, at: then)
      _ = try await reconciler.reconcile()
      Self.sayKept(rig, key, at: then)
      let last = try await reconciler.reconcile()
      #expect(last.rows.map(\.state) == [.mended], "\(last.rows)")
      #expect(await Self.ats(rig, key) == 97)
      try await Self.rest(rig, 60)
      Self.sayKept(rig, key, at: then)
      #expect(try await reconciler.reconcile().rows == [])
    }
  }

  @Test func aLineNewerThanTheListIsLeftAlone() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let asOf = rig.clock.now
      await Self.hear(rig, Self.allocate("new", 5, at: asOf), of: keys[0], by: ReconcilerRig.wms)
      rig.warehouse.list(
        [(keys[1], .aggregate(Aggregate(component: .allocated, units: 0, asOf: asOf)))],
        SnapshotExtent(asOf: asOf, complete: [.allocated]))
      let reconciler = rig.reconciler()
      for _ in 0..<3 {
        #expect(try await reconciler.reconcile().rows == [])
        try await Self.rest(rig, 60)
      }
      #expect(await Self.ats(rig, keys[0]) == 95)
    }
  }

  @Test func aLineThatItsOrderHasNamedIsTheChannelsToSay() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let then = rig.clock.now
      await Self.hear(rig, try Self.order("o-1", 5, at: then), of: keys[0], by: ReconcilerRig.shopify)
      await Self.hear(rig, Self.allocate("o-1", 5, at: then), of: keys[0], by: ReconcilerRig.wms)
      try await Self.rest(rig, 60)
      let reconciler = rig.reconciler()
      for _ in 0..<3 {
        try await Self.rest(rig, 60)
        Self.sayKept(rig, keys[1], at: then)
        let rows = try await reconciler.reconcile().rows
        #expect(rows.filter { $0.key == keys[0] && $0.side == .source(ReconcilerRig.wms) } == [])
      }
      #expect(await Self.ats(rig, keys[0]) == 95)
    }
  }

  @Test func aListWithoutATimeOrWithRowsThatCannotBeReadLacksNothing() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let then = rig.clock.now
      await Self.hear(rig, Self.allocate("gone", 5, at: then), of: keys[0], by: ReconcilerRig.wms)
      try await Self.rest(rig, 60)
      let reconciler = rig.reconciler()
      rig.warehouse.list([(keys[1], Self.allocate("kept", 1, at: then))], SnapshotExtent(complete: [.allocated]))
      _ = try await reconciler.reconcile()
      #expect(try await reconciler.reconcile().rows.filter { $0.key == keys[0] } == [])
      var extent = SnapshotExtent(asOf: rig.clock.now, complete: [.allocated])
      extent.unreadRows = 1
      extent.firstFault = "line 7: units is not there"
      rig.warehouse.list([(keys[1], Self.allocate("kept", 1, at: then))], extent)
      let report = try await reconciler.reconcile()
      #expect(report.rows.filter { $0.key == keys[0] } == [])
      #expect(report.failures.map { $0.contains("line 7: units is not there") } == [true])
    }
  }

  @Test func anEmptyListOfLinesIsNotBelieved() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      await Self.hear(rig, Self.allocate("a", 5, at: rig.clock.now), of: keys[0], by: ReconcilerRig.wms)
      try await Self.rest(rig, 60)
      let reconciler = rig.reconciler()
      for _ in 0..<3 {
        rig.warehouse.list(
          [], SnapshotExtent(asOf: rig.clock.now, complete: [.allocated]))
        let report = try await reconciler.reconcile()
        #expect(report.rows == [])
        #expect(report.failures.count == 1)
        #expect(report.lists.map(\.isBelieved) == [true, false])
        try await Self.rest(rig, 60)
      }
    }
  }

  // MARK: Rises

  @Test func aRiseIsMendedWhenTwoListsSayTheSame() throws {
    try ReconcilerRig.run { rig, keys in
      let reconciler = rig.reconciler()
      for (said, state, units) in [(104, .noted, 100), (106, .noted, 100), (106, .mended, 106)]
        as [(Int64, MendingState, Int64)]
      {
        try await Self.rest(rig, 60)
        rig.erp(says: [keys[0]: said], of: keys)
        let report = try await reconciler.reconcile()
        #expect(report.rows.map(\.state) == [state])
        #expect(await Self.ats(rig, keys[0]) == units)
      }
      #expect(try await reconciler.reconcile().rows == [])
    }
  }

  @Test func aListThatWasSentIsOneReading() throws {
    try ReconcilerRig.run { rig, keys in
      let sent = ReconcilerRig.ListedSource(Identifier("3pl") ?? .none)
      try await Self.rest(rig, 60)
      sent.say(keys.map { (key: $0, count: Count(units: $0 == keys[0] ? 104 : 100, asOf: rig.clock.now)) })
      for _ in 0..<2 {
        let report = try await rig.reconciler().reconcile(LookOrder(list: sent))
        #expect(report.rows.map(\.state) == [.held])
      }
      #expect(await Self.ats(rig, keys[0]) == 100)
    }
  }

  @Test func aSaleThatATillDoesNotListIsAPersonsToEnd() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let till = ReconcilerRig.ListedSource(Identifier("pos") ?? .none)
      let total = try #require(Quantity(2))
      for line in ["s-1", "s-2"] {
        let sale = Demand(claim: Self.id(line), kind: .sale, total: total, occurredAt: rig.clock.now)
        await Self.hear(rig, .demand(sale), of: keys[0], by: till.source)
      }
      let kept = Demand(claim: Self.id("s-1"), kind: .sale, total: total, occurredAt: rig.clock.now)
      let reconciler = rig.reconciler()
      var states: [[MendingState]] = []
      for _ in 0..<2 {
        try await Self.rest(rig, 60)
        till.list([(keys[0], .demand(kept))], SnapshotExtent(asOf: rig.clock.now, complete: [.pending]))
        let report = try await reconciler.reconcile(LookOrder(list: till))
        states.append(report.rows.map(\.state))
        if report.open > 0 { _ = try await reconciler.approve(report.id) }
      }
      #expect(states == [[.noted], [.held]], "it may be on its way into the ERP's books")
      #expect(await Self.ats(rig, keys[0]) == 98)
    }
  }

  // MARK: What counts twice

  @Test func aLineThatAWarehouseHasElsewhereCountsOnce() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let here = keys[0]
      let there = try StockKey(shop: here.shop, sku: here.sku, location: "york")
      await Self.hear(rig, .count(Count(units: 100, asOf: rig.clock.now)), of: there, by: ReconcilerRig.erp)
      await Self.hear(rig, try Self.order("o-1", 4, at: rig.clock.now), of: here, by: ReconcilerRig.shopify)
      await Self.hear(rig, Self.allocate("o-1", 4, at: rig.clock.now), of: there, by: ReconcilerRig.wms)
      let reconciler = rig.reconciler()
      #expect(try await reconciler.reconcile().count(.doubleCounted) == 0, "a move may be on its way")
      try await Self.rest(rig, 300)
      let report = try await reconciler.reconcile()
      let row = try #require(report.rows.first { $0.driftClass == .doubleCounted })
      #expect(row.key == here)
      #expect(row.state == .mended)
      #expect(await Self.ats(rig, here) == 100)
      #expect(await Self.ats(rig, there) == 96)
      #expect(try await reconciler.reconcile().count(.doubleCounted) == 0)
      // Its source says that it went there: what was ended is not taken out a second time.
      let leaves = Move(
        claim: Self.id("o-1"), document: Self.id("m-1"), direction: .leaves, units: try #require(Quantity(4)),
        occurredAt: rig.clock.now)
      await Self.hear(rig, .move(leaves), of: here, by: ReconcilerRig.shopify)
      #expect(await Self.ats(rig, here) == 100)
    }
  }

  @Test func aLineAtTwoLocationsThatAddsUpIsNoDoubleCount() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let here = keys[0]
      let there = try StockKey(shop: here.shop, sku: here.sku, location: "york")
      await Self.hear(rig, .count(Count(units: 100, asOf: rig.clock.now)), of: there, by: ReconcilerRig.erp)
      await Self.hear(rig, try Self.order("o-1", 4, at: rig.clock.now), of: here, by: ReconcilerRig.shopify)
      let one = StageReport(
        claim: Self.id("o-1"), stage: .allocate, amount: .document(Self.id("p-1"), try #require(Quantity(1))),
        occurredAt: rig.clock.now)
      await Self.hear(rig, .stage(one), of: there, by: ReconcilerRig.wms)
      try await Self.rest(rig, 600)
      #expect(try await rig.reconciler().reconcile().count(.doubleCounted) == 0)
      #expect(await Self.ats(rig, here) == 97)
      #expect(await Self.ats(rig, there) == 99)
    }
  }

  // MARK: Silence

  private struct Silence: SilenceWatch {
    let since: Timestamp
    func silentSources(ofShop shop: String, at now: Timestamp) -> [SilentSource] {
      shop == "main" ? [SilentSource(source: ReconcilerRig.erp, since: since, expectedEvery: 3_600_000)] : []
    }
  }

  @Test func aSilentSourceIsToldOf() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let reconciler = rig.reconciler()
      await reconciler.watch(Silence(since: rig.clock.now))
      let report = try await reconciler.reconcile()
      #expect(report.rows.map(\.driftClass) == [.sourceSilent])
      #expect(report.rows.map(\.side) == [.source(ReconcilerRig.erp)])
      #expect(report.rows.map(\.key.sku) == [""])
      #expect(report.drifted == 0)
      #expect(try DriftReport(image: report.image) == report)
    }
  }

  // MARK: A refresh

  private static func refresh(
    _ rig: ReconcilerRig, _ scope: ReconciliationScope = .shop, _ terms: RefreshTerms = RefreshTerms()
  ) async throws -> DriftReport {
    try await rig.reconciler().reconcile(LookOrder(scope, list: rig.ledger, refresh: terms))
  }

  @Test func aRefreshIsShownFirstAndThenAppliedAsOneReport() throws {
    try ReconcilerRig.run(keys: 10) { rig, keys in
      let then = rig.clock.now
      let hold = HoldRequest(id: Self.id("h-1"), quantity: try #require(Quantity(5)))
      _ = await rig.engine.submit(KeyedCommand(key: keys[0], command: .hold(hold)))
      try await Self.rest(rig, 60)
      let asOf = rig.clock.now
      await Self.hear(
        rig, .adjustment(Adjustment(document: Self.id("late"), delta: 7, occurredAt: asOf + 1_000)), of: keys[1],
        by: ReconcilerRig.erp)
      // The first is not in it, the second has more, all others are as they were.
      let rows = keys.dropFirst().map { (key: $0, count: Count(units: $0 == keys[1] ? 150 : 100, asOf: asOf)) }
      rig.ledger.say(rows, SnapshotExtent(asOf: asOf))
      let report = try await Self.refresh(rig)
      #expect(report.refresh == RefreshTerms())
      #expect(report.rows.map(\.key) == [keys[1], keys[0]])
      #expect(report.rows.map(\.state) == [.held, .held])
      #expect(report.rows.map(\.theirs) == [157, -5])
      #expect(await Self.ats(rig, keys[1]) == 107)

      let applied = try await rig.reconciler().approve(report.id)
      #expect(applied.rows.map(\.state) == [.mended, .mended])
      #expect(await Self.ats(rig, keys[1]) == 157, "what came after it stays")
      #expect(await Self.ats(rig, keys[0]) == 0)
      #expect(await rig.engine.stock(keys[0])?.liveReservations == 1, "no hold is harmed")
      #expect(try await Self.refresh(rig).rows == [])
      #expect(then < asOf)
    }
  }

  @Test func aRefreshIsTakenBackOnce() throws {
    try ReconcilerRig.run(keys: 10) { rig, keys in
      try await Self.rest(rig, 60)
      rig.erp(says: [keys[3]: 0, keys[4]: 250], of: keys)
      let reconciler = rig.reconciler()
      let report = try await reconciler.reconcile(
        LookOrder(list: rig.ledger, refresh: RefreshTerms(isApplied: true)))
      #expect(await Self.ats(rig, keys[3]) == 0)
      #expect(await Self.ats(rig, keys[4]) == 250)
      for _ in 0..<2 {
        #expect(try await reconciler.undo(report.id).rows.map(\.state) == [.undone, .undone])
        for key in keys { #expect(await Self.ats(rig, key) == 100) }
      }
    }
  }

  @Test func aListOfTomorrowIsNotBelieved() throws {
    try ReconcilerRig.run { rig, keys in
      await Self.hear(rig, Self.allocate("new", 5, at: rig.clock.now), of: keys[0], by: ReconcilerRig.wms)
      let list = ReconcilerRig.ListedSource(ReconcilerRig.wms)
      list.list(
        [(keys[1], Self.allocate("kept", 1, at: rig.clock.now))],
        SnapshotExtent(asOf: rig.clock.now + 86_400_000, complete: [.allocated]))
      let report = try await rig.reconciler().reconcile(
        LookOrder(list: list, refresh: RefreshTerms(allowsShrink: true, isApplied: true)))
      #expect(report.rows == [])
      #expect(report.failures.map { $0.contains("yet to come") } == [true])
      #expect(await Self.ats(rig, keys[0]) == 95)
    }
  }

  @Test func aRefreshWithoutAYesChangesNothing() throws {
    try ReconcilerRig.run(keys: 10) { rig, keys in
      try await Self.rest(rig, 60)
      rig.erp(says: [keys[3]: 0], of: keys, else: 101)
      let before = await rig.engine.digest()
      let report = try await Self.refresh(rig)
      #expect(report.count(.held) == 10)
      #expect(await rig.engine.digest() == before)
      let no = try await rig.reconciler().reject(report.id)
      #expect(no.count(.rejected) == 10)
      #expect(await rig.engine.digest() == before)
    }
  }

  @Test func aRefreshOfOneLocationLeavesTheOthers() throws {
    try ReconcilerRig.run(keys: 4) { rig, keys in
      let york = try keys.map { try StockKey(shop: $0.shop, sku: $0.sku, location: "york") }
      for key in york {
        await Self.hear(rig, .count(Count(units: 100, asOf: rig.clock.now)), of: key, by: ReconcilerRig.erp)
      }
      try await Self.rest(rig, 60)
      let asOf = rig.clock.now
      rig.ledger.say(
        (keys + york).map { (key: $0, count: Count(units: 80, asOf: asOf)) }, SnapshotExtent(asOf: asOf))
      let report = try await Self.refresh(rig, .location("york"), RefreshTerms(isApplied: true))
      #expect(report.count(.mended) == 4)
      #expect(await Self.ats(rig, york[0]) == 80)
      #expect(await Self.ats(rig, keys[0]) == 100)
    }
  }

  @Test func aListThatIsFarTooSmallAsksForAWord() throws {
    try ReconcilerRig.run(keys: 10) { rig, keys in
      try await Self.rest(rig, 60)
      let asOf = rig.clock.now
      rig.ledger.say([(keys[0], Count(units: 90, asOf: asOf))], SnapshotExtent(asOf: asOf))
      let report = try await Self.refresh(rig, .shop, RefreshTerms(isApplied: true))
      #expect(report.rows == [])
      #expect(report.failures.count == 1)
      #expect(await Self.ats(rig, keys[5]) == 100)
      let meant = try await Self.refresh(rig, .shop, RefreshTerms(allowsShrink: true, isApplied: true))
      #expect(meant.count(.mended) == 10)
      #expect(meant.refresh?.allowsShrink == true)
      #expect(await Self.ats(rig, keys[5]) == 0)
      #expect(await Self.ats(rig, keys[0]) == 90)
    }
  }

  @Test func aRefreshNamesKeysThatNobodyKnew() throws {
    try ReconcilerRig.run { rig, keys in
      try await Self.rest(rig, 60)
      let new = try StockKey(shop: "main", sku: "NEW", location: "leeds")
      let asOf = rig.clock.now
      rig.ledger.say(
        (keys + [new]).map { (key: $0, count: Count(units: 100, asOf: asOf)) }, SnapshotExtent(asOf: asOf))
      let report = try await Self.refresh(rig, .shop, RefreshTerms(isApplied: true))
      #expect(report.rows.map(\.key) == [new])
      #expect(await Self.ats(rig, new) == 100)
    }
  }

  @Test func aDryRunIsNotApproved() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(says: [keys[0]: 60], of: keys)
      let reconciler = rig.reconciler()
      let report = try await reconciler.reconcile(isDryRun: true)
      await #expect(throws: ReconciliationFailure.isDryRun) { try await reconciler.reject(report.id) }
      await #expect(throws: ReconciliationFailure.isDryRun) { try await reconciler.approve(report.id) }
      #expect(await Self.ats(rig, keys[0]) == 100)
    }
  }
}
