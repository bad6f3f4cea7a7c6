import ChannelIntake
import StockLedger

/// What can be asked of one key, by a body of its own or as a line of many.
enum CommandWord: String, CaseIterable, Sendable {
  case hold, confirm, release, extend, count

  /// Fields that say what is asked, beside those that say of which key and reservation.
  var required: [String] {
    switch self {
    case .hold: ["units"]
    case .confirm: ["claim"]
    case .release: []
    case .extend: ["expiresAt"]
    case .count: ["source", "units", "asOf"]
    }
  }

  /// Fields that may be left out.
  var optional: [String] {
    switch self {
    case .hold: Self.terms
    case .confirm: ["line", "cumulative", "whenExpired"]
    case .release: ["units"]
    case .extend: []
    case .count: ["delivery", "physical", "includes"]
    }
  }

  /// How long, for whom and for what something is held: of one key or of a cart.
  static let terms = ["ttlMs", "channel", "customer", "reference", "requestedAt"]

  private static let kinds: KeyValuePairs<String, DemandKind> = ["order": .order, "sale": .sale]

  /// What the caller must be allowed.
  func scope(_ fields: DeliveryFields) throws(RowError) -> Scope {
    self == .count ? .ingest(source: try fields.name("source")) : .hold
  }

  /// The command that a body asks for.
  ///
  /// - Parameter id: The reservation; not looked at for a count.
  func command(_ fields: DeliveryFields, id: ReservationID) throws(RowError) -> Command {
    switch self {
    case .hold:
      let terms = try HoldTerms(fields)
      return .hold(
        HoldRequest(
          id: id, quantity: try fields.quantity("units"), lifetime: terms.lifetime, channel: terms.channel,
          customer: terms.customer, reference: terms.reference, requestedAt: terms.requestedAt))
    case .confirm:
      return .confirm(
        ConfirmRequest(
          id: id, claim: try fields.identifier("claim"), kind: try Self.kind(fields),
          cumulative: fields.has("cumulative") ? try fields.quantity("cumulative") : nil,
          whenExpired: try Self.whenExpired(fields)))
    case .release: return .release(id, fields.has("units") ? try fields.quantity("units") : nil)
    case .extend: return .extend(id, expiresAt: try fields.time("expiresAt", finer: .up))
    case .count: return .report(try Self.count(fields))
    }
  }

  /// Order line or sale line: an order's where nothing is said.
  static func kind(_ fields: DeliveryFields) throws(RowError) -> DemandKind {
    fields.has("line") ? try fields.word("line", kinds) : .order
  }

  private static func whenExpired(_ fields: DeliveryFields) throws(RowError) -> ConfirmRequest.WhenExpired {
    let words: KeyValuePairs = ["refuse": ConfirmRequest.WhenExpired.refuse, "rehold": .reholdIfAvailable]
    return fields.has("whenExpired") ? try fields.word("whenExpired", words) : .refuse
  }

  /// A count without a delivery's name is named by its time, as a row of a count file is: the same again changes
  /// nothing.
  private static func count(_ fields: DeliveryFields) throws(RowError) -> Report {
    let asOf = try fields.time("asOf", finer: .down)
    let count = Count(
      units: try fields.integer("units", in: -Limits.unitsMax...Limits.unitsMax), asOf: asOf,
      isPhysical: fields.has("physical") ? try fields.flag("physical") : false,
      includes: fields.has("includes") ? try fields.sourceTimes("includes") : [])
    let named = fields.has("delivery") ? try fields.identifier("delivery") : Identifier("c@\(asOf.milliseconds)")
    return Report(source: try fields.identifier("source"), delivery: named ?? .none, body: .count(count))
  }
}

/// How long, for whom and for what something is held.
struct HoldTerms: Sendable {
  let lifetime: Int64
  let channel: ChannelID
  let customer: CustomerID
  let reference: Identifier
  let requestedAt: Timestamp?

  init(_ fields: DeliveryFields) throws(RowError) {
    lifetime =
      fields.has("ttlMs")
      ? try fields.integer("ttlMs", in: 1...Limits.holdLifetimeMax) : Limits.holdLifetimeDefault
    channel = try fields.identifierOrNone("channel")
    customer = try fields.identifierOrNone("customer")
    reference = try fields.identifierOrNone("reference")
    requestedAt = fields.has("requestedAt") ? try fields.time("requestedAt", finer: .down) : nil
  }
}
