@testable import StockLedger
import Testing

@Suite("A slot index finds what a dictionary finds")
struct SlotIndexTests {
  @Test("inserts and removals in any order, found and not found alike", arguments: 1...12)
  func againstDictionary(seed: Int) {
    var chance = LevelChance(state: UInt64(seed))
    var index = SlotIndex()
    var ids: [Identifier] = []
    var known: [Identifier: Int32] = [:]
    func id(_ number: Int) -> Identifier { Identifier(high: UInt64(number), low: UInt64(number % 3)) }
    for _ in 0..<1_500 {
      let wanted = id(chance.draw(0...90))
      if let slot = known[wanted], chance.isOne(in: 2) {
        index.remove(slot, id: wanted) { ids[Int($0)] }
        known[wanted] = nil
      } else if known[wanted] == nil {
        let slot = Int32(ids.count)
        ids.append(wanted)
        index.insert(slot, id: wanted) { ids[Int($0)] }
        known[wanted] = slot
      }
      let asked = id(chance.draw(0...90))
      #expect(index.slot(of: asked) { ids[Int($0)] == asked } == known[asked])
      #expect(index.count == known.count)
    }
    for number in 0...90 {
      #expect(index.slot(of: id(number)) { ids[Int($0)] == id(number) } == known[id(number)])
    }
  }

  @Test("an empty index knows nothing and removes nothing")
  func empty() {
    var index = SlotIndex()
    let id = Identifier(high: 1, low: 1)
    #expect(index.slot(of: id) { _ in true } == nil)
    index.remove(3, id: id) { _ in id }
    #expect(index.count == 0)
  }
}
