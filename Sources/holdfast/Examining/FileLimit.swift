import Foundation

/// How many files and connections the process may have open.
enum FileLimit {
  /// Journal, keys, certificate, event loops, log: what the service opens beside its connections.
  private static let besides: UInt64 = 256

  static func needed(connections: Int) -> UInt64 { UInt64(connections) + besides }

  /// What holds now, and how far it may be raised.
  static var current: (soft: UInt64, hard: UInt64) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return (0, 0) }
    return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
  }

  /// Raises the limit to what the connections need, as far as the system lets it; says so where that is too little.
  static func raise(connections: Int) {
    let wanted = needed(connections: connections)
    let found = current
    if found.soft >= wanted { return }
    var limit = rlimit(rlim_cur: rlim_t(min(wanted, found.hard)), rlim_max: rlim_t(found.hard))
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    if current.soft < wanted {
      Console.complain(
        "\(current.soft) files may be open, \(wanted) are needed: raise LimitNOFILE, or lower connectionsMax")
    }
  }
}
