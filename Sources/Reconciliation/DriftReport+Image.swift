import StockJournal
public import StockLedger

// A report as bytes, to be stored: exact, which JSON is not, where a long name is shown as its digest.

extension DriftReport {
  /// The form that is written, before anything else: another one is read by a later program only. The first had no
  /// lists of sources.
  private static let version: UInt8 = 2

  /// The report as bytes; equal reports have equal ones.
  public var image: [UInt8] {
    var writer = ByteWriter()
    writer.write(byte: Self.version)
    writer.write(id)
    writer.write(text: shop)
    scope.write(to: &writer)
    writer.write(startedAt)
    writer.write(endedAt)
    writer.write(optional: ordersSeenUntil) { $0.write($1) }
    writer.write(isDryRun)
    for count in [compared, inStep, inFlight, rowsLeftOut] { writer.write(varint: UInt64(count)) }
    writer.write(list: failures) { $0.write(text: $1) }
    writer.write(list: rows) { writer, row in row.write(to: &writer) }
    writer.write(optional: refresh) { $1.write(to: &$0) }
    writer.write(list: lists) { $1.write(to: &$0) }
    writer.write(halfWord: CRC32C.checksum(writer.bytes))
    return writer.bytes
  }

  /// The report of an image.
  ///
  /// - Throws: ``ByteError`` at the first byte that is not what it should be.
  public init(image bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    try Self.check(bytes)
    let version = try reader.readByte()
    guard (1...Self.version).contains(version) else {
      throw ByteError(offset: 0, expected: "a report of version 1 to \(Self.version)")
    }
    let id = try reader.readIdentifier()
    let shop = try reader.readText()
    let scope = try ReconciliationScope(from: &reader)
    let startedAt = try reader.readTimestamp()
    let endedAt = try reader.readTimestamp()
    let ordersSeenUntil = try reader.readFlag() ? try reader.readTimestamp() : nil
    let isDryRun = try reader.readFlag()
    var tallies: [Int] = []
    for _ in 0..<4 { tallies.append(try reader.readTally()) }
    var failures: [String] = []
    for _ in 0..<(try reader.readCount()) { failures.append(try reader.readText()) }
    var rows: [DriftRow] = []
    for place in 0..<(try reader.readCount()) { rows.append(try DriftRow(number: place + 1, from: &reader)) }
    let isRefresh = version > 1 ? try reader.readFlag() : false
    let refresh = isRefresh ? try RefreshTerms(from: &reader) : nil
    self.init(id: id, shop: shop, scope: scope, startedAt: startedAt, isDryRun: isDryRun, refresh: refresh)
    if version > 1 { for _ in 0..<(try reader.readCount()) { lists.append(try ReadList(from: &reader)) } }
    self.endedAt = endedAt
    self.ordersSeenUntil = ordersSeenUntil
    (compared, inStep, inFlight, rowsLeftOut) = (tallies[0], tallies[1], tallies[2], tallies[3])
    self.failures = failures
    self.rows = rows
    _ = try reader.readHalfWord()
    guard reader.isAtEnd else { throw ByteError(offset: reader.offset, expected: "the report's end") }
  }

  /// The checksum is the last four bytes, over all others.
  private static func check(_ bytes: [UInt8]) throws(ByteError) {
    guard bytes.count > 4 else { throw ByteError(offset: 0, expected: "a report") }
    let end = bytes.count - 4
    var reader = ByteReader(bytes, range: end..<bytes.count)
    guard try reader.readHalfWord() == CRC32C.checksum(bytes, 0..<end) else {
      throw ByteError(offset: end, expected: "the checksum of the report")
    }
  }
}

extension ReconciliationScope {
  fileprivate func write(to writer: inout ByteWriter) {
    switch self {
    case .shop: writer.write(byte: 0)
    case .location(let name):
      writer.write(byte: 1)
      writer.write(text: name)
    case .key(let key):
      writer.write(byte: 2)
      writer.write(key)
    }
  }

  fileprivate init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    switch try reader.readByte() {
    case 0: self = .shop
    case 1: self = .location(try reader.readText())
    case 2: self = .key(try reader.readKey())
    default: throw ByteError(offset: start, expected: "a scope")
    }
  }
}

extension RefreshTerms {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.write(allowsShrink)
    writer.write(isApplied)
  }

  fileprivate init(from reader: inout ByteReader) throws(ByteError) {
    self.init(allowsShrink: try reader.readFlag(), isApplied: try reader.readFlag())
  }
}

extension ReadList {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.write(source)
    writer.write(optional: asOf) { $0.write($1) }
    writer.write(varint: UInt64(rows))
    writer.write(isBelieved)
  }

  fileprivate init(from reader: inout ByteReader) throws(ByteError) {
    source = try reader.readIdentifier()
    asOf = try reader.readFlag() ? try reader.readTimestamp() : nil
    rows = try reader.readTally()
    isBelieved = try reader.readFlag()
  }
}

extension DriftRow {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.write(key)
    side.write(to: &writer)
    writer.write(optional: component) { $0.write(byte: $1.rawValue) }
    writer.write(optional: ours) { $0.write(signed: $1) }
    writer.write(optional: theirs) { $0.write(signed: $1) }
    writer.write(byte: driftClass.rawValue)
    writer.write(text: cause)
    mending.write(of: key, to: &writer)
    writer.write(byte: state.rawValue)
    writer.write(text: remark)
  }

  fileprivate init(number: Int, from reader: inout ByteReader) throws(ByteError) {
    let key = try reader.readKey()
    let side = try DriftSide(from: &reader)
    let component: Component? = try reader.readFlag() ? try reader.readCase(Component.self) : nil
    let ours = try reader.readFlag() ? try reader.readSigned() : nil
    let theirs = try reader.readFlag() ? try reader.readSigned() : nil
    let driftClass = try reader.readCase(DriftClass.self)
    let cause = try reader.readText()
    let mending = try Mending(from: &reader)
    let state = try reader.readCase(MendingState.self)
    self.init(
      number: number, key: key, side: side, component: component, ours: ours, theirs: theirs, driftClass: driftClass,
      cause: cause, mending: mending, state: state, remark: try reader.readText())
  }
}

extension DriftSide {
  fileprivate func write(to writer: inout ByteWriter) {
    switch self {
    case .ourselves: writer.write(byte: 0)
    case .channel(let channel):
      writer.write(byte: 1)
      writer.write(channel)
    case .source(let source):
      writer.write(byte: 2)
      writer.write(source)
    }
  }

  fileprivate init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    switch try reader.readByte() {
    case 0: self = .ourselves
    case 1: self = .channel(try reader.readIdentifier())
    case 2: self = .source(try reader.readIdentifier())
    default: throw ByteError(offset: start, expected: "a side")
    }
  }
}

extension Mending {
  /// The name that a correction has while it waits in a report: it gets its own when it is asked for.
  private static let unnamed = Identifier(high: 1, low: 0)

  /// Reports and corrections are written as the journal writes them, as the one entry of a section.
  fileprivate func write(of key: StockKey, to writer: inout ByteWriter) {
    switch self {
    case .none: writer.write(byte: 0)
    case .lookAgain(let available):
      writer.write(byte: 1)
      writer.write(signed: available)
    case .deliver(let report):
      writer.write(byte: 2)
      writer.write(section: .reported(report), of: key)
    case .correct(let change, let reason):
      let correction = Correction(document: Self.unnamed, report: .none, reason: reason, change: change)
      // What no key would take is not asked for again.
      guard correction.fieldOutOfRange == nil else { return writer.write(byte: 0) }
      writer.write(byte: 3)
      writer.write(section: .corrected(correction), of: key)
    }
  }

  fileprivate init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let tag = try reader.readByte()
    switch tag {
    case 0: self = .none
    case 1: self = .lookAgain(available: try reader.readSigned())
    default:
      switch (tag, try reader.readSection()) {
      case (2, .reported(let report)): self = .deliver(report)
      case (3, .corrected(let correction)): self = .correct(correction.change, correction.reason)
      default: throw ByteError(offset: start, expected: "a mending")
      }
    }
  }
}

extension ByteWriter {
  fileprivate mutating func write(text: String) { write(counted: Array(text.utf8)) }

  fileprivate mutating func write(section body: JournalEntry.Body, of key: StockKey) {
    var section: [UInt8] = []
    EntryCodec.appendSection(key: key, entry: JournalEntry(at: .distantPast, body: body), to: &section)
    write(counted: section)
  }
}

extension ByteReader {
  fileprivate mutating func readText() throws(ByteError) -> String {
    let start = offset
    guard let text = String(validating: try readCounted(), as: UTF8.self) else {
      throw ByteError(offset: start, expected: "UTF-8")
    }
    return text
  }

  /// A number of things that are not in the bytes themselves.
  fileprivate mutating func readTally() throws(ByteError) -> Int {
    let start = offset
    guard let tally = Int(exactly: try readVarint()) else { throw ByteError(offset: start, expected: "a count") }
    return tally
  }

  fileprivate mutating func readSection() throws(ByteError) -> JournalEntry.Body {
    let start = offset
    var section = SectionReader(try readCounted())
    guard let entry = try section.next() else { throw ByteError(offset: start, expected: "an entry") }
    return entry.body
  }
}
