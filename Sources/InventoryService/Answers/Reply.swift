import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// What a route answers when all went well.
struct Reply: Sendable {
  var status: HTTPResponse.Status
  var fields: HTTPFields
  var body: [UInt8]
  /// Writes a body that has no end known beforehand; nil where ``body`` is all of it.
  var stream: (@Sendable @concurrent (inout any ResponseBodyWriter) async throws -> Void)?

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

  /// An answer whose body is written as it comes to be.
  init(
    _ status: HTTPResponse.Status, _ fields: HTTPFields,
    stream: @escaping @Sendable @concurrent (inout any ResponseBodyWriter) async throws -> Void
  ) {
    self.init(status, fields)
    self.stream = stream
  }

  var response: Response {
    if let stream { return Response(status: status, headers: fields, body: ResponseBody(stream)) }
    return plainResponse
  }

  private var plainResponse: Response {
    body.isEmpty
      ? Response(status: status, headers: fields)
      : Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}
