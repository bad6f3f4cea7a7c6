import HTTPTypes
import HummingbirdCore
import NIOCore
import ShopifyEmulatorCore

/// What is sent back.
struct ServerReply: Sendable {
  var status: Int
  var headers: [HeaderLine]
  var body: ResponseBody

  init(_ status: Int, _ headers: [HeaderLine] = [], _ body: ResponseBody) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  init(_ answer: EmulatedAnswer) {
    self.init(answer.status, answer.headers, ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }

  init(_ status: Int, json: JSON, _ more: [HeaderLine] = []) {
    let headers = [HeaderLine("Content-Type", "application/json; charset=utf-8")]
    self.init(status, headers + more, ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
  }

  /// Its head, with the length of what follows.
  var head: HTTPResponse {
    var fields = HTTPFields()
    for header in headers {
      if let name = HTTPField.Name(header.name) { fields.append(HTTPField(name: name, value: header.value)) }
    }
    if let length = body.contentLength { fields[.contentLength] = String(length) }
    return HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: fields)
  }
}

/// Thrown out of an answer: the connection ends, and no byte goes before.
struct ConnectionCut: Error {}
