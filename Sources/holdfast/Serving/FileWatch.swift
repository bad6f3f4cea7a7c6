import Foundation

/// Looks whether files have changed, once a second: by their times and sizes, which cost nothing to ask.
///
/// Not a kernel's watch: what is mounted over a network, or put in place by a link, gives no word there.
struct FileWatch: Sendable {
  private struct Mark: Equatable {
    var modified: Date?
    var bytes: Int?
  }

  private let paths: [String]

  init(_ paths: String...) { self.paths = paths }

  /// Calls back after every change, until it is cancelled.
  func run(_ changed: () -> Void) async {
    var seen = marks
    while !Task.isCancelled {
      do { try await Task.sleep(for: .seconds(1)) } catch { return }
      let now = marks
      if now == seen { continue }
      seen = now
      changed()
    }
  }

  private var marks: [Mark] {
    paths.map { path in
      // A link is followed: certificates are renewed by turning one.
      let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      let attributes = try? FileManager.default.attributesOfItem(atPath: target)
      return Mark(
        modified: attributes?[.modificationDate] as? Date, bytes: (attributes?[.size] as? NSNumber)?.intValue)
    }
  }
}
