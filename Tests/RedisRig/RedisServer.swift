import Foundation
package import RedisJournal

/// A real redis-server on 127.0.0.1, its files in a folder of its own; it dies with the test.
///
/// Not thread-safe: one test has it.
package final class RedisServer {
  /// Where it answers.
  package let endpoint: RedisEndpoint
  /// Its port; 0 where it answers on a socket only.
  package let port: UInt16
  /// Where its files are: `redis.conf`, `redis.log`, `appendonlydir`.
  package let directory: String
  private var process: ChildProcess?

  /// Starts one and waits until it answers.
  ///
  /// - Parameters:
  ///   - lines: Lines of redis.conf after ours, so that they win: `maxmemory 10mb`.
  ///   - onSocket: Answers on a socket in the file system, and nowhere else.
  package static func start(_ lines: String..., onSocket: Bool = false) async throws -> RedisServer {
    while true {
      let server = try RedisServer(lines, port: onSocket ? 0 : LoopbackSocket.freePort())
      if try await server.startAndWait() { return server }
      // Another process may take the free port before Redis does.
      guard server.log.contains("Address already in use") else {
        throw Missing(words: "no redis-server: \(server.log)")
      }
    }
  }

  private init(_ lines: [String], port: UInt16) throws {
    self.port = port
    directory = "/tmp/holdfast-redis-" + UUID().uuidString
    endpoint = port == 0 ? .socket(path: directory + "/redis.sock") : .tcp(host: "127.0.0.1", port: Int(port))
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let ours = [
      "bind 127.0.0.1", "port \(port)", "dir \(directory)", "logfile \(directory)/redis.log", "save \"\"",
      "appendonly yes", "appendfsync always", "maxmemory-policy noeviction", "enable-debug-command yes",
      // Replicas are there at once, not after Redis has waited for more of them.
      "repl-diskless-sync-delay 0",
    ]
    let socket = port == 0 ? ["unixsocket \(directory)/redis.sock"] : []
    let text = (ours + socket + lines).joined(separator: "\n") + "\n"
    try text.write(toFile: directory + "/redis.conf", atomically: true, encoding: .utf8)
  }

  deinit {
    process?.end(by: SIGKILL)
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// What it wrote to its log, and before that of mistakes in its configuration.
  package var log: String {
    ["redis.out", "redis.log"].compactMap { try? String(contentsOfFile: "\(directory)/\($0)", encoding: .utf8) }
      .joined()
  }

  // MARK: Talking to it

  /// A connection; the defaults are quick enough for a test that waits for a failure.
  package func connect(
    credentials: RedisCredentials? = nil, database: Int = 0, replyTimeout: Int64 = 5_000
  ) throws -> RedisConnection {
    try RedisConnection(to: endpoint, credentials: credentials, database: database, replyTimeout: replyTimeout)
  }

  /// One command on a connection of its own.
  @discardableResult
  package func ask(_ parts: String...) throws -> RedisReply {
    var writer = RESPWriter()
    writer.command(parts.count)
    for part in parts { writer.argument(part) }
    return try connect().run(&writer, replies: 1)[0]
  }

  /// A line of `INFO`: `field(of: "replication", "role")`.
  package func field(of section: String, _ name: String) throws -> String? {
    try ask("INFO", section).text?.split(separator: "\r\n").first { $0.hasPrefix(name + ":") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  // MARK: Its life

  /// Asks it to end, as an operator would, and waits.
  package func stop() { end(by: SIGTERM) }

  /// Ends it at once, as a power loss of the process would, and waits.
  package func kill() { end(by: SIGKILL) }

  /// Freezes it: connections stand, nothing is answered.
  package func pause() { process?.signal(SIGSTOP) }

  /// Lets it go on.
  package func resume() { process?.signal(SIGCONT) }

  /// Starts it again on the same port and files, after ``stop()`` or ``kill()``; ends it first where it still runs.
  package func restart() async throws {
    stop()
    guard try await startAndWait() else { throw Missing(words: "redis-server ended at its restart: \(log)") }
  }

  /// Starts it again, after its end, as a replica from its first moment.
  package func restart(asReplicaOf primary: RedisServer) async throws {
    let file = directory + "/redis.conf"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try (text + "replicaof 127.0.0.1 \(primary.port)\n").write(toFile: file, atomically: true, encoding: .utf8)
    try await restart()
  }

  /// Starts it again and does not wait until it answers commands: it may still be loading.
  package func restartWithoutWaiting() throws {
    stop()
    try launch()
  }

  /// Cuts so many bytes off the end of what it has appended to its files, while it does not run.
  package func truncateAppendOnlyFile(by bytes: UInt64) throws {
    let folder = directory + "/appendonlydir"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".incr.aof") }
      .sorted()
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder + "/" + (names.last ?? "none")))
    try file.truncate(atOffset: try file.seekToEnd() - bytes)
    try file.close()
  }

  // MARK: Replicas

  /// Makes it follow another.
  package func replicaOf(_ primary: RedisServer) throws { try ask("REPLICAOF", "127.0.0.1", "\(primary.port)") }

  /// Makes it a primary.
  package func promote() throws { try ask("REPLICAOF", "NO", "ONE") }

  /// Waits until it follows its primary, and has everything that the primary had when this was called.
  package func waitSynced(with primary: RedisServer) async throws {
    let written = try primary.field(of: "replication", "master_repl_offset").flatMap { Int($0) } ?? 0
    try await wait(for: "a replica in step") {
      let link = try field(of: "replication", "master_link_status")
      let read = try field(of: "replication", "slave_repl_offset").flatMap { Int($0) } ?? -1
      let online = try primary.ask("INFO", "replication").text?.contains("port=\(port),state=online") ?? false
      return link == "up" && online && read >= written
    }
  }

  // MARK: Starting

  private func startAndWait() async throws -> Bool {
    try launch()
    var isUp = false
    try await wait(for: "redis-server") {
      isUp = isAnswering
      return isUp || process?.hasEnded ?? true
    }
    return isUp
  }

  /// True where it carries out commands, or would for somebody with a password.
  private var isAnswering: Bool {
    do {
      return try ask("PING").errorWord.map { $0 == "NOAUTH" || $0 == "NOPERM" } ?? true
    } catch RedisFailure.auth {
      return true
    } catch {
      return false
    }
  }

  private func launch() throws {
    process = try ChildProcess(["redis-server", directory + "/redis.conf"], output: directory + "/redis.out")
  }

  private func end(by signal: Int32) {
    process?.end(by: signal)
    process = nil
  }

  private func wait(for what: String, until isDone: () throws -> Bool) async throws {
    for _ in 0..<2_000 {
      if try isDone() { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Missing(words: "\(what): not within ten seconds. \(log)")
  }

  /// Something that the tests need and do not have: a failure, never a skipped test.
  package struct Missing: Error, CustomStringConvertible {
    /// What is missing.
    package let description: String

    /// - Parameter words: What is missing, and how to get it.
    package init(words: String) { description = words }
  }
}
