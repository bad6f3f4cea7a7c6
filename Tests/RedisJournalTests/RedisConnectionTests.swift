import Foundation
import RedisJournal
import RedisRig
import StoreThread
import Testing

/// A connection to a real redis-server: what it carries and how it ends.
@Suite(.serialized) struct RedisConnectionTests {
  /// Everything but those of its failures is the same to one server.
  @Test func valuesOfAnyBytes() async throws {
    let server = try await RedisServer.start()
    let connection = try server.connect()
    let values: [[UInt8]] = [
      [], [0], Array("a\r\n$1\r\nb\0\u{fffd}".utf8), Array(0...255), [UInt8](repeating: 7, count: 10 << 20),
    ]
    var writer = RESPWriter()
    for (place, value) in values.enumerated() {
      writer.command(3)
      writer.argument("SET")
      writer.argument(place)
      writer.argument(value)
      writer.command("GET", "\(place)")
    }
    let replies = try connection.run(&writer, replies: 2 * values.count)
    for (place, value) in values.enumerated() {
      #expect(replies[2 * place].isOK)
      // Not the values themselves: a failed expectation would print ten million numbers.
      #expect(replies[2 * place + 1].bytes == value ? true : false, "value \(place)")
    }
    #expect(writer.bytes.isEmpty)
  }

  @Test func everyKindOfReply() async throws {
    let server = try await RedisServer.start()
    let connection = try server.connect()
    var writer = RESPWriter()
    writer.command("GET", "nothing")
    writer.command("INCR", "n")
    writer.command("GET", "n")
    writer.command("NONSENSE")
    writer.command("EVAL", "return {1, 'two', {false, {ok = 'FINE'}, {err = 'BAD three'}}}", "0")
    writer.command("PING")
    let replies = try connection.run(&writer, replies: 6)
    #expect(replies[0] == .null)
    #expect(replies[1] == .integer(1))
    #expect(replies[2].text == "1")
    #expect(replies[2].integer == 1)
    #expect(replies[3].errorWord == "ERR")
    #expect(
      replies[4]
        == .array([
          .integer(1), .string(Array("two".utf8)), .array([.null, .status("FINE"), .error("BAD three")]),
        ]))
    #expect(replies[5] == .status("PONG"))
  }

  @Test func aPipelineOfTenThousand() async throws {
    let server = try await RedisServer.start("appendonly no")
    let connection = try server.connect()
    var writer = RESPWriter()
    for number in 1...10_000 {
      writer.command(2)
      writer.argument("ECHO")
      writer.argument(number)
    }
    let replies = try connection.run(&writer, replies: 10_000)
    #expect(replies.map(\.integer) == (1...10_000).map(Int64.init))
  }

  /// Replies of 64 MiB pile up before the first is read: Redis keeps them and goes on taking commands.
  @Test func aPipelineWhoseRepliesPileUp() async throws {
    let server = try await RedisServer.start("appendonly no")
    let connection = try server.connect()
    var writer = RESPWriter()
    let value = [UInt8](repeating: 1, count: 1 << 20)
    for _ in 0..<64 {
      writer.command(2)
      writer.argument("ECHO")
      writer.argument(value)
    }
    let replies = try connection.run(&writer, replies: 64)
    #expect(replies.filter { $0.bytes?.count == value.count }.count == 64)
  }

  @Test func arraysTooDeepEndTheConnection() async throws {
    let server = try await RedisServer.start()
    let connection = try server.connect()
    let deep = String(repeating: "{", count: 12) + String(repeating: "}", count: 12)
    var writer = RESPWriter()
    writer.command("EVAL", "return \(deep)", "0")
    #expect { try connection.run(&writer, replies: 1) } throws: { error in
      if case RedisFailure.protocol = error { true } else { false }
    }
    #expect(connection.isDead)
  }

  @Test func usersPasswordsAndDatabases() async throws {
    let server = try await RedisServer.start(
      "requirepass sesame", "user clerk on >till ~* +@all -client", "user guest on >till ~* +ping -client -select")
    let default0 = try server.connect(credentials: RedisCredentials(password: "sesame"))
    let clerk = try server.connect(credentials: RedisCredentials(user: "clerk", password: "till"), database: 7)
    var writer = RESPWriter()
    writer.command("SET", "k", "v")
    #expect(try clerk.run(&writer, replies: 1) == [.status("OK")])
    writer.command("GET", "k")
    writer.command("SELECT", "7")
    writer.command("GET", "k")
    writer.command("CLIENT", "GETNAME")
    #expect(
      try default0.run(&writer, replies: 4)
        == [.null, .status("OK"), .string(Array("v".utf8)), .string(Array("holdfast".utf8))])

    let wrong: [(RedisCredentials?, Int, String)] = [
      (nil, 0, "NOAUTH"), (RedisCredentials(password: "wrong"), 0, "WRONGPASS"),
      (RedisCredentials(user: "nobody", password: "till"), 0, "WRONGPASS"),
      (RedisCredentials(user: "guest", password: "till"), 1, "NOPERM"),
    ]
    for (credentials, database, word) in wrong {
      let error = #expect(throws: RedisFailure.self) {
        try server.connect(credentials: credentials, database: database)
      }
      #expect(error.map { if case .auth(let text) = $0 { text.hasPrefix(word) } else { false } } == true, "\(word)")
    }
  }

  @Test func aPasswordWhereNoneIsAsked() async throws {
    let server = try await RedisServer.start()
    let error = #expect(throws: RedisFailure.self) { try server.connect(credentials: RedisCredentials(password: "p")) }
    #expect(error.map { if case .auth = $0 { true } else { false } } == true)
  }

  @Test func aDatabaseThatIsNotThere() async throws {
    let server = try await RedisServer.start()
    let error = #expect(throws: RedisFailure.self) { try server.connect(database: 16) }
    #expect(error == .connect("ERR DB index is out of range"))
  }

  @Test func tooManyClients() async throws {
    let server = try await RedisServer.start("maxclients 1")
    let first = try server.connect()
    let error = #expect(throws: RedisFailure.self) { try server.connect() }
    #expect(error == .connect("ERR max number of clients reached"))
    #expect(!first.isDead)
  }

  @Test func aSocketInTheFileSystem() async throws {
    let server = try await RedisServer.start(onSocket: true)
    #expect(try server.ask("PING") == .status("PONG"))
    server.kill()
    #expect(throws: RedisFailure.connect("Connection refused")) { try server.connect() }
  }

  // MARK: Failures

  /// Blocks a connection in a call that Redis does not answer, does something meanwhile, and says how the call failed.
  private func failureOfABlockedCall(
    on connection: RedisConnection, of server: RedisServer, meanwhile: () -> Void
  ) async throws -> RedisFailure? {
    let thread = StoreThread(name: "test")
    defer { thread.end() }
    async let failure = thread.run { () -> Result<RedisFailure?, Never> in
      var writer = RESPWriter()
      writer.command("BLPOP", "never", "0")
      do throws(RedisFailure) {
        _ = try connection.run(&writer, replies: 1)
        return .success(nil)
      } catch {
        return .success(error)
      }
    }
    while try server.field(of: "clients", "blocked_clients") != "1" { await Task.yield() }
    meanwhile()
    return await failure
  }

  @Test func aServerKilledInMidCall() async throws {
    let server = try await RedisServer.start()
    let connection = try server.connect()
    let failure = try await failureOfABlockedCall(on: connection, of: server) { server.kill() }
    #expect(failure?.isNoReply == true)
    #expect(connection.isDead)
  }

  @Test func hangingUpFromAnotherThread() async throws {
    let server = try await RedisServer.start()
    let connection = try server.connect(replyTimeout: 60_000)
    let failure = try await failureOfABlockedCall(on: connection, of: server) { connection.kill() }
    #expect(failure?.isNoReply == true)
    // Nothing to hang up any more.
    connection.kill()
    connection.close()
  }

  @Test func aFrozenServer() async throws {
    let server = try await RedisServer.start()
    let connection = try server.connect(replyTimeout: 100)
    server.pause()
    defer { server.resume() }
    var writer = RESPWriter()
    writer.command("INCR", "n")
    #expect(throws: RedisFailure.noReply("nothing within 100 ms")) { try connection.run(&writer, replies: 1) }
    // The kernel takes connections for a frozen process, which then says nothing to them.
    #expect(throws: RedisFailure.connect("nothing within 100 ms")) { try server.connect(replyTimeout: 100) }
    // Redis does read it when it wakes: unknown was the right word.
    server.resume()
    #expect(try server.ask("GET", "n").integer == 1)
  }

  @Test func afterAFailureAllIsDead() async throws {
    let server = try await RedisServer.start()
    let connection = try server.connect()
    server.kill()
    var writer = RESPWriter()
    writer.command("PING")
    #expect(throws: RedisFailure.self) { try connection.run(&writer, replies: 1) }
    #expect(writer.bytes.isEmpty)
    #expect(throws: RedisFailure.dead) { try connection.send(Array("*1\r\n$4\r\nPING\r\n".utf8)) }
    #expect(throws: RedisFailure.dead) { try connection.reply() }
    try await server.restart()
    #expect(throws: RedisFailure.dead) { try connection.reply() }
    #expect(try server.ask("PING") == .status("PONG"))
  }

  @Test func aClosedConnectionIsGoneInRedisToo() async throws {
    let server = try await RedisServer.start()
    let kept = try server.connect()
    try server.connect().close()
    for _ in 0..<3 { _ = try server.connect() }
    var writer = RESPWriter()
    var clients: RedisReply = .null
    // Redis hears of it a moment later.
    repeat {
      writer.command("CLIENT", "LIST", "TYPE", "normal")
      clients = try kept.run(&writer, replies: 1)[0]
    } while clients.text?.split(separator: "\n").count != 1
    #expect(clients.text?.contains("name=holdfast") == true)
  }

  @Test func repliesAsManyAsCommands() async {
    await #expect(processExitsWith: .failure) {
      let fake = try FakeRedis()
      let connection = try RedisConnection(to: .tcp(host: "127.0.0.1", port: Int(fake.port)))
      var writer = RESPWriter()
      writer.command("PING")
      writer.command("PING")
      _ = try connection.run(&writer, replies: 1)
    }
  }
}

extension RedisFailure {
  /// True where what was sent may have been carried out or not.
  var isNoReply: Bool { if case .noReply = self { true } else { false } }
}
