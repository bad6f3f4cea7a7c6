import Foundation

/// TCP sockets on 127.0.0.1, as the proxy and the fake server need them. Closed on exec: a server that a test starts
/// meanwhile would keep them open.
package enum LoopbackSocket {
  /// Listens on a port; 0 lets the system choose a free one.
  package static func listen(port: UInt16) throws -> (socket: Int32, port: UInt16) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var (address, size) = (address(port), socklen_t(MemoryLayout<sockaddr_in>.size))
    let isBound = withGenericAddress(&address) { bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0 }
    guard isBound, Glibc.listen(socket, 64) == 0 else {
      let code = errno
      Glibc.close(socket)
      throw Failure(what: "listening on port \(port)", code: code)
    }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  /// Connects to a port.
  package static func connect(port: UInt16) throws -> Int32 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = address(port)
    let isConnected = withGenericAddress(&address) {
      Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
    guard isConnected else {
      let code = errno
      Glibc.close(socket)
      throw Failure(what: "connecting to port \(port)", code: code)
    }
    return socket
  }

  /// The next connection; nil once the listening socket is shut down.
  package static func accept(on socket: Int32) -> Int32? {
    let accepted = Glibc.accept(socket, nil, nil)
    guard accepted >= 0 else { return nil }
    _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
    return accepted
  }

  /// A port that was free a moment ago.
  package static func freePort() throws -> UInt16 {
    let (socket, port) = try listen(port: 0)
    close(socket)
    return port
  }

  /// What comes next; empty at the end or after a failure.
  package static func read(_ socket: Int32) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, recv(socket, buffer.baseAddress!, buffer.count, 0))
    }
  }

  /// Writes all bytes, or says that the other side is gone.
  @discardableResult
  package static func write(_ bytes: some Collection<UInt8>, to socket: Int32) -> Bool {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { send(socket, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// Ends both directions; whoever blocks on the socket wakes.
  package static func hangUp(_ socket: Int32) { _ = shutdown(socket, Int32(SHUT_RDWR)) }

  /// Ends both directions and frees the socket.
  package static func close(_ socket: Int32) {
    // A server that was started at the wrong moment may have inherited it: closing alone would not end it.
    hangUp(socket)
    _ = Glibc.close(socket)
  }

  /// True where something can be read, or the end, within so many milliseconds.
  package static func isReadable(_ socket: Int32, within milliseconds: Int32) -> Bool {
    var asked = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&asked, 1, milliseconds) > 0
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private static func withGenericAddress<Value>(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Value
  ) -> Value {
    withUnsafeMutablePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body) }
  }

  /// What the system said.
  package struct Failure: Error, CustomStringConvertible {
    /// What was tried, and the system's words.
    package let description: String

    /// - Parameter code: The system's number.
    package init(what: String, code: Int32) { description = "\(what): \(String(cString: strerror(code)))" }
  }
}
