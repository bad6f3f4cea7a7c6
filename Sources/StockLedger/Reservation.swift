/// One hold's record: its units, and how many of them have ended and how. Each unit ends once.
public struct Reservation: Hashable, Sendable {
  var core: Core
  var party: Party

  /// What every reservation has, in 80 bytes and without references: a million of them are one block of memory.
  struct Core: Hashable, Sendable {
    var id: ReservationID
    var claim: ClaimID = .none
    var heldAt: Timestamp
    var expiresAt: Timestamp
    var rememberedUntil: Timestamp
    var quantity: Int32
    var confirmed: Int32 = 0
    var released: Int32 = 0
    var expired: Int32 = 0
    var isCartLine: Bool
    /// Its expiry is an element of the table's heap; else it is in line with its neighbours'.
    var isInHeap = false

    /// What a free slot holds: no id, no units.
    static let free = Core(
      id: .none, heldAt: .distantPast, expiresAt: .distantPast, rememberedUntil: .distantPast, quantity: 0,
      isCartLine: false)

    @inline(__always) var live: Int64 { Int64(quantity) - Int64(confirmed) - Int64(released) - Int64(expired) }

    mutating func end(_ units: Int32, as ending: Ending, claim: ClaimID) {
      switch ending {
      case .confirm: confirmed += units
      case .release, .abandon: released += units
      case .expire: expired += units
      }
      if !claim.isNone { self.claim = claim }
    }
  }

  /// Who holds it and for whom: kept beside the cores, and not at all while no hold of the key says it.
  struct Party: Hashable, Sendable {
    var channel: ChannelID = .none
    var customer: CustomerID = .none
    var reference: Identifier = .none

    static let none = Party()
    @inline(__always) var isNone: Bool { channel.isNone && customer.isNone && reference.isNone }
  }

  /// Its name.
  public var id: ReservationID { core.id }
  /// The channel that asked, or none.
  public var channel: ChannelID { party.channel }
  /// The buyer, or none.
  public var customer: CustomerID { party.customer }
  /// What an order will carry, or none.
  public var reference: Identifier { party.reference }
  /// The claim that its units became, the last one where there are several; none before the first confirm.
  public var claim: ClaimID { core.claim }
  /// When it ends by itself.
  public var expiresAt: Timestamp { core.expiresAt }
  /// When it was held, by the entry that began it.
  public var heldAt: Timestamp { core.heldAt }
  /// Until when its id is remembered at least; grows when it ends late.
  public var rememberedUntil: Timestamp { core.rememberedUntil }
  /// Its units, 1 to 10^9.
  public var quantity: Int64 { Int64(core.quantity) }
  /// Units that became a claim.
  public var confirmed: Int64 { Int64(core.confirmed) }
  /// Units that were given back, or whose cart was abandoned.
  public var released: Int64 { Int64(core.released) }
  /// Units whose time ran out.
  public var expired: Int64 { Int64(core.expired) }
  /// True for the line of a cart: it ends only as its cart does.
  public var isCartLine: Bool { core.isCartLine }
  /// Units that are still held.
  public var live: Int64 { core.live }

  init(core: Core, party: Party) {
    self.core = core
    self.party = party
  }

  init(_ held: Held, at: Timestamp, isCartLine: Bool) {
    core = Core(
      id: held.id, heldAt: at, expiresAt: held.expiresAt,
      rememberedUntil: max(held.requestedAt, at) + Limits.reservationMemory,
      quantity: Int32(truncatingIfNeeded: held.quantity.units), isCartLine: isCartLine)
    party = Party(channel: held.channel, customer: held.customer, reference: held.reference)
  }

  /// True where a request for the same id asks for the same thing. Lifetime and request time may differ: a retry
  /// computes them anew.
  func isSame(as request: HoldRequest) -> Bool {
    quantity == request.quantity.units && channel == request.channel && customer == request.customer
      && reference == request.reference
  }
}

extension Reservation {
  func write(to writer: inout ByteWriter) {
    writer.write(id)
    for units in [core.quantity, core.confirmed, core.released, core.expired] { writer.write(varint: UInt64(units)) }
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
    let id = try reader.readIdentifier()
    let start = reader.offset
    func units() throws(ByteError) -> Int32 {
      let raw = try reader.readVarint()
      guard raw <= UInt64(Limits.quantityMax) else { throw ByteError(offset: reader.offset, expected: "units") }
      return Int32(raw)
    }
    let quantity = try units()
    let (confirmed, released, expired) = (try units(), try units(), try units())
    let (heldAt, expiresAt) = (try reader.readTimestamp(), try reader.readTimestamp())
    let rememberedUntil = try reader.readTimestamp()
    let present = try reader.readByte()
    guard present < 32 else { throw ByteError(offset: start, expected: "a reservation") }
    var party = Party()
    if present & 1 != 0 { party.channel = try reader.readIdentifier() }
    if present & 2 != 0 { party.customer = try reader.readIdentifier() }
    if present & 4 != 0 { party.reference = try reader.readIdentifier() }
    let claim = present & 8 != 0 ? try reader.readIdentifier() : .none
    core = Core(
      id: id, claim: claim, heldAt: heldAt, expiresAt: expiresAt, rememberedUntil: rememberedUntil, quantity: quantity,
      confirmed: confirmed, released: released, expired: expired, isCartLine: present & 16 != 0)
    self.party = party
    guard quantity > 0, live >= 0 else { throw ByteError(offset: start, expected: "units that add up") }
  }
}
