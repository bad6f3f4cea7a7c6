import StockJournal

/// What is wrong with a Redis as a journal's home, one line each, with what it would cost.
struct RedisStoreCheck: Sendable {
  /// Refuses the start, unless the operator accepts the risk.
  private(set) var refusals: [String] = []
  /// Is said, and the start goes on.
  private(set) var warnings: [String] = []

  /// Judges what `INFO` and `CONFIG GET` say; settings that Redis does not show (no permission) are warned about.
  ///
  /// - Parameters:
  ///   - settings: By name; missing ones could not be read.
  ///   - server: The lines of `INFO server` and `INFO cluster`, by name.
  init(settings: [String: String], server: [String: String], replicas: Int) {
    checkVersion(server["redis_version"])
    if server["cluster_enabled"] == "1" {
      refusals.append("this is a node of a Redis Cluster: give a primary with replicas that is none")
    }
    check(settings, "appendonly", "yes", cost: "a restart of Redis loses the whole journal") { _ in true }
    check(settings, "appendfsync", "always", cost: "a power loss loses up to a second of what was answered") { _ in
      // A copy on another machine survives what this one loses.
      replicas == 0
    }
    if settings["maxmemory"] != "0" {
      check(settings, "maxmemory-policy", "noeviction", cost: "a full Redis throws parts of the journal away") { _ in
        true
      }
    }
    check(
      settings, "min-replicas-to-write", "\(replicas)",
      cost: "writes go on without the copies that are waited for, and stay in doubt"
    ) { _ in false }
  }

  private mutating func checkVersion(_ version: String?) {
    guard let version else { return warnings.append("Redis does not say its version: 6.2 or newer is needed") }
    let parts = version.split(separator: ".").compactMap { Int($0) }
    if parts.count < 2 || (parts[0], parts[1]) < (6, 2) {
      refusals.append("Redis \(version) is too old: 6.2 or newer is needed (streams are trimmed by id)")
    }
  }

  private mutating func check(
    _ settings: [String: String], _ name: String, _ wanted: String, cost: String, isRefused: (String) -> Bool
  ) {
    guard let value = settings[name] else {
      return warnings.append("\(name) cannot be read; it should be \(wanted), otherwise \(cost)")
    }
    guard value != wanted else { return }
    let line = "\(name) is \(value), not \(wanted): \(cost); redis-cli CONFIG SET \(name) \(wanted)"
    if isRefused(value) { refusals.append(line) } else { warnings.append(line) }
  }

  /// Asks a Redis.
  static func read(_ session: RedisSession, replicas: Int) throws(RedisFailure) -> RedisStoreCheck {
    var settings: [String: String] = [:]
    for name in ["appendonly", "appendfsync", "maxmemory", "maxmemory-policy", "min-replicas-to-write"] {
      let reply = try session.ask("CONFIG", "GET", name)
      if let pair = reply.array, pair.count == 2, let value = pair[1].text { settings[name] = value }
    }
    var server: [String: String] = [:]
    for section in ["server", "cluster"] {
      for line in (try session.ask("INFO", section)).text?.split(whereSeparator: \.isNewline) ?? [] {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2 { server[String(parts[0])] = String(parts[1]) }
      }
    }
    return RedisStoreCheck(settings: settings, server: server, replicas: replicas)
  }
}
