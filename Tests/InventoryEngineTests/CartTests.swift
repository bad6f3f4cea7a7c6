@testable import InventoryEngine
import StockJournal
import StockLedger
import Testing

@Suite("A cart is held whole or not at all")
struct CartTests {
  private let mug = OpenShop.key("mug")
  private let cup = OpenShop.key("cup")
  private let jar = OpenShop.key("jar")

  private func stocked(_ shop: OpenShop) async {
    for key in [mug, cup, jar] { await shop.stock(key, 5) }
  }

  private func ats(_ shop: OpenShop) async -> [Int64?] {
    [await shop.ats(mug), await shop.ats(cup), await shop.ats(jar)]
  }

  private func claims(_ keys: [StockKey]) -> [CartClaim] {
    keys.enumerated().map { CartClaim(line: $1, claim: OpenShop.id("o\($0)")) }
  }

  @Test("held: every line in key order, with one expiry, and again the same answer")
  func held() async throws {
    try await OpenShop.open { shop in
      await stocked(shop)
      let answer = await shop.hold(cart: "c1", [(mug, 2), (cup, 1), (jar, 5)])
      let receipt = try #require(answer.receipt)
      #expect(receipt.lines.map(\.key) == [cup, jar, mug])
      #expect(receipt.lines.map(\.units) == [1, 5, 2])
      #expect(receipt.lines.map(\.availableToSell) == [4, 0, 3])
      #expect(receipt.first == cup)
      #expect(receipt.expiresAt == shop.clock.now + 600_000)
      #expect(await ats(shop) == [3, 4, 0])
      let again = await shop.hold(cart: "c1", [(mug, 2), (cup, 1), (jar, 5)])
      #expect(again.receipt?.isDuplicate == true)
      #expect(again.receipt?.lines.map(\.units) == [1, 5, 2])
      #expect(await ats(shop) == [3, 4, 0])
    }
  }

  @Test("refused: every short line is named with what it could have had, and nothing stays held")
  func refused() async throws {
    // medusa#16825: an order was made although the hold had failed.
    try await OpenShop.open { shop in
      await stocked(shop)
      let answer = await shop.hold(cart: "c1", [(mug, 2), (cup, 7), (jar, 6)])
      #expect(answer.refusal == .insufficientStock(available: 5))
      #expect(answer.short == [ShortLine(key: cup, available: 5), ShortLine(key: jar, available: 5)])
      #expect(await ats(shop) == [5, 5, 5])
      let confirmed = await shop.engine.confirm(carts: [(OpenShop.id("c1"), cup, claims([cup, jar, mug]))])
      #expect(confirmed[0].refusal == .cartAbandoned)
      #expect(await shop.hold(cart: "c1", [(mug, 2), (cup, 7), (jar, 6)]).receipt == nil)
      #expect(await shop.hold(cart: "c2", [(mug, 5), (cup, 5)]).receipt != nil)
    }
  }

  @Test("a refused cart of which nothing was prepared leaves no entry")
  func refusedWithoutTrace() async throws {
    try await OpenShop.open { shop in
      await stocked(shop)
      let before = shop.engine.counters.entries
      let answer = await shop.hold(cart: "c1", [(cup, 7), (jar, 6)])
      #expect(answer.short == [ShortLine(key: cup, available: 5), ShortLine(key: jar, available: 5)])
      _ = await shop.engine.stock(cup)
      #expect(shop.engine.counters.entries == before)
      #expect(await shop.hold(cart: "c1", [(cup, 5), (jar, 5)]).receipt != nil)
    }
  }

  @Test("one cart, one SKU on two lines: they are added up")
  func twoLinesOneKey() async throws {
    // medusa#16502
    try await OpenShop.open { shop in
      await stocked(shop)
      #expect(await shop.hold(cart: "c1", [(mug, 3), (cup, 1), (mug, 3)]).short == [ShortLine(key: mug, available: 5)])
      let receipt = await shop.hold(cart: "c2", [(mug, 3), (cup, 1), (mug, 2)]).receipt
      #expect(receipt?.lines.map(\.units) == [1, 5])
      #expect(await ats(shop) == [0, 4, 5])
    }
  }

  @Test("no line is dropped: a cart of 200 lines holds 200, one of too many is refused")
  func manyLines() async throws {
    // erpnext#51519: the 51st line was dropped.
    try await OpenShop.open { shop in
      let keys = (0..<200).map { OpenShop.key("sku\($0)") }
      for key in keys { await shop.stock(key, 1) }
      let receipt = await shop.hold(cart: "c1", keys.map { ($0, 1) }).receipt
      #expect(receipt?.lines.count == 200)
      for key in keys { #expect(await shop.ats(key) == 0) }
      #expect(await shop.hold(cart: "c2", []).refusal == .outOfRange(.lines))
      let tooMany = (0...Limits.cartLinesMax).map { (OpenShop.key("t\($0)"), Int64(1)) }
      #expect(await shop.hold(cart: "c3", tooMany).refusal == .outOfRange(.lines))
      let tooMuch = await shop.hold(cart: "c4", [(mug, Limits.quantityMax), (mug, 1)])
      #expect(tooMuch.refusal == .outOfRange(.lines))
    }
  }

  @Test("the last units and two carts: one has all, the other none")
  func twoCarts() async throws {
    try await OpenShop.open { shop in
      await stocked(shop)
      let answers = await shop.engine.hold(carts: [
        OpenShop.cart("c1", [(mug, 4), (cup, 1)]), OpenShop.cart("c2", [(cup, 1), (mug, 4)]),
      ])
      #expect(answers.count { $0.receipt != nil } == 1)
      #expect(await ats(shop) == [1, 4, 5])
    }
  }

  @Test("many carts at once over the same keys never take more than there is")
  func concurrentCarts() async throws {
    try await OpenShop.open { shop in
      let keys = (0..<4).map { OpenShop.key("k\($0)") }
      for key in keys { await shop.stock(key, 20) }
      let held = await withTaskGroup(of: [Int64].self) { group in
        for worker in 0..<6 {
          group.addTask {
            var held: [Int64] = [0, 0, 0, 0]
            for step in 0..<12 {
              let places = [worker % 4, (worker + step) % 4, (worker + 2 * step + 1) % 4]
              let lines = places.map { (keys[$0], Int64(1)) }
              if await shop.hold(cart: "w\(worker)-\(step)", lines).receipt != nil {
                for place in places { held[place] += 1 }
              }
            }
            return held
          }
        }
        return await group.reduce([0, 0, 0, 0]) { zip($0, $1).map { $0 + $1 } }
      }
      for (place, key) in keys.enumerated() {
        #expect(await shop.ats(key) == 20 - held[place])
        await shop.engine.level(key)?.checkInvariants()
      }
      let replayed = try await replayDigest(of: shop.journal)
      #expect(await shop.engine.digest() == replayed)
    }
  }

  @Test("confirmed: each line is its claim, once, and a hold of it again is answered as it was")
  func confirmed() async throws {
    try await OpenShop.open { shop in
      await stocked(shop)
      let first = try #require(await shop.hold(cart: "c1", [(mug, 2), (cup, 1)]).receipt?.first)
      let cart = (OpenShop.id("c1"), first, claims([mug, cup]))
      #expect(await shop.engine.confirm(carts: [(cart.0, first, claims([mug]))])[0].refusal == .outOfRange(.lines))
      #expect(await shop.engine.confirm(carts: [cart])[0].receipt?.units == 2)
      #expect(await shop.engine.confirm(carts: [cart])[0].receipt?.isDuplicate == true)
      #expect(
        await shop.engine.release(carts: [(cart.0, first)])[0].refusal == .alreadyConfirmed(as: OpenShop.id("o0")))
      #expect(await shop.numbers(mug)?.open == 2)
      #expect(await shop.numbers(cup)?.open == 1)
      #expect(await shop.numbers(cup)?.reserved == 0)
      let again = await shop.hold(cart: "c1", [(mug, 2), (cup, 1)])
      #expect(again.receipt?.isDuplicate == true)
      #expect(again.receipt?.lines.map(\.units) == [1, 2])
      #expect(await ats(shop) == [3, 4, 5])
    }
  }

  @Test("released and expired: every line is free again")
  func ended() async throws {
    try await OpenShop.open { shop in
      await stocked(shop)
      let first = try #require(await shop.hold(cart: "c1", [(mug, 2), (cup, 1)]).receipt?.first)
      #expect(await shop.engine.release(carts: [(OpenShop.id("c1"), first)])[0].receipt != nil)
      #expect(await ats(shop) == [5, 5, 5])
      _ = await shop.hold(cart: "c2", [(mug, 2), (cup, 1)], seconds: 30)
      #expect(await ats(shop) == [3, 4, 5])
      await shop.pass(30_000)
      #expect(await shop.eventually { await ats(shop) == [5, 5, 5] })
      let late = await shop.engine.confirm(carts: [(OpenShop.id("c2"), first, claims([mug, cup]))])
      #expect(late[0].refusal == .reservationExpired)
      // Every line has said so: nothing is in motion, and the keepers may rest.
      #expect(
        await shop.eventually {
          await shop.engine.passivate(idleSince: shop.clock.now + 1) >= 0 && shop.engine.counters.keepersActive == 0
        })
    }
  }

  @Test("extended: all lines live on, and end at the new time")
  func extended() async throws {
    try await OpenShop.open { shop in
      await stocked(shop)
      let first = try #require(await shop.hold(cart: "c1", [(mug, 2), (cup, 1)], seconds: 30).receipt?.first)
      let later = shop.clock.now + 90_000
      #expect(await shop.engine.extend(cart: OpenShop.id("c1"), first: first, to: later).receipt?.expiresAt == later)
      #expect(await shop.engine.level(mug)?.reservation(OpenShop.id("c1"))?.expiresAt == later)
      await shop.pass(60_000)
      #expect(await ats(shop) == [3, 4, 5])
      await shop.pass(31_000)
      #expect(await shop.eventually { await ats(shop) == [5, 5, 5] })
    }
  }

  @Test("a cart id that is used again with other lines holds nothing of the second")
  func idReused() async throws {
    try await OpenShop.open { shop in
      await stocked(shop)
      _ = await shop.hold(cart: "c1", [(mug, 2), (cup, 1)])
      #expect(await shop.hold(cart: "c1", [(cup, 1), (jar, 4)]).refusal == .idReused)
      #expect(await ats(shop) == [3, 4, 5])
      #expect(await shop.hold(cart: "c1", [(mug, 1), (cup, 1)]).refusal == .idReused)
      #expect(await ats(shop) == [3, 4, 5])
      #expect(await shop.hold(mug, "c1", 2).refusal == .idReused)
      #expect(await shop.hold(cart: "c1", [(mug, 2), (cup, 1)]).receipt?.isDuplicate == true)
    }
  }

  @Test("an order's report confirms its own line of a cart; the rest ends with the cart")
  func orderFirst() async throws {
    try await OpenShop.open { shop in
      await stocked(shop)
      var request = OpenShop.cart("c1", [(mug, 2), (cup, 1)])
      request.reference = OpenShop.id("token")
      let first = try #require(await shop.engine.hold(carts: [request])[0].receipt?.first)
      await shop.order(mug, "o9", 2, reference: "token")
      #expect(await shop.numbers(mug)?.open == 2)
      #expect(await shop.engine.hold(carts: [request])[0].receipt?.isDuplicate == true)
      #expect(await shop.engine.release(carts: [(OpenShop.id("c1"), first)])[0].receipt != nil)
      #expect(await ats(shop) == [3, 5, 5])
    }
  }
}

@Suite("A crash leaves a cart whole or absent")
struct CartCrashTests {
  private let keys = ["a", "b", "c"].map { OpenShop.key($0) }

  /// The journal's crash images during everything that a body does, one for each commit and each of a few cuts of it.
  private actor Camera {
    private var journal: MemoryJournal?
    private(set) var images: [MemoryJournal] = []
    func watch(_ journal: MemoryJournal) { self.journal = journal }
    func take() async {
      guard let journal else { return }
      let bytes = await journal.unsyncedByteCount
      for cut in [0, bytes / 2, bytes] { images.append(await journal.crashImage(.prefix(cut))) }
    }
  }

  private func images(of body: (OpenShop) async throws -> Void) async throws -> (images: [MemoryJournal], at: Timestamp)
  {
    let camera = Camera()
    let clock = ManualClock()
    let journal = MemoryJournal(duringSync: { await camera.take() })
    try await OpenShop.open(journal, clock: clock) { shop in
      for key in keys { await shop.stock(key, 5) }
      await camera.watch(journal)
      try await body(shop)
    }
    return (await camera.images, clock.now)
  }

  /// After recovery, what is reserved and open of each key, once that is what the first key's log says of the cart.
  private func recovered(_ image: MemoryJournal, at now: Timestamp) async throws -> [[Int64]] {
    try await OpenShop.open(image, clock: ManualClock(now: now)) { shop in
      var found: [[Int64]] = []
      let isSettled = await shop.eventually {
        found = []
        for key in keys {
          let numbers = await shop.numbers(key)
          found.append([numbers?.reserved ?? -1, numbers?.open ?? -1])
        }
        let expected: [Int64] =
          switch await shop.engine.level(keys[0])?.cart(OpenShop.id("c1"))?.state {
          case .decided: [2, 0]
          case .ended(.confirm, _): [0, 2]
          default: [0, 0]
          }
        return found == [expected, expected, expected]
      }
      #expect(isSettled, "whole or absent in the end: \(found)")
      for key in keys { await shop.engine.level(key)?.checkInvariants() }
      return found
    }
  }

  @Test("at every point of the protocol")
  func everyPoint() async throws {
    let (images, now) = try await images { shop in
      let lines = keys.map { ($0, Int64(2)) }
      guard let first = await shop.hold(cart: "c1", lines, seconds: 14_400).receipt?.first else {
        Issue.record("the cart is held")
        return
      }
      let claims = keys.enumerated().map { CartClaim(line: $1, claim: OpenShop.id("o\($0)")) }
      #expect(await shop.engine.confirm(carts: [(OpenShop.id("c1"), first, claims)])[0].receipt != nil)
    }
    var seen: Set<[[Int64]]> = []
    for image in images {
      let found = try await recovered(image, at: now)
      seen.insert(found)
    }
    #expect(seen.count == 3, "absent, held and confirmed were all seen")
  }

  @Test("where a line is short, too: it is absent, and nothing stays held")
  func shortCart() async throws {
    let (images, now) = try await images { shop in
      #expect(await shop.hold(cart: "c1", [(keys[0], 2), (keys[1], 9), (keys[2], 1)]).refusal != nil)
    }
    #expect(!images.isEmpty)
    for image in images {
      #expect(try await recovered(image, at: now) == [[0, 0], [0, 0], [0, 0]])
    }
  }

  @Test("a crash during recovery recovers to the same")
  func crashInRecovery() async throws {
    let (images, now) = try await images { shop in
      _ = await shop.hold(cart: "c1", keys.map { ($0, Int64(2)) }, seconds: 14_400)
    }
    for image in images {
      let once = try await recovered(await image.reopened(), at: now)
      let camera = Camera()
      let second = await image.reopened(duringSync: { await camera.take() })
      await camera.watch(second)
      _ = try await recovered(second, at: now)
      for third in await camera.images {
        let twice = try await recovered(third, at: now)
        #expect(twice == once)
      }
    }
  }
}
