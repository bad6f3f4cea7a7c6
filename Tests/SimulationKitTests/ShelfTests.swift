import StockLedger
import Testing

@testable import SimulationKit

/// The physical truth that strategies are judged by.
@Suite("The shelf behind the strategies")
struct ShelfTests {
  private static let soon = Timestamp(milliseconds: 1_000)
  private static let later = Timestamp(milliseconds: 2_000)

  @Test("whatever happens, what came is there or has left")
  func conservation() {
    var chance = SeededGenerator(seed: 7)
    var shelf = Shelf(units: 20)
    var (came, left): (Int64, Int64) = (20, 0)
    for order in 0..<20_000 as Range<Int64> {
      switch chance.below(7) {
      case 0:
        let units = chance.number(in: 1...4)
        shelf.put(units)
        came += units
      case 1: left += shelf.takeOverCounter() ? 1 : 0
      case 2:
        left += shelf.units > 0 ? 1 : 0
        shelf.steal()
      case 3: shelf.promise(order, at: Self.soon)
      case 4: _ = shelf.cancel(order - 3)
      case 5: left += Int64(shelf.pick(promisedBefore: Self.later).sent.count)
      default: shelf.notice(shelf.miss())
      }
      #expect(shelf.units == came - left && shelf.units >= 0)
      #expect(shelf.came == came && shelf.left == left && shelf.unnoticed >= 0)
    }
  }

  @Test("one unit, two promises: the first is sent, the second was oversold")
  func oversold() {
    var shelf = Shelf(units: 1)
    shelf.promise(1, at: Self.soon)
    #expect(shelf.free == 0)
    shelf.promise(2, at: Self.soon)
    let picked = shelf.pick(promisedBefore: Self.later)
    #expect(picked.sent == [1])
    #expect(picked.short.map(\.order) == [2] && picked.short.map(\.why) == [.oversold])
  }

  @Test("a promise that was good, and a thief: the world's fault")
  func theft() {
    var shelf = Shelf(units: 1)
    shelf.promise(1, at: Self.soon)
    shelf.steal()
    #expect(shelf.pick(promisedBefore: Self.later).short.map(\.why) == [.world])
    #expect(shelf.miss() == 1)
    #expect(shelf.miss() == 0, "who tells it once need not tell it twice")
  }

  @Test("nobody knows of the thief yet: who promises the unit then is not to blame; after it was told, they are")
  func theftIsNoticed() {
    var shelf = Shelf(units: 1)
    shelf.steal()
    shelf.promise(1, at: Self.soon)
    shelf.notice(shelf.miss())
    shelf.promise(2, at: Self.soon)
    #expect(shelf.pick(promisedBefore: Self.later).short.map(\.why) == [.world, .oversold])
  }

  @Test("a till sells the unit of an order to who has it in hand: the world's fault")
  func till() {
    var shelf = Shelf(units: 1)
    shelf.promise(1, at: Self.soon)
    let isSold = shelf.takeOverCounter()
    #expect(isSold)
    #expect(shelf.pick(promisedBefore: Self.later).short.map(\.why) == [.world])
  }

  @Test("an order too many is sent all the same where another is cancelled, or goods come in, in time")
  func healed() {
    var shelf = Shelf(units: 1)
    for order in 1...3 as ClosedRange<Int64> { shelf.promise(order, at: Self.soon) }
    let isCancelled = shelf.cancel(1)
    #expect(isCancelled)
    shelf.put(1)
    #expect(shelf.pick(promisedBefore: Self.later).sent == [2, 3])
    #expect(shelf.cancel(2) == false, "what is picked is sent")
  }

  @Test("a unit held for a payer is nobody else's, and its promise is as old as the hold")
  func held() {
    var shelf = Shelf(units: 1)
    let first = shelf.hold()
    let second = shelf.hold()
    #expect(first && !second)
    #expect(shelf.free == -1)
    shelf.steal()
    shelf.notice(shelf.miss())
    shelf.endHold()
    shelf.promise(1, wasCovered: first, at: Self.soon)
    shelf.endHold()
    shelf.promise(2, wasCovered: second, at: Self.soon)
    #expect(shelf.pick(promisedBefore: Self.later).short.map(\.why) == [.world, .oversold])
  }

  @Test("a wave takes what the warehouse has heard of, and no more")
  func wave() {
    var shelf = Shelf(units: 2)
    shelf.promise(1, at: Self.soon)
    shelf.promise(2, at: Self.later)
    #expect(shelf.pick(promisedBefore: Self.later).sent == [1])
    #expect(shelf.units == 1 && shelf.free == 0)
  }
}
