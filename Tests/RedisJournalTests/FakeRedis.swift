import Foundation
import RedisRig
import Synchronization

/// A server that answers what a test tells it to, for words that a real Redis says only in rare hours.
///
/// It knows what a connection's beginning needs (`AUTH`, `SELECT`, `CLIENT`, `PING`) and answers an error to every
/// other command that it was given no answer for.
final class FakeRedis: Sendable {
  /// What a command is answered.
  enum Answer: Sendable {
    /// A line in RESP2, without its end: `-LOADING Redis is loading`, `+OK`, `:1`.
    case line(String)
    /// Bytes as they are, also ones that are no reply at all.
    case bytes([UInt8])
    /// Nothing; the connection stands.
    case silence
    /// Nothing; the connection ends.
    case hangUp
    /// What a function says of the command's parts, its name first.
    case of(@Sendable ([String]) -> Answer)
  }

  /// Where to connect to.
  let port: UInt16
  private let book = AnswerBook()
  private let listener: Int32

  /// Listens on a free port.
  ///
  /// - Parameter answers: By the command's name, in capitals.
  init(_ answers: [String: Answer] = [:]) throws {
    (listener, port) = try LoopbackSocket.listen(port: 0)
    for (name, answer) in answers { book.set(name, answer) }
    let (listener, book) = (listener, book)
    Thread.detachNewThread {
      while let client = LoopbackSocket.accept(on: listener) { FakeRedis.serve(client, from: book) }
      LoopbackSocket.close(listener)
    }
  }

  deinit {
    LoopbackSocket.hangUp(listener)
    book.hangUpAll()
  }

  /// Changes what a command is answered from now on, its name in capitals.
  func set(_ name: String, _ answer: Answer) { book.set(name, answer) }

  /// Answers a command so once for each of these, then as before.
  func queue(_ name: String, _ answers: Answer...) { book.queue(name, answers) }

  /// The commands that came, in order, each with its parts; those of a connection's beginning too.
  var heard: [[String]] { book.heard }

  private static func serve(_ client: Int32, from book: AnswerBook) {
    book.opened(client)
    Thread.detachNewThread {
      var reader = CommandReader()
      while true {
        let bytes = LoopbackSocket.read(client)
        guard !bytes.isEmpty, reader.take(bytes).allSatisfy({ reply(to: $0, on: client, from: book) }) else { break }
      }
      book.closed(client)
    }
  }

  /// False where the connection ends.
  private static func reply(to command: [String], on client: Int32, from book: AnswerBook) -> Bool {
    var answer = book.answer(to: command)
    while case .of(let function) = answer { answer = function(command) }
    switch answer {
    case .line(let line): return LoopbackSocket.write(Array((line + "\r\n").utf8), to: client)
    case .bytes(let bytes): return LoopbackSocket.write(bytes, to: client)
    case .hangUp, .of: return false
    case .silence: return true
    }
  }
}

/// What the fake server's threads share.
private final class AnswerBook: Sendable {
  private let state = Mutex(State())

  private struct State {
    var answers: [String: FakeRedis.Answer] = [
      "AUTH": .line("+OK"), "SELECT": .line("+OK"), "CLIENT": .line("+OK"), "PING": .line("+PONG"),
    ]
    var queued: [String: [FakeRedis.Answer]] = [:]
    var heard: [[String]] = []
    var clients: Set<Int32> = []
  }

  var heard: [[String]] { state.withLock { $0.heard } }

  func set(_ name: String, _ answer: FakeRedis.Answer) { state.withLock { $0.answers[name] = answer } }

  func queue(_ name: String, _ answers: [FakeRedis.Answer]) {
    state.withLock { $0.queued[name, default: []] += answers }
  }

  func answer(to command: [String]) -> FakeRedis.Answer {
    state.withLock { state in
      state.heard.append(command)
      let name = command.first?.uppercased() ?? ""
      if let next = state.queued[name]?.first {
        state.queued[name]?.removeFirst()
        return next
      }
      return state.answers[name] ?? .line("-ERR unknown command '\(name)'")
    }
  }

  func opened(_ client: Int32) { state.withLock { _ = $0.clients.insert(client) } }

  /// Under the lock, so that nobody hangs up on a number that is another socket's already.
  func closed(_ client: Int32) {
    state.withLock { state in
      state.clients.remove(client)
      LoopbackSocket.close(client)
    }
  }

  func hangUpAll() { state.withLock { $0.clients.forEach(LoopbackSocket.hangUp) } }
}

/// Cuts a stream of bytes into commands: arrays of counted strings, whole or in pieces.
private struct CommandReader {
  private var bytes: [UInt8] = []
  private var place = 0

  /// The commands that are whole now; text that is not UTF-8 is replaced.
  mutating func take(_ more: [UInt8]) -> [[String]] {
    bytes += more
    var commands: [[String]] = []
    while let command = next() { commands.append(command) }
    return commands
  }

  private mutating func next() -> [String]? {
    place = 0
    guard let count = number(after: UInt8(ascii: "*")) else { return nil }
    var parts: [String] = []
    for _ in 0..<count {
      guard let length = number(after: UInt8(ascii: "$")), place + length + 2 <= bytes.count else { return nil }
      parts.append(String(decoding: bytes[place..<(place + length)], as: UTF8.self))
      place += length + 2
    }
    bytes.removeFirst(place)
    return parts
  }

  private mutating func number(after sign: UInt8) -> Int? {
    guard place < bytes.count, bytes[place] == sign, let end = bytes[place...].firstIndex(of: UInt8(ascii: "\r")),
      end + 1 < bytes.count
    else { return nil }
    defer { place = end + 2 }
    return Int(String(decoding: bytes[(place + 1)..<end], as: UTF8.self))
  }
}
