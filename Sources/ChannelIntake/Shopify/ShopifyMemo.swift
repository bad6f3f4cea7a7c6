import StockLedger

/// What the engine keeps with a line for us: the facts known of it, and where its units wait that no route names.
struct ShopifyMemo: Hashable, Sendable {
  /// Our name of the location; empty before it was chosen.
  var home = ""
  var facts = ShopifyFacts()

  private static let version: UInt8 = 1

  /// The memo of a claim's places: their facts together, and the home that was chosen last.
  ///
  /// A crash may have left an older memo at one place: the facts of the newer one hold its own.
  init(of places: [ClaimPlace]) {
    for place in places.sorted(by: { ($0.version, $0.key) < ($1.version, $1.key) }) {
      guard let memo = try? ShopifyMemo(place.memo) else { continue }
      facts.join(memo.facts)
      home = memo.home
    }
  }

  /// Canonical: equal memos are equal bytes.
  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(byte: Self.version)
    writer.write(counted: Array(home.utf8))
    writer.write(optional: facts.order) { $0.write($1) }
    writer.write(list: facts.parcels.sorted { $0.key < $1.key }) { writer, parcel in
      writer.write(signed: parcel.key)
      writer.write(signed: parcel.value.units)
      writer.write(parcel.value.time)
      writer.write(optional: parcel.value.location) { $0.write(signed: $1) }
      writer.write(parcel.value.isCancelled)
    }
    writer.write(list: facts.refunds.sorted { $0.key < $1.key }) { writer, refund in
      writer.write(signed: refund.key)
      writer.write(signed: refund.value.units)
      writer.write(byte: refund.value.restock.rawValue)
      writer.write(refund.value.time)
      writer.write(optional: refund.value.location) { $0.write(signed: $1) }
    }
    writer.write(list: facts.routes.sorted { $0.key < $1.key }) { writer, route in
      writer.write(signed: route.key)
      writer.write(signed: route.value.units)
      writer.write(signed: route.value.location)
      writer.write(route.value.time)
    }
    return writer.bytes
  }

  private init(_ bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    guard try reader.readByte() == Self.version else { throw ByteError(offset: 0, expected: "a memo's version") }
    home = String(decoding: try reader.readCounted(), as: UTF8.self)
    facts.order = try reader.readOptional { reader throws(ByteError) in try reader.readOrder() }
    facts.parcels = try reader.readTable { reader throws(ByteError) in
      ShopifyFacts.Parcel(
        units: try reader.readSigned(), time: try reader.readTimestamp(), location: try reader.readLocation(),
        isCancelled: try reader.readFlag())
    }
    facts.refunds = try reader.readTable { reader throws(ByteError) in
      ShopifyFacts.Refund(
        units: try reader.readSigned(), restock: try reader.readCase(ShopifyFacts.Restock.self),
        time: try reader.readTimestamp(), location: try reader.readLocation())
    }
    facts.routes = try reader.readTable { reader throws(ByteError) in
      ShopifyFacts.Route(
        units: try reader.readSigned(), location: try reader.readSigned(), time: try reader.readTimestamp())
    }
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ order: ShopifyFacts.Order) {
    write(order.updatedAt)
    write(order.placedAt)
    write(order.isCancelled)
    for units in [order.ordered, order.removed, order.keptGone, order.keptGoneAfterLeaving] { write(signed: units) }
  }
}

extension ByteReader {
  fileprivate mutating func readOrder() throws(ByteError) -> ShopifyFacts.Order {
    ShopifyFacts.Order(
      updatedAt: try readTimestamp(), placedAt: try readTimestamp(), isCancelled: try readFlag(),
      ordered: try readSigned(), removed: try readSigned(), keptGone: try readSigned(),
      keptGoneAfterLeaving: try readSigned())
  }

  fileprivate mutating func readLocation() throws(ByteError) -> Int64? {
    try readOptional { reader throws(ByteError) in try reader.readSigned() }
  }

  fileprivate mutating func readTable<Fact>(
    _ each: (inout ByteReader) throws(ByteError) -> Fact
  ) throws(ByteError) -> [Int64: Fact] {
    var table: [Int64: Fact] = [:]
    for _ in 0..<(try readCount()) { table[try readSigned()] = try each(&self) }
    return table
  }
}
