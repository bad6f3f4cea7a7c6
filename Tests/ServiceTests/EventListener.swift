import Foundation
import Synchronization

/// A client of server-sent events: one connection, read as it comes.
final class EventListener: Sendable {
  /// One event.
  struct Event: Sendable {
    var name = ""
    var text = ""
    var id: String?

    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:] }
    func number(_ name: String) -> Int? { json[name] as? Int }
  }

  /// It did not come in a time after which nobody waits for it.
  struct Silence: Error { var heard: String }

  private struct State {
    var bytes: [UInt8] = []
    var isClosed = false
    var taken = 0
  }

  private let socket: Int32
  private let state = Mutex(State())

  /// Opens a stream.
  init(_ client: HTTPCaller, _ path: String = "/v1/stream", _ fields: [String: String] = [:]) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(client.port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let socket = socket
    let connected = withUnsafeBytes(of: &address) { raw in
      connect(socket, raw.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(raw.count))
    }
    guard connected == 0 else { throw HTTPCaller.Cut() }
    var head = "GET \(path) HTTP/1.1\r\nHost: test\r\n"
    if let token = client.token { head += "Authorization: Bearer \(token)\r\n" }
    for (name, value) in fields { head += "\(name): \(value)\r\n" }
    let bytes = Array((head + "\r\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    let thread = Thread { [self] in read() }
    thread.stackSize = 1 << 19
    thread.start()
  }

  deinit { close(socket) }

  /// Hangs up.
  func hangUp() { shutdown(socket, Int32(SHUT_RDWR)) }

  private func read() {
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = recv(socket, &chunk, chunk.count, 0)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      state.withLock { $0.bytes += chunk[..<count] }
    }
    state.withLock { $0.isClosed = true }
  }

  /// The next events that were not asked for before.
  func next(_ count: Int = 1) async throws -> [Event] {
    for _ in 0..<3_000 {
      let (heard, isClosed, taken) = state.withLock { ($0.bytes, $0.isClosed, $0.taken) }
      let events = Self.events(heard)
      if events.count >= taken + count {
        state.withLock { $0.taken += count }
        return Array(events[taken..<(taken + count)])
      }
      if isClosed { throw Silence(heard: String(decoding: heard, as: UTF8.self)) }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Silence(heard: text)
  }

  /// The stream up to its first event, as if it ended there.
  func firstEvent() async throws -> HTTPCaller.Answer {
    _ = try await next()
    let heard = state.withLock { $0.bytes }
    let status = Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0
    return HTTPCaller.Answer(status: status, body: Array(Self.unchunked(heard).utf8))
  }

  /// Everything that came, head and all.
  var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }

  /// Returns when the server has closed.
  func closed() async throws {
    for _ in 0..<3_000 {
      if state.withLock({ $0.isClosed || $0.bytes.suffix(5) == Array("0\r\n\r\n".utf8)[...] }) { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Silence(heard: text)
  }

  private static func events(_ bytes: [UInt8]) -> [Event] {
    unchunked(bytes).components(separatedBy: "\n\n").dropLast().compactMap { block in
      var event = Event()
      for line in block.components(separatedBy: "\n") {
        if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
        if line.hasPrefix("data: ") { event.text = String(line.dropFirst(6)) }
        if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
      }
      return event.name.isEmpty ? nil : event
    }
  }

  /// The body, out of its chunks (RFC 9112, section 7.1).
  private static func unchunked(_ bytes: [UInt8]) -> String {
    let lineEnd = Array("\r\n".utf8)
    guard let head = bytes.firstRange(of: lineEnd + lineEnd) else { return "" }
    var rest = bytes[head.upperBound...]
    var body: [UInt8] = []
    while let end = rest.firstRange(of: lineEnd),
      let count = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), count > 0,
      rest.endIndex >= end.upperBound + count + 2
    {
      body += rest[end.upperBound..<(end.upperBound + count)]
      rest = rest[(end.upperBound + count + 2)...]
    }
    return String(decoding: body, as: UTF8.self)
  }
}
