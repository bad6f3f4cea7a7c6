public import InventoryEngine
import NIOCore
public import Reconciliation
public import StockLedger
import _NIOFileSystem

/// Reports as files of a folder: their stored bytes, named by time, so that a list of names is a list of reports.
///
/// The newest ``keptMax`` are kept, and older ones of which somebody still has to do something.
public struct ReportFiles: ReportStore {
  /// A look each quarter of an hour for ten days.
  public static let keptMax = 1_000

  private let folder: FilePath

  /// Reports in a folder; made with the first one.
  public init(folder: String) { self.folder = FilePath(folder) }

  // MARK: The store

  /// Writes a report whole, then lets it take the place of what was kept.
  public func save(_ report: DriftReport) async throws(ChannelFailure) {
    try await asFailure {
      try await FileSystem.shared.createDirectory(at: folder, withIntermediateDirectories: true)
      try await DurableFile(path(of: report)).replace(with: report.image)
      try await prune()
    }
  }

  /// A report; nil where none is kept under the name.
  public func load(_ id: Identifier) async throws(ChannelFailure) -> DriftReport? {
    try await asFailure {
      guard let name = try await names().first(where: { $0.hasSuffix("-\(id).report") }) else { return nil }
      return try await read(name)
    }
  }

  /// The newest of a shop, newest first.
  public func latest(_ count: Int, ofShop shop: String) async throws(ChannelFailure) -> [DriftReport] {
    try await asFailure {
      var found: [DriftReport] = []
      for name in try await names() {
        if found.count == count { break }
        if let report = try await read(name), report.shop == shop { found.append(report) }
      }
      return found
    }
  }

  // MARK: Files

  /// Milliseconds in as many digits as they will have for 200 years: names sort as times do.
  private func path(of report: DriftReport) -> FilePath {
    let time = String(report.startedAt.milliseconds)
    let digits = String(repeating: "0", count: max(0, 13 - time.count)) + time
    return folder.appending("\(digits)-\(report.id).report")
  }

  /// Newest first.
  private func names() async throws -> [String] {
    guard try await FileSystem.shared.info(forFileAt: folder) != nil else { return [] }
    return try await FileSystem.shared.withDirectoryHandle(atPath: folder) { directory in
      var names: Set<String> = []
      for try await entry in directory.listContents() {
        // A draft whose file is gone is the file: a crash came between the two.
        let name = entry.name.string.hasSuffix(".next") ? String(entry.name.string.dropLast(5)) : entry.name.string
        if name.hasSuffix(".report") { names.insert(name) }
      }
      return names.sorted(by: >)
    }
  }

  private func read(_ name: String) async throws -> DriftReport? {
    let bytes = try await DurableFile(folder.appending(name)).read()
    return bytes.isEmpty ? nil : try DriftReport(image: bytes)
  }

  private func prune() async throws {
    for name in try await names().dropFirst(Self.keptMax).prefix(10) {
      if let report = try await read(name), report.open > 0 { continue }
      try await FileSystem.shared.removeItem(at: folder.appending(name))
    }
  }

  private func asFailure<Value>(_ body: () async throws -> Value) async throws(ChannelFailure) -> Value {
    do { return try await body() } catch {
      throw ChannelFailure("reports in \(folder) cannot be kept or read: \(error)")
    }
  }
}
