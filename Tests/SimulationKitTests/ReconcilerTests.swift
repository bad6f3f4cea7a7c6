import InventoryEngine
import Reconciliation
import SimulationKit
import StockLedger
import Synchronization
import Testing

/// What a look finds, what it mends, and what it leaves to a person.
@Suite("Reconciler")
struct ReconcilerTests {
  @Test func whereAllIsInStepThereIsNothingToSay() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let report = try await rig.reconciler().reconcile()
      #expect(report.rows == [])
      #expect(report.failures == [])
      #expect(report.compared == 8, "four keys at the channel, four at the ERP")
      #expect(report.inStep == 8)
    }
  }

  // MARK: The channel

  @Test func aHandRiseIsFoundByTwoLooksAndWrittenOver() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      rig.channel[keys[1]] = 140
      let report = try await rig.reconciler().reconcile()
      #expect(report.rows.map(\.key) == [keys[1]])
      #expect(report.rows.first?.driftClass == .editedByHand)
      #expect(report.rows.first?.difference == 40)
      try await rig.settle()
      #expect(rig.channel[keys[1]] == 100)
      #expect(try await rig.reconciler().reconcile().drifted == 0)
    }
  }

  /// Units that vanish there may be an order on its way: subtracted at once, given back only when they cannot be.
  @Test func aHandFallIsSubtractedFirstAndGivenBackLater() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let reconciler = rig.reconciler()
      rig.channel[keys[0]] = 97
      #expect(try await reconciler.reconcile().count(.editedByHand) == 1)
      try await rig.settle()
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 97)

      let early = try await reconciler.reconcile()
      #expect(early.rows.map(\.driftClass) == [.oursIsNewer], "an order may still name them")
      try await rig.clock.sleep(until: rig.clock.now + 120_000)
      let late = try await reconciler.reconcile()
      #expect(late.rows.map(\.state) == [.mended])
      try await rig.settle()
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 100)
      #expect(rig.channel[keys[0]] == 100)
      #expect(try await reconciler.reconcile().rows == [])
    }
  }

  /// The number moves between the two looks because a sale here is written there.
  @Test func whatIsOnItsWayIsNoDrift() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(of: keys)
      let hold = HoldRequest(id: Identifier("h-1") ?? .none, quantity: try #require(Quantity(5)))
      _ = await rig.engine.submit(KeyedCommand(key: keys[2], command: .hold(hold)))
      let report = try await rig.reconciler().reconcile()
      #expect(report.drifted == 0)
      #expect(await rig.engine.stock(keys[2])?.liveReservations == 1, "no hold is harmed")
    }
  }

  // MARK: Sources

  @Test func aCountThatNeverCameIsDelivered() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(says: [keys[3]: 92], of: keys)
      let report = try await rig.reconciler().reconcile()
      #expect(report.rows.map(\.driftClass) == [.missedDelivery])
      #expect(report.rows.map(\.state) == [.mended])
      #expect(await rig.engine.stock(keys[3])?.availableToSell == 92)
    }
  }

  @Test(arguments: ["half", "twice", "empty"])
  func anImplausibleListZeroesNothing(_ what: String) throws {
    try ReconcilerRig.run { rig, keys in
      let asOf = rig.clock.now
      let zeroes = keys.map { (key: $0, count: Count(units: 0, asOf: asOf)) }
      switch what {
      case "half": rig.ledger.say(Array(zeroes.prefix(2)))
      case "twice": rig.ledger.say(zeroes + zeroes.prefix(1))
      default: rig.ledger.say([])
      }
      let report = try await rig.reconciler().reconcile()
      #expect(report.failures.count == 1)
      #expect(report.rows == [])
      for key in keys { #expect(await rig.engine.stock(key)?.availableToSell == 100) }
    }
  }

  // MARK: A person

  @Test func aRiseAboveTheThresholdWaitsForAYes() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(says: [keys[0]: 150, keys[1]: 160], of: keys)
      let reconciler = rig.reconciler()
      let report = try await reconciler.reconcile()
      #expect(report.rows.map(\.state) == [.held, .held])
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 100)
      let yes = try await reconciler.approve(report.id, rows: [1])
      #expect(yes.rows.map(\.state) == [.mended, .held])
      let no = try await reconciler.reject(report.id)
      #expect(no.rows.map(\.state) == [.mended, .rejected])
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 150)
      #expect(await rig.engine.stock(keys[1])?.availableToSell == 100)
      #expect(try await reconciler.approve(report.id).rows.map(\.state) == [.mended, .rejected], "a no is a no")
    }
  }

  @Test func aDryRunChangesNothing() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(says: [keys[0]: 60], of: keys)
      rig.channel[keys[1]] = 140
      let before = await rig.engine.digest()
      let report = try await rig.reconciler().reconcile(isDryRun: true)
      #expect(report.rows.map(\.state) == [.planned, .planned])
      #expect(await rig.engine.digest() == before)
    }
  }

  @Test func oneKeyAloneCanBeLookedAt() throws {
    try ReconcilerRig.run { rig, keys in
      rig.erp(says: [keys[0]: 60, keys[1]: 60], of: keys)
      rig.channel[keys[2]] = 140
      let report = try await rig.reconciler().reconcile(.key(keys[1]))
      #expect(report.rows.map(\.key) == [keys[1]])
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 100)
    }
  }

  // MARK: Once

  /// A source that says two numbers as of one time: neither is newer, so the difference is a correction.
  private static func contradict(_ rig: ReconcilerRig, _ keys: [StockKey], by units: Int64) async {
    let asOf = rig.clock.now
    _ = await rig.engine.submit(rig.report(.count(Count(units: 90, asOf: asOf)), of: keys[0]))
    let others = keys.dropFirst().map { (key: $0, count: Count(units: 100, asOf: asOf)) }
    rig.ledger.say([(keys[0], Count(units: 90 + units, asOf: asOf))] + others)
  }

  @Test func ofTwoReconcilersThatSawTheSameOnlyOneCorrects() throws {
    try ReconcilerRig.run { rig, keys in
      await Self.contradict(rig, keys, by: 4)
      let reconcilers = [rig.reconciler(1), rig.reconciler(2)]
      for reconciler in reconcilers {
        let states = try await reconciler.reconcile().rows.map(\.state)
        #expect(states == [.noted], "a rise takes two readings")
      }
      async let first = reconcilers[0].reconcile()
      async let second = reconcilers[1].reconcile()
      let states = try await [first, second].flatMap(\.rows).map(\.state)
      #expect(states.count { $0 == .mended } == 1)
      #expect(states.count { $0 == .overtaken } == 1)
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 94)
    }
  }

  @Test func aCorrectionIsTakenBackOnce() throws {
    try ReconcilerRig.run { rig, keys in
      await Self.contradict(rig, keys, by: -4)
      let reconciler = rig.reconciler()
      let report = try await reconciler.reconcile()
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 86)
      #expect(try await reconciler.undo(report.id).rows.map(\.state) == [.undone])
      #expect(try await reconciler.undo(report.id).rows.map(\.state) == [.undone])
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 90)
    }
  }

  /// The process dies when the plan is kept, before it is done, or after it was done, before that is kept: the next
  /// one goes on.
  @Test(arguments: [1, 2])
  func whatWasPlannedIsDoneOnceAcrossACrash(_ dyingSave: Int) throws {
    try ReconcilerRig.run { rig, keys in
      await Self.contradict(rig, keys, by: -4)
      let store = DyingReports(dyingSave: dyingSave, keeping: rig.reports)
      await #expect(throws: ReconciliationFailure.self) { try await rig.reconciler(1, keeping: store).reconcile() }
      #expect(await rig.engine.stock(keys[0])?.availableToSell == (dyingSave == 1 ? 90 : 86))
      rig.erp(of: [])
      _ = try await rig.reconciler(2, keeping: store).reconcile()
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 86)
      let states = try await store.latest(9, ofShop: "main").flatMap(\.rows).map(\.state)
      #expect(states == [.mended])
    }
  }

  /// A store whose process dies at one saving: before it is answered, and at the second before it is written.
  private final class DyingReports: ReportStore {
    private let dyingSave: Int
    private let kept: ReportsInMemory
    private let saves = Atomic<Int>(0)

    init(dyingSave: Int, keeping kept: ReportsInMemory) {
      self.dyingSave = dyingSave
      self.kept = kept
    }

    func save(_ report: DriftReport) async throws(ChannelFailure) {
      let number = saves.add(1, ordering: .relaxed).newValue
      if number != 2 || dyingSave != 2 { try await kept.save(report) }
      if number == dyingSave { throw ChannelFailure("the process died") }
    }

    func load(_ id: Identifier) async throws(ChannelFailure) -> DriftReport? { try await kept.load(id) }
    func latest(_ count: Int, ofShop shop: String) async throws(ChannelFailure) -> [DriftReport] {
      try await kept.latest(count, ofShop: shop)
    }
  }
}
