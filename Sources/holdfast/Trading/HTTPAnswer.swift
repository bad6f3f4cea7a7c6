import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// What a service answered, as a client of another language would read it.
struct HTTPAnswer: Sendable {
  let status: Int
  let body: String
  /// The problem's, where it is one.
  let code: String
  /// The SKU at which a cart is kept.
  let first: String
  /// Units; 0 where the answer says nothing of them.
  let availableToSell: Int64

  /// Asks with a GET, or with a POST where there is a body.
  static func ask(
    _ url: String, _ body: String?, headers: [String: String] = [:], patience: TimeAmount = .seconds(30)
  ) async throws -> HTTPAnswer {
    var request = HTTPClientRequest(url: url)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body {
      request.method = .POST
      request.body = .bytes(ByteBuffer(string: body))
    }
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: patience)
      return HTTPAnswer(status: Int(response.status.code), try await response.body.collect(upTo: 16 << 20))
    } catch {
      throw Complaint("\(url) was not answered: \(error)", do: "look at what the service said on stderr")
    }
  }

  private init(status: Int, _ bytes: ByteBuffer) {
    self.status = status
    body = String(buffer: bytes)
    let json = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    code = json["code"] as? String ?? ""
    first = (json["first"] as? [String: String])?["sku"] ?? ""
    availableToSell = (json["availableToSell"] as? NSNumber)?.int64Value ?? 0
  }
}
