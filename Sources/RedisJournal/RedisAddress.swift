/// Where Redis is and how it lets us in, from a URL.
///
/// `redis://[user[:password]@]host[:port][,host2[:port2]…][/database]`, or
/// `unix://[user[:password]@]/path/to/socket[?db=database]`. Several hosts are the nodes among which the primary is
/// looked for. User, password and socket path are percent-decoded. Nothing that is printed of it shows a password.
public struct RedisAddress: Hashable, Sendable, CustomStringConvertible {
  /// The nodes, in the order written: one or more.
  public let endpoints: [RedisEndpoint]
  /// Who we are to Redis; nil where it asks nobody.
  public let credentials: RedisCredentials?
  /// The numbered database, 0 to 65,535; 0 where none is written.
  public let database: Int

  /// Reads an address.
  ///
  /// - Parameters:
  ///   - text: The URL.
  ///   - password: What stands in the environment (`REDIS_PASSWORD`): used where the URL names none; "" is none.
  ///   - allowsPlaintext: Accepts a host that is not this machine, though what is said to it can be read on the way.
  public init(_ text: String, password: String? = nil, allowsPlaintext: Bool = false) throws(RedisAddressError) {
    guard let mark = text.firstRange(of: "://") else { throw .scheme }
    let rest = text[mark.upperBound...]
    switch text[..<mark.lowerBound].lowercased() {
    case "redis":
      let (login, place) = rest.cutLogin()
      let (hosts, number) = place.cut(at: "/")
      endpoints = try Self.nodes(hosts)
      database = try Self.database(number ?? "")
      credentials = try RedisCredentials(login: login, password: password)
    case "unix":
      // What starts with the path has no login: the path may hold an @.
      let (login, place) = rest.hasPrefix("/") ? (nil, rest) : rest.cutLogin()
      let (path, parameter) = place.cut(at: "?")
      endpoints = [try RedisEndpoint(socketPath: path)]
      database = try Self.socketDatabase(parameter)
      credentials = try RedisCredentials(login: login, password: password)
    case "rediss": throw .encrypted
    default: throw .scheme
    }
    if !allowsPlaintext, let far = endpoints.first(where: { !$0.isThisMachine }) { throw .plaintext("\(far)") }
  }

  /// The address, the password as stars.
  public var description: String {
    let login = credentials.map { "\($0)@" } ?? ""
    if case .socket(let path)? = endpoints.first { return "unix://\(login)\(path)?db=\(database)" }
    return "redis://\(login)\(endpoints.map(\.description).joined(separator: ","))/\(database)"
  }

  private static func nodes(_ text: Substring) throws(RedisAddressError) -> [RedisEndpoint] {
    var nodes: [RedisEndpoint] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      nodes.append(try RedisEndpoint(host: part))
    }
    return nodes
  }

  private static func database(_ text: Substring) throws(RedisAddressError) -> Int {
    if text.isEmpty { return 0 }
    guard let number = UInt16(decimal: text) else { throw .database }
    return Int(number)
  }

  private static func socketDatabase(_ text: Substring?) throws(RedisAddressError) -> Int {
    guard let text else { return 0 }
    guard text.hasPrefix("db="), text.count > 3 else { throw .database }
    return try database(text.dropFirst(3))
  }
}

/// What is wrong with an address, and what to write instead. Quotes nothing that could be a password.
public enum RedisAddressError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Neither `redis://` nor `unix://`.
  case scheme
  /// `rediss://`: TLS.
  case encrypted
  /// A host that is not this machine, without leave to speak plainly to it.
  case plaintext(String)
  /// An empty or impossible host.
  case host
  /// A port that is none.
  case port
  /// A database that is none.
  case database
  /// A path that cannot be a socket's.
  case socket
  /// A user without a password, or something that is not percent-encoded as it should be.
  case login

  /// One line for people.
  public var description: String {
    switch self {
    case .scheme:
      "a Redis address starts with redis:// or unix://, as in redis://127.0.0.1:6379/0"
    case .encrypted:
      "rediss:// needs TLS, which this build does not have (hiredis 0.14): run a local TLS tunnel such as stunnel"
        + " and give its port here, as in redis://127.0.0.1:6380"
    case .plaintext(let host):
      "\(host) is not this machine, and what is said to it can be read on the way: use a local TLS tunnel, or"
        + " --redis-plaintext where the network itself is private"
    case .host:
      "a Redis host is a name, an IPv4 address or an IPv6 address in brackets, as in redis://127.0.0.1:6379 or"
        + " redis://[::1]:6379"
    case .port: "a Redis port is a number from 1 to 65535, as in redis://127.0.0.1:6379"
    case .database: "a Redis database is a number from 0 to 65535: redis://host/3, or unix:///path?db=3"
    case .socket: "a Redis socket is an absolute path of at most 107 bytes, as in unix:///run/redis/redis.sock"
    case .login:
      "a Redis login is user:password@ or :password@, with % and a / in it percent-encoded (%25, %2F); the password"
        + " may stand in REDIS_PASSWORD instead"
    }
  }
}

extension Substring {
  /// What stands before the first place of a character, and after it; nil where it is not there.
  func cut(at separator: Character) -> (before: Substring, after: Substring?) {
    guard let place = firstIndex(of: separator) else { return (self, nil) }
    return (self[..<place], self[index(after: place)...])
  }

  /// What stands before the last @, nil where there is none, and after it: a password may hold one, a host cannot.
  fileprivate func cutLogin() -> (login: Substring?, place: Substring) {
    guard let place = lastIndex(of: "@") else { return (nil, self) }
    return (self[..<place], self[index(after: place)...])
  }
}

extension UInt16 {
  /// Reads decimal digits and nothing else: no sign, at most five.
  init?(decimal text: Substring) {
    guard text.utf8.count <= 5, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    self.init(text)
  }
}
