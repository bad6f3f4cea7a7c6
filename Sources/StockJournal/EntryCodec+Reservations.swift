import StockLedger

// Stored forms of reservations and confirms, and the times and absent identifiers that other forms share.

extension ByteWriter {
  /// A time as its wrapping difference to another: every pair of times has exactly one.
  @inline(__always)
  mutating func write(_ time: Timestamp, from base: Timestamp) {
    write(signed: time.milliseconds &- base.milliseconds)
  }

  mutating func write(_ held: Held, at: Timestamp) {
    var presence: UInt8 = 0
    if held.requestedAt != at { presence |= 1 }
    if !held.channel.isNone { presence |= 2 }
    if !held.customer.isNone { presence |= 4 }
    if !held.reference.isNone { presence |= 8 }
    // At most 1 + 16 + 5 + 10 + 10 + 3 × 16 bytes.
    var form = ShortForm()
    form.put(presence)
    form.put(held.id)
    form.put(varint: UInt64(held.quantity.units))
    form.put(held.expiresAt, from: at)
    if presence & 1 != 0 { form.put(held.requestedAt, from: at) }
    if presence & 2 != 0 { form.put(held.channel) }
    if presence & 4 != 0 { form.put(held.customer) }
    if presence & 8 != 0 { form.put(held.reference) }
    form.add(to: &bytes)
  }

  mutating func write(_ confirmed: Confirmed) {
    invariant(
      confirmed.fromReserved >= 0 && confirmed.fromReserved <= Limits.quantityMax,
      "a confirm takes 0 to 10^9 units from its reservation, not \(confirmed.fromReserved)")
    write(confirmed.id)
    write(confirmed.claim)
    write(byte: confirmed.kind.rawValue)
    write(varint: UInt64(confirmed.cumulative.units))
    write(varint: UInt64(confirmed.fromReserved))
  }
}

extension ByteReader {
  mutating func readTimestamp(from base: Timestamp) throws(ByteError) -> Timestamp {
    Timestamp(milliseconds: base.milliseconds &+ (try readSigned()))
  }

  /// Presence bits, of which only the lowest `count` may be set.
  mutating func readPresence(bits count: UInt8) throws(ByteError) -> UInt8 {
    let start = offset
    let presence = try readByte()
    guard presence >> count == 0 else { throw ByteError(offset: start, expected: "known presence bits") }
    return presence
  }

  /// An identifier whose presence bit is set: the absent one is never written so.
  mutating func readPresentIdentifier() throws(ByteError) -> Identifier {
    let start = offset
    let identifier = try readIdentifier()
    guard !identifier.isNone else { throw ByteError(offset: start, expected: "an identifier") }
    return identifier
  }

  /// A signed integer of a range.
  mutating func readSigned(in range: ClosedRange<Int64>, _ name: String) throws(ByteError) -> Int64 {
    let start = offset
    let value = try readSigned()
    guard range.contains(value) else { throw ByteError(offset: start, expected: name) }
    return value
  }

  /// An unsigned integer from 0 to a bound.
  mutating func readVarint(through bound: Int64, _ name: String) throws(ByteError) -> Int64 {
    let start = offset
    let value = try readVarint()
    guard value <= UInt64(bound) else { throw ByteError(offset: start, expected: name) }
    return Int64(value)
  }

  mutating func readHeld(at: Timestamp) throws(ByteError) -> Held {
    let presence = try readPresence(bits: 4)
    let id = try readIdentifier()
    let quantity = try readQuantity()
    let expiresAt = try readTimestamp(from: at)
    var requestedAt = at
    if presence & 1 != 0 {
      let start = offset
      requestedAt = try readTimestamp(from: at)
      guard requestedAt != at else { throw ByteError(offset: start, expected: "another time than the entry's") }
    }
    return Held(
      id: id, quantity: quantity, expiresAt: expiresAt, requestedAt: requestedAt,
      channel: presence & 2 != 0 ? try readPresentIdentifier() : .none,
      customer: presence & 4 != 0 ? try readPresentIdentifier() : .none,
      reference: presence & 8 != 0 ? try readPresentIdentifier() : .none)
  }

  mutating func readConfirmed() throws(ByteError) -> Confirmed {
    Confirmed(
      id: try readIdentifier(), claim: try readIdentifier(), kind: try readCase(DemandKind.self),
      cumulative: try readQuantity(), fromReserved: try readVarint(through: Limits.quantityMax, "units from reserved"))
  }
}
