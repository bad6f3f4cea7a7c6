extension StockLevel {
  /// Writes the whole state. Equal states give equal bytes: everything is sorted, nothing depends on layout.
  public func write(to writer: inout ByteWriter) {
    let isPublished = !publications.isEmpty
    writer.write(
      byte: (spansLocations ? 1 : 0) | (isAtRest ? 2 : 0) | (hasRules ? 4 : 0) | (isPublished ? 8 : 0))
    let policy = policyBox.policy
    writer.write(policy == .default)
    if policy != .default { policy.write(to: &writer) }
    writer.write(optional: scope) { $1.write(to: &$0) }
    reservations.write(to: &writer)
    carts.write(to: &writer)
    writer.write(list: openCartLines) {
      $0.write($1.cart)
      $0.write($1.place.first)
      $0.write($1.place.preparedAt)
    }
    sources.write(to: &writer)
    if isPublished { publications.write(to: &writer) }
  }

  /// The stored form of the whole state.
  public var image: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer)
    return writer.bytes
  }

  /// Reads a whole state back.
  ///
  /// - Throws: ``ByteError`` where the bytes are not a state that could have been written.
  public init(image: [UInt8]) throws(ByteError) {
    var reader = ByteReader(image)
    let marks = try reader.readByte()
    guard marks < 16 else { throw ByteError(offset: 0, expected: "a level's marks") }
    spansLocations = marks & 1 != 0
    if try !reader.readFlag() { policyBox = PolicyBox(try KeyPolicy(from: &reader)) }
    if try reader.readFlag() { scopeBox = ScopeBox(try PolicyPatch(from: &reader)) }
    reservations = try ReservationTable(from: &reader)
    carts = try CartBook(from: &reader)
    let lineCount = try reader.readCount()
    let linesStart = reader.offset
    var previous = Identifier.none
    for _ in 0..<lineCount {
      let cart = try reader.readIdentifier()
      cartLines[cart] = CartLinePlace(first: try reader.readKey(), preparedAt: try reader.readTimestamp())
      guard previous < cart, let line = reservations[cart], line.isCartLine, line.live > 0 else {
        throw ByteError(offset: linesStart, expected: "live cart lines sorted by cart")
      }
      previous = cart
    }
    guard cartLines.count == reservations.liveCartLineCount else {
      throw ByteError(offset: linesStart, expected: "a place for each live cart line")
    }
    sources = try SourceBook(from: &reader)
    if marks & 8 != 0 { publications = try ChannelPublications(from: &reader) }
    guard reader.isAtEnd else { throw ByteError(offset: reader.offset, expected: "the end") }
    usage = UsageTally(policy: policyBox.policy, reservations: reservations)
    guard isAtRest == (marks & 2 != 0), hasRules == (marks & 4 != 0) else {
      throw ByteError(offset: 0, expected: "marks that fit the level")
    }
  }

  /// Whether an image's level is at rest, from its first byte: a million of them are not read to find out.
  public static func isAtRest(image: [UInt8]) -> Bool { (image.first ?? 0) & 2 != 0 }

  /// Whether an image's level has publications, from its first byte.
  public static func isPublished(image: [UInt8]) -> Bool { (image.first ?? 0) & 8 != 0 }

  /// Whether an image's level says something that other keys depend on, from its first byte.
  public static func hasRules(image: [UInt8]) -> Bool { (image.first ?? 0) & 4 != 0 }
}
