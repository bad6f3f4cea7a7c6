/// Where an order line stands at one key, by its source's newest word: it takes the place of all that this source said
/// of the line here before, except its total and what the warehouse does.
///
/// For a source that knows the whole line and works out by itself what follows from all it has heard, such as a shop
/// system whose messages come in any order. What other sources said of the line stays. Source: docs/domain.md, "Claims:
/// demand counted once".
public struct LineState: Hashable, Sendable {
  /// The line.
  public var claim: ClaimID
  /// How far its source has come with the line: of two states the one with the larger version counts.
  public var version: Int64
  /// Units of the line at this key, those that have left it included: 0 to 10^9.
  public var units: Int64
  /// The same over all keys of the item: what rules of the item itself count.
  public var unitsInAll: Int64
  /// Of these, units that reservations here were confirmed into: its source's own number may not have moved by them.
  public var heldInAll: Int64
  /// What has left the building here, in the order of ``Departure/precedes(_:_:)``; no more units than ``units``.
  public var departures: [Departure]
  /// When the line came to be.
  public var occurredAt: Timestamp
  /// When it last changed.
  public var changedAt: Timestamp
  /// What the source wants to find again with the line, at most ``Limits/memoBytesMax``; the rules never look into it.
  public var memo: [UInt8]

  /// A line's state at one key.
  public init(
    claim: ClaimID, version: Int64, units: Int64, unitsInAll: Int64, heldInAll: Int64 = 0,
    departures: [Departure] = [], occurredAt: Timestamp, changedAt: Timestamp, memo: [UInt8] = []
  ) {
    self.claim = claim
    self.version = version
    self.units = units
    self.unitsInAll = unitsInAll
    self.heldInAll = heldInAll
    self.departures = departures
    self.occurredAt = occurredAt
    self.changedAt = changedAt
    self.memo = memo
  }

  /// Units that left by one document: gone from the building, and not from the books until a count includes them.
  public struct Departure: Hashable, Sendable {
    /// The document: a parcel, or a refund of what is not coming back.
    public var document: DocumentID
    /// True for units that nobody gets: written off.
    public var isWrittenOff: Bool
    /// Units.
    public var units: Quantity
    /// When.
    public var occurredAt: Timestamp

    /// Units that left.
    public init(document: DocumentID, isWrittenOff: Bool = false, units: Quantity, occurredAt: Timestamp) {
      self.document = document
      self.isWrittenOff = isWrittenOff
      self.units = units
      self.occurredAt = occurredAt
    }

    /// The one order of a state's departures, so that equal states are equal bytes.
    public static func precedes(_ left: Departure, _ right: Departure) -> Bool {
      left.isWrittenOff == right.isWrittenOff ? left.document < right.document : right.isWrittenOff
    }

    var kind: FactKind { isWrittenOff ? .writeOff : .ship }
  }
}

extension LineState {
  /// The first field outside its range.
  var fieldOutOfRange: Refusal.Field? {
    let range = 0...Limits.quantityMax
    let gone = departures.reduce(0) { $0 + $1.units.units }
    guard range.contains(units), range.contains(unitsInAll), range.contains(heldInAll), gone <= units, version > 0
    else { return .quantity }
    let isInOrder = zip(departures, departures.dropFirst()).allSatisfy { Departure.precedes($0, $1) }
    let isSmall = departures.count <= Limits.stageReportsMax && memo.count <= Limits.memoBytesMax
    return isInOrder && isSmall ? nil : .lines
  }

  /// What it says, whatever its version.
  var digest: UInt64 {
    var writer = ByteWriter()
    var unversioned = self
    unversioned.version = 0
    unversioned.write(to: &writer)
    var digest = SipHash128(key0: 0x686f_6c64_6661_7374, key1: 0x6c69_6e65_5f73_7461)
    digest.update(writer.bytes.span)
    return digest.finish().first
  }

  /// The stored form that digests are taken of.
  func write(to writer: inout ByteWriter) {
    writer.write(claim)
    for number in [version, units, unitsInAll] { writer.write(signed: number) }
    writer.write(list: departures) { writer, departure in
      writer.write(departure.document)
      writer.write(departure.isWrittenOff)
      writer.write(signed: departure.units.units)
      writer.write(departure.occurredAt)
    }
    writer.write(occurredAt)
    writer.write(changedAt)
    writer.write(counted: memo)
    // A line that nobody held is written as it always was.
    if heldInAll > 0 { writer.write(signed: heldInAll) }
  }
}
