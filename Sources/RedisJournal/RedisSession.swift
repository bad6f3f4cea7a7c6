import Logging
import StockJournal

/// One thread's way to the primary: finds it among the endpoints, keeps a connection to it, has the scripts loaded.
///
/// Confined to the thread that made it. A connection is dropped after any failure; the next call finds a new one.
final class RedisSession {
  private let address: RedisAddress
  private let timeouts: RedisTimeouts
  private var current: RedisConnection?
  private var digests: [RedisScript: [UInt8]] = [:]
  private var preferred = 0

  init(_ address: RedisAddress, timeouts: RedisTimeouts) {
    self.address = address
    self.timeouts = timeouts
  }

  /// Sends commands and reads so many replies. Errors of single commands are replies.
  ///
  /// - Throws: ``RedisFailure`` where a reply is missing: what was sent may have been done or not.
  func run(_ writer: inout RESPWriter, replies: Int) throws(RedisFailure) -> [RedisReply] {
    let connection = try connection()
    do throws(RedisFailure) { return try connection.run(&writer, replies: replies) } catch {
      drop()
      throw error
    }
  }

  /// Sends one command that changes nothing, or may be done twice.
  func ask(_ parts: String...) throws(RedisFailure) -> RedisReply {
    var writer = RESPWriter()
    writer.command(parts.count)
    for part in parts { writer.argument(part) }
    return try run(&writer, replies: 1)[0]
  }

  /// Begins `EVALSHA` of a script: keys and arguments follow, as many as are said.
  ///
  /// - Throws: ``RedisFailure`` where there is no primary: the script's digest is known only from one.
  func begin(
    _ script: RedisScript, keys: Int, arguments: Int, in writer: inout RESPWriter
  ) throws(RedisFailure) {
    _ = try connection()
    writer.command(3 + keys + arguments)
    writer.argument("EVALSHA")
    writer.argument(digests[script] ?? [])
    writer.argument(keys)
  }

  /// Ends the connection; the next call makes a new one.
  func drop() {
    current?.close()
    current = nil
  }

  /// Another server may be the primary now: the next call starts with the next endpoint.
  func lookElsewhere() {
    drop()
    preferred = (preferred + 1) % address.endpoints.count
  }

  private func connection() throws(RedisFailure) -> RedisConnection {
    if let current { return current }
    var reasons: [String] = []
    for step in address.endpoints.indices {
      let place = (preferred + step) % address.endpoints.count
      do throws(RedisFailure) {
        let found = try connect(to: address.endpoints[place])
        current = found
        preferred = place
        return found
      } catch {
        if case .auth = error { throw error }
        reasons.append("\(address.endpoints[place]): \(error)")
      }
    }
    throw .connect(reasons.joined(separator: "; "))
  }

  private func connect(to endpoint: RedisEndpoint) throws(RedisFailure) -> RedisConnection {
    let connection = try RedisConnection(
      to: endpoint, credentials: address.credentials, database: address.database,
      connectTimeout: timeouts.connect, replyTimeout: timeouts.reply)
    var writer = RESPWriter()
    writer.command("ROLE")
    for script in RedisScript.allCases { writer.command("SCRIPT", "LOAD", script.text) }
    let replies = try connection.run(&writer, replies: 1 + RedisScript.allCases.count)
    guard replies[0].array?.first?.text == "master" else {
      connection.close()
      throw .connect(replies[0].error ?? "it is a replica")
    }
    for (script, reply) in zip(RedisScript.allCases, replies[1...]) {
      guard let digest = reply.text else {
        connection.close()
        throw .connect(reply.error ?? "the script \(script.rawValue) was not loaded")
      }
      digests[script] = Array(digest.utf8)
    }
    return connection
  }
}

/// How long a session waits, in milliseconds.
struct RedisTimeouts: Sendable {
  var connect: Int64 = 1_000
  /// Longer than a `WAIT`, which answers within a second.
  var reply: Int64 = 3_000
}
