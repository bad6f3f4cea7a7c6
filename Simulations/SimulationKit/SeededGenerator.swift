/// Chance by seed: xoshiro256** 1.0 (Blackman, Vigna 2018), its state filled by SplitMix64 from one 64-bit seed.
///
/// A seed means the same run for ever, so everything that is drawn goes through methods of this type: the standard
/// library's `random(in:using:)` and `shuffled(using:)` may change how they use a generator between versions.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  /// A generator whose draws depend on the seed alone; every seed is good, 0 included.
  public init(seed: UInt64) {
    var filler = SplitMix64(seed: seed)
    s0 = filler.next()
    s1 = filler.next()
    s2 = filler.next()
    s3 = filler.next()
  }

  /// A generator in a given state, for the published vectors; the state must not be all zero.
  public init(state: (UInt64, UInt64, UInt64, UInt64)) {
    (s0, s1, s2, s3) = state
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    let result = Self.rotated(s1 &* 5, 7) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = Self.rotated(s3, 45)
    return result
  }

  /// A number from 0 up to, and without, `bound`; 0 when the bound is 0. Unbiased (Lemire 2019).
  public mutating func below(_ bound: UInt64) -> UInt64 {
    guard bound > 1 else { return 0 }
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return product.high
  }

  /// An index below `count`; 0 when the count is not positive.
  public mutating func index(below count: Int) -> Int { Int(below(UInt64(max(0, count)))) }

  /// A number of the range, ends included.
  public mutating func number(in range: ClosedRange<Int64>) -> Int64 {
    let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
    let drawn = span == .max ? next() : below(span + 1)
    return Int64(bitPattern: UInt64(bitPattern: range.lowerBound) &+ drawn)
  }

  /// True so many times in a thousand.
  public mutating func chance(perMille: UInt64) -> Bool { below(1_000) < perMille }

  /// Puts the elements into an order by chance (Fisher and Yates).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, index(below: last + 1))
    }
  }

  /// Another generator, independent of what this one draws later: for a part of a run that must not disturb the rest.
  public mutating func split() -> SeededGenerator { SeededGenerator(seed: next()) }

  private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }
}

/// SplitMix64 (Steele, Lea, Flood 2014): one 64-bit state, used to fill larger states and to mix hashes.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
  private var state: UInt64

  /// A generator from a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A word with its bits spread over all others; a bijection.
  public static func mixed(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
