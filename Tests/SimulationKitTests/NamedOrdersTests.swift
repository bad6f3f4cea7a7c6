import InventoryEngine
import SimulationKit
import StockLedger
import Testing

/// What a report of an order names to the publication in its own turn: by how many units the order moved the channel.
@Suite("Orders that name themselves to their publication")
struct NamedOrdersTests {
  private static let line = Identifier("4711") ?? .none
  private static let hold = Identifier("hold-1") ?? .none

  private func state(
    _ version: Int64, units: Int64, held: Int64 = 0, shipped: Bool = false, at time: Timestamp
  ) throws -> Report.Body {
    let units = try #require(Quantity(units))
    let parcel = LineState.Departure(document: Identifier("parcel") ?? .none, units: units, occurredAt: time)
    return .lineState(
      LineState(
        claim: Self.line, version: version, units: units.units, unitsInAll: units.units, heldInAll: held,
        departures: shipped ? [parcel] : [], occurredAt: time, changedAt: time))
  }

  private func say(_ body: Report.Body, of key: StockKey, _ rig: ReconcilerRig) async {
    let report = Report(source: ReconcilerRig.shopify, saying: body)
    _ = await rig.engine.submit(KeyedCommand(key: key, command: .report(report)))
  }

  @Test("an order lowers what the channel is believed to hold by its units, once")
  func named() throws {
    try ReconcilerRig.run { rig, keys in
      rig.channel[keys[0]] = 98
      await say(try state(1, units: 2, at: rig.clock.now), of: keys[0], rig)
      try await rig.settle()
      #expect(await rig.publisher.standing(of: keys[0])?.expected == 98)
      #expect(rig.channel[keys[0]] == 98)
    }
  }

  @Test("a parcel that is told before its order, which was held here, takes nothing from the channel in the end")
  func heldAfterParcel() throws {
    try ReconcilerRig.run { rig, keys in
      var hold = HoldRequest(id: Self.hold, quantity: try #require(Quantity(2)), lifetime: 600_000)
      hold.reference = Self.hold
      _ = await rig.engine.submit(KeyedCommand(key: keys[0], command: .hold(hold)))
      try await rig.settle()
      #expect(rig.channel[keys[0]] == 98)

      let now = rig.clock.now
      await say(try state(1, units: 2, shipped: true, at: now), of: keys[0], rig)
      #expect(await rig.publisher.standing(of: keys[0])?.expected == 96, "as an order that nobody held")
      let demand = Demand(
        claim: Self.line, kind: .order, total: try #require(Quantity(2)), occurredAt: now, reference: Self.hold,
        channel: ReconcilerRig.shopify)
      await say(.demand(demand), of: keys[0], rig)
      await say(try state(2, units: 2, held: 2, shipped: true, at: now), of: keys[0], rig)
      #expect(await rig.publisher.standing(of: keys[0])?.expected == 98)
      try await rig.settle()
      #expect(rig.channel[keys[0]] == 98)
      #expect(await rig.engine.stock(keys[0])?.availableToSell == 98)
    }
  }

  @Test("a held line that another location is to send moves none of the channel's numbers")
  func heldAndRouted() throws {
    try ReconcilerRig.run { rig, keys in
      let now = rig.clock.now
      await say(try state(1, units: 2, held: 2, at: now), of: keys[1], rig)
      #expect(await rig.publisher.standing(of: keys[1])?.expected == 100)
      await say(try state(2, units: 1, held: 2, at: now), of: keys[1], rig)
      #expect(await rig.publisher.standing(of: keys[1])?.expected == 100)
    }
  }
}
