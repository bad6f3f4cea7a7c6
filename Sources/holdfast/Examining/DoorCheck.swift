import Foundation

/// Where a service is to listen, and how many may come.
struct DoorCheck: Sendable {
  let door: DoorOptions
  /// True where the service that has the journal is likely the one that listens.
  let isOwnServiceUp: Bool

  var findings: [Finding] { [port, files] + (isOpenToAll ? [clearText] : []) }

  private var isOpenToAll: Bool { door.plaintext && !door.address.isLoopback }

  private var clearText: Finding {
    .warning(
      "listen", "\(door.listen) takes other machines without TLS",
      costs: "who can read the network reads keys, unless a proxy ends TLS on this machine",
      do: "give tls.cert and tls.key, or keep the port from all but the proxy")
  }

  private var port: Finding {
    switch bindError() {
    case nil, 0: return .good("listen", "\(door.listen) is free")
    case EADDRINUSE where isOwnServiceUp:
      return .good("listen", "\(door.listen) is taken, as it is when the service runs")
    case EADDRINUSE:
      return .failure(
        "listen", "\(door.listen) is taken", costs: "the service does not start",
        do: "ss -ltnp shows who listens there; stop it, or choose another port")
    case EACCES:
      return .failure(
        "listen", "\(door.listen) is not for this user", costs: "the service does not start",
        do: "choose a port above 1023, or give the unit AmbientCapabilities=CAP_NET_BIND_SERVICE")
    case let error?:
      return .failure(
        "listen", "\(door.listen) cannot be listened on: \(String(cString: strerror(error)))",
        costs: "the service does not start", do: "check listen: is the address one of this machine's?")
    }
  }

  /// Binds the address for a moment; nil where its name cannot be resolved here, which the start will say.
  private func bindError() -> Int32? {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(door.address.host, "\(door.address.port)", &hints, &found) == 0, let address = found else {
      return EADDRNOTAVAIL
    }
    defer { freeaddrinfo(address) }
    let socket = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
    guard socket >= 0 else { return errno }
    defer { close(socket) }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    // Bound alone does not say that nobody listens.
    if bind(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) != 0 { return errno }
    return listen(socket, 1) == 0 ? 0 : errno
  }

  private var files: Finding {
    let limit = FileLimit.current.hard
    let needed = FileLimit.needed(connections: door.connectionsMax)
    if limit >= needed { return .good("files", "\(grouped(limit)) may be open, \(grouped(needed)) are needed") }
    return .warning(
      "files", "\(grouped(limit)) may be open, and \(grouped(door.connectionsMax)) connections need \(grouped(needed))",
      costs: "connections beyond it are not accepted, and the journal may not open a file that it needs",
      do: "raise LimitNOFILE of the unit (ulimit -n), or lower connectionsMax")
  }
}
