import StockLedger
import Testing

/// One key's level with a clock, so that a test reads like a transcript: what is asked, what is answered, what is left.
///
/// Every command goes through the same turn as in a keeper: what is due ends first, then one decision, one entry. After
/// each turn the invariants are checked, and a refusal or a duplicate must have changed no byte.
struct KeyTranscript {
  var level = StockLevel()
  /// Milliseconds; tests speak of seconds after the start.
  var now = Self.start
  /// Every entry so far: replay from zero must give the same bytes.
  private(set) var entries: [JournalEntry] = []
  private var deliveries = 0

  static let start = Timestamp(milliseconds: 1_700_000_000_000)

  /// A key with units on hand.
  init(onHand units: Int64 = 0) {
    if units > 0 { count(units) }
  }

  static func id(_ text: String) -> Identifier { Identifier(text) ?? .none }
  static func key(_ location: String) -> StockKey {
    guard let key = StockKey(path: Array("shop\0sku\0\(location)".utf8)) else { preconditionFailure("a key") }
    return key
  }
  static func second(_ seconds: Int64) -> Timestamp { start + seconds * 1_000 }

  /// What a turn answered, in few words.
  enum Said: Equatable, CustomStringConvertible {
    case yes(Int64)
    case again(Int64)
    case no(Refusal)

    var description: String {
      switch self {
      case .yes(let units): "yes \(units)"
      case .again(let units): "again \(units)"
      case .no(let refusal): "no: \(refusal)"
      }
    }
  }

  /// Moves the clock to so many seconds after the start.
  mutating func at(_ seconds: Int64) { now = Self.second(seconds) }

  /// Ends what is due now, without a command: what a timer does.
  @discardableResult
  mutating func ring() -> [JournalEntry.Body] {
    var ended: [JournalEntry.Body] = []
    while let entry = level.dueEntry(at: now) {
      apply(entry)
      ended.append(entry.body)
    }
    let isLate = level.sortedReservations.contains { $0.live > 0 && !$0.isCartLine && $0.expiresAt <= now }
    #expect(!isLate, "nothing that is due is left")
    return ended
  }

  private mutating func apply(_ entry: JournalEntry) {
    level.apply(entry)
    entries.append(entry)
    level.checkInvariants()
  }

  /// One turn.
  mutating func decide(_ command: Command) -> Decision {
    ring()
    let before = level.image
    let decision = level.decide(command, now: now)
    if case .accept(let body, _) = decision {
      apply(JournalEntry(at: now, body: body))
    } else {
      #expect(level.image == before, "a turn without an entry changes nothing")
    }
    return decision
  }

  @discardableResult
  mutating func ask(_ command: Command) -> Said {
    switch decide(command) {
    case .accept(_, let outcome): .yes(outcome.units)
    case .duplicate(let outcome): .again(outcome.units)
    case .refuse(let refusal): .no(refusal)
    }
  }

  @discardableResult
  mutating func hold(
    _ id: String, _ units: Int64, ttl seconds: Int64 = 600, channel: String = "", customer: String = "",
    reference: String = "", requestedAt: Timestamp? = nil
  ) -> Said {
    ask(
      .hold(
        HoldRequest(
          id: Self.id(id), quantity: Quantity(units) ?? .one, lifetime: seconds * 1_000, channel: Self.id(channel),
          customer: Self.id(customer), reference: Self.id(reference), requestedAt: requestedAt)))
  }

  @discardableResult
  mutating func confirm(
    _ id: String, as claim: String, _ cumulative: Int64? = nil, kind: DemandKind = .order, rehold: Bool = false
  ) -> Said {
    ask(
      .confirm(
        ConfirmRequest(
          id: Self.id(id), claim: Self.id(claim), kind: kind, cumulative: cumulative.flatMap { Quantity($0) },
          whenExpired: rehold ? .reholdIfAvailable : .refuse)))
  }

  @discardableResult
  mutating func release(_ id: String, _ units: Int64? = nil) -> Said {
    ask(.release(Self.id(id), units.flatMap { Quantity($0) }))
  }

  @discardableResult
  mutating func extend(_ id: String, to seconds: Int64) -> Said {
    ask(.extend(Self.id(id), expiresAt: Self.second(seconds)))
  }

  @discardableResult
  mutating func report(_ source: String, _ body: Report.Body, delivery: String? = nil) -> Said {
    deliveries += 1
    return ask(
      .report(Report(source: Self.id(source), delivery: Self.id(delivery ?? "d\(deliveries)"), body: body)))
  }

  @discardableResult
  mutating func count(_ units: Int64) -> Said {
    report("erp", .count(Count(units: units, asOf: now)))
  }

  @discardableResult
  mutating func order(
    _ claim: String, _ units: Int64, reference: String = "", channel: String = "", customer: String = "",
    kind: DemandKind = .order
  ) -> Said {
    report(
      kind == .order ? "shopify" : "pos",
      .demand(
        Demand(
          claim: Self.id(claim), kind: kind, total: Quantity(units) ?? .one, occurredAt: now,
          reference: Self.id(reference), channel: Self.id(channel), customer: Self.id(customer))))
  }

  @discardableResult
  mutating func stage(_ stage: Stage, _ claim: String, _ document: String, _ units: Int64) -> Said {
    report(
      stage == .cancel || stage == .writeOff ? "shopify" : "wms",
      .stage(
        StageReport(
          claim: Self.id(claim), stage: stage, amount: .document(Self.id(document), Quantity(units) ?? .one),
          occurredAt: now)))
  }

  @discardableResult
  mutating func policy(_ change: (inout KeyPolicy) -> Void) -> Said {
    var policy = level.policy
    change(&policy)
    return ask(.setPolicy(policy))
  }

  @discardableResult
  mutating func correct(
    _ document: String, _ change: Correction.Change, report: String = "rep1", reason: CorrectionReason = .unexplained
  ) -> Said {
    ask(.correct(Correction(document: Self.id(document), report: Self.id(report), reason: reason, change: change)))
  }

  /// Tells the key's publication at a channel something, as its keeper does.
  @discardableResult
  mutating func publish(_ input: PublicationInput, at channel: String = "web") -> PublicationVerdict {
    let verdict = level.publication(at: Self.id(channel)).decide(input, now: now)
    if case .accept(let entry) = verdict { apply(JournalEntry(at: now, body: .published(Self.id(channel), entry))) }
    return verdict
  }

  var net: Int64 { level.numbers.net }
  var ats: Int64 { level.availableToSell }
  var reserved: Int64 { level.numbers.reserved }
  var open: Int64 { level.numbers.open }

  /// Live, confirmed, released, expired units of a reservation; nil where it is not known.
  func units(_ id: String) -> [Int64]? {
    level.reservation(Self.id(id)).map {
      [Int64($0.live), Int64($0.confirmed), Int64($0.released), Int64($0.expired)]
    }
  }

  /// The level as replay from zero gives it.
  var replayed: StockLevel {
    var level = StockLevel(spansLocations: self.level.spansLocations)
    for entry in entries { level.apply(entry) }
    return level
  }
}
