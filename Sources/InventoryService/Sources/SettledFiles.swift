import StockLedger

/// Which files of a folder have stayed as they are for long enough. A pure machine: it is told what is seen, and when.
struct SettledFiles: Sendable {
  /// What tells that a file has changed.
  struct Mark: Hashable, Sendable {
    var size: Int64
    /// Nanoseconds since 1970.
    var modified: Int64
  }

  private var seen: [String: (mark: Mark, since: Timestamp)] = [:]
  private let settle: Int64

  /// - Parameter settle: In milliseconds.
  init(settle: Int64) { self.settle = settle }

  /// Files that have not changed since they were seen `settle` ago or earlier, by name.
  mutating func look(_ files: [String: Mark], at now: Timestamp) -> [String] {
    seen = seen.filter { files[$0.key] == $0.value.mark }
    for (name, mark) in files where seen[name] == nil { seen[name] = (mark, now) }
    return seen.filter { now >= $0.value.since + settle }.map(\.key).sorted()
  }
}
