import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("A report that names a claim goes where the claim is")
struct RoutingTests {
  private let leeds = OpenShop.key("mug", "leeds")
  private let york = OpenShop.key("mug", "york")
  private let item = OpenShop.key("mug", "")

  private func open(
    owners: Bool = false, _ body: (OpenShop) async throws -> Void
  ) async throws {
    var settings = EngineSettings()
    settings.defaultLocations = ["shop": "leeds"]
    try await OpenShop.open(settings: settings) { shop in
      await shop.stock(leeds, 10)
      await shop.stock(york, 10)
      if owners {
        var policy = KeyPolicy()
        policy.owners.onHand = OpenShop.id("erp")
        policy.owners.open = OpenShop.id("shopify")
        policy.owners.allocated = OpenShop.id("wms")
        for key in [leeds, york] {
          let answer = await shop.engine.submit(KeyedCommand(key: key, command: .setPolicy(policy)))
          #expect(answer.receipt != nil)
        }
      }
      try await body(shop)
      for key in [leeds, york] { await shop.engine.level(key)?.checkInvariants() }
    }
  }

  private func net(_ shop: OpenShop) async -> [Int64?] {
    [await shop.numbers(leeds)?.net, await shop.numbers(york)?.net]
  }

  @Test("an order without a location takes the shop's default; without one it is refused")
  func defaultLocation() async throws {
    try await open { shop in
      #expect(await shop.order(item, "o1", 2).receipt != nil)
      #expect(await net(shop) == [8, 10])
      let elsewhere = OpenShop.key("mug", "", shop: "other")
      #expect(await shop.order(elsewhere, "o1", 2).refusal == .locationUnknown)
    }
  }

  @Test("an order of a confirmed hold finds its claim at the hold's location, whatever location it names")
  func whereTheClaimIs() async throws {
    try await open { shop in
      await shop.hold(york, "ann", 2)
      await shop.confirm(york, "ann", as: "o1")
      #expect(await shop.order(item, "o1", 2).receipt != nil)
      #expect(await net(shop) == [10, 8])
      await shop.hold(york, "bob", 1)
      await shop.confirm(york, "bob", as: "o2")
      #expect(await shop.order(leeds, "o2", 1).receipt != nil)
      #expect(await net(shop) == [10, 7])
    }
  }

  @Test("an order with a reference goes to the live reservation that carries it")
  func whereTheReferenceIs() async throws {
    try await open { shop in
      let hold = HoldRequest(id: OpenShop.id("ann"), quantity: .one, reference: OpenShop.id("token"))
      #expect(await shop.engine.submit(KeyedCommand(key: york, command: .hold(hold))).receipt != nil)
      #expect(await shop.order(item, "o1", 1, reference: "token").receipt != nil)
      #expect(await net(shop) == [10, 9])
      #expect(await shop.numbers(york)?.reserved == 0)
    }
  }

  @Test("a stage of a known claim without a location goes to it; an unknown one waits at the default")
  func stages() async throws {
    try await open { shop in
      await shop.order(york, "o1", 2)
      #expect(await shop.stage(item, .ship, "o1", "f1", 2).receipt != nil)
      #expect(await shop.numbers(york)?.allocated == 2)
      #expect(await shop.stage(item, .ship, "o2", "f2", 1).receipt != nil)
      #expect(await shop.numbers(leeds)?.allocated == 1)
      // The webhook before the order exists (statamic-cargo#190): the order then finds what was shipped.
      #expect(await shop.order(item, "o2", 1).receipt != nil)
      #expect(await net(shop) == [9, 8])
    }
  }

  @Test("a warehouse that allocates elsewhere moves the units there: they count once", arguments: [false, true])
  func implicitMove(owners: Bool) async throws {
    try await open(owners: owners) { shop in
      await shop.order(leeds, "o1", 3)
      #expect(await shop.stage(york, .allocate, "o1", "pick1", 2).receipt != nil)
      #expect(await net(shop) == [9, 8])
      #expect(await shop.stage(york, .allocate, "o1", "pick1", 2).receipt?.isDuplicate == true)
      #expect(await net(shop) == [9, 8])
    }
  }

  @Test("an allocation elsewhere that is refused there frees nothing here")
  func refusedMove() async throws {
    try await open { shop in
      await shop.order(leeds, "o1", 3)
      let ahead = shop.clock.now + 290_000
      let body = Report.Body.stage(
        StageReport(
          claim: OpenShop.id("o1"), stage: .allocate, amount: .document(OpenShop.id("pick1"), .one), occurredAt: ahead))
      var policy = KeyPolicy()
      policy.owners.allocated = OpenShop.id("3pl")
      _ = await shop.engine.submit(KeyedCommand(key: york, command: .setPolicy(policy)))
      #expect(await shop.report(york, "wms", "d1", body).refusal == .notOwner(OpenShop.id("3pl")))
      #expect(await net(shop) == [7, 10])
    }
  }

  @Test("a move arrives, then leaves; units that are allocated already do not move")
  func moves() async throws {
    try await open { shop in
      await shop.order(leeds, "o1", 3)
      await shop.stage(leeds, .allocate, "o1", "pick1", 1)
      let move = Move(
        claim: OpenShop.id("o1"), document: OpenShop.id("m1"), direction: .arrives, units: Quantity(2) ?? .one,
        occurredAt: shop.clock.now)
      #expect(await shop.report(york, "shopify", "d1", .move(move)).receipt != nil)
      #expect(await net(shop) == [9, 8])
      #expect(await shop.report(york, "shopify", "d1", .move(move)).receipt?.isDuplicate == true)
      #expect(await net(shop) == [9, 8])
      #expect(await shop.report(item, "shopify", "d2", .move(move)).refusal == .locationUnknown)
    }
  }

  @Test("units leave where they wait, not where the line was first known; a repeat takes nothing more")
  func moveOn() async throws {
    let bath = OpenShop.key("mug", "bath")
    try await open { shop in
      await shop.stock(bath, 10)
      await shop.order(leeds, "o1", 3)
      func move(_ document: String, _ units: Int64) -> Report.Body {
        .move(
          Move(
            claim: OpenShop.id("o1"), document: OpenShop.id(document), direction: .arrives,
            units: Quantity(units) ?? .one, occurredAt: shop.clock.now))
      }
      await shop.report(york, "shopify", "d1", move("m1", 3))
      await shop.report(bath, "shopify", "d2", move("m2", 2))
      #expect(await net(shop) == [10, 9])
      #expect(await shop.numbers(bath)?.net == 8)
      // Bath has most of it now; the repeat still means the units that came from Leeds.
      await shop.report(york, "shopify", "d1", move("m1", 3))
      #expect(await net(shop) == [10, 9])
      #expect(await shop.numbers(bath)?.net == 8)
      let places = try #require(await shop.engine.places(of: OpenShop.id("o1"), item: item))
      #expect(places.map(\.key) == [bath, leeds, york])
      #expect(places.map(\.open) == [2, 0, 1])
      #expect(places.map(\.present) == [2, 0, 1])
      #expect(places.map(\.total) == [0, 3, 0])
      #expect(await shop.engine.places(of: OpenShop.id("o2"), item: item) == [])
    }
  }

  @Test("a crash between the two sides of a move is completed: the units never count nowhere, and in the end once")
  func crashedMove() async throws {
    let clock = ManualClock()
    let camera = Snapshots()
    let journal = MemoryJournal(duringSync: { await camera.take() })
    try await OpenShop.open(journal, clock: clock) { shop in
      await shop.stock(leeds, 10)
      await shop.stock(york, 10)
      await shop.order(leeds, "o1", 3)
      await camera.watch(journal)
      let move = Move(
        claim: OpenShop.id("o1"), document: OpenShop.id("m1"), direction: .arrives, units: Quantity(3) ?? .one,
        occurredAt: clock.now)
      await shop.report(york, "shopify", "d1", .move(move))
    }
    var seen: Set<[Int64]> = []
    for image in await camera.images {
      try await OpenShop.open(image, clock: clock) { shop in
        #expect(
          await shop.eventually {
            let open = [await shop.numbers(leeds)?.open ?? -1, await shop.numbers(york)?.open ?? -1]
            return open == [3, 0] || open == [0, 3]
          })
        seen.insert([await shop.numbers(leeds)?.open ?? -1, await shop.numbers(york)?.open ?? -1])
      }
    }
    #expect(seen == [[3, 0], [0, 3]])
  }

  private actor Snapshots {
    private var journal: MemoryJournal?
    private(set) var images: [MemoryJournal] = []
    func watch(_ journal: MemoryJournal) { self.journal = journal }
    func take() async {
      guard let journal else { return }
      for count in [0, await journal.unsyncedByteCount] { images.append(await journal.crashImage(.prefix(count))) }
    }
  }

  @Test("the index is built anew after a restart")
  func restart() async throws {
    let journal = MemoryJournal()
    let clock = ManualClock()
    try await OpenShop.open(journal, clock: clock) { shop in
      await shop.stock(york, 10)
      await shop.hold(york, "ann", 2)
      await shop.confirm(york, "ann", as: "o1")
    }
    try await OpenShop.open(await journal.reopened(), clock: clock) { shop in
      #expect(await shop.order(item, "o1", 2).receipt != nil)
      #expect(await shop.numbers(york)?.net == 8)
    }
  }
}
