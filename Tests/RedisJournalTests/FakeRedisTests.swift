import RedisJournal
import Testing

/// Words and bytes that a real Redis says rarely, and what a connection makes of them.
@Suite struct FakeRedisTests {
  private func connect(_ fake: FakeRedis) throws -> RedisConnection {
    try RedisConnection(to: .tcp(host: "127.0.0.1", port: Int(fake.port)), replyTimeout: 200)
  }

  private func ask(_ connection: RedisConnection, _ command: String) throws(RedisFailure) -> RedisReply {
    var writer = RESPWriter()
    writer.command(command, "a")
    return try connection.run(&writer, replies: 1)[0]
  }

  @Test(arguments: [
    "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "OOM", "MISCONF", "READONLY", "MOVED",
    "ASK", "NOAUTH", "NOPERM", "NOSCRIPT", "WRONGTYPE", "NEVERHEARD",
  ])
  func errorWordsAreReplies(_ word: String) throws {
    let fake = try FakeRedis()
    let connection = try connect(fake)
    fake.queue("EVALSHA", .line("-\(word) and why"))
    fake.set("EVALSHA", .line("+OK"))
    let reply = try ask(connection, "EVALSHA")
    #expect(reply == .error("\(word) and why"))
    #expect(reply.errorWord == word)
    // An error is an answer like any other: the connection goes on.
    #expect(try ask(connection, "EVALSHA").isOK)
    #expect(fake.heard == [["CLIENT", "SETNAME", "holdfast"], ["EVALSHA", "a"], ["EVALSHA", "a"]])
  }

  @Test func answersOfAFunction() throws {
    let fake = try FakeRedis(["GET": .of { .line(":\($0.count)") }])
    #expect(try ask(connect(fake), "GET") == .integer(2))
    #expect(try ask(connect(fake), "SET").errorWord == "ERR")
  }

  @Test(arguments: [
    ("-LOADING Redis is loading", RedisFailure.connect("LOADING Redis is loading")),
    ("-BUSY a script runs", .connect("BUSY a script runs")), ("-NOAUTH who", .auth("NOAUTH who")),
    ("-DENIED protected mode", .connect("DENIED protected mode")),
  ])
  func refusedAtTheBeginning(_ line: String, _ failure: RedisFailure) throws {
    let fake = try FakeRedis(["CLIENT": .line(line)])
    #expect(throws: failure) { try connect(fake) }
  }

  @Test func aUserWhoMayNotGiveNames() throws {
    let fake = try FakeRedis(["CLIENT": .line("-NOPERM no client"), "GET": .line("$-1")])
    #expect(try ask(connect(fake), "GET") == .null)
  }

  @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "*1\r\n?\r\n", "$x\r\n", ":12a\r\n", "*-7\r\n"])
  func whatIsNoReply(_ text: String) throws {
    let fake = try FakeRedis(["GET": .bytes(Array(text.utf8))])
    let connection = try connect(fake)
    let error = #expect(throws: RedisFailure.self) { try ask(connection, "GET") }
    #expect(error.map { if case .protocol = $0 { true } else { false } } == true, "\(String(describing: error))")
    #expect(connection.isDead)
  }

  @Test(arguments: ["", "$5\r\nhal", "*2\r\n:1\r\n", "+O"])
  func halfAReply(_ text: String) throws {
    let fake = try FakeRedis()
    fake.queue("GET", .bytes(Array(text.utf8)), .silence)
    let silent = try connect(fake)
    #expect(throws: RedisFailure.noReply("nothing within 200 ms")) { try ask(silent, "GET") }
    fake.set("GET", .hangUp)
    let cut = try connect(fake)
    fake.queue("PART", .bytes(Array(text.utf8)))
    var writer = RESPWriter()
    writer.command("PART")
    writer.command("GET")
    let error = #expect(throws: RedisFailure.self) { try cut.run(&writer, replies: 2) }
    #expect(error?.isNoReply == true)
  }
}
