import Foundation

/// A client of its own: one connection per call, bytes as they are given, so that it can also say what no library
/// would.
struct HTTPCaller: Sendable {
  let port: Int
  /// What stands after `Bearer `; nil sends none.
  var token: String?

  /// What came back.
  struct Answer: Sendable {
    var status = 0
    /// By name, in lower case.
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
    /// The body as an object; empty where it is none.
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:] }
    var code: String? { json["code"] as? String }
    func number(_ name: String) -> Int? { json[name] as? Int }
  }

  /// No whole answer: the connection was refused, cut or closed early.
  struct Cut: Error {}

  func get(_ path: String, _ fields: [String: String] = [:]) async throws -> Answer {
    try await call("GET", path, fields, nil)
  }

  func post(_ path: String, _ body: String = "", _ fields: [String: String] = [:]) async throws -> Answer {
    try await call("POST", path, fields, Array(body.utf8))
  }

  func call(_ method: String, _ path: String, _ fields: [String: String], _ body: [UInt8]?) async throws -> Answer {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
    if let token { head += "Authorization: Bearer \(token)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
    return try await send(Array((head + "\r\n").utf8) + (body ?? []))
  }

  /// Sends bytes as they are and reads until the server closes.
  func send(_ bytes: [UInt8]) async throws -> Answer {
    let port = port
    return try await withCheckedThrowingContinuation { continuation in
      // A blocking call has a thread of its own: the test's tasks go on.
      let thread = Thread { continuation.resume(with: Result { try Self.exchange(bytes, port: port) }) }
      thread.stackSize = 1 << 19
      thread.start()
    }
  }

  private static func exchange(_ bytes: [UInt8], port: Int) throws -> Answer {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Cut() }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafeBytes(of: &address) { raw in
      connect(socket, raw.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(raw.count))
    }
    guard connected == 0 else { throw Cut() }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      // A server that has answered already may take no more.
      if count <= 0 { break }
      rest = rest.dropFirst(count)
    }
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &chunk, chunk.count, 0)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      received += chunk[..<count]
    }
    return try parse(received, isHead: bytes.starts(with: Array("HEAD".utf8)))
  }

  private static func parse(_ bytes: [UInt8], isHead: Bool) throws -> Answer {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw Cut() }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    var answer = Answer()
    answer.status = Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      answer.fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(
        in: .whitespaces)
    }
    answer.body = Array(bytes[end.upperBound...])
    if let length = answer.fields["content-length"], !isHead, answer.body.count != Int(length) { throw Cut() }
    return answer
  }
}
