import Hummingbird
import NIOCore
import Logging

/// Hummingbird with one route that reads a JSON body and answers a constant one: what `Scripts/bench-http` holds the
/// service against. Argument: the port.
@main struct EmptyRoute {
  static func main() async throws {
    let port = Int(CommandLine.arguments.dropFirst().first ?? "") ?? 8080
    let router = Router()
    let answer = ByteBuffer(string: #"{"reservation":"h-1","units":1,"availableToSell":1,"duplicate":false}"#)
    router.post("/empty") { request, _ in
      _ = try await request.body.collect(upTo: 1 << 20)
      return Response(status: .created, headers: [.contentType: "application/json"], body: .init(byteBuffer: answer))
    }
    var logger = Logger(label: "empty")
    logger.logLevel = .error
    let application = Application(
      router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      logger: logger)
    try await application.runService()
  }
}
