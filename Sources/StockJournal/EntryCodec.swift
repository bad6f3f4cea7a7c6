public import StockLedger

/// Journal entries ↔ bytes. A *section* is one keeper's turn: its key's path, how many entries, the entries.
///
/// The form is canonical: equal entries give equal bytes, and bytes that this writer would not have written do not
/// read. Times are signed differences to the entry before in the section (wrapping, so that every pair of times has
/// one); absent identifiers cost a bit. A held entry takes 29 bytes and its section 1 byte and the counted path: 54
/// for 24 bytes of path.
public enum EntryCodec {
  /// Adds a section of several entries of one key.
  ///
  /// - Parameter entries: At least one; an empty turn has no section.
  public static func appendSection(key: StockKey, entries: [JournalEntry], to bytes: inout [UInt8]) {
    invariant(!entries.isEmpty, "a section holds at least one entry")
    var writer = ByteWriter()
    swap(&writer.bytes, &bytes)
    writer.write(key)
    writer.write(varint: UInt64(entries.count))
    var last = Timestamp.distantPast
    for entry in entries {
      write(entry, after: last, to: &writer)
      last = entry.at
    }
    swap(&writer.bytes, &bytes)
  }

  /// Adds a section of one entry: the usual turn.
  public static func appendSection(key: StockKey, entry: JournalEntry, to bytes: inout [UInt8]) {
    var writer = ByteWriter()
    swap(&writer.bytes, &bytes)
    writer.write(key)
    writer.write(byte: 1)
    write(entry, after: .distantPast, to: &writer)
    swap(&writer.bytes, &bytes)
  }

  static func write(_ entry: JournalEntry, after last: Timestamp, to writer: inout ByteWriter) {
    writer.write(byte: entry.body.kind.rawValue)
    writer.write(entry.at, from: last)
    let at = entry.at
    switch entry.body {
    case .held(let held):
      writer.write(held, at: at)
    case .confirmed(let confirmed):
      writer.write(confirmed)
    case .released(let id, let quantity):
      writer.write(id)
      writer.write(varint: UInt64(quantity.units))
    case .extended(let id, let expiresAt), .lineExtended(let id, let expiresAt), .cartExtended(let id, let expiresAt):
      writer.write(id)
      writer.write(expiresAt, from: at)
    case .expired(let id), .cartAbandoned(let id):
      writer.write(id)
    case .reported(let report):
      writer.write(report, at: at)
    case .policySet(let policy):
      policy.write(to: &writer)
    case .scopeSet(let patch):
      patch.write(to: &writer)
    case .fallenFreed(let component, let upTo):
      writer.write(byte: component.rawValue)
      writer.write(upTo)
    case .markReset(let component, let source):
      writer.write(byte: component.rawValue)
      writer.write(source)
    case .linePrepared(let held, let first):
      writer.write(held, at: at)
      writer.write(first)
    case .lineEnded(let id, let ending, let claim, let kind):
      writer.write(id)
      writer.write(byte: ending.rawValue)
      writer.write(claim)
      writer.write(byte: kind.rawValue)
    case .cartDecided(let decision):
      writer.write(decision.id)
      writer.write(decision.expiresAt, from: at)
      writer.write(list: decision.lines) { $0.write($1) }
    case .cartEnded(let id, let ending, let claims):
      writer.write(id)
      writer.write(byte: ending.rawValue)
      writer.write(list: claims) { writer, claim in
        writer.write(claim.line)
        writer.write(claim.claim)
        writer.write(byte: claim.kind.rawValue)
      }
    case .lineAcknowledged(let id, let line):
      writer.write(id)
      writer.write(line)
    case .corrected(let correction):
      writer.write(correction)
    case .claimed(let node):
      writer.write(counted: Array(node.utf8))
    case .published(let channel, let publication):
      writer.write(publication, channel: channel, at: at)
    }
  }

  static func read(_ reader: inout ByteReader, after last: Timestamp) throws(ByteError) -> JournalEntry {
    let kind = try reader.readCase(EntryKind.self)
    let at = try reader.readTimestamp(from: last)
    return JournalEntry(at: at, body: try readBody(kind, at: at, &reader))
  }

  private static func readBody(
    _ kind: EntryKind, at: Timestamp, _ reader: inout ByteReader
  ) throws(ByteError) -> JournalEntry.Body {
    switch kind {
    case .held: return .held(try reader.readHeld(at: at))
    case .confirmed: return .confirmed(try reader.readConfirmed())
    case .released: return .released(try reader.readIdentifier(), try reader.readQuantity())
    case .extended: return .extended(try reader.readIdentifier(), expiresAt: try reader.readTimestamp(from: at))
    case .expired: return .expired(try reader.readIdentifier())
    case .reported: return .reported(try reader.readReport(at: at))
    case .policySet: return .policySet(try KeyPolicy(from: &reader))
    case .fallenFreed: return .fallenFreed(try reader.readCase(Component.self), upTo: try reader.readTimestamp())
    case .markReset: return .markReset(try reader.readCase(Component.self), try reader.readIdentifier())
    case .linePrepared: return .linePrepared(try reader.readHeld(at: at), first: try reader.readKey())
    case .lineEnded:
      return .lineEnded(
        try reader.readIdentifier(), try reader.readCase(Ending.self), claim: try reader.readIdentifier(),
        kind: try reader.readCase(DemandKind.self))
    case .lineExtended:
      return .lineExtended(try reader.readIdentifier(), expiresAt: try reader.readTimestamp(from: at))
    case .cartDecided:
      let id = try reader.readIdentifier()
      let expiresAt = try reader.readTimestamp(from: at)
      let lines = try reader.readList { reader throws(ByteError) in try reader.readKey() }
      return .cartDecided(CartDecision(id: id, lines: lines, expiresAt: expiresAt))
    case .cartAbandoned: return .cartAbandoned(try reader.readIdentifier())
    case .cartEnded:
      let id = try reader.readIdentifier()
      let ending = try reader.readCase(Ending.self)
      let claims = try reader.readList { reader throws(ByteError) in
        CartClaim(
          line: try reader.readKey(), claim: try reader.readIdentifier(), kind: try reader.readCase(DemandKind.self))
      }
      return .cartEnded(id, ending, claims: claims)
    case .cartExtended:
      return .cartExtended(try reader.readIdentifier(), expiresAt: try reader.readTimestamp(from: at))
    case .scopeSet: return .scopeSet(try PolicyPatch(from: &reader))
    case .lineAcknowledged: return .lineAcknowledged(try reader.readIdentifier(), line: try reader.readKey())
    case .claimed:
      let start = reader.offset
      guard let node = String(validating: try reader.readCounted(), as: UTF8.self) else {
        throw ByteError(offset: start, expected: "UTF-8")
      }
      return .claimed(node: node)
    case .published: return try reader.readPublication(at: at)
    case .corrected: return .corrected(try reader.readCorrection())
    }
  }
}

/// The stored number of each kind of entry. Frozen: a number is never given to another kind.
enum EntryKind: UInt8 {
  case held = 1
  case confirmed = 2
  case released = 3
  case extended = 4
  case expired = 5
  case reported = 6
  case policySet = 7
  case fallenFreed = 8
  case markReset = 9
  case linePrepared = 10
  case lineEnded = 11
  case lineExtended = 12
  case cartDecided = 13
  case cartAbandoned = 14
  case cartEnded = 15
  case cartExtended = 16
  case lineAcknowledged = 17
  case scopeSet = 18
  case claimed = 19
  case published = 20
  case corrected = 21
}

extension JournalEntry.Body {
  var kind: EntryKind {
    switch self {
    case .held: .held
    case .confirmed: .confirmed
    case .released: .released
    case .extended: .extended
    case .expired: .expired
    case .reported: .reported
    case .policySet: .policySet
    case .fallenFreed: .fallenFreed
    case .scopeSet: .scopeSet
    case .markReset: .markReset
    case .linePrepared: .linePrepared
    case .lineEnded: .lineEnded
    case .lineExtended: .lineExtended
    case .cartDecided: .cartDecided
    case .cartAbandoned: .cartAbandoned
    case .cartEnded: .cartEnded
    case .cartExtended: .cartExtended
    case .lineAcknowledged: .lineAcknowledged
    case .claimed: .claimed
    case .published: .published
    case .corrected: .corrected
    }
  }
}
