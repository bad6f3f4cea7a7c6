import NIOCore
import _NIOFileSystem

/// A small file whose content is on the disk when a call returns.
struct DurableFile: Sendable {
  /// What is read of it at most: what we keep is far smaller, and what others put there is not ours.
  private static let bytesMax: ByteCount = .mebibytes(64)

  private let path: FilePath
  /// Where the next content is written whole before the last one goes.
  private var draft: FilePath { FilePath(path.string + ".next") }

  init(_ path: FilePath) { self.path = path }

  /// What is in it; nothing where there is none.
  ///
  /// A crash between the end of the last content and the coming of the next leaves the draft alone, which is whole.
  func read() async throws -> [UInt8] {
    for path in [path, draft] where try await FileSystem.shared.info(forFileAt: path) != nil {
      return try await Array(buffer: ByteBuffer(contentsOf: path, maximumSizeAllowed: Self.bytesMax))
    }
    return []
  }

  /// Adds a line at its end.
  func append(_ line: [UInt8]) async throws {
    try await FileSystem.shared.withFileHandle(
      forReadingAndWritingAt: path, options: .modifyFile(createIfNecessary: true, permissions: .ownerReadWrite)
    ) { file in
      let end = try await file.info().size
      // A line that a crash tore off ends here.
      var last = UInt8(ascii: "\n")
      if end > 0 {
        let piece = try await file.readChunk(fromAbsoluteOffset: end - 1, length: .bytes(1))
        last = piece.readableBytesView.first ?? last
      }
      let start = last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]
      try await file.write(contentsOf: start + line + [UInt8(ascii: "\n")], toAbsoluteOffset: end)
      try await file.synchronize()
    }
  }

  /// Puts other content in its place.
  func replace(with content: [UInt8]) async throws {
    try await Self.write(content, to: draft)
    if try await FileSystem.shared.info(forFileAt: path) != nil { try await FileSystem.shared.removeItem(at: path) }
    try await FileSystem.shared.moveItem(at: draft, to: path)
    try await FileSystem.shared.withDirectoryHandle(atPath: path.removingLastComponent()) { try await $0.synchronize() }
  }

  /// Writes a file anew; whatever had its name is gone.
  static func write(_ content: [UInt8], to path: FilePath) async throws {
    let options = OpenOptions.Write(
      existingFile: .truncate, newFile: OpenOptions.NewFile(permissions: .ownerReadWrite, transactionalCreation: false))
    try await FileSystem.shared.withFileHandle(forWritingAt: path, options: options) { file in
      try await file.write(contentsOf: content, toAbsoluteOffset: 0)
      try await file.synchronize()
    }
  }
}
