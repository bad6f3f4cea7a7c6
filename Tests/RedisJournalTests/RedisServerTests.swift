import RedisJournal
import Testing

/// The rig itself: real servers that stop, die, freeze, follow and lead.
@Suite(.serialized) struct RedisServerTests {
  @Test func whatWasSyncedIsThereAfterAKill() async throws {
    let server = try await RedisServer.start()
    try server.ask("SET", "k", "v")
    server.kill()
    #expect(throws: RedisFailure.connect("Connection refused")) { try server.connect() }
    try await server.restart()
    #expect(try server.ask("GET", "k").text == "v")
    server.stop()
    try await server.restart()
    #expect(try server.ask("GET", "k").text == "v")
    #expect(server.log.contains("Ready to accept connections"))
  }

  @Test func linesOfTheConfigurationWin() async throws {
    let server = try await RedisServer.start("appendfsync everysec", "maxmemory 20mb")
    #expect(try server.ask("CONFIG", "GET", "appendfsync").array?.last?.text == "everysec")
    #expect(try server.ask("CONFIG", "GET", "maxmemory").array?.last?.integer == 20 << 20)
  }

  @Test func aReplicaFollowsAndLeads() async throws {
    let primary = try await RedisServer.start()
    let replica = try await RedisServer.start()
    try replica.replicaOf(primary)
    try primary.ask("SET", "k", "v")
    try await replica.waitSynced(with: primary)
    #expect(try replica.ask("GET", "k").text == "v")
    #expect(try replica.ask("SET", "k", "w").errorWord == "READONLY")
    // WAIT counts for the connection that wrote: on another one it has nothing to wait for.
    let connection = try primary.connect()
    var writer = RESPWriter()
    writer.command("SET", "k", "x")
    writer.command("WAIT", "1", "1000")
    #expect(try connection.run(&writer, replies: 2) == [.status("OK"), .integer(1)])
    primary.kill()
    try replica.promote()
    #expect(try replica.ask("SET", "k", "y").isOK)
    #expect(try replica.field(of: "replication", "role") == "master")
  }
}
