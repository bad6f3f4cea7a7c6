import RedisJournal
import RedisRig
import Testing

/// Cuts and standstills on the way, and what each leaves behind in Redis.
@Suite(.serialized) struct FaultProxyTests {
  /// A server with a proxy before it, and a connection through it that stands.
  private func line() async throws -> (server: RedisServer, proxy: FaultProxy, connection: RedisConnection) {
    let server = try await RedisServer.start()
    let proxy = try FaultProxy(to: server.port)
    return (server, proxy, try connect(proxy))
  }

  private func connect(_ proxy: FaultProxy) throws -> RedisConnection {
    try RedisConnection(to: .tcp(host: "127.0.0.1", port: Int(proxy.port)), replyTimeout: 300)
  }

  private func increase(_ connection: RedisConnection) throws(RedisFailure) -> Int64? {
    var writer = RESPWriter()
    writer.command("INCR", "n")
    return try connection.run(&writer, replies: 1)[0].integer
  }

  private func expectNoReply(_ connection: RedisConnection) {
    let error = #expect(throws: RedisFailure.self) { try increase(connection) }
    #expect(error?.isNoReply == true)
    #expect(connection.isDead)
  }

  @Test func everythingArrives() async throws {
    let (server, proxy, connection) = try await line()
    #expect(try increase(connection) == 1)
    try proxy.set(.delay(milliseconds: 20))
    #expect(try increase(connection) == 2)
    #expect(proxy.cutCount == 0)
    #expect(try server.ask("GET", "n").integer == 2)
  }

  @Test(arguments: [0, 5, 20])
  func aCutBeforeOrInTheRequest(_ count: Int) async throws {
    let (server, proxy, connection) = try await line()
    try proxy.set(.cutRequest(after: count))
    expectNoReply(connection)
    #expect(proxy.cutCount == 1)
    #expect(try server.ask("GET", "n") == .null)
    // The cut has struck: a new connection asks again.
    #expect(try increase(connect(proxy)) == 1)
  }

  @Test(arguments: [0, 1, 3])
  func aCutBeforeOrInTheReply(_ count: Int) async throws {
    let (server, proxy, connection) = try await line()
    try proxy.set(.cutReply(after: count))
    expectNoReply(connection)
    #expect(proxy.cutCount == 1)
    #expect(try server.ask("GET", "n").integer == 1)
    #expect(try increase(connect(proxy)) == 2)
  }

  @Test func aPipelineCutInTheMidstOfItsReplies() async throws {
    let (server, proxy, connection) = try await line()
    try proxy.set(.cutReply(after: 4_000))
    var writer = RESPWriter()
    for _ in 0..<5_000 { writer.command("INCR", "n") }
    let error = #expect(throws: RedisFailure.self) { try connection.run(&writer, replies: 5_000) }
    #expect(error?.isNoReply == true)
    #expect(try server.ask("GET", "n").integer == 5_000)
  }

  @Test func aBlackHole() async throws {
    let (server, proxy, connection) = try await line()
    try proxy.set(.blackhole)
    expectNoReply(connection)
    #expect(throws: RedisFailure.connect("nothing within 300 ms")) { try connect(proxy) }
    try proxy.set(.pass)
    #expect(try increase(connect(proxy)) == 1)
    #expect(try server.ask("GET", "n").integer == 1)
  }

  @Test func nobodyListens() async throws {
    let (server, proxy, connection) = try await line()
    try proxy.set(.refuse)
    expectNoReply(connection)
    #expect(throws: RedisFailure.connect("Connection refused")) { try connect(proxy) }
    #expect(try server.ask("GET", "n") == .null)
    try proxy.set(.pass)
    #expect(try increase(connect(proxy)) == 1)
  }

  @Test func aServerThatIsAway() async throws {
    let (server, proxy, _) = try await line()
    server.kill()
    let error = #expect(throws: RedisFailure.self) { try connect(proxy) }
    #expect(error.map { if case .connect = $0 { true } else { false } } == true)
    try await server.restart()
    #expect(try increase(connect(proxy)) == 1)
  }
}
