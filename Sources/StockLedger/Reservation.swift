/// One hold's record: its units, and how many of them have ended and how. Each unit ends once.
///
/// Plain stored words and no references, so that a million of them are one block of memory.
public struct Reservation: Hashable, Sendable {
  /// Its name.
  public let id: ReservationID
  /// The channel that asked, or none.
  public let channel: ChannelID
  /// The buyer, or none.
  public let customer: CustomerID
  /// What an order will carry, or none.
  public let reference: Identifier
  /// The claim that its units became, the last one where there are several; none before the first confirm.
  public internal(set) var claim: ClaimID = .none
  /// When it ends by itself.
  public internal(set) var expiresAt: Timestamp
  /// When it was held, by the entry that began it.
  public let heldAt: Timestamp
  /// Until when its id is remembered at least; grows when it ends late.
  public internal(set) var rememberedUntil: Timestamp
  /// Its units, 1 to 10^9.
  public let quantity: Int32
  /// Units that became a claim.
  public internal(set) var confirmed: Int32 = 0
  /// Units that were given back, or whose cart was abandoned.
  public internal(set) var released: Int32 = 0
  /// Units whose time ran out.
  public internal(set) var expired: Int32 = 0
  /// True for the line of a cart: it ends only as its cart does.
  public let isCartLine: Bool

  init(_ held: Held, at: Timestamp, isCartLine: Bool) {
    id = held.id
    channel = held.channel
    customer = held.customer
    reference = held.reference
    expiresAt = held.expiresAt
    heldAt = at
    rememberedUntil = max(held.requestedAt, at) + Limits.reservationMemory
    quantity = Int32(truncatingIfNeeded: held.quantity.units)
    self.isCartLine = isCartLine
  }

  /// What a free slot holds: no id, no units.
  static let free = Reservation()

  private init() {
    id = .none
    channel = .none
    customer = .none
    reference = .none
    heldAt = .distantPast
    expiresAt = .distantPast
    rememberedUntil = .distantPast
    quantity = 0
    isCartLine = false
  }

  mutating func end(_ units: Int32, as ending: Ending, claim: ClaimID) {
    switch ending {
    case .confirm: confirmed += units
    case .release, .abandon: released += units
    case .expire: expired += units
    }
    if !claim.isNone { self.claim = claim }
  }

  /// Units that are still held.
  @inlinable public var live: Int64 { Int64(quantity) - Int64(confirmed) - Int64(released) - Int64(expired) }

  /// True where a request for the same id asks for the same thing. Lifetime and request time may differ: a retry
  /// computes them anew.
  func isSame(as request: HoldRequest) -> Bool {
    Int64(quantity) == request.quantity.units && channel == request.channel && customer == request.customer
      && reference == request.reference
  }
}

extension Reservation {
  func write(to writer: inout ByteWriter) {
    writer.write(id)
    writer.write(varint: UInt64(quantity))
    writer.write(varint: UInt64(confirmed))
    writer.write(varint: UInt64(released))
    writer.write(varint: UInt64(expired))
    writer.write(heldAt)
    writer.write(expiresAt)
    writer.write(rememberedUntil)
    let present: UInt8 =
      (channel.isNone ? 0 : 1) | (customer.isNone ? 0 : 2) | (reference.isNone ? 0 : 4) | (claim.isNone ? 0 : 8)
      | (isCartLine ? 16 : 0)
    writer.write(byte: present)
    if !channel.isNone { writer.write(channel) }
    if !customer.isNone { writer.write(customer) }
    if !reference.isNone { writer.write(reference) }
    if !claim.isNone { writer.write(claim) }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    id = try reader.readIdentifier()
    let start = reader.offset
    func units() throws(ByteError) -> Int32 {
      let raw = try reader.readVarint()
      guard raw <= UInt64(Limits.quantityMax) else { throw ByteError(offset: reader.offset, expected: "units") }
      return Int32(raw)
    }
    quantity = try units()
    confirmed = try units()
    released = try units()
    expired = try units()
    heldAt = try reader.readTimestamp()
    expiresAt = try reader.readTimestamp()
    rememberedUntil = try reader.readTimestamp()
    let present = try reader.readByte()
    guard present < 32 else { throw ByteError(offset: start, expected: "a reservation") }
    channel = present & 1 == 0 ? .none : try reader.readIdentifier()
    customer = present & 2 == 0 ? .none : try reader.readIdentifier()
    reference = present & 4 == 0 ? .none : try reader.readIdentifier()
    claim = present & 8 == 0 ? .none : try reader.readIdentifier()
    isCartLine = present & 16 != 0
    guard quantity > 0, live >= 0 else { throw ByteError(offset: start, expected: "units that add up") }
  }
}
