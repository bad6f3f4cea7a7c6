import StockLedger
import Testing

/// A book with its policy and clock, so that a test reads like a transcript: who says what, and the four sums after it.
struct BookTranscript {
  var book = SourceBook()
  var policy = KeyPolicy()
  var now = Timestamp(milliseconds: 1_000_000_000)
  private var deliveries = 0

  /// Minutes after the transcript's origin, or before it.
  static func minute(_ minutes: Double) -> Timestamp {
    Timestamp(milliseconds: 1_000_000_000 + Int64(minutes * 60_000))
  }

  static func id(_ text: String) -> Identifier { Identifier(text) ?? .none }

  init() { now = Self.minute(60 * 24) }

  /// Rules on a report and, where it is accepted, applies it; checks that the flags of both agree.
  @discardableResult
  mutating func say(
    _ source: String, _ body: Report.Body, delivery: String? = nil, incarnation: Int64 = 0, number: Int64? = nil
  ) -> SourceBook.Ruling {
    deliveries += 1
    let report = Report(
      source: Self.id(source), delivery: Self.id(delivery ?? "d\(deliveries)"), incarnation: incarnation,
      number: number, body: body)
    let ruling = book.rule(on: report, policy: policy, now: now)
    if case .accept(let flags) = ruling {
      #expect(book.apply(report, policy: policy, at: now) == flags)
    }
    book.checkInvariants()
    return ruling
  }

  @discardableResult
  mutating func confirm(_ reservation: String, _ claim: String, _ units: Int64, kind: DemandKind = .order) -> Int64 {
    let new = book.confirm(
      reservation: Self.id(reservation), claim: Self.id(claim), kind: kind, adding: units, channel: Self.id("web"),
      customer: Self.id("ann"), at: now)
    book.checkInvariants()
    return new
  }

  /// On hand, allocated, pending, open.
  var sums: [Int64] { [book.onHand, book.allocated, book.pending, book.open] }

  /// The image's bytes.
  var image: [UInt8] {
    var writer = ByteWriter()
    book.write(to: &writer)
    return writer.bytes
  }
}

extension Report.Body {
  static func count(
    _ units: Int64, at minute: Double, physical: Bool = false, includes: [(String, Double)] = []
  ) -> Report.Body {
    .count(
      Count(
        units: units, asOf: BookTranscript.minute(minute), isPhysical: physical,
        includes: includes.map { SourceTime(source: BookTranscript.id($0.0), time: BookTranscript.minute($0.1)) }))
  }

  static func adjust(_ document: String, _ delta: Int64, at minute: Double) -> Report.Body {
    .adjustment(
      Adjustment(document: BookTranscript.id(document), delta: delta, occurredAt: BookTranscript.minute(minute)))
  }

  static func sum(
    _ component: Component, _ units: Int64, at minute: Double, since: Double? = nil, out: Int64? = nil
  ) -> Report.Body {
    .aggregate(
      Aggregate(
        component: component, units: units, asOf: BookTranscript.minute(minute),
        since: since.map(BookTranscript.minute), out: out))
  }

  static func order(_ claim: String, _ units: Int64, at minute: Double) -> Report.Body {
    .demand(
      Demand(
        claim: BookTranscript.id(claim), kind: .order, total: Quantity(units) ?? .one,
        occurredAt: BookTranscript.minute(minute)))
  }

  static func sale(_ claim: String, _ units: Int64, at minute: Double) -> Report.Body {
    .demand(
      Demand(
        claim: BookTranscript.id(claim), kind: .sale, total: Quantity(units) ?? .one,
        occurredAt: BookTranscript.minute(minute)))
  }

  static func stage(
    _ stage: Stage, _ claim: String, _ document: String, _ units: Int64, at minute: Double, kind: DemandKind = .order
  ) -> Report.Body {
    .stage(
      StageReport(
        claim: BookTranscript.id(claim), kind: kind, stage: stage,
        amount: .document(BookTranscript.id(document), Quantity(units) ?? .one),
        occurredAt: BookTranscript.minute(minute)))
  }

  static func soFar(_ stage: Stage, _ claim: String, _ units: Int64, at minute: Double) -> Report.Body {
    .stage(
      StageReport(
        claim: BookTranscript.id(claim), stage: stage, amount: .cumulative(units),
        occurredAt: BookTranscript.minute(minute)))
  }

  static func move(
    _ direction: Move.Direction, _ claim: String, _ document: String, _ units: Int64, at minute: Double
  ) -> Report.Body {
    .move(
      Move(
        claim: BookTranscript.id(claim), document: BookTranscript.id(document), direction: direction,
        units: Quantity(units) ?? .one, occurredAt: BookTranscript.minute(minute)))
  }
}
