import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// What goes along with a request.
struct ServiceContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The connection, for answers after which nothing more may be read.
  let channel: any Channel
  /// The name under which client and log know the request.
  var requestID = ""

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// True where the request was made on this machine, by whoever sent it first: a proxy on this machine says for whom
  /// it asks, and is none of those.
  func isLocal(_ request: Request) -> Bool {
    let passedOn = [HTTPField.Name.forwarded, .forwardedFor].contains { request.headers[$0] != nil }
    guard !passedOn, let address = channel.remoteAddress else { return false }
    guard let text = address.ipAddress else { return address.pathname != nil }
    return text == "::1" || text.hasPrefix("127.") || text.hasPrefix("::ffff:127.")
  }
}

extension HTTPField.Name {
  // Fixed texts of letters and hyphens, like those of Call.
  fileprivate static let forwarded = HTTPField.Name("Forwarded") ?? .contentType
  fileprivate static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .contentType
}
