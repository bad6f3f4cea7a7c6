import Logging
import StockJournal

/// One thread's way to the primary: finds it among the endpoints, keeps a connection to it, has the scripts loaded.
///
/// Confined to one thread, but for ``end()``. A connection is dropped after any failure; the next call makes one.
final class RedisSession {
  private let address: RedisAddress
  private let timeouts: RedisTimeouts
  private let isReading: Bool
  private let lifeline = RedisLifeline()
  private var current: RedisConnection?
  private var digests: [RedisScript: [UInt8]] = [:]
  private var preferred = 0

  /// A session that is not connected yet.
  ///
  /// - Parameter isReading: Asks with each pipeline whether that server is still the primary. Writes need not, for a
  ///   replica refuses them. Reads must: a primary that became a replica answers, and what it says may be old.
  init(_ address: RedisAddress, timeouts: RedisTimeouts, isReading: Bool = false) {
    self.address = address
    self.timeouts = timeouts
    self.isReading = isReading
  }

  /// Sends the writer's commands and reads a reply to each. Errors of single commands are replies.
  ///
  /// - Throws: ``RedisFailure`` where a reply is missing: what was sent may have been done or not.
  func run(_ writer: inout RESPWriter) throws(RedisFailure) -> [RedisReply] {
    let connection = try connection()
    if isReading { writer.command("ROLE") }
    var replies: [RedisReply]
    do throws(RedisFailure) { replies = try connection.run(&writer, replies: writer.commandCount) } catch {
      drop()
      throw error
    }
    if isReading, let role = replies.popLast(), !role.isPrimary {
      lookElsewhere()
      throw .noReply(role.error ?? "it became a replica")
    }
    return replies
  }

  /// Sends one command that changes nothing, or may be done twice.
  func ask(_ parts: String...) throws(RedisFailure) -> RedisReply {
    var writer = RESPWriter()
    writer.command(parts.count)
    for part in parts { writer.argument(part) }
    return try run(&writer)[0]
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

  /// Ends what blocks, and every later call. From any thread.
  func end() { lifeline.cut() }

  /// Another server may be the primary now: the next call starts with the next endpoint.
  func lookElsewhere() {
    drop()
    preferred = (preferred + 1) % address.endpoints.count
  }

  private func connection() throws(RedisFailure) -> RedisConnection {
    if let current { return current }
    var reasons: [String] = []
    for step in address.endpoints.indices {
      if lifeline.isCut { throw .dead }
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
      connectTimeout: timeouts.connect, replyTimeout: timeouts.reply, lifeline: lifeline)
    var writer = RESPWriter()
    writer.command("ROLE")
    for script in RedisScript.allCases { writer.command("SCRIPT", "LOAD", script.text) }
    let replies = try connection.run(&writer, replies: 1 + RedisScript.allCases.count)
    guard replies[0].isPrimary else { throw Self.refusal(replies[0], "it is a replica") }
    for (script, reply) in zip(RedisScript.allCases, replies[1...]) {
      guard let digest = reply.text else { throw Self.refusal(reply, "the script \(script.rawValue) was not loaded") }
      digests[script] = Array(digest.utf8)
    }
    return connection
  }

  /// Why a connection is of no use: rights do not come by asking again, everything else may.
  private static func refusal(_ reply: RedisReply, _ otherwise: String) -> RedisFailure {
    reply.errorWord == "NOPERM" ? .auth(reply.error ?? otherwise) : .connect(reply.error ?? otherwise)
  }
}

extension RedisReply {
  /// True for what a primary answers to `ROLE`.
  fileprivate var isPrimary: Bool { array?.first?.text == "master" }
}

/// How long a session waits, in milliseconds.
struct RedisTimeouts: Sendable {
  var connect: Int64 = 1_000
  /// Longer than a `WAIT`, which answers within a second.
  var reply: Int64 = 3_000
}
