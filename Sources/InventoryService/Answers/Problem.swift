import HTTPTypes

/// A *no* as RFC 9457 wants it: a status, a stable code, what it means, and what a program can make of it.
struct Problem: Error, Sendable {
  /// What a member of a problem holds.
  enum Value: Sendable {
    case integer(Int64)
    case text(String)
    case rows([[(name: String, value: Value)]])
  }

  var status: HTTPResponse.Status
  /// The stable name: the last part of the problem's type, too.
  var code: String
  /// The same for every problem of the code.
  var title: String
  /// What was wrong this time.
  var detail: String?
  /// Milliseconds after which the same request may succeed.
  var retryAfter: Int64?
  /// What else a program can read, in order.
  var members: [(name: String, value: Value)] = []
  var fields: HTTPFields = [:]
  /// True where what comes after the answer must not be read any more.
  var closesConnection = false

  init(
    _ status: HTTPResponse.Status, _ code: String, _ title: String, detail: String? = nil, retryAfter: Int64? = nil,
    members: [(name: String, value: Value)] = []
  ) {
    self.status = status
    self.code = code
    self.title = title
    self.detail = detail
    self.retryAfter = retryAfter
    self.members = members
  }

  /// Its members, as they stand in an object of their own or in the answer to a line.
  func write(to json: inout JSONWriter) {
    json.field("type", "/problems/\(code)")
    json.field("title", title)
    json.field("status", Int64(status.code))
    json.field("code", code)
    if let detail { json.field("detail", detail) }
    if let retryAfter { json.field("retryAfterMs", retryAfter) }
    for member in members { Self.write(member.name, member.value, to: &json) }
  }

  private static func write(_ name: String, _ value: Value, to json: inout JSONWriter) {
    switch value {
    case .integer(let number): json.field(name, number)
    case .text(let text): json.field(name, text)
    case .rows(let rows):
      json.array(name) { json in
        for row in rows { json.object { json in for member in row { write(member.name, member.value, to: &json) } } }
      }
    }
  }

  /// The problem as an answer.
  func reply(requestID: String) -> Reply {
    let body = JSONWriter.object { json in
      write(to: &json)
      json.field("requestId", requestID)
    }
    var fields = fields
    // Whole seconds are all that the field can say: never earlier than meant.
    if let retryAfter { fields[.retryAfter] = String(max(1, (retryAfter + 999) / 1_000)) }
    if closesConnection { fields[.connection] = "close" }
    return Reply(status, fields, json: body, type: "application/problem+json")
  }
}
