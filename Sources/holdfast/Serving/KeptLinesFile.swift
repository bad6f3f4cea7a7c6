import Foundation
import InventoryService
import StoreThread

/// Kept webhooks in a file of JSON lines beside the journal, appended and synced before anybody is answered.
struct KeptLinesFile: KeptLines {
  let path: String
  /// Syncs block: they have a thread of their own.
  private let thread = StoreThread(name: "kept-webhooks")

  init(path: String) { self.path = path }

  /// What the system said.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  func all() async throws -> [[UInt8]] {
    try await thread.run { [path] in
      Result {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        // What follows the last line end was torn by a crash, and nobody was answered for it.
        let whole = bytes[..<(bytes.lastIndex(of: UInt8(ascii: "\n")) ?? 0)]
        return whole.split(separator: UInt8(ascii: "\n")).map(Array.init)
      }
    }
  }

  func append(_ lines: [[UInt8]]) async throws {
    try await write(lines, to: path, O_APPEND)
  }

  func replace(with lines: [[UInt8]]) async throws {
    let next = path + ".next"
    try await write(lines, to: next, O_TRUNC)
    try await thread.run { [path] in
      Result {
        guard rename(next, path) == 0 else { throw Self.failure(path) }
        try Self.sync(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
      }
    }
  }

  private func write(_ lines: [[UInt8]], to path: String, _ mode: Int32) async throws {
    let bytes = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
    try await thread.run { Result { try Self.write(bytes, to: path, mode) } }
  }

  /// A write that fails half way is cut off again: the next line must not continue it.
  private static func write(_ bytes: [UInt8], to path: String, _ mode: Int32) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    let length = lseek(descriptor, 0, SEEK_END)
    let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
    guard count == bytes.count, fsync(descriptor) == 0 else {
      let failure = failure(path)
      ftruncate(descriptor, length)
      throw failure
    }
  }

  private static func sync(_ path: String, _ mode: Int32) throws {
    let descriptor = open(path, mode | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(description: "\(path) cannot be written: \(String(cString: strerror(errno)))")
  }
}
