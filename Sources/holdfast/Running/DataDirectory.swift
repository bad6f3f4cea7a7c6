import Foundation
import SQLiteJournal
import StockLedger

/// Where a command's journal lives.
struct DataDirectory: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// True where a journal is there.
  var hasJournal: Bool { FileManager.default.fileExists(atPath: path + "/journal.sqlite") }

  /// Opens the journal that is there; a command that only reads must not make an empty one beside a misspelt path.
  ///
  /// - Parameter acceptsDamagedSnapshots: For a repair: snapshots that do not read are no reason not to open.
  func openExisting(acceptsDamagedSnapshots: Bool = false) async throws -> SQLiteJournal {
    guard hasJournal else {
      throw Complaint(
        "there is no journal in \(path)", do: "check --data; replay, import and demo make a new one")
    }
    var options = SQLiteJournal.Options()
    options.acceptsDamagedSnapshots = acceptsDamagedSnapshots
    return try await SQLiteJournal.open(directory: path, options: options)
  }

  /// Opens the journal, or makes one.
  func open() async throws -> SQLiteJournal {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue {
      throw Complaint("\(path) is a file", do: "name a directory with --data")
    }
    return try await SQLiteJournal.open(directory: path)
  }

  /// Keeps the journal's files as they are now, in a folder within; the journal must be this process's and at rest.
  ///
  /// - Returns: The folder's path.
  func keepCopy() throws -> String {
    let folder = path + "/before-repair-\(Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)))"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      for name in ["journal.sqlite", "journal.sqlite-wal", "heads"]
      where FileManager.default.fileExists(atPath: path + "/" + name) {
        try FileManager.default.copyItem(atPath: path + "/" + name, toPath: folder + "/" + name)
      }
    } catch {
      throw Complaint(
        "\(folder) cannot be written: \(error)", do: "make room for a copy of the journal; nothing was repaired")
    }
    return folder
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
