extension Publication {
  /// Writes all that entries made: everything but the target, which its reader is told anew.
  public func write(to writer: inout ByteWriter) {
    writer.write(
      byte: (isSuspended ? 1 : 0) | (isForced ? 2 : 0) | (wasLastAccepted ? 4 : 0) | (isRepeated ? 8 : 0))
    mirror.write(to: &writer)
    writer.write(optional: call) { $1.write(to: &$0) }
    writer.write(list: waiting) { $1.write(to: &$0) }
    writer.write(byte: readReason?.rawValue ?? 0)
    writer.write(optional: hint) { writer, hint in
      writer.write(optional: hint.available) { $0.write(signed: $1) }
      writer.write(hint.heardAt)
      writer.write(hint.readAt)
    }
    writer.write(optional: trouble) { $1.write(to: &$0) }
    writer.write(waitsUntil)
    writer.write(varint: UInt64(staleInARow))
    writer.write(varint: UInt64(heat))
    writer.write(optional: passedOver) { $0.write(varint: UInt64($1)) }
    writer.write(lastKey)
    for mark in [accepted, confirmed] {
      writer.write(optional: mark) { writer, mark in
        writer.write(signed: mark.units)
        writer.write(mark.at)
      }
    }
  }

  /// The stored form of the whole machine, without its target.
  public var image: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer)
    return writer.bytes
  }

  /// Reads a machine back.
  ///
  /// - Throws: ``ByteError`` where the bytes are not a machine that could have been written.
  public init(image: [UInt8]) throws(ByteError) {
    self.init()
    var reader = ByteReader(image)
    let marks = try reader.readByte()
    guard marks < 16 else { throw ByteError(offset: 0, expected: "a publication's marks") }
    isSuspended = marks & 1 != 0
    isForced = marks & 2 != 0
    wasLastAccepted = marks & 4 != 0
    isRepeated = marks & 8 != 0
    mirror = try Mirror(from: &reader)
    call = try reader.readOptional { reader throws(ByteError) in try Call(from: &reader) }
    let waitingStart = reader.offset
    waiting = try reader.readList { reader throws(ByteError) in try NamedChange(from: &reader) }
    guard call != nil || waiting.isEmpty, waiting.count <= Limits.changesWaitingMax + 1 else {
      throw ByteError(offset: waitingStart, expected: "changes that wait for a call")
    }
    let reasonStart = reader.offset
    let reason = try reader.readByte()
    readReason = ReadReason(rawValue: reason)
    guard readReason != nil || reason == 0 else { throw ByteError(offset: reasonStart, expected: "a read's reason") }
    hint = try reader.readOptional { reader throws(ByteError) in
      Hint(
        available: try reader.readOptional { reader throws(ByteError) in try reader.readSigned() },
        heardAt: try reader.readTimestamp(), readAt: try reader.readTimestamp())
    }
    trouble = try reader.readOptional { reader throws(ByteError) in try PublicationEntry.Trouble(from: &reader) }
    waitsUntil = try reader.readTimestamp()
    staleInARow = try reader.readUnits(max: Limits.staleInARowMax)
    heat = try reader.readUnits(max: Limits.publicationHeatMax)
    passedOver = try reader.readOptional { reader throws(ByteError) in try reader.readUnits(max: Limits.quantityMax) }
    lastKey = try reader.readIdentifier()
    accepted = try reader.readOptional { reader throws(ByteError) in try Mark(from: &reader) }
    confirmed = try reader.readOptional { reader throws(ByteError) in try Mark(from: &reader) }
    guard reader.isAtEnd else { throw ByteError(offset: reader.offset, expected: "the end") }
  }

  /// Stops the process where the machine could not have come to be by its own entries.
  public func checkInvariants() {
    invariant(call != nil || waiting.isEmpty, "changes wait only for a call")
    invariant(call == nil || trouble == nil, "a stopped publication has no call out")
    invariant(staleInARow >= 0 && staleInARow <= Limits.staleInARowMax, "\(staleInARow) stale writes in a row")
    for claim in mirror.claims.list {
      invariant(claim.units >= 0, "claim \(claim.number) has \(claim.units) units")
      invariant(claim.number > 0 && claim.number <= mirror.claims.lastNumber, "claim \(claim.number) was given")
    }
    if case .write(let write, _, _) = call {
      invariant(!write.key.isNone && (0...Limits.quantityMax).contains(write.quantity), "a write has a key and units")
      invariant(write.key == lastKey && write.quantity == accepted?.units, "what is out was accepted last")
    }
  }
}

extension Publication.Mark {
  init(from reader: inout ByteReader) throws(ByteError) {
    units = try reader.readSigned()
    at = try reader.readTimestamp()
  }
}

extension Publication.Call {
  func write(to writer: inout ByteWriter) {
    switch self {
    case .read(let sentAt):
      writer.write(false)
      writer.write(sentAt)
    case .write(let write, let sentAt, let retryAt):
      writer.write(true)
      writer.write(sentAt)
      write.write(to: &writer)
      writer.write(optional: retryAt) { $0.write($1) }
    }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let isWrite = try reader.readFlag()
    let sentAt = try reader.readTimestamp()
    guard isWrite else {
      self = .read(sentAt: sentAt)
      return
    }
    let write = try PublicationEntry.Write(from: &reader)
    let retryAt = try reader.readOptional { reader throws(ByteError) in try reader.readTimestamp() }
    self = .write(write, sentAt: sentAt, retryAt: retryAt)
  }
}

// Forms that the journal's codec writes too.

extension PublicationEntry.Write {
  /// Key, quantity, and what it changes from where it compares.
  public func write(to writer: inout ByteWriter) {
    writer.write(key)
    writer.write(varint: UInt64(quantity))
    writer.write(optional: changeFrom) { $0.write(signed: $1) }
  }

  /// Reads what ``write(to:)`` wrote.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    key = try reader.readIdentifier()
    guard !key.isNone else { throw ByteError(offset: start, expected: "an idempotency key") }
    quantity = try reader.readUnits(max: Limits.quantityMax)
    changeFrom = try reader.readOptional { reader throws(ByteError) in try reader.readSigned() }
  }
}

extension NamedChange {
  /// Kind, document, units, time.
  public func write(to writer: inout ByteWriter) {
    writer.write(byte: kind.rawValue)
    writer.write(document)
    writer.write(varint: UInt64(units))
    writer.write(madeAt)
  }

  /// Reads what ``write(to:)`` wrote.
  public init(from reader: inout ByteReader) throws(ByteError) {
    self.init(
      kind: try reader.readCase(Kind.self), document: try reader.readIdentifier(),
      units: try reader.readUnits(max: Limits.unitsMax), madeAt: try reader.readReportedTime())
  }
}

extension PublicationEntry.Trouble {
  /// One byte: 1 to 3, and 16 more than a rejection's number.
  public func write(to writer: inout ByteWriter) {
    switch self {
    case .staleInARow: writer.write(byte: 1)
    case .outcomeLost: writer.write(byte: 2)
    case .keyMismatch: writer.write(byte: 3)
    case .rejected(let rejection): writer.write(byte: 16 + rejection.rawValue)
    }
  }

  /// Reads what ``write(to:)`` wrote.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let byte = try reader.readByte()
    switch byte {
    case 1: self = .staleInARow
    case 2: self = .outcomeLost
    case 3: self = .keyMismatch
    default:
      guard byte > 16, let rejection = PublicationEntry.Rejection(rawValue: byte - 16) else {
        throw ByteError(offset: start, expected: "a trouble")
      }
      self = .rejected(rejection)
    }
  }
}
