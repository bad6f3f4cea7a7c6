import Foundation
import Synchronization

/// A connection of its own, byte by byte: for clients that no library would play.
///
/// Calls block for milliseconds at most: what is waited for is asked for again and again.
final class Wire: Sendable {
  /// The system refused a connection.
  struct Refused: Error { var number: Int32 }

  private let socket: Int32
  private let received = Mutex<[UInt8]>([])

  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw Refused(number: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafeBytes(of: &address) { raw in
      connect(socket, raw.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(raw.count))
    }
    guard connected == 0 else {
      let number = errno
      close(socket)
      throw Refused(number: number)
    }
  }

  deinit { close(socket) }

  /// Sends as much as the system takes at once; false where the other side is gone.
  @discardableResult func send(_ bytes: some Collection<UInt8>) -> Bool {
    let bytes = Array(bytes)
    let count = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    return count >= 0 || errno == EAGAIN
  }

  @discardableResult func send(_ text: String) -> Bool { send(text.utf8) }

  /// Ends the connection as a process that is killed: what was sent may be lost on its way.
  func reset() {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    shutdown(socket, Int32(SHUT_RDWR))
  }

  /// What came so far, and whether the other side has closed.
  func look() -> (text: String, isClosed: Bool) {
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    var isClosed = false
    while true {
      let count = recv(socket, &chunk, chunk.count, Int32(MSG_DONTWAIT))
      if count < 0 && errno == EINTR { continue }
      isClosed = count == 0 || count < 0 && errno != EAGAIN
      if count <= 0 { break }
      received.withLock { $0 += chunk[..<count] }
    }
    return (String(decoding: received.withLock { $0 }, as: UTF8.self), isClosed)
  }

  /// Waits until the other side has closed; what it said.
  func untilClosed() async throws -> String {
    while true {
      let (text, isClosed) = look()
      if isClosed { return text }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Waits until what came meets a condition, or the other side has closed.
  @discardableResult func until(_ condition: (String) -> Bool) async throws -> String {
    while true {
      let (text, isClosed) = look()
      if isClosed || condition(text) { return text }
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}
