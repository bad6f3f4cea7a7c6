import Foundation
import JournalConformance
import SQLiteJournal
import StockJournal
import Testing

@Suite struct SQLiteConformanceTests {
  @Test(arguments: JournalConformance.Case.allCases)
  func conforms(_ name: JournalConformance.Case) async throws {
    let directory = try TemporaryDirectory()
    let suite = JournalConformance(
      make: { try await SQLiteJournal.open(directory: directory.path) },
      reopen: { store in
        try await store.close()
        return try await SQLiteJournal.open(directory: directory.path)
      })
    try await suite.run(name)
  }
}

/// A directory that goes with its owner.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("holdfast-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
