import CHiredis
import Foundation
import StockLedger

/// One connection to one Redis, blocking: commands go out in order, replies come back in the same order.
///
/// Not thread-safe: it belongs to one ``StoreThread``, which is what makes it Sendable; only ``kill()`` may be called
/// from elsewhere. After a failure it is dead, because nobody can say which reply would be the next: every later call
/// throws ``RedisFailure/dead``, and a new connection asks again.
public final class RedisConnection: @unchecked Sendable {
  /// Nil once it is dead.
  private var context: UnsafeMutablePointer<redisContext>?
  private let lifeline: RedisLifeline
  private let replyTimeout: Int64

  /// Connects, logs in, chooses the database and gives the connection the name `holdfast`.
  ///
  /// Blocks; the lookup of a host's name is the system's and has its own, longer time.
  /// - Parameters:
  ///   - endpoint: One node.
  ///   - credentials: Nil where Redis asks nobody.
  ///   - database: 0 to 65,535.
  ///   - connectTimeout: Milliseconds for the connection to stand.
  ///   - replyTimeout: Milliseconds without a byte from Redis, or without Redis taking one, until a call fails.
  /// - Throws: ``RedisFailure/connect(_:)``, ``RedisFailure/auth(_:)``, ``RedisFailure/protocol(_:)``.
  public convenience init(
    to endpoint: RedisEndpoint, credentials: RedisCredentials? = nil, database: Int = 0, connectTimeout: Int64 = 2_000,
    replyTimeout: Int64 = 5_000
  ) throws(RedisFailure) {
    try self.init(
      to: endpoint, credentials: credentials, database: database, connectTimeout: connectTimeout,
      replyTimeout: replyTimeout, lifeline: RedisLifeline())
  }

  /// The same, with a lifeline that is the caller's: whoever holds that can hang up while this still logs in.
  init(
    to endpoint: RedisEndpoint, credentials: RedisCredentials?, database: Int, connectTimeout: Int64,
    replyTimeout: Int64, lifeline: RedisLifeline
  ) throws(RedisFailure) {
    _ = Self.ignoreBrokenPipes
    self.lifeline = lifeline
    self.replyTimeout = replyTimeout
    guard let opened = Self.open(endpoint, timeval(milliseconds: connectTimeout)) else {
      throw .connect("no memory for a connection")
    }
    context = opened
    guard opened.pointee.err == 0, Self.prepare(opened, endpoint, timeval(milliseconds: replyTimeout)) else {
      let text = Self.text(of: opened)
      close()
      throw .connect(text)
    }
    lifeline.hold(opened.pointee.fd)
    do throws(RedisFailure) {
      try logIn(credentials, database: database)
    } catch {
      close()
      // Nothing of the caller's was sent yet: there is nothing to be in doubt about.
      if case .noReply(let text) = error { throw .connect(text) }
      throw error
    }
  }

  deinit { close() }

  // MARK: Commands and replies

  /// Adds whole commands in RESP2 to what the next ``reply()`` sends. Nothing leaves yet.
  public func send(_ bytes: [UInt8]) throws(RedisFailure) {
    guard let context else { throw .dead }
    let status = bytes.withUnsafeBytes { buffer in
      redisAppendFormattedCommand(context, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    guard status == REDIS_OK else { throw fail() }
  }

  /// Sends what waits and blocks for the next reply. A refusal of Redis's is a reply: ``RedisReply/error(_:)``.
  public func reply() throws(RedisFailure) -> RedisReply {
    guard let context else { throw .dead }
    var raw: UnsafeMutableRawPointer?
    guard redisGetReply(context, &raw) == REDIS_OK, let raw else { throw fail() }
    defer { freeReplyObject(raw) }
    guard let reply = RedisReply(raw.assumingMemoryBound(to: redisReply.self), depth: 0) else {
      close()
      throw .protocol("a reply of an unknown type, or arrays more than \(RedisReply.depthMax) deep")
    }
    return reply
  }

  /// Sends every command of the writer, empties it and reads a reply for each: one pipeline.
  ///
  /// All is sent before the first reply is read. That cannot lock both sides up: Redis goes on reading from a client
  /// whose replies pile up, because it keeps them in memory of its own. Where an operator bounds that memory
  /// (`client-output-buffer-limit normal`), Redis hangs up, which is ``RedisFailure/noReply(_:)``; and a proxy that
  /// stops taking bytes meets the reply timeout. Replies should still be small or few: ask for big ones page by page.
  ///
  /// - Parameter replies: As many as the writer has commands; another number is a violation.
  public func run(_ writer: inout RESPWriter, replies count: Int) throws(RedisFailure) -> [RedisReply] {
    invariant(writer.isWhole && count == writer.commandCount, "a pipeline reads one reply for each whole command")
    defer { writer.clear() }
    try send(writer.bytes)
    var replies: [RedisReply] = []
    replies.reserveCapacity(count)
    for _ in 0..<count { replies.append(try reply()) }
    return replies
  }

  // MARK: The end

  /// True once a call has failed or ``close()`` was called.
  public var isDead: Bool { context == nil }

  /// Ends the connection: every later call throws ``RedisFailure/dead``.
  public func close() {
    guard let context else { return }
    self.context = nil
    lifeline.letGo(context.pointee.fd) { redisFree(context) }
  }

  /// Hangs up from any thread: a reply that blocks ends with ``RedisFailure/noReply(_:)``. Nothing once it is dead.
  public func kill() { lifeline.hangUp() }

  // MARK: Beginning

  /// hiredis writes without MSG_NOSIGNAL: without this a Redis that hangs up would end our process.
  private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  private static func open(_ endpoint: RedisEndpoint, _ timeout: timeval) -> UnsafeMutablePointer<redisContext>? {
    switch endpoint {
    case .tcp(let host, let port): redisConnectWithTimeout(host, Int32(clamping: port), timeout)
    case .socket(let path): redisConnectUnixWithTimeout(path, timeout)
    }
  }

  /// hiredis has set TCP_NODELAY. Close-on-exec, so that a child of ours does not keep the connection alive.
  private static func prepare(
    _ context: UnsafeMutablePointer<redisContext>, _ endpoint: RedisEndpoint, _ timeout: timeval
  ) -> Bool {
    guard fcntl(context.pointee.fd, F_SETFD, FD_CLOEXEC) == 0, redisSetTimeout(context, timeout) == REDIS_OK
    else { return false }
    if case .socket = endpoint { return true }
    return redisEnableKeepAlive(context) == REDIS_OK
  }

  private func logIn(_ credentials: RedisCredentials?, database: Int) throws(RedisFailure) {
    var writer = RESPWriter()
    if let credentials {
      writer.command(credentials.user == nil ? 2 : 3)
      writer.argument("AUTH")
      if let user = credentials.user { writer.argument(user) }
      writer.argument(credentials.password)
    }
    // Database 0 is there anyway; asking for it would fail where a script keeps Redis busy.
    if database != 0 { writer.command("SELECT", String(database)) }
    let askedBefore = writer.commandCount
    writer.command("CLIENT", "SETNAME", "holdfast")
    try send(writer.bytes)
    // One by one: a Redis that turns us away says why once and hangs up.
    for place in 0..<writer.commandCount {
      let reply = try reply()
      // A user who may not give names may still work.
      if place == askedBefore && reply.errorWord == "NOPERM" { continue }
      if let error = reply.error { throw Self.refusal(error) }
    }
  }

  private static func refusal(_ error: String) -> RedisFailure {
    // Also "ERR AUTH <password> called without any password configured".
    let isAboutUs = ["NOAUTH", "WRONGPASS", "NOPERM", "ERR AUTH", "ERR Client sent AUTH", "ERR invalid password"]
      .contains { error.hasPrefix($0) }
    return isAboutUs ? .auth(error) : .connect(error)
  }

  // MARK: Failing

  /// What the failed call met; frees the connection. Called first thing, while `errno` is still the call's.
  private func fail() -> RedisFailure {
    let code = errno
    guard let context else { return .dead }
    let text = Self.text(of: context)
    let kind = context.pointee.err
    close()
    if kind == REDIS_ERR_PROTOCOL { return .protocol(text) }
    let isLate = kind == REDIS_ERR_IO && (code == EAGAIN || code == EWOULDBLOCK)
    return .noReply(isLate ? "nothing within \(replyTimeout) ms" : text)
  }

  private static func text(of context: UnsafeMutablePointer<redisContext>) -> String {
    withUnsafeBytes(of: &context.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

extension timeval {
  /// A time of at least one millisecond: zero would mean for ever.
  fileprivate init(milliseconds: Int64) {
    let time = max(1, milliseconds)
    self.init(tv_sec: Int(time / 1_000), tv_usec: Int(time % 1_000 * 1_000))
  }
}

extension RedisReply {
  /// A copy of what hiredis read; nil where it is no reply that we know.
  fileprivate init?(_ raw: UnsafeMutablePointer<redisReply>, depth: Int) {
    let reply = raw.pointee
    switch reply.type {
    case REDIS_REPLY_STRING: self = .string(Array(UnsafeRawBufferPointer(start: reply.str, count: reply.len)))
    case REDIS_REPLY_STATUS: self = .status(Self.text(reply))
    case REDIS_REPLY_ERROR: self = .error(Self.text(reply))
    case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
    case REDIS_REPLY_NIL: self = .null
    case REDIS_REPLY_ARRAY:
      guard depth < Self.depthMax else { return nil }
      var replies: [RedisReply] = []
      replies.reserveCapacity(reply.elements)
      for place in 0..<reply.elements {
        guard let element = reply.element[place], let copy = RedisReply(element, depth: depth + 1) else { return nil }
        replies.append(copy)
      }
      self = .array(replies)
    default: return nil
    }
  }

  private static func text(_ reply: redisReply) -> String {
    String(decoding: UnsafeRawBufferPointer(start: reply.str, count: reply.len), as: UTF8.self)
  }
}
