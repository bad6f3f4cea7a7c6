@testable import StockLedger
import Testing

/// A shop that trades by chance: orders, cancels, edits, counts, late, repeated and reordered webhooks, and every step
/// of every call in between.
struct TradingShop {
  /// What happens besides orders.
  struct Habits {
    var hasEdits = false
    var hasRestocks = false
    /// Every sale is first held through us.
    var holdsFirst = false
    var crashes = false
  }

  var shop: ShopWorld
  let habits: Habits
  private var chance: LevelChance
  private var step = 0
  /// Webhooks on their way, in no order.
  private var webhooks: [(name: String, isRestock: Bool)] = []
  /// Holds that have not become orders, and orders made of holds.
  private var holds = 0
  private var bypassing: Set<String> = []
  private(set) var soldUnits: Int64 = 0
  /// Accepted writes above what was true, where an opposite change hid an order.
  private(set) var hidden = 0
  private(set) var accepted = 0
  private(set) var stale = 0
  private(set) var booked: Int64 = 0
  /// What an order may take, as of the last sending: physical less holds.
  private var free: Int64 = 0

  init(seed: Int, _ habits: Habits) {
    self.habits = habits
    chance = LevelChance(state: UInt64(seed))
    shop = ShopWorld(physical: 40, available: Int64(chance.draw(30...50)))
    shop.clockOffset = Int64(chance.draw(-900...900))
    shop.hasWholeSeconds = chance.isOne(in: 2)
    shop.settle()
    // Whatever is from before the first read is nobody's.
    shop.pass(10_000)
  }

  mutating func trade() {
    step += 1
    shop.pass(Int64(chance.draw(0...(chance.isOne(in: 12) ? 9_000 : 250))))
    switch chance.draw(0...15) {
    case 0, 1, 2: sell()
    case 3: if habits.hasRestocks { restock() }
    case 4: if habits.hasEdits && chance.isOne(in: 3) { shop.edit(by: Int64(chance.draw(-3...3))) }
    case 5: receive()
    case 6, 7, 8: hear()
    case 9: shop.say(.hint(available: chance.isOne(in: 4) ? nil : shop.available))
    case 10: if habits.crashes && chance.isOne(in: 3) { shop.crash() }
    default: call()
    }
    shop.publication.aim(at: shop.ats)
  }

  // MARK: Trade

  private mutating func sell() {
    let units = Int64(chance.draw(1...3))
    let order = "o\(step)"
    if habits.holdsFirst {
      guard shop.ats >= units else { return }
      shop.held += units
      shop.sellsBypassing(order, units)
      bypassing.insert(order)
    } else {
      guard shop.available >= units else { return }
      shop.sells(order, units)
    }
    soldUnits += units
    webhooks.append((order, false))
  }

  /// An order is cancelled in part, known to us or not.
  private mutating func restock() {
    let open = shop.orders.keys.filter { order in
      !bypassing.contains(order) && !shop.restocks.values.contains { $0.order == order }
    }
    guard let order = open.min(), let units = shop.orders[order]?.units else { return }
    shop.restocks("r\(step)", of: order, Int64(chance.draw(1...Int(units))))
    webhooks.append(("r\(step)", true))
  }

  /// The ERP counts: never fewer than were sold and held, or everybody is short.
  private mutating func receive() {
    if habits.holdsFirst { return }
    shop.physical += Int64(chance.draw(-1...2))
  }

  private mutating func hear() {
    guard !webhooks.isEmpty else { return }
    let place = chance.draw(0...(webhooks.count - 1))
    deliver(webhooks[place])
    // One in four comes again.
    if !chance.isOne(in: 4) { webhooks.remove(at: place) }
  }

  private mutating func deliver(_ webhook: (name: String, isRestock: Bool)) {
    if webhook.isRestock {
      shop.hears(restock: webhook.name)
    } else {
      shop.hears(webhook.name, bypassing.contains(webhook.name) ? .bypassing : .nobody)
    }
  }

  // MARK: Calls

  private mutating func call() {
    if case .read = shop.publication.call { return readOn() }
    if shop.publication.writeOut != nil, shop.onWire != nil { return answer() }
    if shop.publication.writeOut != nil { return arriveOrRepeat() }
    shop.publication.aim(at: shop.ats)
    switch shop.next {
    case .read: shop.ask()
    case .send:
      shop.send()
      free = shop.physical - shop.held
    case .book, .join:
      let before = shop.unattributed
      shop.book()
      booked += before
    case .handOver, .deadLetter: shop.say(.retry)
    case .rest, .wait, .repeating: break
    }
  }

  private mutating func readOn() {
    if chance.isOne(in: 12) {
      shop.say(.readFailed(retryAt: shop.now + 300))
    } else if shop.seen == nil {
      shop.look()
    } else {
      shop.tell()
    }
  }

  private mutating func arriveOrRepeat() {
    if case .repeating = shop.next { shop.send() }
    let before = shop.writes.count
    shop.arrive()
    if shop.writes.count > before { check(shop.writes[before]) }
  }

  private mutating func answer() {
    if chance.isOne(in: 6) {
      shop.say(.answered(.unknown(retryAt: shop.now + Int64(chance.draw(0...2_000)))))
      return shop.loseAnswer()
    }
    if shop.answer() == .stale { stale += 1 } else { accepted += 1 }
  }

  /// The emulator's book: at each write that takes effect, what was true then.
  private mutating func check(_ quantity: Int64) {
    if habits.holdsFirst { return }
    let sold = shop.orders.reduce(Int64(0)) { sum, order in
      let back = shop.restocks.reduce(Int64(0)) { sum, restock in
        restock.value.order == order.key && shop.heard.contains(restock.key) ? sum + restock.value.units : sum
      }
      return sum + max(0, order.value.units - back)
    }
    guard quantity > max(0, free - sold) else { return }
    let hiding = shop.changes.contains { $0.delta > 0 }
    #expect(hiding, "a write of \(quantity) over \(sold) sold of \(free), with nothing to hide an order")
    hidden += 1
  }

  // MARK: Quiet

  /// Trade ends, every webhook comes, every call is answered.
  mutating func quiet() {
    shop.settle()
    while let webhook = webhooks.popLast() { deliver(webhook) }
    shop.say(.hint(available: shop.available))
    shop.settle()
    // Reconciliation's turn, where trade was too hot: a person looks, and it goes on.
    for _ in 0..<4 where shop.publication.trouble != nil {
      shop.say(.retry)
      shop.settle()
    }
  }
}

@Suite("Any trade ends with both sides equal, and no write goes over an order that nobody had counted")
struct PublicationPropertyTests {
  @Test("orders alone: nothing is ever written above the truth, and no claim is left", arguments: 1...150)
  func orders(seed: Int) {
    var trade = TradingShop(seed: seed, .init())
    for _ in 0..<400 { trade.trade() }
    trade.quiet()
    #expect(trade.hidden == 0)
    trade.shop.expectRest(at: trade.shop.ats)
  }

  @Test("orders and crashes", arguments: 1...100)
  func crashes(seed: Int) {
    var trade = TradingShop(seed: seed &* 31, .init(crashes: true))
    for _ in 0..<400 { trade.trade() }
    trade.quiet()
    #expect(trade.hidden == 0)
    trade.shop.expectRest(at: trade.shop.ats)
  }

  @Test(
    "orders and cancels: opposite changes may hide an order, its name heals it, and no claim is left",
    arguments: 1...150)
  func restocks(seed: Int) {
    var trade = TradingShop(seed: seed &* 7919, .init(hasRestocks: true, crashes: true))
    for _ in 0..<400 { trade.trade() }
    trade.quiet()
    trade.shop.expectRest(at: trade.shop.ats)
  }

  @Test(
    "orders, cancels and edits by hand: both sides are equal; claims may be left for reconciliation", arguments: 1...150
  )
  func edits(seed: Int) {
    var trade = TradingShop(seed: seed &* 104_729, .init(hasEdits: true, hasRestocks: true, crashes: true))
    for _ in 0..<400 { trade.trade() }
    trade.quiet()
    trade.shop.expectRest(at: trade.shop.ats, unattributed: trade.shop.unattributed)
  }

  @Test("the seeds meet what they are for: stale writes, claims, doubts, second looks, and orders that hide")
  func sometimes() {
    var stale = 0
    var accepted = 0
    var booked: Int64 = 0
    var hidden = 0
    var steps: [String: Int] = [:]
    for seed in 1...60 {
      var trade = TradingShop(seed: seed, .init(hasEdits: true, hasRestocks: true, crashes: true))
      for _ in 0..<400 { trade.trade() }
      stale += trade.stale
      accepted += trade.accepted
      booked += trade.booked
      hidden += trade.hidden
      for entry in trade.shop.entries { steps[entry.body.code, default: 0] += 1 }
    }
    #expect(stale > 100)
    #expect(accepted > 100)
    #expect(booked > 100)
    #expect(hidden > 0, "ABA: an order under an opposite change")
    for step in ["named", "hinted", "read", "readFailed", "repeating", "unknown", "stale", "claimed"] {
      #expect(steps[step] ?? 0 > 50, "\(step): \(steps[step] ?? 0)")
    }
  }

  @Test("where every seller holds first, no more is sold than there is", arguments: 1...50)
  func holdsFirst(seed: Int) {
    var trade = TradingShop(seed: seed &* 13, .init(holdsFirst: true, crashes: true))
    for _ in 0..<400 { trade.trade() }
    trade.quiet()
    #expect(trade.soldUnits <= trade.shop.physical)
    trade.shop.expectRest(at: trade.shop.ats)
  }
}
