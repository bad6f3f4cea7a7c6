/// Where a service listens: `127.0.0.1:8080`, `localhost:0`, `[::1]:8080`.
struct ListenAddress: Sendable, Equatable {
  let host: String
  let port: Int

  /// The address of a text; nil where there is no port of 0 to 65535, or an address of numbers without its brackets.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self.host = String(host)
    self.port = Int(port)
  }

  /// Where nothing else is said.
  static let standard = ListenAddress(host: "127.0.0.1", port: 8080)

  private init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// As it stands in a URL, with the port that was found free.
  func written(port: Int) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// True where only this machine can connect.
  ///
  /// By the text alone: a name that a resolver could send elsewhere is not believed, but for the one that RFC 6761
  /// keeps for this.
  var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
