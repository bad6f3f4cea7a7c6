/// Who wants what, when and where, written down before anything happens: every strategy gets the same.
struct TradingDay: Hashable, Sendable {
  /// Somebody who reaches the web checkout with one unit.
  struct WebBuyer: Hashable, Sendable {
    let number: Int
    let sku: Int
    /// How long until they pay, in milliseconds.
    let paysAfter: Int64
    /// True for who never pays, and tells nobody.
    var abandons = false
    /// How long after the order they cancel it, in milliseconds; nil for who does not.
    var cancelsAfter: Int64?
  }

  /// Somebody who takes one unit off the shelf and goes to a till.
  struct TillCustomer: Hashable, Sendable {
    let number: Int
    let sku: Int
  }

  /// Units that reach the shelf before the ERP books them.
  struct Goods: Hashable, Sendable {
    let document: Int
    let sku: Int
    let units: Int64
    /// How long until the ERP has them, in milliseconds.
    let bookedAfter: Int64
  }

  enum Happening: Hashable, Sendable {
    case webBuyer(WebBuyer)
    case tillCustomer(TillCustomer)
    case goods(Goods)
    case theft(sku: Int)
  }

  struct Event: Hashable, Sendable {
    /// Milliseconds after the opening.
    let at: Int64
    let what: Happening
  }

  /// In the order of their times.
  let events: [Event]

  /// A day written by hand.
  init(_ events: [Event]) {
    // Equal times keep the order in which they were written.
    self.events = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  /// The day of a seed.
  init(of plan: StrategyPlan, seed: UInt64) {
    var chance = SeededGenerator(seed: seed)
    var writer = Writer(plan: plan, chance: chance.split())
    writer.write()
    self.init(writer.events)
  }
}

extension TradingDay {
  /// Draws a day, one kind of people after the other, so that more of one kind moves no other's chance.
  private struct Writer {
    let plan: StrategyPlan
    var chance: SeededGenerator
    var events: [Event] = []

    mutating func write() {
      repeated(plan.webBuyers) { writer, number in .webBuyer(writer.webBuyer(number)) }
      repeated(plan.tillCustomers) { writer, number in
        .tillCustomer(TillCustomer(number: number, sku: writer.wantedSKU()))
      }
      repeated(plan.receipts) { writer, number in .goods(writer.goods(number * 2, units: 4...12)) }
      repeated(plan.returns) { writer, number in .goods(writer.goods(number * 2 + 1, units: 1...1)) }
      repeated(plan.thefts) { writer, _ in .theft(sku: writer.wantedSKU()) }
    }

    private mutating func repeated(_ times: Int64, _ draw: (inout Writer, Int) -> Happening) {
      let rest = chance.split()
      for number in 0..<Int(times * plan.traffic) {
        let at = chance.number(in: 0...plan.tradingTime - 1)
        let what = draw(&self, number)
        events.append(Event(at: at, what: what))
      }
      chance = rest
    }

    /// The first SKU is wanted as many times as often as the last as there are SKUs.
    private mutating func wantedSKU() -> Int {
      var ticket = chance.index(below: plan.skus * (plan.skus + 1) / 2)
      for sku in 0..<plan.skus {
        let share = plan.skus - sku
        if ticket < share { return sku }
        ticket -= share
      }
      return 0
    }

    private mutating func webBuyer(_ number: Int) -> WebBuyer {
      let isLate = chance.chance(perMille: plan.latePayersPerMille)
      let paysAfter = isLate ? chance.number(in: 610_000...900_000) : chance.number(in: 15_000...240_000)
      var buyer = WebBuyer(number: number, sku: wantedSKU(), paysAfter: paysAfter)
      buyer.abandons = chance.chance(perMille: plan.abandonedPerMille)
      if chance.chance(perMille: plan.cancelledPerMille) { buyer.cancelsAfter = chance.number(in: 60_000...1_800_000) }
      return buyer
    }

    private mutating func goods(_ document: Int, units: ClosedRange<Int64>) -> Goods {
      Goods(
        document: document, sku: wantedSKU(), units: chance.number(in: units),
        bookedAfter: chance.number(in: 0...plan.bookingDelayMax))
    }
  }
}
