import ChannelIntake
import HTTPTypes
import InventoryEngine

/// What sources count.
extension Route {
  static let counts = [Route(.post, "/v1/counts", .anyBearer, count)]

  private static func count(_ call: Call) async throws -> Reply {
    let fields = try await call.fields(
      required: ["sku", "location"] + CommandWord.count.required, optional: CommandWord.count.optional)
    let asked = try AskedCommand(.count, fields, key: fields.key(ofShop: call.caller.shop), reservation: nil)
    try call.need(asked.scope)
    let answer = await call.submit(asked.keyed)
    call.note([(line: 1, asked: asked, answer: answer)])
    return try call.reply(asked, answer)
  }
}
