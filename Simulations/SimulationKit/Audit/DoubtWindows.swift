/// What may or may not have happened to a key, by ticks: questions without an answer, and carts on their way.
///
/// A window says: an answer whose turn lies within it may see so many units fewer, or so many more, than the books say.
struct DoubtWindows: Sendable {
  private struct Edge: Sendable {
    var tick: UInt64
    var fewer: Int64
    var more: Int64
  }

  /// One doubt: from a tick through another, so many units fewer or more.
  struct Window: Sendable {
    var start: UInt64
    var end: UInt64 = .max
    var fewer: Int64 = 0
    var more: Int64 = 0
  }

  private let starts: [Edge]
  private let ends: [Edge]

  init(_ windows: [Window]) {
    starts = Self.accumulated(windows.map { Edge(tick: $0.start, fewer: $0.fewer, more: $0.more) })
    ends = Self.accumulated(
      windows.filter { $0.end < .max }.map { Edge(tick: $0.end, fewer: $0.fewer, more: $0.more) })
  }

  /// The doubt of a turn that happened between two ticks.
  func doubt(from first: UInt64, through last: UInt64) -> (fewer: Int64, more: Int64) {
    if starts.isEmpty { return (0, 0) }
    // Windows that began by the end of the turn, without those that were over before its start.
    let begun = Self.sum(of: starts, through: last)
    let over = first == 0 ? (fewer: 0, more: 0) : Self.sum(of: ends, through: first - 1)
    return (begun.fewer - over.fewer, begun.more - over.more)
  }

  private static func accumulated(_ unsorted: [Edge]) -> [Edge] {
    var edges = unsorted.sorted { $0.tick < $1.tick }
    for index in edges.indices.dropFirst() {
      edges[index].fewer += edges[index - 1].fewer
      edges[index].more += edges[index - 1].more
    }
    return edges
  }

  private static func sum(of edges: [Edge], through tick: UInt64) -> (fewer: Int64, more: Int64) {
    var low = 0
    var high = edges.count
    while low < high {
      let middle = (low + high) / 2
      if edges[middle].tick <= tick { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? (0, 0) : (edges[low - 1].fewer, edges[low - 1].more)
  }
}
