import StockLedger

// Stored forms of publications. Numbers are those that the machine accepts: checked on reading (damage).

private let held = -Limits.unitsMax...Limits.unitsMax

/// The stored number of each kind of a publication's entry. Frozen: a number is never given to another kind.
enum PublicationKind: UInt8 {
  case named = 1
  case hinted = 2
  case reading = 3
  case read = 4
  case readFailed = 5
  case sending = 6
  case repeating = 7
  case accepted = 8
  case stale = 9
  case notTaken = 10
  case unknown = 11
  case throttled = 12
  case stopped = 13
  case claimed = 14
  case handedOver = 15
  case settled = 16
  case suspended = 17
  case resumed = 18
  case forced = 19
  case retried = 20
  case dropped = 21
  case reconciled = 22
  case takenUp = 23

  /// Set beside the kind where a channel's name follows.
  static let channelBit: UInt8 = 0x80
}

extension ByteWriter {
  mutating func write(_ entry: PublicationEntry, channel: ChannelID, at: Timestamp) {
    write(byte: entry.kind.rawValue | (channel.isNone ? 0 : PublicationKind.channelBit))
    if !channel.isNone { write(channel) }
    switch entry {
    case .reading, .repeating, .accepted, .stale, .notTaken, .suspended, .resumed, .forced, .retried: break
    case .named(let change):
      write(byte: change.kind.rawValue)
      write(change.document)
      write(varint: UInt64(change.units))
      write(change.madeAt, from: at)
    case .hinted(let available): write(optional: available) { $0.write(signed: $1) }
    case .read(let available), .reconciled(let available): write(signed: available)
    case .readFailed(let retryAt), .unknown(let retryAt), .throttled(let retryAt): write(retryAt, from: at)
    case .sending(let write): write.write(to: &self)
    case .stopped(let trouble): trouble.write(to: &self)
    case .claimed(let number, let units):
      write(varint: UInt64(number))
      write(varint: UInt64(units))
    case .handedOver(let number), .settled(let number): write(varint: UInt64(number))
    case .dropped(let target): write(varint: UInt64(target))
    case .takenUp(let available, let readAt):
      write(signed: available)
      write(readAt, from: at)
    }
  }
}

extension ByteReader {
  mutating func readPublication(at: Timestamp) throws(ByteError) -> JournalEntry.Body {
    let start = offset
    let byte = try readByte()
    guard let kind = PublicationKind(rawValue: byte & ~PublicationKind.channelBit) else {
      throw ByteError(offset: start, expected: "a kind of publication")
    }
    let channel = byte & PublicationKind.channelBit == 0 ? ChannelID.none : try readPresentIdentifier()
    return .published(channel, try readPublication(kind, at: at))
  }

  private mutating func readPublication(
    _ kind: PublicationKind, at: Timestamp
  ) throws(ByteError) -> PublicationEntry {
    switch kind {
    case .named:
      let kind = try readCase(NamedChange.Kind.self)
      let document = try readIdentifier()
      let units = try readQuantity()
      return .named(NamedChange(kind, document: document, units: units, madeAt: try readTimestamp(from: at)))
    case .hinted: return .hinted(available: try readOptional { reader throws(ByteError) in try reader.readHeld() })
    case .reading: return .reading
    case .read: return .read(available: try readHeld())
    case .readFailed: return .readFailed(retryAt: try readTimestamp(from: at))
    case .sending: return .sending(try PublicationEntry.Write(from: &self))
    case .repeating: return .repeating
    case .accepted: return .accepted
    case .stale: return .stale
    case .notTaken: return .notTaken
    case .unknown: return .unknown(retryAt: try readTimestamp(from: at))
    case .throttled: return .throttled(retryAt: try readTimestamp(from: at))
    case .stopped: return .stopped(try PublicationEntry.Trouble(from: &self))
    case .claimed: return .claimed(number: try readNumber(), units: try readNumber())
    case .handedOver: return .handedOver(number: try readNumber())
    case .settled: return .settled(number: try readNumber())
    case .suspended: return .suspended
    case .resumed: return .resumed
    case .forced: return .forced
    case .retried: return .retried
    case .dropped: return .dropped(target: try readVarint(through: Limits.quantityMax, "a target"))
    case .reconciled: return .reconciled(available: try readHeld())
    case .takenUp: return .takenUp(available: try readHeld(), readAt: try readTimestamp(from: at))
    }
  }

  private mutating func readHeld() throws(ByteError) -> Int64 { try readSigned(in: held, "what a channel holds") }

  private mutating func readNumber() throws(ByteError) -> Int64 { try readVarint(through: .max, "a claim's number") }
}

extension PublicationEntry {
  fileprivate var kind: PublicationKind {
    switch self {
    case .named: .named
    case .hinted: .hinted
    case .reading: .reading
    case .read: .read
    case .readFailed: .readFailed
    case .sending: .sending
    case .repeating: .repeating
    case .accepted: .accepted
    case .stale: .stale
    case .notTaken: .notTaken
    case .unknown: .unknown
    case .throttled: .throttled
    case .stopped: .stopped
    case .claimed: .claimed
    case .handedOver: .handedOver
    case .settled: .settled
    case .suspended: .suspended
    case .resumed: .resumed
    case .forced: .forced
    case .retried: .retried
    case .dropped: .dropped
    case .reconciled: .reconciled
    case .takenUp: .takenUp
    }
  }
}
