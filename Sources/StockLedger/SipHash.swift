/// SipHash-2-4 with a 128-bit result: the stable digest behind long identifiers, shard choice and the journal's hash
/// chain.
///
/// It guards against damage and accident, not against an attacker who knows the key: the keys used here are published
/// constants. Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012, with the test vectors
/// of the authors' reference code (`vectors_sip128`), which `SipHashTests` repeats.
public struct SipHash128: Sendable {
  @usableFromInline var v0: UInt64
  @usableFromInline var v1: UInt64
  @usableFromInline var v2: UInt64
  @usableFromInline var v3: UInt64
  @usableFromInline var tail: UInt64 = 0
  @usableFromInline var length: Int = 0

  /// Starts a digest with a 128-bit key.
  @inlinable
  public init(key0: UInt64, key1: UInt64) {
    v0 = key0 ^ 0x736f_6d65_7073_6575
    v1 = key1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
    v2 = key0 ^ 0x6c79_6765_6e65_7261
    v3 = key1 ^ 0x7465_6462_7974_6573
  }

  @inlinable
  @inline(__always)
  mutating func round() {
    v0 = v0 &+ v1
    v1 = (v1 << 13) | (v1 >> 51)
    v1 ^= v0
    v0 = (v0 << 32) | (v0 >> 32)
    v2 = v2 &+ v3
    v3 = (v3 << 16) | (v3 >> 48)
    v3 ^= v2
    v0 = v0 &+ v3
    v3 = (v3 << 21) | (v3 >> 43)
    v3 ^= v0
    v2 = v2 &+ v1
    v1 = (v1 << 17) | (v1 >> 47)
    v1 ^= v2
    v2 = (v2 << 32) | (v2 >> 32)
  }

  @inlinable
  @inline(__always)
  mutating func compress(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  /// Adds bytes. Splitting the input over several calls changes nothing.
  @inlinable
  public mutating func update(_ bytes: Span<UInt8>) {
    var index = 0
    let count = bytes.count
    while index < count && length & 7 != 0 { absorb(bytes[index]); index += 1 }
    while index + 8 <= count {
      // In bounds by the loop's condition.
      let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      compress(UInt64(littleEndian: word))
      length += 8
      index += 8
    }
    while index < count { absorb(bytes[index]); index += 1 }
  }

  /// Adds one byte.
  @inlinable
  public mutating func absorb(_ byte: UInt8) {
    tail |= UInt64(byte) << UInt64((length & 7) * 8)
    length += 1
    if length & 7 == 0 {
      compress(tail)
      tail = 0
    }
  }

  /// Ends the digest: the first and the second eight bytes of the reference output, read little-endian.
  @inlinable
  public consuming func finish() -> (first: UInt64, second: UInt64) {
    compress(tail | UInt64(UInt8(truncatingIfNeeded: length)) << 56)
    v2 ^= 0xee
    for _ in 0..<4 { round() }
    let first = v0 ^ v1 ^ v2 ^ v3
    v1 ^= 0xdd
    for _ in 0..<4 { round() }
    return (first, v0 ^ v1 ^ v2 ^ v3)
  }
}
