import Hummingbird
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
}
