/// SplitMix64 (Steele, Lea, Flood 2014): chance that is handed in, the same on every run.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// The bytes with one to four of them changed, removed, doubled or cut.
  mutating func mutated(_ bytes: [UInt8], with alphabet: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...Int.random(in: 0..<4, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &self)
      switch Int.random(in: 0..<6, using: &self) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
      case 1: bytes[place] = alphabet[Int.random(in: 0..<alphabet.count, using: &self)]
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &self)], at: place)
      case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 9)], at: place)
      default: if Int.random(in: 0..<8, using: &self) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }

  /// The bytes cut into chunks of 0 to `chunkMax` bytes.
  mutating func chunks(_ bytes: [UInt8], chunkMax: Int) -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 0...chunkMax, using: &self))
      chunks.append(Array(bytes[start..<end]))
      start = end
    }
    return chunks
  }
}
