public import StockLedger

/// Reads the sections of a record's payload, entry by entry.
///
/// The key is parsed when it is asked for and kept while sections repeat it: a replay that looks keys up by
/// ``pathRange`` never makes one.
public struct SectionReader: Sendable {
  private var reader: ByteReader
  private var left = 0
  private var last = Timestamp.distantPast
  private var parsed: StockKey?
  /// Where the current section's key path stands in the bytes; empty before the first section.
  public private(set) var pathRange: Range<Int> = 0..<0
  /// True while the entry that ``next()`` gave last is the first of its section.
  public private(set) var isSectionStart = false

  /// Reads a whole payload.
  public init(_ payload: [UInt8]) { self.init(payload, range: 0..<payload.count) }

  /// Reads a payload that is a part of bytes; the range must lie within them.
  public init(_ bytes: [UInt8], range: Range<Int>) { reader = ByteReader(bytes, range: range) }

  /// The bytes that ranges refer to.
  public var bytes: [UInt8] { reader.bytes }

  /// The next entry, or nil at the end.
  ///
  /// - Throws: ``ByteError`` at the first byte that is not what it should be; do not read on after it.
  public mutating func next() throws(ByteError) -> JournalEntry? {
    isSectionStart = left == 0
    if left == 0 {
      if reader.isAtEnd { return nil }
      let range = try reader.skipCounted()
      if let key = parsed, !samePath(key.path, range) { parsed = nil }
      pathRange = range
      let start = reader.offset
      left = try reader.readCount()
      guard left >= 1 else { throw ByteError(offset: start, expected: "at least one entry") }
      last = .distantPast
    }
    let entry = try EntryCodec.read(&reader, after: last)
    last = entry.at
    left -= 1
    return entry
  }

  /// The current section's key: the owner of the entry that ``next()`` gave last.
  public mutating func key() throws(ByteError) -> StockKey {
    if let parsed { return parsed }
    guard let key = StockKey(path: Array(reader.bytes[pathRange])) else {
      throw ByteError(offset: pathRange.lowerBound, expected: "a stock key")
    }
    parsed = key
    return key
  }

  private func samePath(_ path: [UInt8], _ range: Range<Int>) -> Bool {
    guard path.count == range.count else { return false }
    return path.span.elementsEqual(reader.bytes.span.extracting(range))
  }
}

extension Span<UInt8> {
  func elementsEqual(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}
