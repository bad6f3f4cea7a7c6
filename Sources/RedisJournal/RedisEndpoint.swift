import Foundation

/// One place where a Redis answers.
public enum RedisEndpoint: Hashable, Sendable, CustomStringConvertible {
  /// A host's name or address, and a port.
  case tcp(host: String, port: Int)
  /// A socket in the file system of this machine.
  case socket(path: String)

  /// Redis's own port, where an address names none.
  public static let defaultPort = 6379

  /// The longest path of a socket: hiredis cuts a longer one without a word and would connect to another.
  static let pathBytesMax = 107

  /// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
  init(host text: Substring) throws(RedisAddressError) {
    let host: Substring
    let colonAndPort: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { throw .host }
      host = text[..<end].dropFirst()
      colonAndPort = text[end...].dropFirst()
      guard Self.isIPv6(host) else { throw .host }
    } else {
      host = text.prefix { $0 != ":" }
      colonAndPort = text[host.endIndex...]
      guard Self.isName(host) else { throw .host }
    }
    self = .tcp(host: String(host), port: try Self.port(colonAndPort))
  }

  /// Reads the percent-encoded path of a socket.
  init(socketPath text: Substring) throws(RedisAddressError) {
    guard let path = text.removingPercentEncoding, path.hasPrefix("/"), path.utf8.count > 1,
      path.utf8.count <= Self.pathBytesMax, !path.utf8.contains(0)
    else { throw .socket }
    self = .socket(path: path)
  }

  /// True for a socket, 127.0.0.0/8, ::1 and localhost: what is said there does not leave this machine.
  public var isThisMachine: Bool {
    guard case .tcp(let host, _) = self else { return true }
    var four = in_addr()
    // inet_pton takes four decimal parts only: neither 127.1 nor 127.example.com is meant.
    if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
    return host == "::1" || host.lowercased() == "localhost"
  }

  /// As an address has it: `127.0.0.1:6379`, `[::1]:6379`, `unix:///run/redis.sock`.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .socket(let path): "unix://\(path)"
    }
  }

  private static func port(_ colonAndPort: Substring) throws(RedisAddressError) -> Int {
    if colonAndPort.isEmpty { return Self.defaultPort }
    guard colonAndPort.first == ":", let port = UInt16(decimal: colonAndPort.dropFirst()), port > 0 else { throw .port }
    return Int(port)
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.count <= 253
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  private static func isIPv6(_ text: Substring) -> Bool {
    var six = in6_addr()
    return inet_pton(AF_INET6, String(text), &six) == 1
  }
}
