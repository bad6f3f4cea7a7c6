import ChannelIntake
import HTTPTypes
import InventoryEngine
import StockLedger

/// One reservation: made, looked at, ended.
extension Route {
  private static let one = "/v1/holds/{sku}/{location}/{reservation}"

  static let holds = [
    Route(.post, "/v1/holds", .bearer(.hold), hold),
    Route(.get, one, .bearer(.read), look),
    Route(.post, one + "/confirm", .bearer(.hold), confirm),
    Route(.post, one + "/release", .bearer(.hold), release),
    Route(.post, one + "/extend", .bearer(.hold), extend),
  ]

  private static func hold(_ call: Call) async throws -> Reply {
    let fields = try await call.fields(
      required: ["sku", "location"] + CommandWord.hold.required, optional: ["reservation"] + CommandWord.hold.optional)
    let reservation = try call.name(of: "reservation", in: fields)
    let asked = try AskedCommand(.hold, fields, key: fields.key(ofShop: call.caller.shop), reservation: reservation)
    let answer = try await call.holding([Call.WantedHold(asked.keyed)].compactMap(\.self)) {
      let answer = await call.submit(asked.keyed)
      return (answer, answer.refusal == nil)
    }
    var reply = try call.reply(asked, answer)
    let key = asked.keyed.key
    reply.fields[.location] =
      "/v1/holds/" + [key.sku, key.location, reservation].map(PathText.encoded).joined(separator: "/")
    if answer.receipt?.isDuplicate == true { reply.fields[.idempotencyReplayed] = "true" }
    return reply
  }

  private static func confirm(_ call: Call) async throws -> Reply { try await end(call, .confirm) }
  private static func release(_ call: Call) async throws -> Reply { try await end(call, .release) }
  private static func extend(_ call: Call) async throws -> Reply { try await end(call, .extend) }

  private static func end(_ call: Call, _ word: CommandWord) async throws -> Reply {
    let key = try call.key()
    let reservation = try call.part("reservation")
    _ = try call.identifier("reservation")
    let fields = try await call.fields(required: word.required, optional: word.optional)
    let asked = try AskedCommand(word, fields, key: key, reservation: reservation)
    return try call.reply(asked, await call.submit(asked.keyed))
  }

  private static func look(_ call: Call) async throws -> Reply {
    let key = try call.key()
    let id = try call.identifier("reservation")
    // A key that nobody has reported or held is not brought into memory by a question.
    guard let known = await call.engine.locations(of: key.item) else { throw call.absence(of: key) }
    guard known.contains(key) else { throw Problem(.unknownReservation) }
    guard let view = await call.engine.reservation(id, of: key) else { throw call.absence(of: key) }
    guard let reservation = view.reservation else { throw Problem(.unknownReservation) }
    let name = try call.part("reservation")
    return Reply(
      json: JSONWriter.object { json in
        json.field("reservation", name)
        json.field("sku", key.sku)
        json.field("location", key.location)
        write(reservation, to: &json)
        json.field("entry", view.entry.description)
        json.field("ageMs", view.age)
      })
  }

  private static func write(_ reservation: Reservation, to json: inout JSONWriter) {
    json.field("units", reservation.quantity)
    json.field("live", reservation.live)
    json.field("confirmed", reservation.confirmed)
    json.field("released", reservation.released)
    json.field("expired", reservation.expired)
    json.field("heldAt", reservation.heldAt.description)
    json.field("expiresAt", reservation.expiresAt.description)
    json.field("cartLine", reservation.isCartLine)
    let names = [
      ("channel", reservation.channel), ("customer", reservation.customer), ("reference", reservation.reference),
      ("claim", reservation.claim),
    ]
    for (name, id) in names where !id.isNone { json.field(name, id.description) }
  }
}

extension Call {
  /// The name of what is made: the body's, else the `Idempotency-Key`, else a new one.
  func name(of field: String, in fields: DeliveryFields) throws -> String {
    let header = try idempotencyKey()
    guard fields.has(field) else { return header ?? Self.newName() }
    let name = try fields.name(field)
    _ = try fields.identifier(field)
    if let header, header != name {
      throw Problem.malformedField("Idempotency-Key", "it is the \(field)'s name, and the body gives another")
    }
    return name
  }

  private static func newName() -> String {
    let digits = (0..<2).map { _ in String(UInt64.random(in: 1 << 60 ... .max), radix: 16) }
    return digits.joined()
  }

  /// The answer to one command.
  func reply(_ asked: AskedCommand, _ answer: Answer) throws(Problem) -> Reply {
    let receipt = try asked.receipt(of: answer, in: self)
    return Reply(
      HTTPResponse.Status(code: asked.status), json: JSONWriter.object { json in asked.write(receipt, to: &json) })
  }
}
