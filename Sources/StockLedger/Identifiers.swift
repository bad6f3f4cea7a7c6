/// A name given by somebody else, in 128 bits: of a reservation, claim, document, delivery, cart, customer, source or
/// channel.
///
/// Four kinds of text share the 128 bits without a tag, because byte 8 tells them apart: printable ASCII of up to 16
/// bytes (byte 8 below 0x80), a lower-case UUID (RFC 9562 variant, 0x80 to 0xBF), a canonical decimal number of 17 to
/// 20 digits (0xC0), and the SipHash-128 digest of any other text (0xC1), which cannot be turned back into the text.
/// The first three are exact. Digests guard against accident, not attackers: see docs/decisions/0002.
public struct Identifier: Hashable, Comparable, Sendable {
  /// Bytes 0 to 7, big-endian.
  public let high: UInt64
  /// Bytes 8 to 15, big-endian.
  public let low: UInt64

  /// An identifier from its 128 bits, as stored.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// No identifier: what an absent customer or reference is stored as. No text maps to it.
  public static let none = Identifier(high: 0, low: 0)

  /// True for ``none``.
  @inlinable
  public var isNone: Bool { high == 0 && low == 0 }

  /// The identifier of a text of 1 to 128 UTF-8 bytes; nil for the empty text, longer ones and control characters.
  public init?(_ text: some StringProtocol) {
    var text = String(text)
    let made: Identifier? = text.withUTF8 { unsafe Identifier(utf8: $0.span) }
    guard let made else { return nil }
    self = made
  }

  /// The identifier of 1 to 128 UTF-8 bytes, by the rules of ``init(_:)``.
  public init?(utf8 bytes: Span<UInt8>) {
    let count = bytes.count
    guard count >= 1, count <= Limits.identifierBytesMax else { return nil }
    var isPrintableASCII = true
    for index in 0..<count {
      let byte = bytes[index]
      if byte < 0x20 || byte == 0x7F { return nil }
      if byte > 0x7E { isPrintableASCII = false }
    }
    if isPrintableASCII {
      if count <= 16 {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<count {
          let byte = UInt64(bytes[index])
          if index < 8 {
            high |= byte << UInt64(56 - 8 * index)
          } else {
            low |= byte << UInt64(56 - 8 * (index - 8))
          }
        }
        self.init(high: high, low: low)
        return
      }
      if let number = Self.decimal(bytes) {
        self.init(high: number, low: 0xC0 << 56)
        return
      }
      if let uuid = Self.uuid(bytes) {
        self = uuid
        return
      }
    }
    var digest = SipHash128(key0: 0x686f_6c64_6661_7374, key1: 0x6964_656e_7469_6679)
    digest.update(bytes)
    let (first, second) = digest.finish()
    self.init(high: first, low: 0xC1 << 56 | second >> 8)
  }

  private static func decimal(_ bytes: Span<UInt8>) -> UInt64? {
    guard bytes.count <= 20, bytes[0] != UInt8(ascii: "0") else { return nil }
    var value: UInt64 = 0
    for index in 0..<bytes.count {
      let byte = bytes[index]
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      if over || carry { return nil }
      value = sum
    }
    return value
  }

  private static func uuid(_ bytes: Span<UInt8>) -> Identifier? {
    guard bytes.count == 36 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    for index in 0..<36 {
      let byte = bytes[index]
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let digit: UInt64
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(byte - UInt8(ascii: "a") + 10)
      default: return nil
      }
      if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
      digits += 1
    }
    return low >> 62 == 0b10 ? Identifier(high: high, low: low) : nil
  }

  /// Orders by value.
  @inlinable
  public static func < (left: Identifier, right: Identifier) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  /// Equal where every byte is.
  @inlinable
  public static func == (left: Identifier, right: Identifier) -> Bool {
    left.high == right.high && left.low == right.low
  }

  /// Hashes what equality compares.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(high &* 0x9E37_79B9_7F4A_7C15 ^ (low &+ (low >> 32)))
  }
}

extension Identifier: CustomStringConvertible {
  /// The text it was made from; for a digest, `~` and its 32 hexadecimal digits.
  public var description: String {
    switch low >> 56 {
    case 0..<0x80:
      var bytes: [UInt8] = []
      for index in 0..<16 {
        let byte = UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(56 - 8 * (index & 7)))
        if byte == 0 { break }
        bytes.append(byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    case 0x80..<0xC0:
      let digits = Array(Self.hex(high) + Self.hex(low))
      let parts = [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
      return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    case 0xC0:
      return String(high)
    default:
      return "~" + String(decoding: Self.hex(high) + Self.hex(low), as: UTF8.self)
    }
  }

  private static func hex(_ word: UInt64) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return (0..<16).map { digits[Int(word >> UInt64(60 - 4 * $0) & 0xF)] }
  }
}

/// Names a reservation; given by who asks for the hold, and the key of its idempotency.
public typealias ReservationID = Identifier
/// Names a claim: one order line or sale line, whatever system reports it.
public typealias ClaimID = Identifier
/// Names a document of a later stage (fulfilment, pick, cancel, refund): counted once.
public typealias DocumentID = Identifier
/// Names a delivery of a source: a duplicate of an accepted one changes nothing.
public typealias DeliveryID = Identifier
/// Names a cart: a hold over several keys, all or nothing.
public typealias CartID = Identifier
/// Names a customer, for limits per customer.
public typealias CustomerID = Identifier
/// Names a source: a system that reports (`erp`, `wms`, `pos`, `3pl-leeds`, `shopify`).
public typealias SourceID = Identifier
/// Names a channel: a source that sells (`web`, `till`).
public typealias ChannelID = Identifier
