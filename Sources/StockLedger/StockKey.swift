/// One stock key: (shop, SKU, location), each compared byte by byte, exactly as written.
///
/// The three parts live in one buffer (`shop 00 sku 00 location`), and two stable hashes are computed once: the item's
/// (shop and SKU), which chooses the shard so that all locations of a SKU live together, and the key's. An empty
/// location names the item itself: the place of rules that span its locations. An empty SKU and location name the shop.
public struct StockKey: Sendable {
  /// `shop 00 sku 00 location`, UTF-8: also the sort order of keys.
  public let path: [UInt8]
  /// A stable 64-bit hash of shop and SKU.
  public let itemHash: UInt64
  /// A stable 64-bit hash of the whole key.
  public let keyHash: UInt64
  private let skuStart: UInt16
  private let locationStart: UInt16

  /// A key from its parts.
  ///
  /// - Parameters:
  ///   - shop: 1 to 128 bytes of UTF-8 without control characters.
  ///   - sku: As `shop`. `85123A` and `85123a` are two SKUs. Empty, with the location, for the shop itself.
  ///   - location: As `shop`, or empty for the item itself.
  /// - Throws: ``StockKeyError`` that names the part and what is wrong with it.
  public init(shop: some StringProtocol, sku: some StringProtocol, location: some StringProtocol) throws(StockKeyError)
  {
    var path: [UInt8] = []
    path.reserveCapacity(shop.utf8.count + sku.utf8.count + location.utf8.count + 2)
    try Self.append(String(shop), part: .shop, emptyAllowed: false, to: &path)
    path.append(0)
    try Self.append(String(sku), part: .sku, emptyAllowed: location.utf8.isEmpty, to: &path)
    path.append(0)
    try Self.append(String(location), part: .location, emptyAllowed: true, to: &path)
    guard let key = StockKey(path: path) else { throw StockKeyError(part: .shop, problem: .control) }
    self = key
  }

  /// A key from its stored path; nil when the bytes are not one.
  public init?(path: [UInt8]) {
    if path == Self.journal.path {
      self = .journal
      return
    }
    guard let first = path.firstIndex(of: 0), first > 0,
      let second = path[(first + 1)...].firstIndex(of: 0),
      second > first + 1 || second == path.count - 1,
      !path[(second + 1)...].contains(0),
      first <= Limits.keyPartBytesMax, second - first - 1 <= Limits.keyPartBytesMax,
      path.count - second - 1 <= Limits.keyPartBytesMax
    else { return nil }
    var item = SipHash128(key0: 0x686f_6c64_6661_7374, key1: 0x7368_6172_646b_6579)
    item.update(path.span.extracting(0..<second))
    let whole = item
    itemHash = item.finish().first
    var key = whole
    key.update(path.span.extracting(second..<path.count))
    keyHash = key.finish().first
    skuStart = UInt16(first + 1)
    locationStart = UInt16(second + 1)
    self.path = path
  }

  /// The key of the journal itself, for entries that belong to no stock: its shop is a control character, which no
  /// shop's name has.
  public static let journal = StockKey(journalPath: [1, 0, 0])

  private init(journalPath path: [UInt8]) {
    self.path = path
    itemHash = 0
    keyHash = 0
    skuStart = 2
    locationStart = 3
  }

  private static func append(
    _ text: String, part: StockKeyError.Part, emptyAllowed: Bool, to path: inout [UInt8]
  ) throws(StockKeyError) {
    let start = path.count
    path.append(contentsOf: text.utf8)
    let count = path.count - start
    if count == 0 && !emptyAllowed { throw StockKeyError(part: part, problem: .empty) }
    if count > Limits.keyPartBytesMax { throw StockKeyError(part: part, problem: .tooLong) }
    for index in start..<path.count where path[index] < 0x20 || path[index] == 0x7F {
      throw StockKeyError(part: part, problem: .control)
    }
  }

  /// The shop, as written.
  public var shop: String { String(decoding: path[0..<(Int(skuStart) - 1)], as: UTF8.self) }
  /// The SKU, as written.
  public var sku: String { String(decoding: skuBytes, as: UTF8.self) }
  /// The location, as written; empty for the item itself.
  public var location: String { String(decoding: locationBytes, as: UTF8.self) }
  /// The SKU's UTF-8.
  package var skuBytes: ArraySlice<UInt8> { path[Int(skuStart)..<(Int(locationStart) - 1)] }
  /// The location's UTF-8.
  package var locationBytes: ArraySlice<UInt8> { path[Int(locationStart)...] }
  /// True where the key names the item itself rather than one of its locations.
  public var isItem: Bool { Int(locationStart) == path.count }
  /// The key of its shop: no SKU, no location.
  public var shopKey: StockKey { StockKey(path: Array(path[0..<Int(skuStart)]) + [0]) ?? self }
  /// The key of the item that this key belongs to: the same shop and SKU, no location.
  public var item: StockKey {
    // A path that ends after its second separator is always a key: the parts were checked when this key was made.
    StockKey(path: Array(path[0..<Int(locationStart)])) ?? self
  }
  /// The shard that owns this key, 0 to 255: by the item's hash, so that all locations of a SKU live together.
  @inlinable public var shard: Int { Int(truncatingIfNeeded: itemHash >> 56) }
}

extension StockKey: Hashable, Comparable {
  /// Equal where every byte is.
  public static func == (left: StockKey, right: StockKey) -> Bool {
    left.keyHash == right.keyHash && left.path == right.path
  }

  /// Hashes what equality compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(keyHash) }

  /// Byte order of the paths: the order in which a cart's lines are prepared.
  public static func < (left: StockKey, right: StockKey) -> Bool {
    left.path.lexicographicallyPrecedes(right.path)
  }
}

extension StockKey: CustomStringConvertible {
  /// `shop/sku/location`, for people; the parts themselves may hold slashes.
  public var description: String { "\(shop)/\(sku)/\(location)" }
}

/// Why three texts are not a stock key.
public struct StockKeyError: Error, Equatable, CustomStringConvertible {
  /// Which of the three.
  public enum Part: String, Sendable { case shop, sku, location }
  /// What is wrong with it.
  public enum Problem: Sendable { case empty, tooLong, control }
  /// The part that is wrong.
  public let part: Part
  /// What is wrong with it.
  public let problem: Problem

  /// For people.
  public var description: String {
    switch problem {
    case .empty: "the \(part.rawValue) is empty"
    case .tooLong: "the \(part.rawValue) is longer than \(Limits.keyPartBytesMax) bytes"
    case .control: "the \(part.rawValue) holds a control character"
    }
  }
}
