import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// What a route answers when all went well.
struct Reply: Sendable {
  var status: HTTPResponse.Status
  var fields: HTTPFields
  var body: [UInt8]

  /// An answer in JSON.
  init(
    _ status: HTTPResponse.Status = .ok, _ fields: HTTPFields = [:], json: [UInt8], type: String = "application/json"
  ) {
    self.status = status
    self.fields = fields
    self.fields[.contentType] = type
    body = json
  }

  /// An answer without a body.
  init(_ status: HTTPResponse.Status, _ fields: HTTPFields = [:]) {
    self.status = status
    self.fields = fields
    body = []
  }

  var response: Response {
    body.isEmpty
      ? Response(status: status, headers: fields)
      : Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}
