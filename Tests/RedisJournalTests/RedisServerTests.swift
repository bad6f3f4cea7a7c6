import Foundation
import RedisJournal
import RedisRig
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

  @Test func itDiesWithTheProcessOfTheTest() async throws {
    let note = "/tmp/holdfast-redis-note-" + UUID().uuidString
    await #expect(processExitsWith: .signal(SIGKILL)) { [note = note as String] in
      let server = try await RedisServer.start()
      try "\(server.port)\n\(server.directory)".write(toFile: note, atomically: true, encoding: .utf8)
      // No deinit runs.
      kill(getpid(), SIGKILL)
    }
    let lines = try String(contentsOfFile: note, encoding: .utf8).split(separator: "\n").map(String.init)
    let port = try #require(Int(lines[0]))
    // Another server may have the port by now, but not with these files.
    var directory: String?
    repeat {
      var writer = RESPWriter()
      writer.command("CONFIG", "GET", "dir")
      let connection = try? RedisConnection(to: .tcp(host: "127.0.0.1", port: port))
      directory = (try? connection?.run(&writer, replies: 1))?.first?.array?.last?.text
    } while directory == lines[1]
    try FileManager.default.removeItem(atPath: lines[1])
    try FileManager.default.removeItem(atPath: note)
  }
}
