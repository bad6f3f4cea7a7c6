import Foundation
import Synchronization

/// Another system over HTTP: it answers as a test says, and remembers what it was asked.
final class ForeignSystem: Sendable {
  /// A request, as it came.
  struct Asked: Sendable {
    /// The path with its query.
    var path = ""
    /// By name, in lower case.
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    /// The query; empty where there is none.
    var query: String { path.split(separator: "?").dropFirst().joined(separator: "?") }
  }

  /// An answer; a pause goes before it.
  struct Said: Sendable {
    var status = 200
    var fields: [String: String] = [:]
    var body = ""
    var pause: TimeInterval = 0
    /// True where the connection ends without an answer.
    var isCut = false
    /// Bytes that are announced and never come: the connection is cut.
    var missing = 0
  }

  struct NoSocket: Error {}

  let port: Int
  private let listener: Int32
  private let answer: @Sendable (Asked) -> Said
  private let heard = Mutex<[Asked]>([])

  /// What was asked so far.
  var asked: [Asked] { heard.withLock { $0 } }

  /// A system on a free port, until ``end()``.
  init(_ answer: @escaping @Sendable (Asked) -> Said) throws {
    self.answer = answer
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(listener, raw, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, raw, &length) == 0
      }
    }
    guard isListening else { throw NoSocket() }
    port = Int(UInt16(bigEndian: address.sin_port))
    // Blocking calls have threads of their own: the test's tasks go on.
    Thread { self.accept() }.start()
  }

  /// Takes no more connections.
  func end() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else { break }
      Thread { self.serve(connection) }.start()
    }
    close(listener)
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    /// Reads on until there is enough; false where the other side has ended.
    func read(until isEnough: () -> Bool) -> Bool {
      while !isEnough() {
        let count = recv(connection, &chunk, chunk.count, 0)
        if count <= 0 { return false }
        received += chunk[..<count]
      }
      return true
    }
    let blank = Array("\r\n\r\n".utf8)
    guard read(until: { received.firstRange(of: blank) != nil }), let end = received.firstRange(of: blank) else {
      return
    }
    let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    var asked = Asked(path: lines[0].components(separatedBy: " ")[1])
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { asked.fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    let length = asked.fields["content-length"].flatMap { Int($0) } ?? 0
    guard read(until: { received.count >= end.upperBound + length }) else { return }
    asked.body = Array(received[end.upperBound...].prefix(length))
    heard.withLock { $0.append(asked) }
    let said = answer(asked)
    Thread.sleep(forTimeInterval: said.pause)
    if said.isCut { return }
    var text = "HTTP/1.1 \(said.status) Said\r\nConnection: close\r\n"
    if said.status != 304 { text += "Content-Length: \(said.body.utf8.count + said.missing)\r\n" }
    for (name, value) in said.fields { text += "\(name): \(value)\r\n" }
    var rest = Array((text + "\r\n" + said.body).utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }
}
