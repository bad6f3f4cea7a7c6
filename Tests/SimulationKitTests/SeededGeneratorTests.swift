import SimulationKit
import Testing

@Suite("Chance by seed")
struct SeededGeneratorTests {
  @Test("xoshiro256** gives the published numbers")
  func xoshiroVectors() {
    var generator = SeededGenerator(state: (1, 2, 3, 4))
    let drawn = (0..<10).map { _ in generator.next() }
    #expect(
      drawn == [
        11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
        16_172_922_978_634_559_625, 8_476_171_486_693_032_832, 10_595_114_339_597_558_777, 2_904_607_092_377_533_576,
      ])
  }

  @Test("SplitMix64 gives the published numbers")
  func splitMixVectors() {
    var generator = SplitMix64(seed: 1_234_567)
    let drawn = (0..<5).map { _ in generator.next() }
    #expect(
      drawn == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("what a seed draws stays the same for ever")
  func frozenDraws() {
    var generator = SeededGenerator(seed: 2_010)
    var deck = Array(0..<10)
    generator.shuffle(&deck)
    let numbers = (0..<6).map { _ in generator.number(in: -5...5) }
    #expect(deck == [3, 5, 0, 6, 1, 2, 9, 4, 7, 8])
    #expect(numbers == [1, -2, 2, -3, 4, 1])
  }

  @Test("every number of a small range comes up, and none outside it")
  func range() {
    var generator = SeededGenerator(seed: 7)
    var seen: [Int64: Int] = [:]
    for _ in 0..<6_000 { seen[generator.number(in: 3...8), default: 0] += 1 }
    #expect(seen.keys.sorted() == [3, 4, 5, 6, 7, 8])
    #expect(seen.values.allSatisfy { $0 > 850 && $0 < 1_150 })
    #expect(generator.number(in: 4...4) == 4)
    #expect(generator.below(0) == 0)
    #expect(generator.index(below: -3) == 0)
  }

  @Test("the whole 64-bit range can be asked for")
  func wholeRange() {
    var generator = SeededGenerator(seed: 8)
    let drawn = (0..<64).map { _ in generator.number(in: Int64.min...Int64.max) }
    #expect(drawn.contains { $0 < 0 } && drawn.contains { $0 > 0 })
  }
}
