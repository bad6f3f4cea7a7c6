import SimulationKit
import StockLedger
import Testing

/// A hand-written history for the auditor: one key, a clock that the test moves, answers as the test wants them.
struct AuditScript {
  let key: StockKey
  var auditor = Auditor()
  var sweep = PromiseSweep()
  var now = VirtualClock.startDefault
  var entry: UInt64 = 0

  init() throws { key = try StockKey(shop: "shop", sku: "85123A", location: "leeds") }

  static func id(_ name: String) throws -> Identifier { try #require(Identifier(name)) }
  static func units(_ count: Int64) throws -> Quantity { try #require(Quantity(count)) }

  /// Asks and answers in one breath; the entry is the next one unless told.
  mutating func tell(
    _ command: Command, units: Int64 = 0, expiresAt: Timestamp = .distantPast, ats: Int64, entry: UInt64? = nil,
    isDuplicate: Bool = false, flags: ReportFlags = []
  ) {
    if entry == nil && !isDuplicate { self.entry += 1 }
    let receipt = Receipt(
      units: units, expiresAt: expiresAt, availableToSell: ats,
      entry: EntryNumber(shard: UInt8(key.shard), number: entry ?? self.entry), isDuplicate: isDuplicate, flags: flags)
    say(command, .accepted(receipt))
  }

  mutating func say(_ command: Command, _ answer: Answer) {
    let ticket = auditor.asked(command, of: key, at: now)
    sweep.asked(command, of: key, at: now)
    auditor.answered(ticket, answer, at: now)
    sweep.answered(command, of: key, answer, at: now)
  }

  mutating func count(_ units: Int64, ats: Int64, asOf: Timestamp? = nil) throws {
    tell(try Self.counted(units, asOf: asOf ?? now), ats: ats)
  }

  static func counted(_ units: Int64, asOf: Timestamp) throws -> Command {
    .report(
      Report(
        source: try id("erp"), delivery: try id("c\(asOf.milliseconds)"),
        body: .count(Count(units: units, asOf: asOf))))
  }

  static func adjusted(_ delta: Int64, _ document: String, at: Timestamp) throws -> Command {
    .report(
      Report(
        source: try id("erp"), delivery: try id(document),
        body: .adjustment(Adjustment(document: try id(document), delta: delta, occurredAt: at))))
  }

  static func cancelled(_ claim: String, _ units: Int64, _ document: String, at: Timestamp) throws -> Command {
    .report(
      Report(
        source: try id("shopify"), delivery: try id(document),
        body: .stage(
          StageReport(
            claim: try id(claim), stage: .cancel, amount: .document(try id(document), try self.units(units)),
            occurredAt: at))))
  }

  mutating func hold(
    _ name: String, _ units: Int64, ats: Int64, entry: UInt64? = nil, isDuplicate: Bool = false
  ) throws {
    let request = HoldRequest(id: try Self.id(name), quantity: try Self.units(units))
    tell(
      .hold(request), units: units, expiresAt: now + Limits.holdLifetimeDefault, ats: ats, entry: entry,
      isDuplicate: isDuplicate)
  }

  mutating func confirm(
    _ name: String, _ units: Int64, as claim: String, ats: Int64, whenExpired: ConfirmRequest.WhenExpired = .refuse
  ) throws {
    let request = ConfirmRequest(id: try Self.id(name), claim: try Self.id(claim), whenExpired: whenExpired)
    tell(.confirm(request), units: units, ats: ats)
  }

  mutating func release(_ name: String, _ units: Int64, ats: Int64) throws {
    tell(.release(try Self.id(name), nil), units: units, ats: ats)
  }

  /// The kinds that the audit tells, in the order they could be seen.
  var found: [Contradiction.Kind] { auditor.report().contradictions.map(\.kind) }
}
