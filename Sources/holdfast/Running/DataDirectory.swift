import Foundation
import SQLiteJournal

/// Where a command's journal lives.
struct DataDirectory: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// True where a journal is there.
  var hasJournal: Bool { FileManager.default.fileExists(atPath: path + "/journal.sqlite") }

  /// Opens the journal that is there; a command that only reads must not make an empty one beside a misspelt path.
  func openExisting() async throws -> SQLiteJournal {
    guard hasJournal else {
      throw Complaint(
        "there is no journal in \(path)", do: "check --data; replay, import and demo make a new one")
    }
    return try await SQLiteJournal.open(directory: path)
  }

  /// Opens the journal, or makes one.
  func open() async throws -> SQLiteJournal {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
      throw Complaint("\(path) is a file", do: "name a directory with --data")
    }
    return try await SQLiteJournal.open(directory: path)
  }

  /// Bytes of all files of the directory, as they stand on the disk.
  var bytes: Int64 {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
      return sum + ((attributes?[.size] as? NSNumber)?.int64Value ?? 0)
    }
  }
}
