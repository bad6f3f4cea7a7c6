@testable import StockLedger
import Testing

@Suite("A time heap gives what is due first")
struct TimeHeapTests {
  @Test("it pops in the order of a sorted list, ties by subject", arguments: 1...12)
  func againstSortedList(seed: Int) {
    var chance = LevelChance(state: UInt64(seed))
    var heap = TimeHeap<Int32>()
    var list: [(time: Int64, subject: Int32)] = []
    for _ in 0..<800 {
      if list.isEmpty || !chance.isOne(in: 3) {
        let time = Int64(chance.draw(-20...20))
        let subject = Int32(chance.draw(0...9))
        heap.push(Timestamp(milliseconds: time), subject)
        list.append((time, subject))
        list.sort { ($0.time, $0.subject) < ($1.time, $1.subject) }
      } else {
        #expect(heap.first?.time == list[0].time)
        #expect(heap.first?.subject == list[0].subject)
        heap.popFirst()
        list.removeFirst()
      }
      #expect(heap.count == list.count)
    }
    while let first = heap.first {
      #expect((first.time, first.subject) == list.removeFirst())
      heap.popFirst()
    }
    #expect(list.isEmpty)
  }

  @Test("the ends of time are times")
  func ends() {
    var heap = TimeHeap<Int32>()
    heap.push(Timestamp(milliseconds: .max), 1)
    heap.push(Timestamp(milliseconds: .min), 2)
    #expect(heap.first?.subject == 2)
    heap.popFirst()
    #expect(heap.first?.time == .max)
    heap.removeAll()
    #expect(heap.first == nil)
  }
}
