/// A change of one key that reconciliation or an operator asks for: compared with what is there, journaled with its
/// reason and its report, counted once.
///
/// Never a silent set: where the key has moved since it was read, the correction is refused and reads anew. Who owns a
/// component plays no part in it. Source: docs/domain.md, "Corrections".
public struct Correction: Hashable, Sendable {
  /// Its name, once per row of a report: the same again within seven days is a duplicate.
  public var document: DocumentID
  /// The report that asks for it.
  public var report: Identifier
  /// Why.
  public var reason: CorrectionReason
  /// What changes.
  public var change: Change

  /// A compared change of one key.
  public init(document: DocumentID, report: Identifier, reason: CorrectionReason, change: Change) {
    self.document = document
    self.report = report
    self.reason = reason
    self.change = change
  }

  /// What a correction changes, and what it must find for that.
  public enum Change: Hashable, Sendable {
    /// Units on hand, which must be `from` now: like an adjustment of the owner, until a later count covers it.
    case onHand(delta: Int64, from: Int64)
    /// Ends so many of the units that a claim counts here, open, allocated or pending, which must be `from` now.
    /// Negative units give back what corrections have ended.
    case claim(ClaimID, units: Int64, from: Int64)
    /// Ends a channel's claim without a name, whole, in the ledger and in the publication: `from` units, at least 1.
    case unnamed(ChannelID, number: Int64, from: Int64)
    /// Gives back the units that such a correction ended, under their number, of which nothing may be open now.
    case unnamedAgain(ChannelID, number: Int64, units: Int64)
  }
}

/// Why a correction was asked for: the classes of drift, and what people want.
public enum CorrectionReason: UInt8, Hashable, Sendable, CaseIterable {
  /// The other side has told of it, and it never came here.
  case missedDelivery = 1
  /// A person changed the number at the channel.
  case editedByHand = 2
  /// An order was made that nobody told of.
  case orderUnseen = 3
  /// The same units were counted twice.
  case doubleCounted = 4
  /// The order of a claim is gone or closed.
  case claimOrphaned = 5
  /// A hold lives longer than it may.
  case holdOverdue = 6
  /// The last count is older than what followed.
  case staleCount = 7
  /// Nobody knows why.
  case unexplained = 8
  /// It takes an earlier correction back.
  case undone = 9
  /// A person asked for it.
  case asked = 10

  /// A stable name for logs, lists and wires: the case's own.
  public var code: String { "\(self)" }
}

extension SourceID {
  /// The source that corrections are remembered under; no report may bear its name.
  public static let reconciliation = SourceID("reconciliation") ?? .none
}

extension Correction {
  /// The answer's units: how many it adds or ends, negative where it takes away or gives back.
  var units: Int64 {
    switch change {
    case .onHand(let units, _), .claim(_, let units, _), .unnamed(_, _, let units): units
    case .unnamedAgain(_, _, let units): -units
    }
  }

  /// The first field outside its range, by the request itself; nil where all are inside.
  public var fieldOutOfRange: Refusal.Field? {
    switch change {
    case .onHand(let delta, let from):
      guard Self.isChange(delta), Self.isSum(from), Self.isSum(from + delta) else { return .adjustment }
    case .claim(_, let units, let from):
      guard Self.isChange(units), from >= 0, Self.isSum(from), units <= from else { return .quantity }
    case .unnamed(_, let number, let from):
      guard number > 0, from > 0, from <= Limits.mirrorMax else { return .quantity }
    case .unnamedAgain(_, let number, let units):
      guard number > 0, units > 0, Self.isChange(units) else { return .quantity }
    }
    return nil
  }

  private static func isChange(_ units: Int64) -> Bool { units != 0 && units.magnitude <= Limits.quantityMax.magnitude }

  private static func isSum(_ units: Int64) -> Bool { units.magnitude <= Limits.unitsMax.magnitude }

  /// A digest of all that is asked.
  var contentDigest: UInt64 {
    var writer = ByteWriter()
    writer.write(report)
    writer.write(byte: reason.rawValue)
    change.write(to: &writer)
    var digest = SipHash128(key0: 0x686f_6c64_6661_7374, key1: 0x636f_7272_6563_7465)
    digest.update(writer.bytes.span)
    return digest.finish().first
  }
}

extension Correction.Change {
  /// Its kind, then its fields in their order: the journal's form too.
  public func write(to writer: inout ByteWriter) {
    switch self {
    case .onHand(let delta, let from):
      writer.write(byte: 1)
      writer.write(signed: delta)
      writer.write(signed: from)
    case .claim(let claim, let units, let from):
      writer.write(byte: 2)
      writer.write(claim)
      writer.write(signed: units)
      writer.write(signed: from)
    case .unnamed(let channel, let number, let from):
      writer.write(byte: 3)
      writer.write(channel)
      writer.write(signed: number)
      writer.write(signed: from)
    case .unnamedAgain(let channel, let number, let units):
      writer.write(byte: 4)
      writer.write(channel)
      writer.write(signed: number)
      writer.write(signed: units)
    }
  }

  /// Reads what ``write(to:)`` wrote.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    switch try reader.readByte() {
    case 1: self = .onHand(delta: try reader.readSigned(), from: try reader.readSigned())
    case 2:
      self = .claim(try reader.readIdentifier(), units: try reader.readSigned(), from: try reader.readSigned())
    case 3:
      self = .unnamed(try reader.readIdentifier(), number: try reader.readSigned(), from: try reader.readSigned())
    case 4:
      self = .unnamedAgain(
        try reader.readIdentifier(), number: try reader.readSigned(), units: try reader.readSigned())
    default: throw ByteError(offset: start, expected: "what a correction changes")
    }
  }
}
