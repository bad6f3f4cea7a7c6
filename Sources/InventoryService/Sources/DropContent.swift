import Crypto
import NIOCore
import _NIOFileSystem

/// What is in a file: how much, and a digest of it.
struct DropContent: Sendable {
  private(set) var size: Int64 = 0
  /// SHA-256, hexadecimal.
  private(set) var digest = ""

  /// Reads a file to its end.
  init(_ path: FilePath) async throws(DropFailure) {
    do throws(DropFailure) { (_, self) = try await Self.read(path, into: ()) { _, _ in } } catch {
      // The file's own fault, not a shortage of ours: it would be the same the next time.
      guard case .later(let cause) = error, let cause = cause as? FileSystemError,
        cause.code != .resourceExhausted, cause.code != .unavailable
      else { throw error }
      throw .unusable("it cannot be read: \(cause.message)")
    }
  }

  private init(size: Int64, digest: String) {
    self.size = size
    self.digest = digest
  }

  /// Gives a file piece by piece to `take`; a link in its place is not followed.
  static func read<Taking: Sendable>(
    _ path: FilePath, into start: Taking, _ take: @Sendable (inout Taking, ByteBuffer) async throws -> Void
  ) async throws(DropFailure) -> (taking: Taking, content: DropContent) {
    do {
      return try await FileSystem.shared.withFileHandle(
        forReadingAt: path, options: OpenOptions.Read(followSymbolicLinks: false)
      ) { file in
        var taking = start
        var size: Int64 = 0
        var hash = SHA256()
        for try await piece in file.readChunks() {
          size += Int64(piece.readableBytes)
          hash.update(data: Array(buffer: piece))
          try await take(&taking, piece)
        }
        let digest = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return (taking, DropContent(size: size, digest: digest))
      }
    } catch {
      throw DropFailure(error)
    }
  }
}

/// Why a file was not taken.
enum DropFailure: Error, CustomStringConvertible {
  /// It never will be: it is put aside, and why is written beside it.
  case unusable(String)
  /// It was written to while it was read.
  case changed(String)
  /// A file's name is too long to be claimed.
  case name(String)
  /// The world: the engine's store is away, the disk is full, a right is missing. It is tried again.
  case later(any Error)

  init(_ error: any Error) { self = error as? DropFailure ?? .later(error) }

  var description: String {
    switch self {
    case .unusable(let why): why
    case .changed(let path): "\(path) was written to while it was read: write under another name, then rename"
    case .name(let name): "the name that begins with \(name) has more than \(DropName.bytesMax) bytes: rename the file"
    case .later(let error): (error as? FileSystemError).map { "\($0.code): \($0.message)" } ?? "\(error)"
    }
  }
}
