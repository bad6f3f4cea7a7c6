import Foundation

/// The memory that the engine will live in.
struct MachineCheck: Sendable {
  var findings: [Finding] {
    guard let free = [available, allowed].compactMap(\.self).min() else { return [] }
    let words = "\(grouped(free >> 20)) MiB are free"
    if free >= 512 << 20 { return [.good("memory", words)] }
    return [
      .warning(
        "memory", words, costs: "some 1.3 kB a stock key and 30 kB a connection may not find room",
        do: "give the machine or the container more; docs/operations.md has the sizes")
    ]
  }

  /// What the machine can still give.
  private var available: Int64? {
    let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))?.split(separator: "\n")
    let line = lines?.first { $0.hasPrefix("MemAvailable:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }.map { $0 << 10 }
  }

  /// What the control group may still take; nil where there is no bound.
  private var allowed: Int64? {
    func number(_ name: String) -> Int64? {
      (try? String(contentsOfFile: "/sys/fs/cgroup/" + name, encoding: .utf8))
        .flatMap { Int64($0.trimmingCharacters(in: .newlines)) }
    }
    return number("memory.max").map { $0 - (number("memory.current") ?? 0) }
  }
}
